"""Where the content of files lies: sealed with the company's key, under a random name of its own.

The place is Django's storage ``attachments``: a folder, or an S3-compatible store by setting.
What is kept there opens in no other company, whoever gets hold of the folder.
"""

import uuid

from django.core.files.base import ContentFile
from django.core.files.storage import storages

from kernel import crypto
from kernel.models import ForeignObject
from kernel.tenancy import current_schema

ALIAS = "attachments"


def keep(content: bytes) -> str:
    """Store ``content`` for the company in force; return the key under which it lies."""
    name = uuid.uuid4().hex
    key = f"{current_schema()}/{name[:2]}/{name}"
    return storages[ALIAS].save(key, ContentFile(crypto.cipher().seal(content)))


def read(key: str) -> bytes:
    """Return what :func:`keep` was given.

    :raises ForeignObject: if the key is another company's.
    :raises FileNotFoundError: if nothing lies there any more.
    """
    _require_own(key)
    with storages[ALIAS].open(key) as file:
        return crypto.cipher().open(file.read())


def discard(key: str) -> None:
    """Remove what was kept under ``key``; for what no row names.

    :raises ForeignObject: if the key is another company's.
    """
    _require_own(key)
    storages[ALIAS].delete(key)


def _require_own(key: str) -> None:
    if key.partition("/")[0] != current_schema():
        raise ForeignObject(f"{key} is not of {current_schema()}")
