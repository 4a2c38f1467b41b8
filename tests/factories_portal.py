"""Vendors' people for tests: a contact of a company who has taken up his invitation."""

import re
from dataclasses import dataclass
from typing import Any

from django.test import Client
from django.utils import timezone
from django_tenants.utils import tenant_context

from kernel.identity import totp
from services.procurement.vendors import door
from services.procurement.vendors.models import Contact, Vendor
from tenants.companies.models import Company
from tenants.vendors import operations, queries
from tenants.vendors.models import VendorLogin
from tests.factories import NOW, PASSWORD

HOST = "vendors.test"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


@dataclass
class Person:
    """A contact with his sign-in."""

    login: VendorLogin
    vendor_id: int
    contact_id: int


def add_vendor(name: str, code: str, *, note: str = "") -> Vendor:
    """Add a vendor to the company in force."""
    vendor: Vendor = Vendor.objects.create(
        code=code, name=name, note=note, created_by_label="test", created_at=NOW
    )
    return vendor


def add_contact(vendor: Vendor, email: str, *, name: str = "") -> Contact:
    """Add an invited contact to the company in force."""
    contact: Contact = Contact.objects.create(
        vendor=vendor,
        name=name or email.partition("@")[0],
        email=email,
        invited_by_label="test",
        invited_at=NOW,
    )
    return contact


def invite(company: Company, contact_id: int, email: str) -> str:
    """Return the key of a mailed link. In the public schema."""
    return operations.invite(
        company_id=company.pk, contact_id=contact_id, email=email, now=timezone.now()
    )


def join(company: Company, vendor: Vendor, email: str, *, name: str = "") -> Person:
    """Invite a contact and take the invitation up, with a new sign-in or the one there is."""
    with tenant_context(company):
        contact = add_contact(vendor, email, name=name)
    key = invite(company, contact.pk, email)
    login = queries.login_of(email=email)
    if login is None:
        login = door.take_up_new(
            key=key,
            name=contact.name,
            password=PASSWORD,
            language="en",
            now=timezone.now(),
        )
    else:
        door.take_up(key=key, login=login, now=timezone.now())
    return Person(login, vendor.pk, contact.pk)


def session_of(login: VendorLogin) -> str:
    """Return the key of a new session, as the cookie holds it."""
    now = timezone.now()
    known = operations.check_password(
        email=login.email, password=PASSWORD, address="192.0.2.1", now=now
    )
    step = max(totp.step_of(now) - 1, known.login.app_last_step + 1)
    return operations.sign_in(
        known=known,
        code=totp.code_at(SECRET, step),
        new_secret=SECRET,
        address="192.0.2.1",
        device="test",
        now=now,
    )


def client_of(login: VendorLogin | None = None) -> Client:
    """Return a browser at the vendors' host, signed in if it is somebody's."""
    client = Client(headers={"host": HOST})
    if login is not None:
        client.cookies["vendor"] = session_of(login)
    return client


def hidden_of(page: Any) -> dict[str, str]:
    """Return the hidden values of a step of signing in; the form at the foot has some as well."""
    text = page.content.decode().partition("</form>")[0]
    return dict(re.findall(r'type="hidden" name="(ticket|secret|next)" value="([^"]*)"', text))


def shown_secret(page: Any) -> str:
    """Return the secret of the app that a page offers to set up."""
    found = re.search(r'<code class="code">([A-Z2-7 ]+)</code>', page.content.decode())
    assert found is not None
    return found.group(1).replace(" ", "")
