"""S-34, class B: a printer of 2,400.00, needed on 30 June; approvals complete by 20 June."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from kernel.approvals.models import Signature
from services.procurement.requests import operations
from services.procurement.requests.models import RequestState
from services.procurement.requests.rules import LeadTooShort
from tests.factories_procurement_requests import (
    Office,
    case_of,
    draft,
    line,
    open_office,
    sign,
    submit,
    submitted,
    values,
)

pytestmark = pytest.mark.usefixtures("tenant")
PRINTER = ("打印机", "1", "2400.00")
NEEDED = date(2026, 6, 30)


def june(day: int) -> datetime:
    """Return ten o'clock in Shanghai on a day of June 2026."""
    return datetime(2026, 6, day, 2, 0, tzinfo=UTC)


@pytest.fixture
def office() -> Office:
    return open_office()


def test_approvals_complete_on_the_last_day(office: Office) -> None:
    request = submitted(office, line(*PRINTER), needed_on=NEEDED, now=june(10))
    assert (request.purchase_class, request.amount) == ("B", Decimal("2400.00"))

    sign(request, office.manager, now=june(15))
    sign(request, office.gm, now=june(20))

    assert (request.state, request.approved_on) == (RequestState.APPROVED, date(2026, 6, 20))
    assert request.purchase_month == date(2026, 6, 1)


def test_an_approval_completed_on_22_june_is_refused(office: Office) -> None:
    """PR-06: the first one was in time, the second is not: nothing is signed, nothing approved."""
    request = submitted(office, line(*PRINTER), needed_on=NEEDED, now=june(10))
    sign(request, office.manager, now=june(19))

    with pytest.raises(LeadTooShort) as refusal:
        sign(request, office.gm, now=june(22))

    assert refusal.value.details == {"due": "2026-06-20", "lead_days": 10}
    request.refresh_from_db()
    assert (request.state, request.approved_on) == (RequestState.SUBMITTED, None)
    acts = Signature.objects.filter(case=case_of(request)).order_by("pk")
    assert [one.act for one in acts] == ["SUBMITTED", "APPROVED"]


def test_too_short_a_lead_is_refused_when_it_is_submitted(office: Office) -> None:
    request = draft(office, line(*PRINTER), needed_on=NEEDED, now=june(21))

    with pytest.raises(LeadTooShort):
        submit(office, request, now=june(21))

    request.refresh_from_db()
    assert request.state == RequestState.DRAFT

    # A later day of use is all it takes.
    operations.change_request(
        actor=office.asker,
        request_id=request.pk,
        values=values(needed_on=date(2026, 7, 1)),
        lines=[line(*PRINTER)],
        now=june(21),
    )
    assert submit(office, request, now=june(21)).state == RequestState.SUBMITTED


def test_existing_goods_are_looked_for_first(office: Office) -> None:
    """PR-06: and whoever looked is written down; the keeper may have done it."""
    request = operations.create_request(
        actor=office.asker,
        project_id=office.project.pk,
        values=values(needed_on=NEEDED),
        lines=[line(*PRINTER)],
        now=june(10),
        today=date(2026, 6, 10),
    )
    with pytest.raises(operations.ReallocationMissing):
        submit(office, request, now=june(10))

    operations.note_reallocation(
        actor=office.buyer, request_id=request.pk, note="总部无闲置打印机", now=june(10)
    )

    found = submit(office, request, now=june(10))
    assert (found.reallocation_note, found.reallocation_by) == (
        "总部无闲置打印机",
        office.buyer.user_id,
    )


def test_a_printer_is_no_class_a(office: Office) -> None:
    with pytest.raises(operations.ClassWrong):
        draft(office, line(*PRINTER), purchase_class="A")
    cheap = line("椅子", "1", "80.00", is_fixed_asset=True)
    assert draft(office, cheap, needed_on=NEEDED).purchase_class == "B"
