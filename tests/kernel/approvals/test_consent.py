"""S-35: consent by word of mouth first, the paper within two working days."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction

from kernel import access
from kernel.approvals import operations
from kernel.approvals.models import Act, Case, CaseState, Signature, VerbalConsent
from kernel.notifications.models import Notification
from services.properties.models import Project
from tests.factories_approvals import (
    KIND,
    Effects,
    add_paper,
    approve,
    line,
    person,
    publish,
    step,
)

pytestmark = pytest.mark.usefixtures("tenant")

# Saturday 2026-11-07, 22:00 in Shanghai: two working days end with Tuesday, 10 November.
SATURDAY = datetime(2026, 11, 7, 14, 0, tzinfo=UTC)
MONDAY = datetime(2026, 11, 9, 2, 0, tzinfo=UTC)
TUESDAY_NIGHT = datetime(2026, 11, 10, 15, 59, tzinfo=UTC)
WEDNESDAY = datetime(2026, 11, 10, 16, 0, 1, tzinfo=UTC)
VERBAL = {"verbal_days_setting": "purchase.c_backfill_wd"}


def emergency(**values: Any) -> None:
    publish(line(step("property_manager"), step("company_gm"), **{**VERBAL, **values}))


def consent(actor: access.Actor, consenter: access.Actor, subject: Project, **values: Any) -> Case:
    return operations.consent_verbally(
        actor=actor,
        **{
            "kind": KIND,
            "subject": subject,
            "project_id": None,
            "title": "Pump of building 3",
            "consenter_id": consenter.user_id,
            "consented_at": SATURDAY,
            "means": "by telephone",
            "text": "Buy a pump at once, up to 2,000",
            "now": SATURDAY + timedelta(minutes=10),
            **values,
        },
    )


def complete(actor: access.Actor, case: Case, now: datetime) -> Case:
    return operations.complete_consent(
        actor=actor,
        case_id=case.pk,
        facts={"amount": Decimal("1850.00")},
        summary={"Amount": "1,850.00"},
        now=now,
    )


def effective(subject: Project, now: datetime) -> Case:
    return operations.require_effective(kind=KIND, subject=subject, now=now)


def test_the_paper_follows_in_time(effects: Effects) -> None:
    emergency()
    buyer, manager, gm = (
        person("b", "buyer"),
        person("m", "property_manager"),
        person("g", "company_gm"),
    )
    pump = add_paper()
    case = consent(buyer, manager, pump)
    assert case.state == CaseState.CONSENTED
    due_at = VerbalConsent.objects.get(case=case).due_at
    assert TUESDAY_NIGHT < due_at <= WEDNESDAY
    assert Notification.objects.filter(
        kind="approvals.consented", user_id=manager.require_person()
    ).exists()
    assert effective(pump, SATURDAY + timedelta(hours=1)) == case
    complete(buyer, case, MONDAY)
    assert effective(pump, TUESDAY_NIGHT) == case
    approve(manager, case, now=MONDAY)
    approve(gm, case, now=TUESDAY_NIGHT)
    assert effects.of(case) == ["approved"]
    assert effective(pump, WEDNESDAY + timedelta(days=30)) == case
    acts = Signature.objects.filter(case=case).order_by("pk").values_list("act", flat=True)
    assert list(acts) == [Act.CONSENTED, Act.SUBMITTED, Act.APPROVED, Act.APPROVED]


@pytest.mark.parametrize("is_submitted", [False, True])
def test_without_the_signatures_in_time_it_is_overdue(
    effects: Effects, *, is_submitted: bool
) -> None:
    """Refused: reimbursement on Wednesday without back-fill."""
    emergency()
    buyer, manager, gm = (
        person("b", "buyer"),
        person("m", "property_manager"),
        person("g", "company_gm"),
    )
    pump = add_paper()
    case = consent(buyer, manager, pump)
    if is_submitted:
        complete(buyer, case, MONDAY)
    with pytest.raises(operations.BackfillOverdue) as refused:
        effective(pump, WEDNESDAY)
    assert refused.value.details["case_id"] == case.pk
    if not is_submitted:  # late it still goes its way, and counts once it is signed
        complete(buyer, case, WEDNESDAY)
    approve(manager, case, now=WEDNESDAY)
    with pytest.raises(operations.BackfillOverdue):
        effective(pump, WEDNESDAY)
    approve(gm, case, now=WEDNESDAY)
    assert effective(pump, WEDNESDAY) == case


def test_without_consent_or_approval_nothing_goes_on(effects: Effects) -> None:
    """Refused: class C without logged consent."""
    emergency()
    pump = add_paper()
    with pytest.raises(operations.ConsentMissing):
        effective(pump, SATURDAY)
    case = operations.submit(
        actor=person("b", "buyer"),
        kind=KIND,
        subject=pump,
        project_id=None,
        title="Pump",
        facts={"amount": Decimal(1)},
        summary={},
        now=SATURDAY,
    )
    with pytest.raises(operations.NotApproved) as refused:
        effective(pump, SATURDAY)
    assert refused.value.details == {"case_id": case.pk, "state": case.state}


@pytest.mark.parametrize(
    ("values", "error"),
    [
        ({"text": " "}, operations.TextMissing),
        ({"means": ""}, operations.TextMissing),
        ({"consented_at": SATURDAY + timedelta(hours=1)}, operations.ConsentInvalid),
        ({"now": SATURDAY + timedelta(days=1, seconds=1)}, operations.ConsentInvalid),
        ({"consenter_id": 0}, operations.ConsentInvalid),
    ],
)
def test_a_consent_that_does_not_hold_is_refused(
    effects: Effects, values: dict[str, Any], error: type[Exception]
) -> None:
    emergency()
    manager = person("m", "property_manager")
    with pytest.raises(error):
        consent(person("b", "buyer"), manager, add_paper(), **values)
    assert not Case.objects.exists()


def test_nobody_consents_to_his_own_paper_or_without_being_a_signer(effects: Effects) -> None:
    emergency()
    manager, steward = person("m", "property_manager"), person("s", "steward")
    for actor, consenter in ((manager, manager), (person("b", "buyer"), steward)):
        with pytest.raises(operations.ConsentInvalid):
            consent(actor, consenter, add_paper())
    assert not Case.objects.exists()


def test_only_a_chain_that_says_so_knows_verbal_consent(effects: Effects) -> None:
    publish(line(step("property_manager")))
    with pytest.raises(operations.ConsentInvalid):
        consent(person("b", "buyer"), person("m", "property_manager"), add_paper())


def test_what_happened_by_consent_cannot_be_withdrawn(effects: Effects) -> None:
    emergency()
    buyer = person("b", "buyer")
    case = consent(buyer, person("m", "property_manager"), add_paper())
    with pytest.raises(operations.CaseFinished):
        operations.withdraw(actor=buyer, case_id=case.pk, now=MONDAY)


def test_a_consent_stays_as_it_was_logged(effects: Effects) -> None:
    emergency()
    consent(person("b", "buyer"), person("m", "property_manager"), add_paper())
    for change in (
        lambda: VerbalConsent.objects.update(text="other"),
        lambda: VerbalConsent.objects.all().delete(),
        lambda: Signature.objects.update(text="other"),
        lambda: Signature.objects.all().delete(),
    ):
        with pytest.raises(Exception, match=r"append-only|permission denied"), transaction.atomic():
            change()
