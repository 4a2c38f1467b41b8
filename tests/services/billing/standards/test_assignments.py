"""Who is charged: rules, single units, their confirmation and end."""

from datetime import date
from typing import Any

import pytest

from kernel import access
from kernel.access import Actor
from kernel.errors import Invalid, NotFound
from services.billing.standards import operations, rules
from services.billing.standards.models import (
    AssignmentState,
    FeeAssignment,
)
from services.properties.models import Project
from tests import factories_billing as factories
from tests.factories import NOW, TODAY
from tests.factories_billing import JANUARY, NOVEMBER
from tests.services.billing.standards.conftest import DECEMBER, bill


@pytest.mark.parametrize(
    ("conditions", "error"),
    [
        ({"kinds": ["CASTLE"]}, operations.AssignmentInvalid),
        ({"states": ["ASLEEP"]}, operations.AssignmentInvalid),
        ({"building_ids": [0]}, operations.AssignmentInvalid),
        ({"valid_from": TODAY}, rules.MonthInvalid),
        ({"valid_to": JANUARY}, rules.MonthInvalid),
    ],
)
def test_rules_that_are_refused(
    project: Project, conditions: dict[str, Any], error: type[Invalid]
) -> None:
    standard = factories.add_standard(project)

    with pytest.raises(error):
        operations.assign_by_rule(
            actor=access.SYSTEM,
            standard_id=standard.pk,
            now=NOW,
            **{"valid_from": JANUARY, **conditions},
        )

    assert FeeAssignment.objects.count() == 0


def test_building_of_another_project_is_no_condition(project: Project) -> None:
    building = factories.add_building(factories.add_project("HX", "海西苑"))
    standard = factories.add_standard(project)

    with pytest.raises(operations.AssignmentInvalid) as refused:
        operations.assign_by_rule(
            actor=access.SYSTEM,
            standard_id=standard.pk,
            building_ids=[building.pk],
            valid_from=JANUARY,
            now=NOW,
        )

    assert refused.value.field == "building_ids"


def test_unit_is_named_once_at_a_time(project: Project) -> None:
    unit = factories.add_unit(project, "3-1")
    standard = factories.add_standard(project)
    named = {
        "actor": access.SYSTEM,
        "standard_id": standard.pk,
        "unit_id": unit.pk,
        "now": NOW,
        "reason": "x",
    }
    operations.assign_unit(**named, valid_from=JANUARY, valid_to=NOVEMBER)  # type: ignore[arg-type]

    with pytest.raises(operations.UnitAssignedAlready):
        operations.exclude_unit(**named, valid_from=date(2026, 10, 1))  # type: ignore[arg-type]
    operations.exclude_unit(**named, valid_from=NOVEMBER)  # type: ignore[arg-type]

    assert FeeAssignment.objects.count() == 2


def test_unit_is_taken_out_only_with_a_reason(project: Project) -> None:
    unit = factories.add_unit(project, "3-1")
    standard = factories.add_standard(project)

    with pytest.raises(operations.ReasonMissing):
        operations.exclude_unit(
            actor=access.SYSTEM,
            standard_id=standard.pk,
            unit_id=unit.pk,
            valid_from=JANUARY,
            reason=" ",
            now=NOW,
        )


def test_unit_of_another_project_is_not_named(project: Project) -> None:
    unit = factories.add_unit(factories.add_project("HX", "海西苑"), "1-1")
    standard = factories.add_standard(project)

    with pytest.raises(NotFound):
        operations.assign_unit(
            actor=access.SYSTEM,
            standard_id=standard.pk,
            unit_id=unit.pk,
            valid_from=JANUARY,
            now=NOW,
        )


def test_confirmed_assignment_is_ended_by_the_manager(
    project: Project, admin: Actor, manager: Actor
) -> None:
    version = factories.add_fee(project, "WYF")
    assignment = version.standard.assignments.get()
    ending = {
        "assignment_id": assignment.pk,
        "valid_to": DECEMBER,
        "reason": "改由开发商承担",
        "now": NOW,
    }

    with pytest.raises(access.ActionDenied):
        operations.end_assignment(actor=admin, **ending)  # type: ignore[arg-type]
    operations.end_assignment(actor=manager, **ending)  # type: ignore[arg-type]

    assignment.refresh_from_db()
    assert assignment.valid_to == DECEMBER


def test_assignment_does_not_end_under_bills(project: Project) -> None:
    unit = factories.add_unit(project, "3-1")
    version = factories.add_fee(project, "WYF")
    bill(version, unit, NOVEMBER)

    with pytest.raises(operations.MonthBilledAlready) as refused:
        operations.end_assignment(
            actor=access.SYSTEM,
            assignment_id=version.standard.assignments.get().pk,
            valid_to=date(2026, 10, 1),
            reason="x",
            now=NOW,
        )

    assert refused.value.details == {"earliest": "2026-12-01"}


def test_draft_assignment_is_taken_back_a_confirmed_one_is_not(
    project: Project, admin: Actor
) -> None:
    confirmed = factories.add_fee(project, "WYF").standard.assignments.get()
    waiting = operations.assign_by_rule(
        actor=admin, standard_id=confirmed.standard_id, valid_from=NOVEMBER, now=NOW
    )

    operations.remove_draft_assignment(actor=admin, assignment_id=waiting.pk, now=NOW)
    with pytest.raises(NotFound):
        operations.remove_draft_assignment(actor=admin, assignment_id=confirmed.pk, now=NOW)

    assert list(FeeAssignment.objects.values_list("pk", "state")) == [
        (confirmed.pk, AssignmentState.CONFIRMED)
    ]


def test_nothing_to_confirm_is_said(project: Project, manager: Actor) -> None:
    standard = factories.add_fee(project, "WYF").standard

    with pytest.raises(operations.NothingToConfirm):
        operations.confirm_assignments(actor=manager, standard_id=standard.pk, now=NOW)
