"""Encryption of personal fields (ID numbers, phones) with a key per company.

Ciphertext of one company does not open in another. The blind index lets equal values be found
without opening them; it is keyed too, so a dictionary of phone numbers does not reveal it.
"""

import base64
import binascii
import hashlib
import hmac
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from kernel.tenancy import current_schema

_NONCE_BYTES = 12
# The first byte of every ciphertext says how it was made, for the day the way changes.
_VERSION = b"\x01"


class NotReadable(RuntimeError):
    """The ciphertext was made with another key or in another company."""


class FieldCipher:
    """The keys of one company, derived once: for work on many values.

    AES-256-GCM: a value that was altered does not open.
    """

    def __init__(self, schema: str) -> None:
        self._aes = AESGCM(_key("field", schema))
        self._index_key = _key("index", schema)

    def encrypt(self, text: str) -> str:
        """Return ``text`` encrypted, another ciphertext each time; ``""`` stays ``""``."""
        if not text:
            return ""
        return base64.urlsafe_b64encode(self.seal(text.encode())).decode()

    def decrypt(self, token: str) -> str:
        """Return the text of a value made by :meth:`encrypt`.

        :raises NotReadable: if it was made with another key or altered.
        """
        if not token:
            return ""
        try:
            return self.open(base64.urlsafe_b64decode(token)).decode()
        except (binascii.Error, ValueError) as error:
            raise NotReadable("encrypted with another key or in another company") from error

    def seal(self, content: bytes) -> bytes:
        """Return ``content`` encrypted, for files."""
        nonce = os.urandom(_NONCE_BYTES)
        return _VERSION + nonce + self._aes.encrypt(nonce, content, _VERSION)

    def open(self, sealed: bytes) -> bytes:
        """Return what :meth:`seal` was given.

        :raises NotReadable: if it was made with another key or altered.
        """
        nonce, body = sealed[1 : 1 + _NONCE_BYTES], sealed[1 + _NONCE_BYTES :]
        try:
            return self._aes.decrypt(nonce, body, sealed[:1])
        except (InvalidTag, ValueError) as error:
            raise NotReadable("encrypted with another key or in another company") from error

    def blind_index(self, text: str) -> str:
        """Return 32 hex digits equal for equal texts; ``""`` for ``""``."""
        if not text:
            return ""
        return hmac.digest(self._index_key, text.encode(), "sha256").hex()[:32]


def cipher() -> FieldCipher:
    """Return the cipher of the company in force."""
    return FieldCipher(current_schema())


def encrypt(text: str) -> str:
    """Return ``text`` encrypted for the company in force; ``""`` stays ``""``."""
    return cipher().encrypt(text)


def decrypt(token: str) -> str:
    """Return the text of a value made by :func:`encrypt` in this company.

    :raises NotReadable: if the key or the company is another one.
    """
    return cipher().decrypt(token)


def blind_index(text: str) -> str:
    """Return 32 hex digits equal for equal texts of this company; ``""`` for ``""``."""
    return cipher().blind_index(text)


def _key(purpose: str, schema: str) -> bytes:
    secret = settings.FIELD_ENCRYPTION_KEY.encode()
    return hmac.digest(secret, f"guanjia:{purpose}:{schema}".encode(), hashlib.sha256)
