"""Which notices there are. Each module registers its own in ``AppConfig.ready``."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A kind of notice: its words, and what they may name.

    ``subject`` and ``text`` hold places such as ``%(title)s``; ``fields`` lists every name there
    may be, with an example for the preview. ``is_urgent`` passes over quiet hours.

    ``is_security`` is told to the person himself, whatever he chose and whoever did it, by mail at
    the address of that moment, in the product's words; no robot repeats it.
    """

    key: str
    name: Promise
    subject: Promise
    text: Promise
    fields: Mapping[str, Promise | str]
    is_urgent: bool = False
    is_security: bool = False
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


def company_notices() -> list[Notice]:
    """Return the kinds that a company may word and repeat, by key."""
    return [notice for notice in notices() if not notice.is_security]
