"""Reads of the catalogue. What a company buys is known to everybody who has to do with buying."""

from services.procurement.catalogue.models import Category


def ancestors_of() -> dict[int, tuple[int, ...]]:
    """Return for every category its own id and those above it, in one query."""
    parents = dict(Category.objects.order_by().values_list("pk", "parent_id"))
    found = {}
    for pk in parents:
        line: list[int] = []
        at: int | None = pk
        while at is not None and at not in line:
            line.append(at)
            at = parents.get(at)
        found[pk] = tuple(line)
    return found
