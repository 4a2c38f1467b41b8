"""The pairs SoD-18 to SoD-23 at the page and at the API: refused alike, and nothing is written."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from kernel.approvals.models import Act, Case, CaseState, Signature
from kernel.security.models import SecurityEvent, SecurityKind
from services.procurement.orders.models import PurchaseOrder
from services.procurement.payments import operations as payments
from services.procurement.payments.models import PaymentState
from services.procurement.payments.operations.payments import KIND, Share
from services.procurement.receiving.models import GoodsReceipt
from services.procurement.requests.models import PurchaseRequest, RequestState
from tenants.companies.models import Company
from tests import factories_procurement_contracts as contracts
from tests import factories_procurement_orders as ordering
from tests import factories_procurement_requests as requesting
from tests.api.client import Api, sign_in, sign_in_by_browser
from tests.console.browser import Browser, browser_of
from tests.factories import NOW, TODAY
from tests.factories_approvals import person, step_under_way
from tests.factories_procurement_money import (
    People,
    add_account,
    add_goods_order,
    line_of,
    prepare,
    sign,
)
from tests.services.procurement.payments.billing import owed
from tests.services.procurement.test_duties import signed

pytestmark = pytest.mark.usefixtures("tenant")
DONE = {200, 302}
REFUSED = {403, 409, 422}  # as a page or a sheet says it; programs get 403


@pytest.fixture
def people(tenant: Company) -> People:
    return prepare()


def by_page(username: str) -> Callable[[Case], int]:
    browser: Browser = browser_of(username)

    def act(case: Case) -> int:
        step = step_under_way(case).pk
        data = {"do": "approve", "step": step, "opinion": "同意"}
        answer = browser.post(f"/approvals/{case.pk}/", data)
        return answer.status_code

    return act


def by_api(username: str) -> Callable[[Case], int]:
    api: Api = sign_in_by_browser(username)  # nobody signs by a token

    def act(case: Case) -> int:
        body: dict[str, Any] = {"step_id": step_under_way(case).pk, "text": "同意"}
        answer = api("POST", f"approval-cases/{case.pk}/approve/", body)
        status: int = answer.status_code
        return status

    return act


ENTRIES = pytest.mark.parametrize("entry", [by_page, by_api])
Entry = Callable[[str], Callable[[Case], int]]


def refused_by(rule: str) -> bool:
    """Tell whether the security log has a refusal by this pair."""
    return SecurityEvent.objects.filter(kind=SecurityKind.DUTIES_REFUSED, rule=rule).exists()


def approvals_of(case: Case) -> list[int | None]:
    given = Signature.objects.filter(case=case, act__in=[Act.APPROVED, Act.COUNTED])
    return list(given.order_by("pk").values_list("user_id", flat=True))


def test_the_buyer_takes_nothing_in(people: People) -> None:
    """SoD-18: a keeper who declared the order."""
    order, other = add_goods_order(people), people.keeper.require_person()
    PurchaseOrder.objects.filter(pk=order.pk).update(declared_by=other)
    line = line_of(order).pk
    body = {
        "lines": [{"order_line_id": line, "arrived": "30", "accepted": "30"}],
        "is_rest_to_come": True,
    }

    page = browser_of("keeper").post(
        f"/c/goods-receipts/coming/{order.pk}/", {f"arrived_{line}": "30"}
    )
    answer = sign_in("keeper")("POST", f"purchase-orders/{order.pk}/goods-receipts/", body)

    assert page.status_code in REFUSED
    assert (answer.status_code, answer.json()["code"]) == (403, "duties.meet")
    assert not GoodsReceipt.objects.exists()
    assert refused_by("SoD-18")


@ENTRIES
def test_who_asks_does_not_approve(entry: Entry) -> None:
    """SoD-19: a property manager who asked himself, beside another one who could sign."""
    office = requesting.open_office()
    person("manager2", "property_manager")
    request = requesting.draft(office, actor=office.manager)
    requesting.submit(replace(office, asker=office.manager), request)
    case = requesting.case_of(request)

    assert entry("manager")(case) in REFUSED

    assert approvals_of(case) == []
    request.refresh_from_db()
    assert request.state == RequestState.SUBMITTED


@ENTRIES
def test_one_person_gives_one_of_the_two_approvals(entry: Entry) -> None:
    """SoD-20."""
    office = requesting.open_office()
    both = person("both", "property_manager", "company_gm")
    request = requesting.submitted(office)
    case, sign_it = requesting.case_of(request), entry("both")

    assert sign_it(case) in DONE
    assert sign_it(case) in REFUSED

    assert refused_by("SoD-20")
    assert approvals_of(case) == [both.user_id]
    request.refresh_from_db()
    assert request.state == RequestState.SUBMITTED


def test_who_signed_the_award_does_not_order_it() -> None:
    """SoD-21: he is a buyer by now."""
    company = contracts.open_company()
    award = ordering.simple_award(company)
    signed(award, user_id=company.buyer.require_person())

    page = browser_of("buyer").post(f"/c/purchase-orders/of-award/{award.pk}/")
    answer = sign_in("buyer")("POST", f"awards/{award.pk}/orders/")

    assert page.status_code in REFUSED
    assert (answer.status_code, answer.json()["code"]) == (403, "duties.meet")
    assert not PurchaseOrder.objects.exists()
    assert refused_by("SoD-21")


@ENTRIES
def test_who_bought_does_not_sign_for_it(entry: Entry) -> None:
    """SoD-21 the other way round: an emergency was bought before it is signed."""
    office = requesting.open_office()
    request = requesting.consented(office, requesting.line("水泵", "1", "1850.00"))
    requesting.submit(office, request)
    person("manager2", "property_manager")
    PurchaseRequest.objects.update(buyer_ids=[office.manager.require_person()])
    case = requesting.case_of(request)

    assert entry("manager")(case) in REFUSED

    assert approvals_of(case) == []
    case.refresh_from_db()
    assert case.state == CaseState.RUNNING
    assert refused_by("SoD-21")


def test_the_buyer_pays_nothing(people: People) -> None:
    """SoD-22: a cashier who made the order."""
    invoice = owed(people)
    add_account(invoice.vendor)
    payment = payments.ask_payment(
        actor=people.finance,
        vendor_id=invoice.vendor_id,
        shares=[Share(invoice_id=invoice.pk, amount=Decimal("1.00"))],
        idempotency_key="k",
        now=NOW,
    )
    sign(KIND, payment, people.gm)
    PurchaseOrder.objects.update(created_by=people.cashier.require_person())

    page = browser_of("cashier").post(
        f"/c/vendor-payments/{payment.pk}/pay/",
        {"reference": "42", "paid_on": TODAY.isoformat()},
    )

    assert page.status_code in REFUSED
    payment.refresh_from_db()
    assert (payment.state, payment.journal_id) == (PaymentState.APPROVED, None)
    assert refused_by("SoD-22")


@ENTRIES
def test_nobody_approves_the_payment_of_what_he_bought(people: People, entry: Entry) -> None:
    """SoD-22."""
    invoice = owed(people)
    add_account(invoice.vendor)
    payment = payments.ask_payment(
        actor=people.finance,
        vendor_id=invoice.vendor_id,
        shares=[Share(invoice_id=invoice.pk, amount=Decimal("1.00"))],
        idempotency_key="k",
        now=NOW,
    )
    PurchaseOrder.objects.update(created_by=people.gm.require_person())
    case = Case.objects.get(kind=KIND)

    assert entry("gm")(case) in REFUSED

    payment.refresh_from_db()
    assert payment.state == PaymentState.SUBMITTED
    assert approvals_of(case) == []
    assert refused_by("SoD-22")


@ENTRIES
def test_two_opinions_of_a_joint_review_are_of_two_people(entry: Entry) -> None:
    """SoD-23: a buyer who is the general manager of real estate as well."""
    company = contracts.open_company()
    both = person("both", "buyer", "real_estate_gm")
    case, opine = contracts.submit(company, contracts.draft(company)), entry("both")

    statuses = [opine(case), opine(case)]

    assert statuses[0] in DONE
    assert approvals_of(case) == [both.user_id]
    assert step_under_way(case).key == "review"
