"""S-33, class A: paper, 30 boxes at 120.00; the round of May, and that of June."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from kernel.approvals import operations as approvals
from kernel.approvals.models import Case, CaseState, Signature
from kernel.errors import NotFound
from services.procurement.requests import operations, queries
from services.procurement.requests.models import RequestState
from services.procurement.requests.operations import ClassWrong
from tests.factories import add_actor
from tests.factories_approvals import step_under_way
from tests.factories_procurement_requests import (
    Office,
    case_of,
    draft,
    line,
    open_office,
    sign,
    submit,
    submitted,
)

pytestmark = pytest.mark.usefixtures("tenant")
PAPER = ("复印纸", "30", "120.00")


def may(day: int) -> datetime:
    """Return ten o'clock in Shanghai on a day of May 2026."""
    return datetime(2026, 5, day, 2, 0, tzinfo=UTC)


@pytest.fixture
def office() -> Office:
    return open_office()


def test_paper_is_class_a_by_its_price(office: Office) -> None:
    """PR-02: the unit price counts, not the sum of 3,600.00."""
    request = draft(office, line(*PAPER), now=may(20))

    assert (request.amount, request.purchase_class) == (Decimal("3600.00"), "A")
    assert request.number == "CG-2026-00001"

    with pytest.raises(ClassWrong) as refusal:
        draft(office, line(*PAPER), purchase_class="B")
    assert refusal.value.details == {"class": "A"}


@pytest.mark.parametrize(
    ("day", "month"),
    [(24, date(2026, 5, 1)), (25, date(2026, 5, 1)), (27, date(2026, 6, 1))],
)
def test_both_approvals_decide_the_round(office: Office, day: int, month: date) -> None:
    """PR-05: complete by the 25th it is bought in May, later in June."""
    request = submitted(office, line(*PAPER), now=may(20))
    sign(request, office.manager, now=may(21))
    assert request.state == RequestState.SUBMITTED
    assert list(queries.lines_to_buy(actor=office.buyer)) == []

    sign(request, office.gm, now=may(day))

    assert (request.state, request.approved_on) == (RequestState.APPROVED, date(2026, 5, day))
    assert request.purchase_month == month
    to_buy = queries.lines_to_buy(actor=office.buyer, month=date(2026, 5, 1))
    assert [one.request_id for one in to_buy] == ([request.pk] if month.month == 5 else [])
    # The buyer's own task of the chain is still open: he is told, and buys.
    assert case_of(request).state == CaseState.RUNNING
    assert step_under_way(case_of(request)).key == "buy"


def test_the_day_of_the_task_does_not_count(office: Office) -> None:
    request = submitted(office, line(*PAPER), now=may(20))
    sign(request, office.manager, office.gm, now=may(24))

    sign(request, office.buyer, now=may(28))

    assert case_of(request).state == CaseState.APPROVED
    assert (request.approved_on, request.purchase_month) == (date(2026, 5, 24), date(2026, 5, 1))


def test_the_company_s_gm_does_not_sign_before_the_property_s(office: Office) -> None:
    """PR-04: until it is his turn the paper is not before him."""
    request = submitted(office, line(*PAPER), now=may(20))

    with pytest.raises(NotFound):
        sign(request, office.gm, now=may(20))

    request.refresh_from_db()
    assert request.state == RequestState.SUBMITTED
    assert not Signature.objects.filter(case=case_of(request), act="APPROVED").exists()


def test_who_asks_does_not_approve(office: Office) -> None:
    """SoD-19: also where there is another one who could."""
    add_actor("manager2", "property_manager")
    request = draft(office, line(*PAPER), actor=office.manager, now=may(20))
    operations.submit_request(actor=office.manager, request_id=request.pk, now=may(20))

    with pytest.raises(approvals.OwnPaper):
        sign(request, office.manager, now=may(20))

    request.refresh_from_db()
    assert request.state == RequestState.SUBMITTED


def test_the_approver_does_not_buy(office: Office) -> None:
    """SoD-21: neither the chain's task nor an order."""
    gm = office.gm
    request = submitted(office, line(*PAPER), now=may(20))
    sign(request, office.manager, gm, now=may(24))
    found = request.lines.values_list("pk", flat=True)

    assert operations.signers_of(request) == {office.manager.user_id, gm.user_id}
    operations.require_buyer(actor=office.buyer, line_ids=found, now=may(25))
    request.refresh_from_db()
    assert request.buyer_ids == [office.buyer.user_id]


@pytest.mark.parametrize("by_inbox", [True, False])
def test_a_rejected_request_comes_back_and_goes_again(office: Office, *, by_inbox: bool) -> None:
    request = submitted(office, line(*PAPER), now=may(20))
    case = case_of(request)
    approvals.reject(
        actor=office.manager,
        case_id=case.pk,
        step_id=step_under_way(case).pk,
        text="数量太多",
        now=may(20),
    )
    request.refresh_from_db()
    assert request.state == RequestState.DRAFT

    if by_inbox:
        approvals.resubmit(actor=office.asker, case_id=case.pk, now=may(21))
    else:
        submit(office, request, now=may(21))
    sign(request, office.manager, office.gm, now=may(22))

    assert request.state == RequestState.APPROVED
    assert Case.objects.count() == 1
