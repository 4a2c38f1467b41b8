"""S-35, class C: the pump fails on Saturday at 22:00; 1,850.00; the paper by Tuesday night."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from kernel import duties
from kernel.approvals import operations as approvals
from kernel.approvals.models import CaseState, VerbalConsent
from kernel.deadlines.models import Deadline, DeadlineState
from kernel.deadlines.sweeping import sweep
from kernel.errors import NotFound
from kernel.notifications.models import Notification
from services.procurement.requests import operations, queries
from services.procurement.requests.models import RequestState
from tests.factories import add_actor
from tests.factories_approvals import step_under_way
from tests.factories_procurement_requests import (
    Office,
    case_of,
    consented,
    draft,
    line,
    open_office,
    sign,
    submit,
)

pytestmark = pytest.mark.usefixtures("tenant")
PUMP = ("水泵", "1", "1850.00")
# Saturday 2026-11-07, 22:00 in Shanghai.
SATURDAY = datetime(2026, 11, 7, 14, 0, tzinfo=UTC)
LOGGED = datetime(2026, 11, 7, 14, 10, tzinfo=UTC)
MONDAY = datetime(2026, 11, 9, 2, 0, tzinfo=UTC)
TUESDAY_NIGHT = datetime(2026, 11, 10, 15, 59, tzinfo=UTC)
MIDNIGHT = datetime(2026, 11, 10, 16, 0, tzinfo=UTC)
WEDNESDAY = datetime(2026, 11, 11, 2, 0, tzinfo=UTC)


@pytest.fixture
def office() -> Office:
    return open_office()


def test_the_log_says_who_asked_who_consented_when_what_and_at_which_cost(office: Office) -> None:
    """PR-08."""
    request = consented(office, line(*PUMP), at=SATURDAY, now=LOGGED)

    assert (request.state, request.purchase_class) == (RequestState.CONSENTED, "C")
    assert (request.asked_by, request.amount) == (office.asker.user_id, Decimal("1850.00"))
    consent = VerbalConsent.objects.get(case=case_of(request))
    assert (consent.consenter_id, consent.consented_at) == (office.manager.user_id, SATURDAY)
    assert (consent.means, consent.text) == ("电话", "水泵损坏，同意立即采购")
    assert consent.due_at == MIDNIGHT
    # The handbook's clock runs to the same moment.
    clock = Deadline.objects.get(clock="purchase.backfill", subject_id=request.pk)
    assert (clock.started_at, clock.due_at) == (SATURDAY, MIDNIGHT)


def test_the_buyer_is_told_at_once(office: Office) -> None:
    request = consented(office, line(*PUMP), at=SATURDAY, now=LOGGED)

    told = Notification.objects.get(kind="procurement.emergency-consented")
    assert (told.user_id, told.url) == (
        office.buyer.user_id,
        f"/c/purchase-requests/{request.pk}/",
    )
    assert "1,850.00" in told.text


def test_the_paper_goes_from_the_inbox_as_well(office: Office) -> None:
    request = consented(office, line(*PUMP), at=SATURDAY, now=LOGGED)

    approvals.complete_consent(actor=office.asker, case_id=case_of(request).pk, now=MONDAY)

    request.refresh_from_db()
    assert request.state == RequestState.SUBMITTED
    assert sign(request, office.manager, office.gm, now=MONDAY).state == RequestState.APPROVED


def test_it_is_bought_at_once_and_the_paper_follows_in_time(office: Office) -> None:
    request = consented(office, line(*PUMP), at=SATURDAY, now=LOGGED)
    pump = request.lines.get()
    assert [one.pk for one in queries.lines_to_buy(actor=office.buyer)] == [pump.pk]
    operations.require_buyer(actor=office.buyer, line_ids=[pump.pk], now=LOGGED)
    operations.bind_lines({pump.pk: Decimal(1)})
    operations.require_effective(request.pk, now=MONDAY)

    submit(office, request, now=MONDAY)
    operations.require_effective(request.pk, now=MONDAY)
    sign(request, office.manager, office.gm, now=TUESDAY_NIGHT)

    assert request.state == RequestState.APPROVED
    operations.require_effective(request.pk, now=WEDNESDAY)
    clock = Deadline.objects.get(clock="purchase.backfill", subject_id=request.pk)
    assert (clock.state, clock.breached_at) == (DeadlineState.STOPPED, None)


def test_without_the_paper_nothing_is_reimbursed_on_wednesday(office: Office) -> None:
    """PR-08: escalated to the property manager, and refused until it is approved."""
    request = consented(office, line(*PUMP), at=SATURDAY, now=LOGGED)

    with pytest.raises(approvals.BackfillOverdue):
        operations.require_effective(request.pk, now=WEDNESDAY)
    sweep(now=WEDNESDAY)
    told = Notification.objects.filter(kind="deadlines.escalated")
    assert {one.user_id for one in told} == {office.manager.user_id}

    submit(office, request, now=WEDNESDAY)
    with pytest.raises(approvals.BackfillOverdue):
        operations.require_effective(request.pk, now=WEDNESDAY)
    sign(request, office.manager, office.gm, now=WEDNESDAY)

    assert operations.require_effective(request.pk, now=WEDNESDAY) == request
    clock = Deadline.objects.get(clock="purchase.backfill", subject_id=request.pk)
    assert (clock.state, clock.breached_at) == (DeadlineState.STOPPED, MIDNIGHT)


def test_there_is_no_emergency_without_a_logged_consent(office: Office) -> None:
    request = draft(office, line(*PUMP), purchase_class="C", now=LOGGED)

    with pytest.raises(approvals.ConsentMissing):
        submit(office, request, now=LOGGED)
    with pytest.raises(operations.NotToBuy):
        operations.bind_lines({request.lines.get().pk: Decimal(1)})
    with pytest.raises(approvals.ConsentMissing):
        operations.require_effective(request.pk, now=LOGGED)

    request.refresh_from_db()
    assert request.state == RequestState.DRAFT


def test_who_bought_does_not_sign_the_paper(office: Office) -> None:
    """SoD-21, in the order of an emergency: bought first, signed afterwards."""
    request = consented(office, line(*PUMP), at=SATURDAY, now=LOGGED)
    request.buyer_ids = [office.gm.require_person()]
    request.save(update_fields=["buyer_ids"])
    submit(office, request, now=MONDAY)
    sign(request, office.manager, now=MONDAY)

    # The chain's step passes him by, and nobody else holds the post: it stands still.
    assert case_of(request).state == CaseState.STUCK
    with pytest.raises(NotFound):
        sign(request, office.gm, now=MONDAY)
    assert request.state == RequestState.SUBMITTED

    other = add_actor("gm2", "company_gm")
    approvals.look_after(case_id=case_of(request).pk, now=MONDAY)
    assert sign(request, other, now=MONDAY).state == RequestState.APPROVED


def test_the_leader_who_consented_does_not_buy(office: Office) -> None:
    """SoD-21: for an exemption he would have to hold the buyer's post as well."""
    request = consented(office, line(*PUMP), at=SATURDAY, now=LOGGED)
    both = replace(office.manager, grants=office.manager.grants | office.buyer.grants)

    with pytest.raises(duties.DutiesMeet) as refusal:
        operations.require_buyer(
            actor=both, line_ids=request.lines.values_list("pk", flat=True), now=LOGGED
        )

    assert refusal.value.details["rule"] == "SoD-21"
    request.refresh_from_db()
    assert request.buyer_ids == []


def test_what_was_consented_to_stays_bought_if_its_paper_is_rejected(office: Office) -> None:
    request = consented(office, line(*PUMP), at=SATURDAY, now=LOGGED)
    submit(office, request, now=MONDAY)
    case = case_of(request)

    approvals.reject(
        actor=office.manager,
        case_id=case.pk,
        step_id=step_under_way(case).pk,
        text="请补充发票金额",
        now=MONDAY,
    )

    request.refresh_from_db()
    assert request.state == RequestState.CONSENTED
    with pytest.raises(operations.RequestStateWrong):
        operations.cancel_request(
            actor=office.asker, request_id=request.pk, reason="不要了", now=MONDAY
        )
    submit(office, request, now=MONDAY)
    sign(request, office.manager, office.gm, now=MONDAY)
    assert request.state == RequestState.APPROVED
