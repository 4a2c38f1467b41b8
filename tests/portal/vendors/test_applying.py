"""Whoever applies: the same answer everywhere, and nothing known before his mailbox has spoken."""

from typing import Any

import pytest
from django.core import mail
from django.utils import timezone
from django_tenants.utils import tenant_context

from kernel.access import SYSTEM
from kernel.identity import totp
from kernel.policies.operations import set_value
from services.procurement.vendors.models import Contact, ContactState, Vendor, VendorState
from tenants.companies.models import Company
from tenants.vendors import operations, tasks
from tenants.vendors.models import VendorInvitation, VendorLogin
from tests import factories_portal as portal
from tests.factories import NOW, PASSWORD, TODAY
from tests.factories_portal import Person

CODE, WRONG_CODE = "91350100M000100Y43", "91350100M000100Y44"
FORM = {
    "name": "湖州安邦五金商行",
    "credit_code": "",
    "kind": "GOODS",
    "note": "五金、水暖",
    "address": "湖州",
    "person": "沈国良",
    "phone": "13812346027",
    "email": "shen@anbang.example",
}
NEW = {"name": "沈国良", "password": PASSWORD, "again": PASSWORD}


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """Take up what the page asks for, instead of the queue."""
    asked: list[dict[str, Any]] = []
    monkeypatch.setattr(
        "tenants.vendors.operations.applying.enqueue_after_commit",
        lambda _task, **kwargs: asked.append(kwargs),
    )
    return asked


def run(asked: list[dict[str, Any]]) -> None:
    for kwargs in asked:
        tasks.mail_application(schema="public", **kwargs)
    asked.clear()


def link() -> str:
    return mail.outbox[-1].body.partition("http://vendors.test:8000")[2].split()[0]


def vendors_of(company: Company) -> list[Vendor]:
    with tenant_context(company):
        return list(Vendor.objects.order_by("pk"))


def test_an_application_reaches_the_company_once_it_is_confirmed(
    alpha: Company, sent: list[dict[str, Any]]
) -> None:
    client = portal.client_of()
    assert client.post("/join/alpha/", FORM).status_code == 200
    run(sent)
    assert vendors_of(alpha) == []
    assert "沈国良" not in VendorInvitation.objects.get().answers_encrypted

    page = client.post(link(), NEW)

    code = totp.code_at(portal.shown_secret(page), totp.step_of(timezone.now()))
    client.post("/sign-in/", {**portal.hidden_of(page), "code": code})
    (vendor,) = vendors_of(alpha)
    assert (vendor.name, vendor.state, vendor.contact_name) == (
        "湖州安邦五金商行",
        VendorState.APPLIED,
        "沈国良",
    )
    with tenant_context(alpha):
        contact = Contact.objects.get()
    assert (contact.email, contact.state) == ("shen@anbang.example", ContactState.ACTIVE)
    home = client.get("/v/alpha/").content.decode()
    assert "Your application is being looked at" in home
    assert client.post(link(), NEW).status_code == 422


def test_a_person_who_has_a_sign_in_confirms_with_it(
    companies: dict[str, Company], dai: Person, sent: list[dict[str, Any]]
) -> None:
    client = portal.client_of(dai.login)
    client.post("/join/beta/", {**FORM, "email": dai.login.email})
    run(sent)

    assert client.post(link()).headers["Location"] == "/"

    assert [each.state for each in vendors_of(companies["beta"])] == [VendorState.APPLIED]
    assert client.get("/v/beta/").status_code == 200
    assert VendorLogin.objects.count() == 1


@pytest.mark.parametrize("why", ["unknown", "suspended", "takes none"])
def test_the_answer_is_the_same_where_nothing_comes_of_it(
    alpha: Company, sent: list[dict[str, Any]], why: str
) -> None:
    there = portal.client_of().post("/join/alpha/", FORM).content.decode()
    run(sent)
    mail.outbox.clear()
    slug = "alpha"
    if why == "unknown":
        slug = "nobody"
    elif why == "suspended":
        Company.objects.filter(pk=alpha.pk).update(status="SUSPENDED")
    else:
        with tenant_context(alpha):
            set_value(actor=SYSTEM, key="vendor.applications", text="off", now=NOW, today=TODAY)

    answer = portal.client_of().post(f"/join/{slug}/", FORM)

    assert answer.status_code == 200
    assert len(sent) == 1
    run(sent)
    assert mail.outbox == []
    assert len(answer.content.decode()) == pytest.approx(len(there), abs=200)


def test_a_code_on_the_register_is_told_to_the_company_and_not_to_the_applicant(
    alpha: Company, sent: list[dict[str, Any]]
) -> None:
    with tenant_context(alpha):
        known = portal.add_vendor("安邦", "V-1")
        Vendor.objects.filter(pk=known.pk).update(credit_code=CODE)
    client = portal.client_of()
    client.post("/join/alpha/", {**FORM, "credit_code": CODE})
    run(sent)

    page = client.post(link(), NEW)

    assert page.status_code == 200
    _known, applied = vendors_of(alpha)
    assert (applied.state, applied.credit_code) == (VendorState.APPLIED, "")
    assert CODE in applied.note


def test_one_mailbox_gets_three_and_one_address_asks_ten_times(
    alpha: Company, sent: list[dict[str, Any]]
) -> None:
    client = portal.client_of()

    answers = [client.post("/join/alpha/", FORM).status_code for _ in range(11)]

    assert answers == [200] * 10 + [429]
    assert len(sent) == 3


@pytest.mark.parametrize(
    "changed", [{"phone": "1"}, {"credit_code": WRONG_CODE}, {"email": "x"}, {"name": ""}]
)
def test_what_cannot_be_is_refused_at_once(
    alpha: Company, sent: list[dict[str, Any]], changed: dict[str, str]
) -> None:
    answer = portal.client_of().post("/join/alpha/", {**FORM, **changed})

    assert answer.status_code == 422
    assert f'id="id_{next(iter(changed))}_error"' in answer.content.decode()
    assert sent == []


def test_the_request_itself_looks_nothing_up(
    alpha: Company, sent: list[dict[str, Any]], django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(2):  # the transaction's beginning and end
        operations.ask_to_join(slug="alpha", email="a@b.example", answers={"name": "x"})


def test_what_nobody_confirms_is_forgotten(alpha: Company, sent: list[dict[str, Any]]) -> None:
    portal.client_of().post("/join/alpha/", FORM)
    run(sent)
    tasks.drop_expired(schema="public")
    assert VendorInvitation.objects.count() == 1

    VendorInvitation.objects.update(expires_at=timezone.now())
    tasks.drop_expired(schema="public")

    assert VendorInvitation.objects.count() == 0


def test_what_was_confirmed_lies_in_the_company_alone(
    alpha: Company, sent: list[dict[str, Any]]
) -> None:
    portal.client_of().post("/join/alpha/", FORM)
    run(sent)
    portal.client_of().post(link(), NEW)

    kept = VendorInvitation.objects.get()
    assert kept.answers_encrypted == ""
    assert kept.contact_id is not None
