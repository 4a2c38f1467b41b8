"""Pages of a list: numbered where the rows are counted, by cursor where they are a log."""

from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet


class KeysFirst:
    """Rows of which a page is chosen by key and order alone, and only then read in full.

    For rows that are sums of many others: all must be summed to be put in order, but by what they
    are ordered by, not by everything that a page shows.
    """

    def __init__(self, rows: QuerySet[Any]) -> None:
        self._rows = rows

    def __getitem__(self, part: slice) -> list[Any]:
        return list(self._rows.filter(pk__in=self._rows.values("pk")[part]))


class CountedPaginator(Paginator):  # type: ignore[type-arg]  # generic in the stubs only
    """A paginator that has been told the count: it came with the sums."""

    def __init__(self, rows: QuerySet[Any] | KeysFirst, size: int, count: int) -> None:
        super().__init__(rows, size)  # type: ignore[arg-type]  # all it does is cut a slice
        self._count = count

    @property
    def count(self) -> int:
        return self._count


@dataclass(frozen=True)
class CursorPage:
    """Rows by falling id. A cursor is ``before-<id>`` or ``after-<id>``, ``None`` at an end."""

    object_list: list[Any]
    previous_cursor: str | None
    next_cursor: str | None


def cursor_page(rows: QuerySet[Any], cursor: str, size: int) -> CursorPage:
    """Return the page at ``cursor``, the newest one if it is empty or makes no sense.

    Costs the same wherever in the log it lies; rows added meanwhile shift nothing.
    """
    direction, _dash, text = cursor.partition("-")
    position = int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None
    if position is not None and direction == "after":
        found = list(rows.filter(pk__gt=position).order_by("pk")[: size + 1])
        has_newer = len(found) > size
        shown = found[:size][::-1]
        return _page(shown, has_newer=has_newer, has_older=True)
    is_older = position is not None and direction == "before"
    if is_older:
        rows = rows.filter(pk__lt=position)
    found = list(rows.order_by("-pk")[: size + 1])
    return _page(found[:size], has_newer=is_older, has_older=len(found) > size)


def _page(shown: list[Any], *, has_newer: bool, has_older: bool) -> CursorPage:
    return CursorPage(
        object_list=shown,
        previous_cursor=f"after-{_pk(shown[0])}" if has_newer and shown else None,
        next_cursor=f"before-{_pk(shown[-1])}" if has_older and shown else None,
    )


def _pk(row: Any) -> int:
    pk: int = row["pk"] if isinstance(row, dict) else row.pk
    return pk
