"""S-67: outsourced cleaning, scored month by month and paid what was assessed (PR-72, PR-75)."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from kernel.access import ActionDenied, Actor
from kernel.errors import NotFound
from services.billing.ledger.models import AccountRole
from services.procurement.contracts.models import Contract
from services.procurement.payments import operations, queries
from services.procurement.payments.models import AssessmentState, ServiceAssessment, VendorInvoice
from services.procurement.payments.operations import Share
from services.procurement.payments.operations.assessments import KIND
from services.procurement.payments.operations.payments import KIND as PAYMENT
from services.properties.models import Project
from tests import factories_approvals as signing
from tests.factories import NOW, TODAY
from tests.factories_procurement_money import (
    People,
    add_account,
    add_service_contract,
    sign,
)
from tests.factories_procurement_vendors import add_vendor
from tests.factories_properties import add_project
from tests.services.procurement.money import balance, broken
from tests.services.procurement.payments.billing import book, figures

OCTOBER = date(2026, 10, 1)


@pytest.fixture
def project(people: People) -> Project:
    return add_project()


@pytest.fixture
def specialist(project: Project) -> Actor:
    return signing.person("specialist", "cs_supervisor", project_id=project.pk)


@pytest.fixture
def contract(people: People) -> Contract:
    vendor = add_vendor("V009", "洁净保洁", is_on_account=True, payment_days=3)
    add_account(vendor)
    return add_service_contract(people, vendor=vendor, months=2)


def assess(who: Actor, contract: Contract, project: Project, **values: Any) -> ServiceAssessment:
    return operations.assess_service(
        **{
            "actor": who,
            "plan_line_id": contract.plan.get(position=1).pk,
            "project_id": project.pk,
            "month": OCTOBER,
            "score": 92,
            "deduction": Decimal("800.00"),
            "text": "电梯厅两次不合格",
            "now": NOW,
            "today": TODAY,
            **values,
        }
    )


def bill(people: People, assessment: ServiceAssessment, net: str, tax: str) -> VendorInvoice:
    return operations.enter_service_invoice(
        actor=people.finance,
        assessment_id=assessment.pk,
        figures=figures(net, tax),
        now=NOW,
        today=TODAY,
    )


def test_a_month_is_paid_what_it_was_assessed_at(
    people: People, specialist: Actor, contract: Contract, project: Project
) -> None:
    assessment = assess(specialist, contract, project)
    assert (assessment.score, assessment.amount) == (92, Decimal("11200.00"))
    sign(KIND, assessment, people.manager)
    assessment.refresh_from_db()
    assert assessment.state == AssessmentState.APPROVED

    invoice = book(people, bill(people, assessment, "10566.04", "633.96"))
    payment = operations.ask_payment(
        actor=people.finance,
        vendor_id=contract.vendor_id,
        shares=[
            Share(
                invoice_id=invoice.pk,
                amount=Decimal("11200.00"),
                plan_line_id=assessment.plan_line_id,
            )
        ],
        idempotency_key="oct",
        now=NOW,
    )
    sign(PAYMENT, payment, people.gm)
    operations.pay_vendor(
        actor=people.cashier,
        payment_id=payment.pk,
        reference="ICBC-9",
        paid_on=TODAY,
        now=NOW,
    )

    assert balance(AccountRole.SERVICE_COST) == Decimal("10566.04")
    assert balance(AccountRole.PAYABLE) == 0
    assert payment.project_id == project.pk
    assert broken() == []


def test_nothing_is_billed_without_the_months_assessment(
    people: People, specialist: Actor, contract: Contract, project: Project
) -> None:
    assessment = assess(specialist, contract, project)

    with pytest.raises(operations.AssessmentMissing):
        bill(people, assessment, "10566.04", "633.96")

    assert not VendorInvoice.objects.exists()


def test_nothing_but_the_assessed_amount(
    people: People, specialist: Actor, contract: Contract, project: Project
) -> None:
    assessment = assess(specialist, contract, project)
    sign(KIND, assessment, people.manager)

    with pytest.raises(operations.InvoiceMismatch):
        bill(people, assessment, "11320.75", "679.25")


def test_a_month_is_billed_once(
    people: People, specialist: Actor, contract: Contract, project: Project
) -> None:
    assessment = assess(specialist, contract, project)
    sign(KIND, assessment, people.manager)
    invoice = bill(people, assessment, "10566.04", "633.96")

    with pytest.raises(operations.AssessmentMissing):
        bill(people, assessment, "10566.04", "633.96")
    operations.refuse_invoice(
        actor=people.finance, invoice_id=invoice.pk, reason="税率错误", now=NOW
    )
    bill(people, assessment, "10566.04", "633.96")


def test_the_vendor_bills_his_own_month_and_no_others(
    people: People, specialist: Actor, contract: Contract, project: Project
) -> None:
    assessment = assess(specialist, contract, project)
    sign(KIND, assessment, people.manager)
    other = add_vendor("V010", "他人保洁")
    values: dict[str, Any] = {
        "assessment_id": assessment.pk,
        "figures": figures("10566.04", "633.96"),
        "now": NOW,
        "today": TODAY,
    }

    with pytest.raises(NotFound):
        operations.enter_service_invoice(
            actor=Actor(label="他人", vendor_id=other.pk, contact_id=1), **values
        )
    his = Actor(label="洁净", vendor_id=contract.vendor_id, contact_id=1)
    invoice = operations.enter_service_invoice(actor=his, **values)

    assert list(queries.own_invoices(actor=his)) == [invoice]


@pytest.mark.parametrize(
    "values",
    [
        {"month": date(2026, 11, 1)},
        {"month": date(2025, 12, 1)},
        {"month": date(2027, 1, 1)},
        {"score": 101},
        {"score": -1},
        {"deduction": Decimal("12000.01")},
    ],
)
def test_figures_that_cannot_be(
    specialist: Actor, contract: Contract, project: Project, values: dict[str, object]
) -> None:
    with pytest.raises(operations.AssessmentInvalid):
        assess(specialist, contract, project, **values)

    assert not ServiceAssessment.objects.exists()


def test_a_month_is_assessed_once(specialist: Actor, contract: Contract, project: Project) -> None:
    assess(specialist, contract, project)

    for line in contract.plan.order_by("position"):
        with pytest.raises(operations.AssessmentExists):
            assess(specialist, contract, project, plan_line_id=line.pk)


def test_only_who_assesses_in_the_project(
    people: People, specialist: Actor, contract: Contract, project: Project
) -> None:
    other = add_project("B", "乙苑")

    with pytest.raises(ActionDenied):
        assess(people.buyer, contract, project)
    with pytest.raises(NotFound):
        assess(specialist, contract, other)
