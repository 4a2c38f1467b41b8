"""Write a request, change it, copy it: its head and its lines."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction

from kernel import policies
from kernel.access import Action, Actor
from kernel.documents import numbers
from kernel.errors import NotFound
from kernel.money import MAX_AMOUNT
from kernel.text import _
from services.procurement import scope
from services.procurement.catalogue.models import Category, Item
from services.procurement.requests import queries, rules
from services.procurement.requests.models import (
    BudgetUse,
    ClassChoice,
    PurchaseRequest,
    RequestLine,
    RequestState,
)
from services.procurement.requests.operations.buying import lock_lines
from services.procurement.requests.operations.common import (
    clean_text,
    lock_own,
    record_request,
    request_as_json,
    require_changeable,
    require_person,
)
from services.procurement.requests.operations.errors import (
    ClassWrong,
    LineTaken,
    RequestInvalid,
)

SERIES = "purchase-request"
MOST_LINES = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class LineValues:
    """A line as it is asked for: an article of the catalogue, or goods described freely.

    :ivar id: the line that is changed; ``None`` for a new one.
    """

    id: int | None = None
    item_id: int | None = None
    category_id: int | None = None
    name: str = ""
    spec: str = ""
    unit: str = ""
    is_fixed_asset: bool = False
    quantity: Decimal
    unit_price: Decimal
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestValues:
    """What the form says; ``purchase_class`` empty: what the goods are of."""

    unit: str
    title: str
    reason: str
    purchase_class: str = ""
    needed_on: date | None = None
    place: str = ""


@transaction.atomic
def create_request(
    *,
    actor: Actor,
    project_id: int | None,
    values: RequestValues,
    lines: Sequence[LineValues],
    copied_from_id: int | None = None,
    now: datetime,
    today: date,
) -> PurchaseRequest:
    """Write a request to buy (PR-03), as a draft of the actor's.

    :param project_id: for whom; ``None``: for the company's own offices.
    :raises access.ActionDenied: without ``purchase.request`` there.
    :raises RequestInvalid: if something is missing.
    :raises rules.LineInvalid: if a quantity or a price is none.
    :raises ClassWrong: if the goods are of another class than the one named (PR-02).
    """
    scope.require_for(actor, Action.PURCHASE_REQUEST, project_id)
    asked_by = require_person(actor)
    request = PurchaseRequest(
        project_id=project_id,
        asked_by=asked_by,
        asked_by_label=actor.label[:140],
        created_at=now,
        copied_from_id=copied_from_id,
    )
    _fill(request, values)
    made = _lines_of([replace(line, id=None) for line in lines])
    _settle_class(request, values.purchase_class, made)
    request.number = numbers.next_number(series=SERIES, project_id=project_id, on=today)
    request.save()
    for line in made:
        line.request = request
    RequestLine.objects.bulk_create(made)
    record_request(actor, "created", request, now, after=request_as_json(request))
    return request


@transaction.atomic
def change_request(
    *,
    actor: Actor,
    request_id: int,
    values: RequestValues,
    lines: Sequence[LineValues],
    now: datetime,
) -> PurchaseRequest:
    """Change a draft; or an emergency that was consented to, until its paper is submitted.

    What was bound of a line by an order stays on it.

    :raises NotYourRequest: if somebody else asked for it.
    :raises RequestStateWrong: if it is submitted.
    :raises LineTaken: if a line would be less than what is bound of it.
    :raises RequestInvalid: and the others of :func:`create_request`.
    """
    request, _case = lock_own(actor, request_id)
    require_changeable(request)
    before = request_as_json(request)
    if request.state == RequestState.CONSENTED and values.purchase_class != ClassChoice.C:
        raise ClassWrong(
            _("What was consented to as an emergency stays one."), field="purchase_class"
        )
    old = {line.pk: line for line in lock_lines(request.lines.values_list("pk", flat=True))}
    if any(line.id is not None and line.id not in old for line in lines):
        raise NotFound
    _fill(request, values)
    made = _lines_of(lines)
    _settle_class(request, values.purchase_class, made)
    _replace_lines(request, old, made)
    if request.state == RequestState.DRAFT:
        request.is_over_budget, request.budget_reason = False, ""
    request.save()
    record_request(actor, "changed", request, now, before=before, after=request_as_json(request))
    return request


@transaction.atomic
def copy_request(*, actor: Actor, request_id: int, now: datetime, today: date) -> PurchaseRequest:
    """Write a request like another one, in the same place, as a draft of the actor's.

    Articles that are no longer in the catalogue come as they were called then.
    """
    original = queries.get_request(actor=actor, request_id=request_id)
    found = original.lines.select_related("item").order_by("position")
    lines = [
        LineValues(
            item_id=line.item_id if line.item is not None and line.item.is_active else None,
            category_id=line.category_id,
            name=line.name,
            spec=line.spec,
            unit=line.unit,
            is_fixed_asset=line.is_fixed_asset,
            quantity=line.quantity,
            unit_price=line.unit_price,
            note=line.note,
        )
        for line in found
    ]
    values = RequestValues(
        unit=original.unit, title=original.title, reason=original.reason, place=original.place
    )
    return create_request(
        actor=actor,
        project_id=original.project_id,
        values=values,
        lines=lines,
        copied_from_id=original.pk,
        now=now,
        today=today,
    )


def _fill(request: PurchaseRequest, values: RequestValues) -> None:
    request.unit = clean_text(values.unit, 100, "unit", _("Name the unit that will use it."))
    request.title = clean_text(
        values.title, 100, "title", _("Say in a few words what is asked for.")
    )
    request.reason = clean_text(values.reason, 500, "reason", _("Give the reason."))
    request.place = clean_text(values.place, 200, "place")
    request.needed_on = values.needed_on


def _settle_class(request: PurchaseRequest, named: str, lines: Sequence[RequestLine]) -> None:
    """Give the request its amount and class. :raises ClassWrong: if another one was named."""
    request.amount = sum((line.amount for line in lines), Decimal(0))
    if request.amount > MAX_AMOUNT:
        raise rules.LineInvalid(_("Quantity and price together are too large."), field="lines")
    proposed = class_of_lines(lines, is_emergency=named == ClassChoice.C)
    if named and named != proposed:
        raise ClassWrong(
            _("These goods are class %(class)s: by their price, or as fixed assets.")
            % {"class": proposed.value},
            field="purchase_class",
            details={"class": proposed.value},
        )
    request.purchase_class = proposed.value


def class_of_lines(lines: Sequence[RequestLine], *, is_emergency: bool) -> rules.PurchaseClass:
    """Return the class that goods are of by the threshold in force."""
    threshold = policies.get("purchase.class_threshold", Decimal)
    return rules.class_of_request(
        rules.class_of(
            unit_price=line.unit_price,
            is_fixed_asset=line.is_fixed_asset,
            is_emergency=is_emergency,
            threshold=threshold,
        )
        for line in lines
    )


def _lines_of(values: Sequence[LineValues]) -> list[RequestLine]:
    """Return the lines as they will stand, with what the catalogue says of its articles."""
    if not values:
        raise RequestInvalid(_("Say what is to be bought: at least one line."), field="lines")
    if len(values) > MOST_LINES:
        raise RequestInvalid(
            _("A request has at most %(count)d lines.") % {"count": MOST_LINES}, field="lines"
        )
    items = {
        item.pk: item
        for item in Item.objects.filter(
            pk__in={one.item_id for one in values if one.item_id}, is_active=True
        )
    }
    categories = set(
        Category.objects.filter(
            pk__in={one.category_id for one in values if one.category_id}
        ).values_list("pk", flat=True)
    )
    return [
        _line(position, _as_catalogued(one, items), categories)
        for position, one in enumerate(values, start=1)
    ]


def _as_catalogued(values: LineValues, items: dict[int, Item]) -> LineValues:
    if values.item_id is None:
        return values
    item = items.get(values.item_id)
    if item is None:
        raise RequestInvalid(_("This article is not in the catalogue."), field="lines")
    return replace(
        values,
        category_id=item.category_id,
        name=item.name,
        spec=item.spec,
        unit=item.unit,
        is_fixed_asset=item.is_fixed_asset,
    )


def _line(position: int, values: LineValues, categories: set[int]) -> RequestLine:
    category_id = values.category_id
    if category_id is None or (values.item_id is None and category_id not in categories):
        raise RequestInvalid(
            _("Line %(number)d: choose a category.") % {"number": position}, field="lines"
        )
    try:
        amount = rules.line_amount(quantity=values.quantity, unit_price=values.unit_price)
    except rules.LineInvalid as error:
        raise rules.LineInvalid(
            _("Line %(number)d: %(error)s") % {"number": position, "error": str(error)},
            field="lines",
            details={"line": position, "field": error.field},
        ) from error
    return RequestLine(
        pk=values.id,
        position=position,
        item_id=values.item_id,
        category_id=category_id,
        name=clean_text(values.name, 100, "lines", _("Name the goods of each line.")),
        spec=clean_text(values.spec, 200, "lines"),
        unit=clean_text(values.unit, 10, "lines", _("Give the unit of each line.")),
        is_fixed_asset=values.is_fixed_asset,
        quantity=values.quantity,
        unit_price=values.unit_price,
        amount=amount,
        note=clean_text(values.note, 200, "lines"),
    )


def _replace_lines(
    request: PurchaseRequest, old: dict[int, RequestLine], made: Sequence[RequestLine]
) -> None:
    kept = {line.pk for line in made} & old.keys()
    gone = [line for pk, line in old.items() if pk not in kept]
    bound = {pk: line.quantity - line.rest for pk, line in old.items()}
    short = [line for line in made if line.pk in old and line.quantity < bound[line.pk]]
    if short or any(line.bound_quantity for line in gone):
        raise LineTaken(_("An order has more of a line than would be left."), field="lines")
    BudgetUse.objects.filter(line__in=gone).delete()
    RequestLine.objects.filter(pk__in=[line.pk for line in gone]).delete()
    # Out of the way first: two lines may change places.
    for line in old.values():
        if line.pk in kept:
            RequestLine.objects.filter(pk=line.pk).update(position=-line.position)
    for line in made:
        line.request = request
        if (before := old.get(line.pk)) is not None:
            line.bound_quantity = before.bound_quantity
            line.given_up_quantity = before.given_up_quantity
        line.save()
