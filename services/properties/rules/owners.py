"""Whose paper a paper in an owner's file is. Pure."""

from collections.abc import Collection
from datetime import date
from typing import NamedTuple


class Owned(NamedTuple):
    """Somebody owns a unit during ``[begins, ends)``; ``None``: since ever, to this day."""

    party_id: int
    begins: date | None
    ends: date | None

    def is_on(self, day: date) -> bool:
        """Tell whether he owns it on a day."""
        return (self.begins is None or self.begins <= day) and (
            self.ends is None or day < self.ends
        )


def former_since(put_in_on: date, owned: Collection[Owned], *, until: date) -> date | None:
    """Return since when a paper that was put in on a day is a former owner's, at the latest a day.

    It is the paper of who owned something then. ``None`` while one of them still does, and where
    nobody did: whose it is, nobody can tell, so it is kept.

    :param owned: who owned what of the account, now and before.
    """
    people = {one.party_id for one in owned if one.is_on(put_in_on)}
    last: date | None = None
    for one in owned:
        if one.party_id not in people:
            continue
        if one.ends is None or one.ends > until:
            return None
        last = max(last or one.ends, one.ends)
    return last
