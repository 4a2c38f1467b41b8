"""Writes of the catalogue: categories in a tree, and the articles in them.

The catalogue is the company's, of no project: it is kept by whoever buys for all of them.
"""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import TypedDict

from django.db import transaction

from kernel import access
from kernel.access import Action, Actor
from kernel.audit import operations as audit
from kernel.db import refusing
from kernel.documents import numbers
from kernel.errors import Conflict, DomainError, Invalid, NotFound
from kernel.tenancy import company_day
from kernel.text import _
from services.procurement.catalogue import queries
from services.procurement.catalogue.models import Category, Item
from services.procurement.texts import line
from services.properties.operations import changes as partial
from services.properties.rules import initials

ITEM_SERIES = "item"
HIGHEST_PRICE = Decimal(100_000_000)


class CategoryCodeTaken(Conflict):
    code = "procurement.category-code-taken"


class CategoryInCircle(Invalid):
    code = "procurement.category-in-circle"


class CategoryInUse(Conflict):
    code = "procurement.category-in-use"


class CategoryRetired(Conflict):
    code = "procurement.category-retired"


class ItemCodeTaken(Conflict):
    code = "procurement.item-code-taken"


class BarcodeTaken(Conflict):
    code = "procurement.barcode-taken"


class PriceInvalid(Invalid):
    code = "procurement.price-invalid"


class CategoryChanges(TypedDict, total=False):
    parent_id: int | None
    code: str
    name: str
    name_en: str
    is_active: bool


@dataclass(frozen=True, kw_only=True)
class ItemFacts:
    """An article as written on a form. Without a code it gets the next number of its series."""

    category_id: int
    name: str
    unit: str
    code: str = ""
    spec: str = ""
    brand: str = ""
    barcode: str = ""
    is_fixed_asset: bool = False
    is_sampled: bool = False
    has_expiry: bool = False
    reference_price: Decimal | None = None


class ItemChanges(TypedDict, total=False):
    category_id: int
    name: str
    unit: str
    code: str
    spec: str
    brand: str
    barcode: str
    is_fixed_asset: bool
    is_sampled: bool
    has_expiry: bool
    reference_price: Decimal | None


# ---- categories ---------------------------------------------------------------------------------


@transaction.atomic
def create_category(
    *,
    actor: Actor,
    code: str,
    name: str,
    name_en: str = "",
    parent_id: int | None = None,
    now: datetime,
) -> Category:
    """Add a category, maybe below another.

    :raises access.ActionDenied: without ``purchase.buy`` company-wide.
    :raises CategoryCodeTaken: if another category has the code, whatever its case.
    :raises CategoryRetired: if the one above is not used any more.
    """
    access.require_everywhere(actor, Action.PURCHASE_BUY)
    category = Category(
        parent=_parent(parent_id) if parent_id is not None else None,
        **_category_texts({"code": code, "name": name, "name_en": name_en}),
    )
    with refusing(**_category_refusals()):
        category.save(force_insert=True)
    audit.record(
        actor=actor,
        event="procurement.category.created",
        subject=category,
        now=now,
        data={"code": category.code, "name": category.name, "parent": parent_id},
    )
    return category


@transaction.atomic
def change_category(
    *, actor: Actor, category_id: int, changes: CategoryChanges, now: datetime
) -> Category:
    """Change what is given of a category; ``is_active`` retires it or takes it up again.

    :raises access.ActionDenied: without ``purchase.buy`` company-wide.
    :raises NotFound: if there is none.
    :raises CategoryCodeTaken: if another category has the code, whatever its case.
    :raises CategoryInCircle: if it would stand below itself.
    :raises CategoryInUse: if it is retired with articles or categories in use below it.
    :raises CategoryRetired: if the one above is not used any more.
    """
    access.require_everywhere(actor, Action.PURCHASE_BUY)
    # All of them, in order: two moves at once could close a circle together.
    locked = {row.pk: row for row in Category.objects.select_for_update().order_by("pk")}
    category = locked.get(category_id)
    if category is None:
        raise NotFound
    wanted: dict[str, object] = {**_category_texts(changes)}
    if "parent_id" in changes:
        wanted["parent_id"] = _place(category, changes["parent_id"])
    if "is_active" in changes:
        wanted["is_active"] = changes["is_active"]
        if category.is_active and not changes["is_active"]:
            _refuse_used(category)
    difference = partial.apply(category, wanted)
    if difference:
        with refusing(**_category_refusals()):
            category.save(update_fields=list(difference["after"]))
        audit.record(
            actor=actor,
            event="procurement.category.changed",
            subject=category,
            now=now,
            data=difference,
        )
    return category


def _parent(parent_id: int) -> Category:
    parent = Category.objects.select_for_update(no_key=True).filter(pk=parent_id).first()
    if parent is None:
        raise NotFound(_("There is no such category."), field="parent_id")
    if not parent.is_active:
        raise CategoryRetired(_("This category is not used any more."), field="parent_id")
    return parent


def _place(category: Category, parent_id: int | None) -> int | None:
    if parent_id is None or parent_id == category.parent_id:
        return parent_id
    parent = _parent(parent_id)
    if category.pk in queries.ancestors_of()[parent.pk]:
        raise CategoryInCircle(
            _("A category cannot stand below itself or what is below it."), field="parent_id"
        )
    return parent.pk


def _refuse_used(category: Category) -> None:
    if category.children.filter(is_active=True).exists() or (
        category.items.filter(is_active=True).exists()
    ):
        raise CategoryInUse(
            _("There are categories or articles in use in it: retire or move them first.")
        )


def _category_texts(changes: CategoryChanges) -> dict[str, str]:
    kept: dict[str, str] = {}
    if "code" in changes:
        kept["code"] = line(changes["code"], field="code", longest=20, is_required=True).upper()
    if "name" in changes:
        kept["name"] = line(changes["name"], field="name", longest=60, is_required=True)
    if "name_en" in changes:
        kept["name_en"] = line(changes["name_en"], field="name_en", longest=60)
    return kept


def _category_refusals() -> dict[str, DomainError]:
    taken = CategoryCodeTaken(_("There is a category with this code."), field="code")
    return {"procurement_category_code_key": taken}


# ---- articles -----------------------------------------------------------------------------------


@transaction.atomic
def create_item(*, actor: Actor, facts: ItemFacts, now: datetime) -> Item:
    """Add an article.

    :raises access.ActionDenied: without ``purchase.buy`` company-wide.
    :raises NotFound: if there is no such category.
    :raises CategoryRetired: if the category is not used any more.
    :raises ItemCodeTaken: if another article has the code.
    :raises BarcodeTaken: if another article has the barcode.
    :raises PriceInvalid: if the reference price is no price.
    """
    access.require_everywhere(actor, Action.PURCHASE_BUY)
    wanted = _item_values(
        {
            "category_id": facts.category_id,
            "name": facts.name,
            "unit": facts.unit,
            "spec": facts.spec,
            "brand": facts.brand,
            "barcode": facts.barcode,
            "is_fixed_asset": facts.is_fixed_asset,
            "is_sampled": facts.is_sampled,
            "has_expiry": facts.has_expiry,
            "reference_price": facts.reference_price,
        }
    )
    code = line(facts.code, field="code", longest=40).upper()
    # Last: whoever takes the next one waits until this is committed.
    item = Item(
        code=code or numbers.next_number(series=ITEM_SERIES, project_id=None, on=company_day(now)),
        **wanted,
    )
    with refusing(**_item_refusals()):
        item.save(force_insert=True)
    audit.record(
        actor=actor,
        event="procurement.item.created",
        subject=item,
        now=now,
        data={"code": item.code, "name": item.name, "spec": item.spec, "unit": item.unit},
    )
    return item


@transaction.atomic
def change_item(*, actor: Actor, item_id: int, changes: ItemChanges, now: datetime) -> Item:
    """Change what is given of an article.

    :raises access.ActionDenied: without ``purchase.buy`` company-wide.
    :raises NotFound: if there is no such article or category.
    :raises CategoryRetired: if its new category is not used any more.
    :raises ItemCodeTaken: if another article has the code.
    :raises BarcodeTaken: if another article has the barcode.
    :raises PriceInvalid: if the reference price is no price.
    """
    access.require_everywhere(actor, Action.PURCHASE_BUY)
    item = _lock_item(item_id)
    wanted = changes.copy()
    if wanted.get("category_id") == item.category_id:
        del wanted["category_id"]  # it may have been retired since
    return _change(actor, item, _item_values(wanted), "procurement.item.changed", now)


@transaction.atomic
def retire_item(*, actor: Actor, item_id: int, is_active: bool, now: datetime) -> Item:
    """Take an article out of use, or take it up again; nothing new is asked for without it.

    :raises access.ActionDenied: without ``purchase.buy`` company-wide.
    :raises NotFound: if there is none.
    :raises CategoryRetired: if it is taken up again in a category that is not used any more.
    """
    access.require_everywhere(actor, Action.PURCHASE_BUY)
    item = _lock_item(item_id)
    if is_active:
        _category(item.category_id)
    event = "procurement.item.restored" if is_active else "procurement.item.retired"
    return _change(actor, item, {"is_active": is_active}, event, now)


def _change(actor: Actor, item: Item, wanted: dict[str, object], event: str, now: datetime) -> Item:
    difference = partial.apply(item, wanted)
    if difference:
        with refusing(**_item_refusals()):
            item.save(update_fields=list(difference["after"]))
        audit.record(actor=actor, event=event, subject=item, now=now, data=difference)
    return item


def _lock_item(item_id: int) -> Item:
    item = Item.objects.select_for_update(of=("self",)).filter(pk=item_id).first()
    if item is None:
        raise NotFound
    return item


def _category(category_id: int) -> Category:
    category = Category.objects.select_for_update(no_key=True).filter(pk=category_id).first()
    if category is None:
        raise NotFound(_("There is no such category."), field="category_id")
    if not category.is_active:
        raise CategoryRetired(_("This category is not used any more."), field="category_id")
    return category


def _item_values(changes: ItemChanges) -> dict[str, object]:
    """Return what is given of an article as it is kept."""
    kept: dict[str, object] = {
        name: changes[name]
        for name in ("is_fixed_asset", "is_sampled", "has_expiry")
        if name in changes
    }
    if "category_id" in changes:
        kept["category_id"] = _category(changes["category_id"]).pk
    if "code" in changes:
        kept["code"] = line(changes["code"], field="code", longest=40, is_required=True).upper()
    if "name" in changes:
        name = line(changes["name"], field="name", longest=100, is_required=True)
        kept["name"], kept["initials"] = name, initials(name)[:100]
    if "unit" in changes:
        kept["unit"] = line(changes["unit"], field="unit", longest=10, is_required=True)
    if "spec" in changes:
        kept["spec"] = line(changes["spec"], field="spec", longest=200)
    if "brand" in changes:
        kept["brand"] = line(changes["brand"], field="brand", longest=60)
    if "barcode" in changes:
        kept["barcode"] = line(changes["barcode"], field="barcode", longest=40).upper()
    if "reference_price" in changes:
        kept["reference_price"] = _price(changes["reference_price"])
    return kept


def _price(price: Decimal | None) -> Decimal | None:
    if price is None:
        return None
    is_number = price.is_finite() and 0 < price < HIGHEST_PRICE
    if not is_number or price != price.quantize(Decimal("0.0001")):
        raise PriceInvalid(
            _("Enter a price above zero with at most four decimals."), field="reference_price"
        )
    return price


def _item_refusals() -> dict[str, DomainError]:
    return {
        "procurement_item_code_key": ItemCodeTaken(
            _("There is an article with this code."), field="code"
        ),
        "item_barcode_once": BarcodeTaken(
            _("There is an article with this barcode."), field="barcode"
        ),
    }
