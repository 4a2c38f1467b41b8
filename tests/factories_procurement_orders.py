"""Approved awards and orders for tests of what comes after them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from kernel.access import Action, Actor, Grant
from services.procurement.catalogue.models import Item
from services.procurement.contracts.models import Contract, ContractKind
from services.procurement.orders import operations
from services.procurement.orders.models import PurchaseOrder
from services.procurement.orders.operations import Bought, Price
from services.procurement.orders.rules import NewFigures
from services.procurement.requests.models import PurchaseRequest, RequestLine
from services.procurement.rounds.models import (
    Award,
    AwardLine,
    AwardState,
    Invitation,
    KeyShare,
    OpenerKey,
    Opening,
    Quote,
    QuoteLine,
    QuoteRevision,
    Release,
    Round,
    RoundLine,
    RoundSource,
    RoundState,
)
from services.procurement.vendors.models import Contact, ContactState, PaperKind, Vendor
from services.properties.models import Project
from tests import factories_procurement_contracts as contracts
from tests.factories import NOW, TODAY
from tests.factories_procurement_contracts import Company
from tests.factories_procurement_requests import add_request, category
from tests.factories_properties import add_project

PUBLISHED, CLOSED = NOW - timedelta(days=5), NOW - timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A line of a round: what it is called, and the lines of requests that it is for."""

    name: str
    sources: Sequence[RequestLine]
    last_price: Decimal | None = None

    @property
    def quantity(self) -> Decimal:
        return sum((line.quantity for line in self.sources), Decimal(0))


def contact_of(vendor: Vendor, name: str = "老周") -> Actor:
    """Return the actor that a contact of the vendor is."""
    contact = Contact.objects.create(
        vendor=vendor,
        name=name,
        email=f"{vendor.code.lower()}-{Contact.objects.count()}@example.com",
        state=ContactState.ACTIVE,
        invited_by_label="buyer",
        invited_at=NOW,
        joined_at=NOW,
    )
    return Actor(label=f"{vendor.name} {name}", vendor_id=vendor.pk, contact_id=contact.pk)


def asked(
    project: Project | None, number: str, *lines: tuple[str, str, str], **values: Any
) -> PurchaseRequest:
    """Return an approved request whose lines a round has bound whole."""
    request = add_request(project, *lines, number=number, **values)
    for line in request.lines.all():
        RequestLine.objects.filter(pk=line.pk).update(bound_quantity=line.quantity)
    return request


def award(
    wanted: Sequence[Wanted],
    prices: Mapping[Vendor, Mapping[str, str]],
    *,
    freight: Mapping[Vendor, str] | None = None,
    number: str = "XJ-1",
    state: AwardState = AwardState.APPROVED,
) -> Award:
    """Return an award: each vendor gets the lines for which ``prices`` names him.

    Written by the models: how rounds are opened and awarded their own tests show.
    """
    one = Round.objects.create(
        number=number,
        title="年度物资",
        place="一号库",
        weights={"price": 100},
        created_by=1,
        created_by_label="buyer",
        created_at=PUBLISHED,
    )
    lines = {
        each.name: RoundLine.objects.create(
            round=one,
            position=position,
            name=each.name,
            unit="箱",
            quantity=each.quantity,
            last_price=each.last_price,
        )
        for position, each in enumerate(wanted, start=1)
    }
    for each in wanted:
        for source in each.sources:
            RoundSource.objects.create(
                line=lines[each.name], request_line=source, quantity=source.quantity
            )
    _entrust(one)
    Round.objects.filter(pk=one.pk).update(
        state=RoundState.OPEN, published_at=PUBLISHED, closes_at=CLOSED, public_key=b"k"
    )
    revisions = {vendor: _revision(one, vendor) for vendor in prices}
    _open(one)
    made = Award.objects.create(
        round=one,
        state=state,
        is_split=len(prices) > 1,
        total=Decimal("0.01"),
        lowest_total=Decimal("0.01"),
        proposed_by=1,
        proposed_by_label="buyer",
        proposed_at=NOW,
    )
    total = Decimal(0)
    for vendor, offered in prices.items():
        quote = _quote(revisions[vendor], Decimal((freight or {}).get(vendor, "0")))
        for name, price in offered.items():
            amount = round(Decimal(price) * lines[name].quantity, 2)
            offer = QuoteLine.objects.create(
                quote=quote,
                line=lines[name],
                unit_price=Decimal(price),
                amount=amount,
                brand="立白",
            )
            AwardLine.objects.create(award=made, quote_line=offer, line=lines[name])
            total += amount
        total += quote.freight
    Award.objects.filter(pk=made.pk).update(total=total, lowest_total=total)
    made.refresh_from_db()
    return made


def simple_award(
    company: Company, quantity: str = "10", price: str = "100.00", **values: Any
) -> Award:
    """Return an award of one line of one request to the company's vendor."""
    line = asked(company.project, "CG-1", ("洗洁精", quantity, price)).lines.get()
    return award([Wanted("洗洁精", [line])], {company.vendor: {"洗洁精": price}}, **values)


def ordered(company: Company, quantity: str = "10", price: str = "100.00") -> PurchaseOrder:
    """Return the draft of the order of a simple award."""
    [order] = operations.order_award(
        actor=company.buyer,
        award_id=simple_award(company, quantity, price).pk,
        now=NOW,
        today=TODAY,
    )
    return order


def sent(company: Company, order: PurchaseOrder | None = None, **values: Any) -> PurchaseOrder:
    """Return an order that the vendor has."""
    order = order or ordered(company, **values)
    operations.declare(actor=company.buyer, order_id=order.pk, now=NOW)
    return operations.send(actor=company.buyer, order_id=order.pk, now=NOW, today=TODAY)


def confirmed(company: Company, vendor: Actor, **values: Any) -> PurchaseOrder:
    """Return an order that the vendor has confirmed for the tenth of December."""
    return operations.acknowledge(
        actor=vendor,
        order_id=sent(company, **values).pk,
        promised_on=date(2026, 12, 10),
        now=NOW,
        today=TODAY,
    )


def arrive(order: PurchaseOrder, quantity: str) -> None:
    """Let so much of an order's first line be here, as receiving writes it."""
    line = order.lines.order_by("position").first()
    assert line is not None
    line.received_quantity += Decimal(quantity)
    line.save(update_fields=["received_quantity"])
    state = "RECEIVED" if line.received_quantity == line.quantity else "DELIVERING"
    PurchaseOrder.objects.filter(pk=order.pk).update(state=state)


def add_item(code: str = "WL-1", name: str = "洗洁精") -> Item:
    return Item.objects.create(category=category(), code=code, name=name, unit="箱")


def agreement(
    company: Company, prices: Mapping[Item, Price], *, is_signed: bool = True
) -> Contract:
    """Return a framework agreement at these prices."""
    contract = contracts.draft(
        company, kind=ContractKind.FRAMEWORK, title="框架协议", amount=Decimal(0), plan=()
    )
    operations.set_prices(
        actor=company.buyer,
        contract_id=contract.pk,
        prices={item.pk: price for item, price in prices.items()},
        now=NOW,
    )
    return contracts.signed(company, contract) if is_signed else contract


def emergency(company: Company, request: PurchaseRequest) -> PurchaseOrder:
    line = request.lines.get()
    return operations.order_emergency(
        actor=company.buyer,
        request_id=request.pk,
        vendor_id=company.vendor.pk,
        bought={line.pk: Bought(quantity=line.quantity, unit_price=line.unit_price)},
        now=NOW,
        today=TODAY,
    )


def add_rows(project: Project, mark: str, user_id: int, vendor: Vendor) -> dict[str, int]:
    """Return one of each row of a project's orders, for tests that visit every page."""
    buyer = Actor(
        label=f"{mark} buyer",
        user_id=user_id,
        grants=frozenset({Grant(Action.PURCHASE_BUY, None)}),
    )
    request = asked(project, f"CG-{project.pk}", (f"{mark} goods", "10", "100"), unit=mark)
    one = award(
        [Wanted(f"{mark} goods", list(request.lines.all()))],
        {vendor: {f"{mark} goods": "100"}},
        number=f"XJ-{project.pk}",
    )
    [order] = operations.order_award(actor=buyer, award_id=one.pk, now=NOW, today=TODAY)
    operations.declare(actor=buyer, order_id=order.pk, now=NOW)
    operations.send(actor=buyer, order_id=order.pk, now=NOW, today=TODAY)
    change = operations.propose_as_vendor(
        actor=contact_of(vendor, f"{mark} contact"),
        order_id=order.pk,
        lines={order.lines.get().pk: NewFigures(quantity=Decimal(9))},
        deliver_by=None,
        reason=f"{mark} reason",
        now=NOW,
        today=TODAY,
    )
    emergency_request = add_request(
        project,
        (f"{mark} pump", "1", "2600"),
        number=f"CG-{project.pk}-C",
        purchase_class="C",
        unit=mark,
    )
    finance = Actor(
        label=f"{mark} finance",
        user_id=user_id + 1_000_000,
        grants=frozenset({Grant(Action.INVOICE_MATCH, None)}),
    )
    loss = operations.record_loss(
        actor=finance, order_id=order.pk, amount=Decimal(50), cause=f"{mark} cause", now=NOW
    )
    return {
        "award_id": one.pk,
        "order_id": order.pk,
        "loss_id": loss.pk,
        "change_id": change.pk,
        "emergency_id": emergency_request.pk,
    }


def add_own_rows(vendor: Vendor, mark: str, code: str) -> dict[str, int]:
    """Return an order that a vendor has confirmed, and a delivery that he announced."""
    PaperKind.objects.update(is_required=False)
    rows = add_rows(add_project(code, f"{mark} {code}"), mark, 1, vendor)
    order = PurchaseOrder.objects.get(pk=rows["order_id"])
    actor = contact_of(vendor, f"{mark} announcer")
    day = date(2026, 12, 10)
    operations.acknowledge(actor=actor, order_id=order.pk, promised_on=day, now=NOW, today=TODAY)
    delivery = operations.announce(
        actor=actor,
        order_id=order.pk,
        quantities={order.lines.get().pk: Decimal(1)},
        expected_on=day,
        carrier=f"{mark} carrier",
        now=NOW,
        today=TODAY,
    )
    return {"order_id": order.pk, "delivery_id": delivery.pk}


def _revision(one: Round, vendor: Vendor) -> QuoteRevision:
    invitation = Invitation.objects.create(round=one, vendor=vendor, invited_at=PUBLISHED)
    return QuoteRevision.objects.create(
        invitation=invitation,
        number=1,
        sealed=b"s",
        own_copy=b"s",
        receipt="0" * 64,
        contact_id=1,
        contact_label=vendor.name,
        submitted_at=PUBLISHED,
    )


def _entrust(one: Round) -> None:
    """Let two people of two posts hold the key of a draft; nobody who is there."""
    for side, post in ((1, "finance_head"), (2, "company_gm")):
        key = OpenerKey.objects.create(
            user_id=1_000_000 + one.pk * 10 + side,
            public_key=b"k",
            locked_key=b"k",
            made_at=PUBLISHED,
        )
        KeyShare.objects.create(round=one, side=side, post=post, opener_key=key, wrapped=b"w")


def _open(one: Round) -> None:
    """Let those two have opened the round."""
    for share in KeyShare.objects.select_related("opener_key").filter(round=one):
        Release.objects.create(
            round=one,
            side=share.side,
            share=b"s",
            user_id=share.opener_key.user_id,
            user_label=share.post,
            post=share.post,
            released_at=CLOSED,
        )
    Opening.objects.create(round=one, opened_at=NOW, minutes=[])
    Round.objects.filter(pk=one.pk).update(state=RoundState.AWARDED)


def _quote(revision: QuoteRevision, freight: Decimal) -> Quote:
    return Quote.objects.create(
        invitation=revision.invitation,
        revision=revision,
        tax_percent=Decimal(13),
        freight=freight,
        delivery_days=14,
        payment_terms="月结30天",
        total=freight,
        is_complete=True,
    )
