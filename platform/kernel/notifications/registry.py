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


def register(*kinds: Notice) -> None:
    """Add kinds.

    :raises ValueError: if a key is in use.
    """
    for notice in kinds:
        if _NOTICES.setdefault(notice.key, notice) != notice:
            raise ValueError(f"two notices are called {notice.key}")


def notice_of(key: str) -> Notice:
    """Return the kind.

    :raises KeyError: if none is registered: a typing error, not the user's.
    """
    return _NOTICES[key]


def notices() -> list[Notice]:
    """Return every kind by key."""
    return [_NOTICES[key] for key in sorted(_NOTICES)]
