"""Reads of the catalogue. It is the company's: whoever sees purchases anywhere sees all of it."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from kernel import access
from kernel.access import Action, Actor
from kernel.errors import NotFound
from services.procurement.catalogue.models import Category, Item


@dataclass(frozen=True, slots=True)
class Branch:
    """A category in the tree: how deep it stands, and what it is called from the top."""

    category: Category
    depth: int
    path: str


def categories(*, actor: Actor) -> QuerySet[Category]:
    """Return the categories with ``item_count`` of their own articles in use.

    :raises access.ActionDenied: without ``purchase.view`` anywhere.
    """
    access.require(actor, Action.PURCHASE_VIEW)
    in_use = Count("items", filter=Q(items__is_active=True))
    return Category.objects.select_related("parent").annotate(item_count=in_use).order_by("code")


def get_category(*, actor: Actor, category_id: int) -> Category:
    """Return a category. :raises NotFound: if there is none."""
    found = categories(actor=actor).filter(pk=category_id).first()
    if found is None:
        raise NotFound
    return found


def items(*, actor: Actor) -> QuerySet[Item]:
    """Return the articles.

    :raises access.ActionDenied: without ``purchase.view`` anywhere.
    """
    access.require(actor, Action.PURCHASE_VIEW)
    return Item.objects.select_related("category").order_by("code", "pk")


def get_item(*, actor: Actor, item_id: int) -> Item:
    """Return an article. :raises NotFound: if there is none."""
    item = items(actor=actor).filter(pk=item_id).first()
    if item is None:
        raise NotFound
    return item


def tree(*, only_active: bool = True) -> list[Branch]:
    """Return the categories as a tree is read, each after the one above it; one query.

    Below one that is not used any more nothing is left out that is. Asks no action: names of
    categories, for choices on forms that have asked.
    """
    rows = {row.pk: row for row in Category.objects.order_by("code", "pk")}
    below: dict[int | None, list[Category]] = {}
    for row in rows.values():
        below.setdefault(row.parent_id, []).append(row)
    found = list(_walk(below, None, 0, ""))
    return [branch for branch in found if branch.category.is_active or not only_active]


def below(category_id: int) -> list[int]:
    """Return the ids of a category and of all below it."""
    return [pk for pk, line in ancestors_of().items() if category_id in line]


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


def _walk(
    below: dict[int | None, list[Category]], parent_id: int | None, depth: int, path: str
) -> Iterator[Branch]:
    for row in below.get(parent_id, []):
        at = f"{path} / {row.label}" if path else row.label
        yield Branch(row, depth, at)
        yield from _walk(below, row.pk, depth + 1, at)
