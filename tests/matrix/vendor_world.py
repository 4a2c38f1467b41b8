"""Two vendors of one company and one of another, every word of them marked, and who visits."""

from dataclasses import dataclass, field
from typing import Any

from django.test import Client
from django.utils import timezone
from django_tenants.utils import tenant_context

from services.procurement.vendors.models import Contact, ContactState, Vendor, VendorState
from tenants.companies.models import Company
from tenants.operators import operations as operators
from tenants.vendors.operations import make_token
from tests import factories
from tests.factories import NOW, PASSWORD
from tests.factories_operators import knock
from tests.factories_portal import add_contact, add_vendor, invite, join, session_of
from tests.matrix.marks import FOREIGN, OTHER, OWN
from tests.matrix.people import session_of as staff_session_of
from tests.matrix.people import token_of

# Who comes with nothing that counts here, and who has signed in as a vendor's contact.
STRANGERS = ("stranger", "staff", "token", "operator")
OUTSIDERS = ("foreign", "ended", "closed")
SIGNED_IN = ("own", "other", *OUTSIDERS)
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
        "key": invite(alpha, invited.pk, invited.email),
        "token": "void",
        "session_id": 1,
        **records_of(alpha, vendors["own"]),
    }
    return world


def add_records(who: str, mark: str) -> Vendor:
    """Add one vendor to the company in force, with a record of each kind that has a page."""
    return add_vendor(f"{mark} {who}", f"{mark}-{who}", note=f"{mark} note")


def records_of(company: Company, vendor: Vendor) -> dict[str, int]:
    """Return the numbers of a vendor's records, by the names that addresses give them."""
    return {}


def operator_cookies() -> dict[str, str]:
    operators.add_operator(by="test", username="ops", name="Olga", password=PASSWORD, now=NOW)
    client = Client(headers={"host": "test"})
    knock(client)
    key = client.cookies["operator"].value
    return {"operator": key, "vendor": key}
