"""Make orders: from an award, by calling off an agreement, after an emergency's verbal consent."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction

from kernel.access import Action, Actor
from kernel.documents import numbers
from kernel.duties import Step
from kernel.duties import operations as duties
from kernel.errors import NotFound
from kernel.money import round_money, split
from kernel.text import _
from services.procurement import scope
from services.procurement.contracts import queries as contracts
from services.procurement.contracts.models import Contract, ContractKind
from services.procurement.contracts.operations import AwardNotApproved
from services.procurement.orders import queries
from services.procurement.orders.models import AgreedPrice, OrderLine, OrderState, PurchaseOrder
from services.procurement.orders.operations.common import (
    SERIES,
    facts,
    record_order,
    require_person,
)
from services.procurement.orders.operations.errors import (
    AgreementNotInForce,
    AwardOrdered,
    MoreThanConsented,
    NotAgreed,
    NotEmergency,
    SeveralProjects,
    SourcesDiffer,
)
from services.procurement.orders.rules import (
    OrderInvalid,
    check_agreed_amount,
    check_call_off,
    check_price,
    check_quantity,
)
from services.procurement.requests import operations as requests
from services.procurement.requests.models import ClassChoice, PurchaseRequest, RequestLine
from services.procurement.requests.rules import line_amount
from services.procurement.rounds import queries as rounds
from services.procurement.rounds.models import Award, AwardLine, AwardState, Quote
from services.procurement.vendors.operations import require_fit

APPROVED_BY = ("purchase.award", "purchase.fewer_quotes")  # documents in approval on a round


@dataclass(frozen=True, slots=True, kw_only=True)
class Bought:
    """What is bought of a request's line in an emergency, at which price with tax."""

    quantity: Decimal
    unit_price: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    """A line to be."""

    request_line: RequestLine
    quantity: Decimal
    unit_price: Decimal
    spec: str
    brand: str = ""
    quote_line_id: int | None = None

    @property
    def amount(self) -> Decimal:
        return line_amount(quantity=self.quantity, unit_price=self.unit_price)


@transaction.atomic
def order_award(*, actor: Actor, award_id: int, now: datetime, today: date) -> list[PurchaseOrder]:
    """Make the orders of an approved award: one for each vendor and project, as drafts.

    Each round's line is divided by the requests that it was consolidated from, so that what the
    projects asked for is what is ordered for them. A vendor's freight goes by the amounts.

    :raises NotFound: if there is no such award within the actor's sight.
    :raises access.ActionDenied: without ``purchase.buy``.
    :raises duties.DutiesMeet: if he approved the award or one of the requests (SoD-21).
    :raises AwardNotApproved: if it is not.
    :raises AwardOrdered: if its orders were made.
    :raises SourcesDiffer: if a line is for more or less than its requests ask for.
    """
    award = Award.objects.select_for_update(of=("self",)).filter(pk=award_id).first()
    if award is None:
        raise NotFound
    scope.require_of(actor, Action.PURCHASE_BUY, award.round.project_id)
    require_person(actor)
    if award.state != AwardState.APPROVED:
        raise AwardNotApproved(_("This award is not approved."))
    if award.orders.exists():
        raise AwardOrdered(_("The orders of this award have been made."))
    _require_apart(actor, award, now)
    rows, quotes = _rows_of(award)
    line_ids = {row.request_line.pk for group in rows.values() for row in group}
    requests.require_buyer(actor=actor, line_ids=line_ids, now=now)
    freights = _freights(rows, quotes)
    made = []
    for vendor_id, project_id in sorted(rows, key=lambda key: (key[0], key[1] or 0)):
        quote = quotes[vendor_id]
        days = quote.delivery_days
        made.append(
            _create(
                actor,
                rows[vendor_id, project_id],
                now=now,
                today=today,
                vendor_id=vendor_id,
                project_id=project_id,
                award=award,
                place=award.round.place,
                deliver_by=award.round.needed_on
                or (today + timedelta(days=days) if days is not None else None),
                terms="\n".join(filter(None, [award.round.terms, quote.payment_terms])),
                tax_percent=quote.tax_percent,
                freight=freights[vendor_id, project_id],
            )
        )
    return made


@transaction.atomic
def call_off(
    *,
    actor: Actor,
    contract_id: int,
    quantities: Mapping[int, Decimal],
    deliver_by: date | None,
    place: str = "",
    now: datetime,
    today: date,
) -> PurchaseOrder:
    """Call off goods of approved requests at the prices of a framework agreement, as a draft.

    :param quantities: by the lines of requests, all of one project or the company's own.
    :raises NotFound: if there is no such agreement or line within the actor's sight.
    :raises access.ActionDenied: without ``purchase.buy``.
    :raises duties.DutiesMeet: if he approved one of the requests (SoD-21).
    :raises AgreementNotInForce: if it is not signed, or today is none of its days.
    :raises VendorNotFit: if the vendor may not be ordered from (PR-66).
    :raises NotAgreed: if it has no price for a line, or is another project's.
    :raises PriceLimits: if it is less or more than the agreement lets be called off, of an article
        or for all its money.
    :raises LineTaken: if less is left of a request's line.
    """
    contract = contracts.lock_contract(contract_id)
    scope.require_of(actor, Action.PURCHASE_BUY, contract.project_id)
    require_person(actor)
    is_framework = contract.kind == ContractKind.FRAMEWORK
    if not is_framework or not contracts.is_in_force(contract, today=today):
        raise AgreementNotInForce(_("This is no framework agreement that is in force today."))
    require_fit(contract.vendor_id, today=today)
    lines = _taken(actor, quantities, now)
    project_id = lines[0].request.project_id
    if contract.project_id not in (None, project_id):
        raise NotAgreed(_("This agreement is another project's."), field="lines")
    prices = _called(contract, lines, quantities)
    rows = [
        _Row(
            request_line=line,
            quantity=quantities[line.pk],
            unit_price=prices[line.item_id or 0],
            spec=line.spec,
        )
        for line in lines
    ]
    check_agreed_amount(
        sum((row.amount for row in rows), Decimal(0)),
        agreed=contract.amount,
        called=queries.called_amount(contract.pk),
    )
    return _create(
        actor,
        rows,
        now=now,
        today=today,
        vendor_id=contract.vendor_id,
        project_id=project_id,
        contract=contract,
        place=_checked_place(place),
        deliver_by=deliver_by,
        tax_percent=contract.vendor.tax_percent,
    )


@transaction.atomic
def order_emergency(
    *,
    actor: Actor,
    request_id: int,
    vendor_id: int,
    bought: Mapping[int, Bought],
    deliver_by: date | None = None,
    place: str = "",
    now: datetime,
    today: date,
) -> PurchaseOrder:
    """Make the order of a class C request that was consented to by word, as a draft (PR-07).

    :param bought: by the request's lines.
    :raises NotFound: if there is no such request or line within the actor's sight.
    :raises access.ActionDenied: without ``purchase.buy``.
    :raises duties.DutiesMeet: if he consented to it (SoD-21).
    :raises NotEmergency: if it is of another class.
    :raises BackfillOverdue: and the others of ``require_effective``: without the consent, or if
        its paper is overdue (PR-08).
    :raises VendorNotFit: if the vendor may not be ordered from (PR-66).
    :raises LineTaken: if less is left of a line.
    :raises MoreThanConsented: if its orders come to more than was consented to or approved.
    """
    request = PurchaseRequest.objects.filter(pk=request_id).first()
    if request is None:
        raise NotFound
    scope.require_of(actor, Action.PURCHASE_BUY, request.project_id)
    require_person(actor)
    if request.purchase_class != ClassChoice.C:
        raise NotEmergency(_("Only an emergency is ordered without quotes."))
    requests.require_effective(request.pk, now=now)
    vendor = require_fit(vendor_id, today=today)
    own = set(request.lines.values_list("pk", flat=True))
    if not bought.keys() <= own:
        raise NotFound
    quantities = {pk: one.quantity for pk, one in bought.items()}
    lines = _taken(actor, quantities, now)
    rows = [
        _Row(
            request_line=line,
            quantity=quantities[line.pk],
            unit_price=check_price(bought[line.pk].unit_price),
            spec=line.spec,
        )
        for line in lines
    ]
    _require_consented(request, rows)
    return _create(
        actor,
        rows,
        now=now,
        today=today,
        vendor_id=vendor.pk,
        project_id=request.project_id,
        request=request,
        place=_checked_place(place) or request.place,
        deliver_by=deliver_by,
        tax_percent=vendor.tax_percent,
    )


def _require_consented(request: PurchaseRequest, rows: Sequence[_Row]) -> None:
    """Return if an emergency's orders stay within the word that was given. The lines are locked."""
    request.refresh_from_db()
    ordered = sum((row.amount for row in rows), Decimal(0))
    earlier = OrderLine.objects.select_related("order").filter(order__request=request)
    for line in earlier.exclude(order__state=OrderState.CANCELLED):
        came = line.received_quantity - line.returned_quantity
        is_short = line.order.state == OrderState.CLOSED
        ordered += round_money(came * line.unit_price) if is_short else line.amount
    consented = requests.consented_to(request)
    if ordered > consented:
        raise MoreThanConsented(
            _(
                "%(consented)s was consented to, this comes to %(ordered)s. Whoever asked raises "
                "the request first, and its paper is approved."
            )
            % {"consented": f"{consented:,.2f}", "ordered": f"{ordered:,.2f}"},
            field="lines",
            details={"consented": f"{consented:.2f}", "ordered": f"{ordered:.2f}"},
        )


def _require_apart(actor: Actor, award: Award, now: datetime) -> None:
    duties.require_step_apart(
        Step.PURCHASE_BUY,
        actor=actor,
        done={Step.PURCHASE_APPROVE_FIRST: rounds.approvers_of(award.round, *APPROVED_BY)},
        subject=award,
        project_id=award.round.project_id,
        now=now,
    )


def _rows_of(
    award: Award,
) -> tuple[dict[tuple[int, int | None], list[_Row]], dict[int, Quote]]:
    """Return the lines to be by vendor and project, and each vendor's quote."""
    rows: dict[tuple[int, int | None], list[_Row]] = defaultdict(list)
    quotes: dict[int, Quote] = {}
    chosen: Iterable[AwardLine] = (
        award.lines.select_related("quote_line__quote__invitation", "line")
        .prefetch_related("line__sources__request_line__request")
        .order_by("line__position")
    )
    for each in chosen:
        quote, line = each.quote_line.quote, each.line
        sources = sorted(line.sources.all(), key=lambda source: source.pk)
        if sum((source.quantity for source in sources), Decimal(0)) != line.quantity:
            raise SourcesDiffer(
                _("“%(name)s” is not what its requests ask for together.") % {"name": line.name},
                details={"line_id": line.pk},
            )
        quotes[quote.invitation.vendor_id] = quote
        for source in sources:
            project_id = source.request_line.request.project_id
            rows[quote.invitation.vendor_id, project_id].append(
                _Row(
                    request_line=source.request_line,
                    quantity=source.quantity,
                    unit_price=each.quote_line.unit_price,
                    spec=line.spec,
                    brand=each.quote_line.brand,
                    quote_line_id=each.quote_line_id,
                )
            )
    return rows, quotes


def _freights(
    rows: Mapping[tuple[int, int | None], Sequence[_Row]], quotes: Mapping[int, Quote]
) -> dict[tuple[int, int | None], Decimal]:
    """Return each order's part of its vendor's freight, by the amounts; together all of it."""
    found: dict[tuple[int, int | None], Decimal] = {}
    for vendor_id, quote in quotes.items():
        keys = [key for key in rows if key[0] == vendor_id]
        weights = [sum((row.amount for row in rows[key]), Decimal(0)) for key in keys]
        parts = split(quote.freight, [weight or Decimal("0.01") for weight in weights])
        found |= dict(zip(keys, parts, strict=True))
    return found


def _taken(actor: Actor, quantities: Mapping[int, Decimal], now: datetime) -> list[RequestLine]:
    """Bind lines of requests for the actor's order and return them, all of one project."""
    if not quantities:
        raise OrderInvalid(_("Choose what is ordered."), field="lines")
    for quantity in quantities.values():
        check_quantity(quantity, field="lines")
    requests.require_buyer(actor=actor, line_ids=quantities.keys(), now=now)
    requests.bind_lines(quantities)
    lines = list(
        RequestLine.objects.select_related("request").filter(pk__in=quantities).order_by("pk")
    )
    if len({line.request.project_id for line in lines}) > 1:
        raise SeveralProjects(_("An order is for one project. Make one for each."), field="lines")
    return lines


def _called(
    contract: Contract, lines: Sequence[RequestLine], quantities: Mapping[int, Decimal]
) -> dict[int, Decimal]:
    """Count what is called off of an agreement and return its prices by article."""
    by_item: dict[int | None, Decimal] = defaultdict(Decimal)
    for line in lines:
        by_item[line.item_id] += quantities[line.pk]
    prices = {
        price.item_id: price
        for price in AgreedPrice.objects.select_for_update()
        .filter(contract=contract, item_id__in=[pk for pk in by_item if pk is not None])
        .order_by("pk")
    }
    missing = [line.name for line in lines if line.item_id not in prices]
    if missing:
        raise NotAgreed(
            _("The agreement has no price for: %(names)s.") % {"names": "; ".join(missing)},
            field="lines",
        )
    for item_id, price in prices.items():
        quantity = by_item[item_id]
        check_call_off(
            quantity,
            minimum=price.minimum_quantity,
            maximum=price.maximum_quantity,
            called=price.called_quantity,
        )
        price.called_quantity += quantity
        price.save(update_fields=["called_quantity"])
    return {item_id: price.unit_price for item_id, price in prices.items()}


def _create(
    actor: Actor,
    rows: Sequence[_Row],
    *,
    now: datetime,
    today: date,
    project_id: int | None,
    freight: Decimal = Decimal(0),
    **values: Any,
) -> PurchaseOrder:
    order = PurchaseOrder.objects.create(
        number=numbers.next_number(series=SERIES, project_id=project_id, on=today),
        project_id=project_id,
        freight=freight,
        amount=freight + sum((row.amount for row in rows), Decimal(0)),
        created_by=actor.require_person(),
        created_by_label=actor.label[:140],
        created_at=now,
        **values,
    )
    OrderLine.objects.bulk_create(
        OrderLine(
            order=order,
            position=position,
            item_id=row.request_line.item_id,
            name=row.request_line.name,
            spec=row.spec or row.request_line.spec,
            brand=row.brand,
            unit=row.request_line.unit,
            is_fixed_asset=row.request_line.is_fixed_asset,
            quantity=row.quantity,
            unit_price=row.unit_price,
            amount=row.amount,
            request_line=row.request_line,
            quote_line_id=row.quote_line_id,
        )
        for position, row in enumerate(rows, start=1)
    )
    record_order(actor, "made", order, now, {"after": facts(order)})
    return order


def _checked_place(place: str) -> str:
    text = place.strip()
    if len(text) > 200:
        raise OrderInvalid(_("The place is too long."), field="place")
    return text
