"""Confirming a version: by another, without overlap, never under bills."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from kernel import access
from kernel.access import Actor
from kernel.access.queries import actor_for
from kernel.db import violated_constraint
from services.billing.runs.models import BillRun, DraftLine
from services.billing.standards import operations
from services.billing.standards.models import (
    FeeAssignment,
    FeeVersion,
    VersionState,
)
from services.properties.models import Project
from tests import factories_billing as factories
from tests.factories import NOW, TODAY, add_user, hold_post
from tests.factories_billing import JANUARY, NOVEMBER
from tests.services.billing.standards.conftest import DECEMBER, bill


def both(username: str) -> Actor:
    """Return somebody who holds drafting and confirming: the rule must hold for him too."""
    user = add_user(username)
    for post in ("company_admin", "property_manager"):
        hold_post(user, post)
    return actor_for(user=user, today=TODAY)


def test_nobody_confirms_what_he_drafted(project: Project) -> None:
    person = both("xujing")
    version = factories.draft(factories.add_standard(project), actor=person)

    with pytest.raises(operations.ConfirmedByDrafter):
        operations.confirm_version(actor=person, version_id=version.pk, now=NOW)

    version.refresh_from_db()
    assert (version.state, version.confirmed_by) == ("DRAFT", None)


def test_database_refuses_a_drafters_confirmation_too(project: Project) -> None:
    version = factories.draft(factories.add_standard(project), actor=both("xujing"))

    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        FeeVersion.objects.filter(pk=version.pk).update(
            state="CONFIRMED", confirmed_by=version.drafted_by
        )

    assert violated_constraint(refused.value) == "feeversion_confirmed_by_another"


def test_database_keeps_confirmed_figures(project: Project) -> None:
    version = factories.add_fee(project, "WYF")
    changes: list[Callable[[], object]] = [
        lambda: FeeVersion.objects.filter(pk=version.pk).update(price=1),
        version.delete,
        lambda: FeeAssignment.objects.update(kinds=["SHOP"]),
        lambda: FeeAssignment.objects.all().delete(),
    ]

    for change in changes:
        with pytest.raises(IntegrityError) as refused, transaction.atomic():
            change()
        assert violated_constraint(refused.value).endswith("confirmed_stands")
    assert FeeVersion.objects.get().price == Decimal("2.80")


def test_what_one_drafted_waits_when_he_confirms_anothers_version(
    project: Project, admin: Actor
) -> None:
    person = both("fangqiming")
    standard = factories.add_standard(project)
    version = factories.draft(standard, actor=admin)
    for actor, kind in ((admin, "RESIDENCE"), (person, "SHOP")):
        operations.assign_by_rule(
            actor=actor, standard_id=standard.pk, kinds=[kind], valid_from=JANUARY, now=NOW
        )

    operations.confirm_version(actor=person, version_id=version.pk, now=NOW)

    assert list(standard.assignments.order_by("pk").values_list("kinds", "state")) == [
        (["RESIDENCE"], "CONFIRMED"),
        (["SHOP"], "DRAFT"),
    ]
    with pytest.raises(operations.ConfirmedByDrafter):
        operations.confirm_assignments(actor=person, standard_id=standard.pk, now=NOW)


def test_version_is_confirmed_once(project: Project) -> None:
    version = factories.confirm(factories.draft(factories.add_standard(project)))

    with pytest.raises(operations.NotDraft):
        factories.confirm(version)


def test_open_version_ends_where_the_next_begins(project: Project) -> None:
    standard = factories.add_standard(project)
    first = factories.confirm(factories.draft(standard))

    second = factories.confirm(factories.draft(standard, valid_from=DECEMBER, price="3.00"))

    first.refresh_from_db()
    assert (first.valid_to, second.valid_to) == (DECEMBER, None)
    assert second.replaces == first


@pytest.mark.parametrize(
    ("valid_from", "valid_to", "number"),
    [
        pytest.param(date(2026, 6, 1), None, 1, id="into a version with an end"),
        pytest.param(JANUARY, date(2026, 3, 1), 1, id="within it"),
        pytest.param(date(2025, 6, 1), None, 1, id="before it, open"),
        pytest.param(date(2025, 6, 1), date(2026, 2, 1), 1, id="before it, into it"),
        pytest.param(date(2027, 1, 1), None, 2, id="on top of a later one"),
    ],
)
def test_overlap_is_refused_and_names_the_other_version(
    project: Project, valid_from: date, valid_to: date | None, number: int
) -> None:
    standard = factories.add_standard(project)
    factories.confirm(factories.draft(standard, valid_from=JANUARY, valid_to=DECEMBER))
    factories.confirm(factories.draft(standard, valid_from=DECEMBER, valid_to=date(2027, 6, 1)))
    third = factories.draft(standard, valid_from=valid_from, valid_to=valid_to)

    with pytest.raises(operations.VersionOverlaps) as refused:
        factories.confirm(third)

    assert refused.value.details == {"number": number}
    third.refresh_from_db()
    assert third.state == VersionState.DRAFT
    assert list(standard.versions.order_by("number").values_list("valid_to", flat=True)) == [
        DECEMBER,
        date(2027, 6, 1),
        valid_to,
    ]


@pytest.mark.parametrize(
    ("price", "is_unusual"),
    [
        ("3.36", False),  # +20 %, the limit itself
        ("3.37", True),
        ("2.24", False),
        ("2.23", True),
        ("28.00", True),
        ("0.28", True),
    ],
)
def test_unusual_price_is_taken_only_when_asked_again(
    project: Project, admin: Actor, manager: Actor, price: str, *, is_unusual: bool
) -> None:
    standard = factories.add_standard(project)
    factories.confirm(factories.draft(standard, price="2.80"))
    version = factories.draft(standard, actor=admin, valid_from=DECEMBER, price=price)

    if is_unusual:
        with pytest.raises(operations.UnusualPrice):
            operations.confirm_version(actor=manager, version_id=version.pk, now=NOW)
        version.refresh_from_db()
        assert version.state == VersionState.DRAFT
        assert standard.versions.get(number=1).valid_to is None

    operations.confirm_version(
        actor=manager, version_id=version.pk, now=NOW, confirm_unusual=is_unusual
    )
    version.refresh_from_db()
    assert version.state == VersionState.CONFIRMED


def test_billed_months_are_not_priced_anew(project: Project) -> None:
    unit = factories.add_unit(project, "3-1")
    first = factories.add_fee(project, "WYF")
    bill(first, unit, date(2026, 10, 1))
    bill(first, unit, NOVEMBER)
    late = factories.draft(first.standard, valid_from=NOVEMBER, price="3.00")

    with pytest.raises(operations.MonthBilledAlready) as refused:
        factories.confirm(late)

    assert refused.value.details == {"earliest": "2026-12-01"}
    first.refresh_from_db()
    assert first.valid_to is None
    in_time = factories.draft(first.standard, valid_from=DECEMBER, price="3.00")
    assert factories.confirm(in_time).state == VersionState.CONFIRMED


def test_new_standard_does_not_reach_back_into_bills_of_another(project: Project) -> None:
    unit = factories.add_unit(project, "3-1")
    factories.add_unit(project, "S-1", kind="SHOP")
    bill(factories.add_fee(project, "WYF", "RESIDENCE"), unit, NOVEMBER)
    for kind, is_refused in (("RESIDENCE", True), ("SHOP", False)):
        standard = factories.add_standard(project, name=f"new for {kind}")
        operations.assign_by_rule(
            actor=access.SYSTEM,
            standard_id=standard.pk,
            kinds=[kind],
            valid_from=NOVEMBER,
            now=NOW,
        )
        version = factories.draft(standard, valid_from=NOVEMBER)
        if is_refused:
            with pytest.raises(operations.MonthBilledAlready):
                factories.confirm(version)
        else:
            assert factories.confirm(version).state == VersionState.CONFIRMED


def test_month_in_the_draft_of_an_open_run_is_not_priced_anew(
    project: Project, manager: Actor
) -> None:
    """What is posted is what was computed and checked: the run is cancelled first."""
    unit = factories.add_unit(project, "3-1")
    version = factories.add_fee(project, "WYF")
    run = BillRun.objects.create(
        project=project,
        period=NOVEMBER,
        state="PREVIEW",
        due_on=NOVEMBER,
        prepared_by=1,
        prepared_by_label="x",
        prepared_at=NOW,
    )
    DraftLine.objects.create(
        run_id=run.pk,
        household_id=unit.household_id,
        unit_id=unit.pk,
        item_id=version.standard.item_id,
        version_id=version.pk,
        quantity=1,
        rate=1,
        amount=1,
    )
    late = factories.draft(version.standard, valid_from=NOVEMBER, price="3.00")

    with pytest.raises(operations.MonthBilledAlready) as refused:
        factories.confirm(late)
    assert refused.value.details == {"earliest": "2026-12-01"}
    with pytest.raises(operations.MonthBilledAlready):
        operations.withdraw_version(actor=manager, version_id=version.pk, reason="typo", now=NOW)

    BillRun.objects.filter(pk=run.pk).update(state="CANCELLED")
    assert factories.confirm(late).state == VersionState.CONFIRMED


def test_reversed_bills_do_not_hold_a_month(project: Project) -> None:
    unit = factories.add_unit(project, "3-1")
    first = factories.add_fee(project, "WYF")
    bill(first, unit, NOVEMBER, is_reversed=True)

    version = factories.confirm(factories.draft(first.standard, valid_from=NOVEMBER, price="3.00"))

    assert version.state == VersionState.CONFIRMED
