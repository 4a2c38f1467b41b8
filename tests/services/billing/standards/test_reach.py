"""What each post may do with fee standards, and where."""

from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction

from kernel import access
from kernel.errors import Conflict, Invalid, NotFound
from services.billing.standards import operations
from services.billing.standards.models import (
    FeeStandard,
    FeeVersion,
)
from services.properties.models import Project, Unit
from tests import factories_billing as factories
from tests.factories import NOW, add_actor
from tests.factories_billing import JANUARY
from tests.services.billing.standards.conftest import DECEMBER, events


def calls(project: Project, draft: FeeVersion, version: FeeVersion) -> dict[str, Any]:
    standard_id, unit_id = version.standard_id, Unit.objects.get().pk
    return {
        "create_standard": {"project_id": project.pk, "item_id": 0, "name": "x"},
        "rename_standard": {"standard_id": standard_id, "name": "x"},
        "delete_standard": {"standard_id": standard_id},
        "draft_version": {"standard_id": standard_id, "method": "FIXED", "valid_from": JANUARY},
        "submit_version": {"version_id": draft.pk},
        "update_draft": {"version_id": draft.pk, "price": Decimal(9)},
        "confirm_version": {"version_id": draft.pk},
        "end_version": {"version_id": version.pk, "valid_to": DECEMBER, "reason": "x"},
        "withdraw_version": {"version_id": version.pk, "reason": "x"},
        "assign_by_rule": {"standard_id": standard_id, "valid_from": JANUARY},
        "assign_unit": {"standard_id": standard_id, "unit_id": unit_id, "valid_from": JANUARY},
        "exclude_unit": {
            "standard_id": standard_id,
            "unit_id": unit_id,
            "valid_from": JANUARY,
            "reason": "x",
        },
        "confirm_assignments": {"standard_id": standard_id},
        "end_assignment": {
            "assignment_id": version.standard.assignments.get().pk,
            "valid_to": DECEMBER,
            "reason": "x",
        },
        "remove_draft_assignment": {"assignment_id": version.standard.assignments.get().pk},
    }


DRAFTING = {
    "create_standard",
    "rename_standard",
    "delete_standard",
    "draft_version",
    "submit_version",
    "update_draft",
    "assign_by_rule",
    "assign_unit",
    "exclude_unit",
    "remove_draft_assignment",
}


@pytest.mark.parametrize(
    ("post", "allowed"),
    [
        ("company_admin", DRAFTING),
        (
            "property_manager",
            {
                "confirm_version",
                "end_version",
                "withdraw_version",
                "confirm_assignments",
                "end_assignment",
            },
        ),
        ("charging_director", set()),
        ("collector", set()),
    ],
)
def test_each_post_does_its_part_and_no_more(
    project: Project, post: str, allowed: set[str]
) -> None:
    factories.add_unit(project, "3-1")
    version = factories.add_fee(project, "WYF")
    draft = factories.draft(version.standard, valid_from=DECEMBER)
    before = (FeeStandard.objects.count(), FeeVersion.objects.count(), len(events()))
    actor = add_actor("somebody", post)

    for name, arguments in calls(project, draft, version).items():
        if name in allowed:
            continue
        with pytest.raises(access.ActionDenied):
            getattr(operations, name)(actor=actor, now=NOW, **arguments)

    assert (FeeStandard.objects.count(), FeeVersion.objects.count(), len(events())) == before
    for name in allowed:
        arguments = calls(project, draft, version)[name]
        with transaction.atomic():
            try:
                getattr(operations, name)(actor=actor, now=NOW, **arguments)
            except access.ActionDenied:  # pragma: no cover
                pytest.fail(f"{post} must be allowed {name}")
            except (Conflict, Invalid, NotFound):
                pass
            transaction.set_rollback(True)


def test_standards_of_other_projects_do_not_exist_for_the_actor(project: Project) -> None:
    factories.add_unit(project, "3-1")
    other = factories.add_project("HX", "海西苑")
    version = factories.add_fee(project, "WYF")
    draft = factories.draft(version.standard, valid_from=DECEMBER)
    everything = frozenset(access.Grant(action, other.pk) for action in access.Action)
    actor = access.Actor(label="elsewhere", user_id=1, grants=everything)

    for name, arguments in calls(project, draft, version).items():
        with pytest.raises(NotFound):
            getattr(operations, name)(actor=actor, now=NOW, **arguments)
