"""Ending and withdrawing versions, deleting standards."""

from datetime import date

import pytest

from kernel import access
from kernel.access import Actor
from kernel.audit.models import AuditEntry
from kernel.errors import DomainError
from services.billing.standards import operations, rules
from services.billing.standards.models import (
    FeeStandard,
    FeeVersion,
    VersionState,
)
from services.properties.models import Project
from tests import factories_billing as factories
from tests.factories import NOW
from tests.factories_billing import JANUARY, NOVEMBER
from tests.services.billing.standards.conftest import DECEMBER, bill


def test_version_is_ended_with_a_reason(project: Project, manager: Actor) -> None:
    version = factories.add_fee(project, "WYF")

    operations.end_version(
        actor=manager, version_id=version.pk, valid_to=DECEMBER, reason="合同到期", now=NOW
    )

    version.refresh_from_db()
    assert version.valid_to == DECEMBER
    [entry] = AuditEntry.objects.filter(event="billing.fee-version.ended")
    assert entry.data["reason"] == "合同到期"


@pytest.mark.parametrize(
    ("valid_to", "reason", "error"),
    [
        (DECEMBER, " ", operations.ReasonMissing),
        (date(2026, 12, 2), "x", rules.MonthInvalid),
        (JANUARY, "x", rules.MonthInvalid),
        (NOVEMBER, "x", operations.MonthBilledAlready),
    ],
)
def test_ends_that_are_refused(
    project: Project, valid_to: date, reason: str, error: type[DomainError]
) -> None:
    unit = factories.add_unit(project, "3-1")
    version = factories.add_fee(project, "WYF")
    bill(version, unit, NOVEMBER)

    with pytest.raises(error):
        operations.end_version(
            actor=access.SYSTEM,
            version_id=version.pk,
            valid_to=valid_to,
            reason=reason,
            now=NOW,
        )

    version.refresh_from_db()
    assert version.valid_to is None


def test_end_is_not_moved_into_another_version(project: Project) -> None:
    standard = factories.add_standard(project)
    first = factories.confirm(factories.draft(standard))
    factories.confirm(factories.draft(standard, valid_from=DECEMBER))

    with pytest.raises(operations.VersionOverlaps) as refused:
        operations.end_version(
            actor=access.SYSTEM,
            version_id=first.pk,
            valid_to=date(2027, 1, 1),
            reason="x",
            now=NOW,
        )

    assert refused.value.details == {"number": 2}


def test_withdrawn_version_lets_the_one_before_go_on(project: Project, manager: Actor) -> None:
    standard = factories.add_standard(project)
    first = factories.confirm(factories.draft(standard))
    second = factories.confirm(factories.draft(standard, valid_from=DECEMBER))
    third = factories.confirm(factories.draft(standard, valid_from=date(2027, 3, 1)))

    operations.withdraw_version(actor=manager, version_id=second.pk, reason="typo", now=NOW)
    first.refresh_from_db()
    assert first.valid_to == date(2027, 3, 1)

    operations.withdraw_version(actor=manager, version_id=third.pk, reason="typo", now=NOW)
    first.refresh_from_db()
    assert first.valid_to is None


def test_withdrawing_does_not_reopen_what_was_ended_on_purpose(project: Project) -> None:
    standard = factories.add_standard(project)
    first = factories.confirm(factories.draft(standard, valid_to=DECEMBER))
    second = factories.confirm(factories.draft(standard, valid_from=DECEMBER))

    operations.withdraw_version(actor=access.SYSTEM, version_id=second.pk, reason="typo", now=NOW)

    first.refresh_from_db()
    assert first.valid_to == DECEMBER


def test_draft_is_withdrawn_without_a_reason_and_once(project: Project, admin: Actor) -> None:
    version = factories.draft(factories.add_standard(project))

    operations.withdraw_version(actor=admin, version_id=version.pk, now=NOW)

    with pytest.raises(access.ActionDenied):  # what is left of it is the manager's matter
        operations.withdraw_version(actor=admin, version_id=version.pk, now=NOW)
    with pytest.raises(operations.NotDraft):
        operations.withdraw_version(actor=access.SYSTEM, version_id=version.pk, now=NOW)
    with pytest.raises(operations.NotDraft):
        factories.confirm(version)


def test_version_that_has_billed_is_not_withdrawn(project: Project) -> None:
    unit = factories.add_unit(project, "3-1")
    version = factories.add_fee(project, "WYF")
    bill(version, unit, NOVEMBER)

    with pytest.raises(operations.MonthBilledAlready):
        operations.withdraw_version(
            actor=access.SYSTEM, version_id=version.pk, reason="typo", now=NOW
        )
    with pytest.raises(operations.ReasonMissing):
        operations.withdraw_version(actor=access.SYSTEM, version_id=version.pk, now=NOW)

    version.refresh_from_db()
    assert version.state == VersionState.CONFIRMED


def test_standard_that_was_never_confirmed_is_deleted(project: Project, admin: Actor) -> None:
    standard = factories.add_standard(project)
    factories.draft(standard)
    operations.assign_by_rule(actor=admin, standard_id=standard.pk, valid_from=JANUARY, now=NOW)

    operations.delete_standard(actor=admin, standard_id=standard.pk, now=NOW)

    assert (FeeStandard.objects.count(), FeeVersion.objects.count()) == (0, 0)
    confirmed = factories.add_fee(project, "WYF").standard
    with pytest.raises(operations.StandardInUse):
        operations.delete_standard(actor=admin, standard_id=confirmed.pk, now=NOW)
