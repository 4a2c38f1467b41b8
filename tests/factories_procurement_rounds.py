"""Rounds of quotes, their openers and vendors' contacts, for tests. All through operations."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from kernel import sealing
from kernel.access import Actor
from kernel.sealing import KeyPair
from services.procurement.rounds import operations
from services.procurement.rounds.models import Opening, QuoteRevision, Round
from services.procurement.rounds.rules.drafts import Draft, Line
from services.procurement.rounds.rules.sheets import Sheet, SheetLine
from services.procurement.vendors.models import Contact, ContactState, Vendor
from tests.factories import NOW, TODAY, add_actor
from tests.factories_procurement_vendors import add_vendor

CLOSES: Final = NOW + timedelta(days=3)
AFTER: Final = CLOSES + timedelta(minutes=1)
PASSPHRASE: Final = "leise rieselt 42"
WEIGHTS: Final = {
    "price": 50,
    "quality": 20,
    "delivery": 15,
    "after_sales": 10,
    "qualification": 5,
}
LINES: Final = (
    Line(name="LED 感应吸顶灯 18W", unit="个", quantity=Decimal(240), spec="IP20，人体感应"),
    Line(name="闭门器 45-65kg", unit="套", quantity=Decimal(45)),
)


@dataclass(frozen=True, slots=True)
class Quoter:
    """A vendor with the contact who quotes for him, and that one's own key."""

    vendor: Vendor
    contact: Contact
    actor: Actor
    key: KeyPair


def add_quoter(code: str, name: str = "", **values: Any) -> Quoter:
    vendor = add_vendor(code, name or f"供应商{code}", **values)
    return Quoter(vendor, *_contact(vendor, f"{code.lower()}@example.com"))


def add_colleague(quoter: Quoter, email: str) -> Quoter:
    return Quoter(quoter.vendor, *_contact(quoter.vendor, email))


def _contact(vendor: Vendor, email: str) -> tuple[Contact, Actor, KeyPair]:
    pair = sealing.new_key_pair()
    contact = Contact.objects.create(
        vendor=vendor,
        name=f"{vendor.code} 联系人",
        email=email,
        state=ContactState.ACTIVE,
        invited_by_label="采购员",
        invited_at=NOW,
        joined_at=NOW,
        public_key=pair.public,
    )
    actor = Actor(label=contact.name, vendor_id=vendor.pk, contact_id=contact.pk)
    return contact, actor, pair


def add_buyer(username: str = "buyer") -> Actor:
    return add_actor(username, "buyer")


def add_opener(
    username: str, post: str, *, project_id: int | None = None, passphrase: str = PASSPHRASE
) -> Actor:
    actor = add_actor(username, post, project_id=project_id)
    operations.make_key(actor=actor, passphrase=passphrase, now=NOW)
    return actor


def add_openers() -> tuple[Actor, Actor]:
    """Add one person for each side: finance and the general manager of the company."""
    return add_opener("finance", "finance_head"), add_opener("gm", "company_gm")


def draft_of(quoters: Sequence[Quoter], **values: Any) -> Draft:
    return Draft(
        **{
            "title": "第四季度工程物资集中采购",
            "lines": LINES,
            "vendor_ids": [quoter.vendor.pk for quoter in quoters],
            "weights": WEIGHTS,
            "closes_at": CLOSES,
            "place": "杭州市余杭区",
            **values,
        }
    )


def add_round(buyer: Actor, quoters: Sequence[Quoter], **values: Any) -> Round:
    return operations.create_round(
        actor=buyer, draft=draft_of(quoters, **values), now=NOW, today=TODAY
    )


def publish_round(buyer: Actor, quoters: Sequence[Quoter], **values: Any) -> Round:
    """Publish a round; its openers must have made their keys."""
    made = add_round(buyer, quoters, **values)
    return operations.publish(actor=buyer, round_id=made.pk, now=NOW, today=TODAY)


def sheet_of(
    quote_round: Round, prices: Mapping[int, str] | Sequence[str | None], **values: Any
) -> Sheet:
    """Return a quote of these prices, in the order of the round's lines; ``None`` is left out."""
    ids = list(quote_round.lines.order_by("position").values_list("pk", flat=True))
    given = dict(zip(ids, prices, strict=True)) if not isinstance(prices, Mapping) else prices
    return Sheet(
        lines=tuple(
            SheetLine(line_id=pk, unit_price=Decimal(price), brand="恒光", delivery_days=3)
            for pk, price in given.items()
            if price is not None
        ),
        **values,
    )


def send_quote(
    quoter: Quoter,
    quote_round: Round,
    *prices: str | None,
    now: datetime = NOW,
    uploads: Sequence[operations.Upload] = (),
    **values: Any,
) -> QuoteRevision:
    return operations.submit(
        actor=quoter.actor,
        round_id=quote_round.pk,
        sheet=sheet_of(quote_round, prices, **values),
        uploads=uploads,
        now=now,
        today=TODAY,
    )


def open_round(quote_round: Round, openers: Sequence[Actor], *, now: datetime = AFTER) -> Opening:
    """Let one person of each side release the key."""
    first, second = openers
    operations.release(actor=first, round_id=quote_round.pk, passphrase=PASSPHRASE, now=now)
    opening = operations.release(
        actor=second, round_id=quote_round.pk, passphrase=PASSPHRASE, now=now
    )
    assert opening is not None
    return opening


def add_row(project_id: int, mark: str) -> dict[str, int]:
    """Open a round of a project in which a vendor has asked and quoted; every text is marked.

    But the vendors: they are the company's, of no project.
    """
    buyer = add_actor(f"buyer-of-{project_id}", "buyer")
    openers = (
        add_opener(f"finance-of-{project_id}", "finance_head"),
        add_opener(f"{mark}-office", "mo_manager", project_id=project_id),
    )
    quoters = [add_quoter(f"Q{project_id}-{number}", "vendor") for number in (1, 2, 3)]
    made = publish_round(
        buyer,
        quoters,
        project_id=project_id,
        title=f"{mark} round",
        place=f"{mark} place",
        lines=[Line(name=f"{mark} lamp", unit="个", quantity=Decimal(2))],
    )
    question = operations.ask(actor=quoters[0].actor, round_id=made.pk, text=f"{mark} why", now=NOW)
    send_quote(quoters[0], made, "71.13")
    open_round(made, openers)
    return {"round_id": made.pk, "question_id": question.pk}
