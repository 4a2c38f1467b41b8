"""Two vendors of one company and one of another, every word of them marked, and who visits."""

import io
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.test import Client
from django.utils import timezone
from django_tenants.utils import tenant_context

from kernel import access, crypto
from kernel.documents import operations as documents
from kernel.documents.queries import attachments_of
from services.procurement.orders.models import Delivery
from services.procurement.payments.models import ServiceAssessment, VendorStatement
from services.procurement.rounds import operations
from services.procurement.vendors.models import (
    AccountState,
    BankAccount,
    Contact,
    ContactState,
    PaperKind,
    Vendor,
    VendorState,
)
from services.procurement.vendors.operations import add_paper
from tenants.companies.models import Company
from tenants.operators import operations as operators
from tenants.vendors.operations import make_token
from tests import factories
from tests import factories_procurement_rounds as rounds
from tests.factories import NOW, PASSWORD, TODAY
from tests.factories_operators import knock
from tests.factories_portal import add_contact, add_vendor, invite, join, session_of
from tests.factories_procurement_money import add_delivered_rows
from tests.factories_procurement_orders import add_own_rows
from tests.matrix.marks import FOREIGN, OTHER, OWN
from tests.matrix.people import session_of as staff_session_of
from tests.matrix.people import token_of

# Who comes with nothing that counts here, and who has signed in as a vendor's contact.
STRANGERS = ("stranger", "staff", "token", "operator")
OUTSIDERS = ("foreign", "ended", "closed")
SIGNED_IN = ("own", "other", *OUTSIDERS)
PDF = b"%PDF-1.4\n%%EOF\n"
VISITORS = (*STRANGERS, *SIGNED_IN, "program")


@dataclass
class VendorWorld:
    cookies: dict[str, dict[str, str]] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    # What fills the addresses of the vendor whose pages are asked for: of "own".
    values: dict[str, Any] = field(default_factory=dict)
    contacts: dict[str, int] = field(default_factory=dict)


def build(alpha: Company, beta: Company) -> VendorWorld:
    """Make everything; the caller rolls back. Numbers in both companies begin at 1."""
    world = VendorWorld()
    homes = {"own": alpha, "other": alpha, "ended": alpha, "closed": alpha, "foreign": beta}
    marks = {"own": OWN, "other": OTHER, "ended": OWN, "closed": OTHER, "foreign": FOREIGN}
    vendors: dict[str, Vendor] = {}
    for who, company in homes.items():
        with tenant_context(company):
            vendors[who] = add_records(who, marks[who])
        person = join(company, vendors[who], f"{who}@{marks[who]}.example", name=marks[who])
        world.contacts[who] = person.contact_id
        world.cookies[who] = {"vendor": session_of(person.login)}
        if who == "own":
            token, text = make_token(
                login=person.login,
                membership_id=person.login.memberships.get().pk,
                name=OWN,
                now=timezone.now(),
            )
            world.tokens["program"], world.values["token_id"] = text, token.pk
    with tenant_context(alpha):
        Contact.objects.filter(pk=world.contacts["ended"]).update(
            state=ContactState.ENDED, ended_at=NOW
        )
        Vendor.objects.filter(pk=vendors["closed"].pk).update(state=VendorState.CLOSED)
        invited = add_contact(vendors["own"], f"invited@{OWN}.example", name=OWN)
        user = factories.add_user("wang", email="wang@example.com")
        factories.hold_post(user, "buyer")
        staff, world.tokens["token"] = staff_session_of(user), token_of(user)
    world.cookies["staff"] = {"session": staff, "vendor": staff}
    world.cookies["operator"] = operator_cookies()
    world.values |= {
        "place": "alpha",
        "slug": "alpha",
        "key": invite(alpha, invited.pk, invited.email),
        "token": "void",
        "session_id": 1,
        **records_of(alpha, vendors["own"]),
    }
    return world


def add_records(who: str, mark: str) -> Vendor:
    """Add one vendor to the company in force, with a record of each kind that has a page."""
    vendor = add_vendor(f"{mark} {who}", f"{mark}-{who}", note=f"{mark} note")
    kind, _is_new = PaperKind.objects.get_or_create(key="licence", defaults={"name": "Licence"})
    paper = add_paper(
        actor=access.SYSTEM,
        vendor_id=vendor.pk,
        kind_id=kind.pk,
        number=f"{mark} number",
        valid_from=date(2026, 1, 1),
        now=NOW,
    )
    documents.attach(
        actor=access.SYSTEM,
        subject=paper,
        project_id=None,
        upload=io.BytesIO(PDF),
        name=f"{mark}.pdf",
        now=NOW,
    )
    BankAccount.objects.create(
        vendor=vendor,
        holder=f"{mark} holder",
        bank=f"{mark} bank",
        number_encrypted=crypto.encrypt("6222020000001234"),
        number_index=crypto.blind_index("6222020000001234"),
        number_tail="1234",
        state=AccountState.ACTIVE,
        asked_by_label="test",
        asked_at=NOW,
    )
    rows = add_own_rows(vendor, mark, f"P-{who}"[:8].upper())
    add_delivered_rows(vendor, mark, **rows)
    return vendor


def records_of(company: Company, vendor: Vendor) -> dict[str, int]:
    """Return the numbers of a vendor's records, by the names that addresses give them."""
    with tenant_context(company):
        paper = vendor.papers.get()
        delivery = Delivery.objects.filter(order__vendor=vendor).latest("pk")
        return {
            "receipt_id": delivery.order.receipts.get().pk,
            "invoice_id": vendor.invoices.latest("pk").pk,
            "assessment_id": ServiceAssessment.objects.get(contract__vendor=vendor).pk,
            "attachment_id": attachments_of(paper).get().pk,
            "order_id": delivery.order_id,
            "delivery_id": delivery.pk,
            "statement_id": _statement(vendor).pk,
            **round_of(vendor),
        }


def _statement(vendor: Vendor) -> VendorStatement:
    statement: VendorStatement = VendorStatement.objects.create(
        vendor=vendor,
        number=f"{OWN}-DZ",
        to_day=date(2026, 6, 30),
        balance=0,
        sent_by=1,
        sent_by_label="test",
        sent_at=NOW,
    )
    return statement


def round_of(vendor: Vendor) -> dict[str, int]:
    """Publish a round, with a drawing, to which this vendor is invited and the other is not."""
    now = timezone.now()
    buyer = rounds.add_buyer("round-buyer")
    rounds.add_openers()
    quoters = [rounds.add_quoter("R1"), rounds.add_quoter("R2")]
    made = operations.create_round(
        actor=buyer,
        draft=rounds.draft_of(
            quoters,
            vendor_ids=[vendor.pk, *(one.vendor.pk for one in quoters)],
            closes_at=now + timedelta(days=2),
        ),
        now=now,
        today=TODAY,
    )
    drawing = documents.attach(
        actor=buyer,
        subject=made,
        project_id=None,
        upload=io.BytesIO(PDF),
        name="drawing.pdf",
        now=now,
    )
    operations.publish(actor=buyer, round_id=made.pk, now=now, today=TODAY)
    return {"round_id": made.pk, "round_file_id": drawing.pk}


def operator_cookies() -> dict[str, str]:
    operators.add_operator(by="test", username="ops", name="Olga", password=PASSWORD, now=NOW)
    client = Client(headers={"host": "test"})
    knock(client)
    key = client.cookies["operator"].value
    return {"operator": key, "vendor": key}
