"""Drafts of fee versions: written, changed, submitted."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from kernel.access import Actor
from kernel.audit.models import AuditEntry
from kernel.errors import Invalid
from services.billing.standards import operations, rules
from services.billing.standards.models import (
    FeeStandard,
    FeeVersion,
    VersionState,
)
from services.properties.models import Project
from tests import factories_billing as factories
from tests.factories import NOW, TODAY, add_actor
from tests.factories_billing import JANUARY
from tests.services.billing.standards.conftest import events


def test_standard_is_drafted_by_one_and_confirmed_by_another(
    project: Project, admin: Actor, manager: Actor
) -> None:
    standard = operations.create_standard(
        actor=admin,
        project_id=project.pk,
        item_id=factories.item("WYF").pk,
        name=" 住宅物业服务费 ",
        now=NOW,
    )
    version = factories.draft(standard, actor=admin, price="1.80")
    operations.assign_by_rule(
        actor=admin, standard_id=standard.pk, kinds=["RESIDENCE"], valid_from=JANUARY, now=NOW
    )

    operations.confirm_version(actor=manager, version_id=version.pk, now=NOW)

    version.refresh_from_db()
    assignment = standard.assignments.get()
    assert standard.name == "住宅物业服务费"
    assert (version.number, version.state, version.price) == (1, "CONFIRMED", Decimal("1.80"))
    assert (version.drafted_by, version.confirmed_by) == (admin.user_id, manager.user_id)
    assert version.confirmed_by_label == "fangqiming (fangqiming)"
    assert (assignment.state, assignment.confirmed_by) == ("CONFIRMED", manager.user_id)
    assert events() == [
        "billing.fee-standard.created",
        "billing.fee-version.drafted",
        "billing.fee-assignment.drafted",
        "billing.fee-version.confirmed",
    ]


def test_name_is_taken_once_in_a_project(project: Project) -> None:
    other = factories.add_project("HX", "海西苑")
    factories.add_standard(project, name="物业费")
    factories.add_standard(other, name="物业费")

    with pytest.raises(operations.StandardNameTaken):
        factories.add_standard(project, name=" 物业费 ")
    assert FeeStandard.objects.count() == 2


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"price": "0"}, rules.PriceInvalid),
        ({"price": "-1"}, rules.PriceInvalid),
        ({"valid_from": TODAY}, rules.MonthInvalid),
        ({"method": "BY_LIFT"}, rules.FiguresInvalid),
        ({"area_basis": "ROOF"}, rules.FiguresInvalid),
        ({"reduced_rate": Decimal("0.7"), "reduced_states": ["GONE"]}, rules.FiguresInvalid),
        ({"tiers": factories.WATER_TIERS}, rules.TiersInvalid),
    ],
)
def test_drafts_that_are_refused(
    project: Project, changes: dict[str, Any], error: type[Invalid]
) -> None:
    standard = factories.add_standard(project)

    with pytest.raises(error):
        factories.draft(standard, **changes)

    assert FeeVersion.objects.count() == 0
    assert events() == ["billing.fee-standard.created"]


def test_draft_may_wait_for_its_price_but_not_be_confirmed(project: Project) -> None:
    version = factories.draft(factories.add_standard(project), price=None)

    with pytest.raises(rules.PriceMissing):
        factories.confirm(version)

    version.refresh_from_db()
    assert version.state == VersionState.DRAFT


def test_own_draft_is_changed_field_by_field(project: Project, admin: Actor) -> None:
    version = factories.draft(factories.add_standard(project), actor=admin)

    operations.update_draft(actor=admin, version_id=version.pk, price=Decimal("3.10"), now=NOW)

    version.refresh_from_db()
    assert (version.price, version.method, version.valid_from) == (
        Decimal("3.10"),
        "PER_AREA",
        JANUARY,
    )
    [entry] = AuditEntry.objects.filter(event="billing.fee-version.changed")
    assert entry.data["before"]["price"] == "2.8000"
    assert entry.data["after"]["price"] == "3.10"


def test_change_that_does_not_fit_the_rest_is_refused(project: Project, admin: Actor) -> None:
    version = factories.draft(factories.add_standard(project), actor=admin)

    with pytest.raises(rules.FiguresInvalid):
        operations.update_draft(actor=admin, version_id=version.pk, method="TIERED_METER", now=NOW)

    version.refresh_from_db()
    assert version.method == "PER_AREA"


def test_draft_is_submitted_when_it_is_complete(project: Project, admin: Actor) -> None:
    version = factories.draft(factories.add_standard(project), actor=admin, price=None)

    with pytest.raises(rules.PriceMissing):
        operations.submit_version(actor=admin, version_id=version.pk, now=NOW)
    operations.update_draft(actor=admin, version_id=version.pk, price=Decimal(3), now=NOW)
    operations.submit_version(actor=admin, version_id=version.pk, now=NOW)
    version.refresh_from_db()
    assert version.submitted_at == NOW

    operations.update_draft(actor=admin, version_id=version.pk, price=Decimal(4), now=NOW)
    version.refresh_from_db()
    assert version.submitted_at is None


def test_manager_confirms_what_he_was_shown(project: Project, admin: Actor, manager: Actor) -> None:
    version = factories.draft(factories.add_standard(project), actor=admin)
    seen_at = version.drafted_at
    operations.update_draft(
        actor=admin, version_id=version.pk, price=Decimal(28), now=NOW + timedelta(minutes=1)
    )

    with pytest.raises(operations.DraftChanged):
        operations.confirm_version(actor=manager, version_id=version.pk, seen_at=seen_at, now=NOW)

    version.refresh_from_db()
    assert version.state == VersionState.DRAFT
    operations.confirm_version(
        actor=manager, version_id=version.pk, seen_at=version.drafted_at, now=NOW
    )


def test_draft_of_another_is_not_changed(project: Project, admin: Actor) -> None:
    colleague = add_actor("chenlei", "company_admin")
    version = factories.draft(factories.add_standard(project), actor=admin)

    with pytest.raises(operations.NotYourDraft):
        operations.update_draft(actor=colleague, version_id=version.pk, price=Decimal("9"), now=NOW)

    version.refresh_from_db()
    assert version.price == Decimal("2.80")


def test_only_figures_of_a_draft_can_be_changed(project: Project, admin: Actor) -> None:
    version = factories.draft(factories.add_standard(project), actor=admin)

    with pytest.raises(TypeError):
        operations.update_draft(
            actor=admin,
            version_id=version.pk,
            now=NOW,
            state="CONFIRMED",  # type: ignore[call-arg]
        )

    version.refresh_from_db()
    assert version.state == VersionState.DRAFT
