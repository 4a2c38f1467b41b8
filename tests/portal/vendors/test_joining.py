"""A mailed invitation: what the company sees is the same whoever takes it up, and how."""

import pytest
from django.utils import timezone
from django_tenants.utils import tenant_context

from kernel.audit.models import AuditEntry
from kernel.identity import totp
from services.procurement.vendors.models import Contact, ContactState, Vendor
from tenants.companies.models import Company
from tenants.vendors.models import Membership, VendorLogin
from tests import factories_portal as portal
from tests.factories import PASSWORD
from tests.factories_portal import Person

NEW = {"name": "陈工", "password": PASSWORD, "again": PASSWORD}


def contact_of(company: Company, pk: int) -> Contact:
    with tenant_context(company):
        return Contact.objects.select_related("vendor").get(pk=pk)


@pytest.fixture
def invited(alpha: Company, vendor: Vendor) -> tuple[int, str]:
    with tenant_context(alpha):
        contact = portal.add_contact(vendor, "chen@xinnuo.example")
    return contact.pk, portal.invite(alpha, contact.pk, contact.email)


def test_a_new_person_makes_a_sign_in_and_goes_on_to_his_app(
    alpha: Company, invited: tuple[int, str]
) -> None:
    contact_id, key = invited
    client = portal.client_of()
    assert "宁波信诺电气" in client.get(f"/invitations/{key}/").content.decode()

    page = client.post(f"/invitations/{key}/", NEW)

    code = totp.code_at(portal.shown_secret(page), totp.step_of(timezone.now()))
    client.post("/sign-in/", {**portal.hidden_of(page), "code": code})
    assert client.get("/v/alpha/").status_code == 200
    contact = contact_of(alpha, contact_id)
    assert contact.state == ContactState.ACTIVE
    assert bytes(contact.public_key or b"") == bytes(VendorLogin.objects.get().public_key or b"")
    with tenant_context(alpha):
        entry = AuditEntry.objects.latest("pk")
    assert (entry.event, entry.actor) == (
        "procurement.contact.joined",
        "宁波信诺电气 chen",
    )


def test_whoever_has_a_sign_in_accepts_with_it_and_the_company_sees_no_difference(
    companies: dict[str, Company], dai: Person
) -> None:
    beta = companies["beta"]
    with tenant_context(beta):
        vendor = portal.add_vendor("信诺", "V-1")
        contact = portal.add_contact(vendor, dai.login.email)
        new = portal.add_contact(vendor, "new@xinnuo.example")
    key = portal.invite(beta, contact.pk, dai.login.email)
    stranger = portal.client_of()
    assert b"Sign in to accept" in stranger.get(f"/invitations/{key}/").content
    client = portal.client_of(dai.login)
    assert client.post(f"/invitations/{key}/").headers["Location"] == "/"
    portal.client_of().post(f"/invitations/{portal.invite(beta, new.pk, new.email)}/", NEW)

    pages = client.get("/").content.decode()
    assert "/v/alpha/" in pages
    assert "/v/beta/" in pages
    left, right = contact_of(beta, contact.pk), contact_of(beta, new.pk)
    assert left.state == right.state == ContactState.ACTIVE
    assert {f.name for f in Contact._meta.fields if getattr(left, f.name)} == {
        f.name for f in Contact._meta.fields if getattr(right, f.name)
    }


def test_somebody_else_who_is_signed_in_cannot_accept(
    alpha: Company, dai: Person, invited: tuple[int, str]
) -> None:
    contact_id, key = invited
    client = portal.client_of(dai.login)
    assert b"You are signed in as dai@xinnuo.example" in client.get(f"/invitations/{key}/").content

    assert client.post(f"/invitations/{key}/").status_code == 409
    assert contact_of(alpha, contact_id).state == ContactState.INVITED
    assert Membership.objects.filter(contact_id=contact_id).count() == 0


@pytest.mark.parametrize("state", ["ENDED", "CLOSED", "USED"])
def test_a_link_that_the_company_has_ended_makes_nothing(
    alpha: Company, vendor: Vendor, invited: tuple[int, str], state: str
) -> None:
    contact_id, key = invited
    client = portal.client_of()
    with tenant_context(alpha):
        if state == "ENDED":
            Contact.objects.filter(pk=contact_id).update(state=state)
        elif state == "CLOSED":
            Vendor.objects.filter(pk=vendor.pk).update(state=state)
    if state == "USED":
        client.post(f"/invitations/{key}/", NEW)
    before = VendorLogin.objects.count(), Membership.objects.count()

    assert client.post(f"/invitations/{key}/", NEW).status_code == 422
    assert (VendorLogin.objects.count(), Membership.objects.count()) == before


def test_a_weak_password_keeps_the_link(alpha: Company, invited: tuple[int, str]) -> None:
    contact_id, key = invited
    client = portal.client_of()

    page = client.post(f"/invitations/{key}/", {**NEW, "password": "short", "again": "short"})

    assert page.status_code == 422
    assert b'id="id_password_error"' in page.content
    assert VendorLogin.objects.count() == 0
    assert contact_of(alpha, contact_id).state == ContactState.INVITED
    assert client.post(f"/invitations/{key}/", NEW).status_code == 200
