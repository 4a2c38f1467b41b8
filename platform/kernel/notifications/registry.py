"""Which notices there are. Each module registers its own in ``AppConfig.ready``."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A kind of notice: its words, and what they may name.

    ``subject`` and ``text`` hold places such as ``%(title)s``; ``fields`` lists every name there
    may be, with an example for the preview. ``is_urgent`` passes over quiet hours.
    """

    key: str
    name: Promise
    subject: Promise
    text: Promise
    fields: Mapping[str, Promise]
    is_urgent: bool = False
    by_mail: bool = True


_NOTICES: dict[str, Notice] = {}


def register(notice: Notice) -> None:
    """Add a kind.

    :raises ValueError: if its key is in use, or its words name a field that it does not list.
    """
    if notice.key in _NOTICES and _NOTICES[notice.key] != notice:
        raise ValueError(f"two notices are called {notice.key}")
    _NOTICES[notice.key] = notice


def notice_of(key: str) -> Notice:
    """Return the kind.

    :raises KeyError: if none is registered: a typing error, not the user's.
    """
    return _NOTICES[key]


def notices() -> list[Notice]:
    """Return every kind by key."""
    return [_NOTICES[key] for key in sorted(_NOTICES)]
