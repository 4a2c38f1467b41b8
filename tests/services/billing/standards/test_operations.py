from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from kernel import access
from kernel.access import Actor
from kernel.audit.models import AuditEntry
from kernel.db import violated_constraint
from kernel.errors import Conflict, DomainError, Invalid, NotFound
from services.billing.runs.models import BillLine, BillRun, DraftLine
from services.billing.standards import operations, rules
from services.billing.standards.models import (
    AssignmentState,
    FeeAssignment,
    FeeItem,
    FeeStandard,
    FeeVersion,
    VersionState,
)
from services.properties.models import Project, Unit
from tests import factories_billing as factories
from tests.factories import NOW, TODAY, add_actor
from tests.factories_billing import JANUARY, NOVEMBER

DECEMBER = date(2026, 12, 1)


@pytest.fixture
def project(tenant: object) -> Project:
    factories.seeded()
    return factories.add_project()


@pytest.fixture
def admin(tenant: object) -> Actor:
    return add_actor("xujing", "company_admin")


@pytest.fixture
def manager(tenant: object) -> Actor:
    return add_actor("fangqiming", "property_manager")


def bill(version: FeeVersion, unit: Unit, period: date, *, is_reversed: bool = False) -> BillLine:
    run = BillRun.objects.create(
        project_id=unit.project_id,
        period=period,
        state="POSTED",
        due_on=period,
        prepared_by=1,
        prepared_by_label="x",
        prepared_at=NOW,
        checked_by=2,
    )
    return BillLine.objects.create(
        run=run,
        project_id=unit.project_id,
        household_id=unit.household_id,
        unit=unit,
        item=version.standard.item,
        version_id=version.pk,
        period=period,
        quantity=1,
        price=1,
        rate=1,
        amount=1,
        due_on=period,
        issued_on=period,
        is_reversed=is_reversed,
        reversed_at=NOW if is_reversed else None,
    )


def events() -> list[str]:
    return list(
        AuditEntry.objects.filter(event__startswith="billing.fee")
        .order_by("pk")
        .values_list("event", flat=True)
    )


# ---- items --------------------------------------------------------------------------------------


def test_new_company_has_items_with_accounts_twice_seeded_or_once(tenant: object) -> None:
    factories.seeded()
    factories.seeded()

    assert list(
        FeeItem.objects.order_by("sort_order").values_list("code", "is_agency", "account__code")
    ) == [
        ("WYF", False, "6001.01"),
        ("DTF", False, "6001.02"),
        ("CWF", False, "6001.03"),
        ("TCF", False, "6051.01"),
        ("SF", True, "2241.01"),
        ("DF", True, "2241.02"),
        ("RQF", True, "2241.03"),
        ("GRF", True, "2241.04"),
        ("QTF", False, "6051.99"),
    ]


def test_item_is_added_and_renamed(project: Project, admin: Actor) -> None:
    item = operations.create_item(
        actor=admin, code=" xxf ", name="装修垃圾费", kind="OTHER", account_code="6051.99", now=NOW
    )
    operations.change_item(
        actor=admin, item_id=item.pk, name="装修清运费", account_code="6051.01", now=NOW
    )

    item.refresh_from_db()
    assert (item.code, item.name, item.account.code) == ("XXF", "装修清运费", "6051.01")
    assert item.sort_order == 100
    assert events() == ["billing.fee-item.created", "billing.fee-item.changed"]


@pytest.mark.parametrize(
    ("values", "error", "field"),
    [
        ({"code": "wyf"}, operations.ItemCodeTaken, "code"),
        ({"name": "物业服务费"}, operations.ItemNameTaken, "name"),
        ({"name": "  "}, operations.NameMissing, "name"),
        ({"code": ""}, operations.NameMissing, "code"),
        ({"account_code": "9999"}, operations.ItemAccountInvalid, "account_code"),
        ({"account_code": "2241.01"}, operations.ItemAccountInvalid, "account_code"),
        ({"is_agency": True}, operations.ItemAccountInvalid, "account_code"),
    ],
)
def test_items_that_are_refused(
    project: Project, values: dict[str, Any], error: type[DomainError], field: str
) -> None:
    complete = {"code": "X", "name": "X", "kind": "OTHER", "account_code": "6051.99", **values}

    with pytest.raises(error) as refused:
        operations.create_item(actor=access.SYSTEM, now=NOW, **complete)

    assert refused.value.field == field
    assert FeeItem.objects.count() == 9
    assert events() == []


def test_items_are_the_company_admins(project: Project, manager: Actor) -> None:
    with pytest.raises(access.ActionDenied):
        operations.create_item(
            actor=manager, code="X", name="X", kind="OTHER", account_code="6051.99", now=NOW
        )
    assert FeeItem.objects.count() == 9


# ---- drafting -----------------------------------------------------------------------------------


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


# ---- confirming ---------------------------------------------------------------------------------


def both(username: str) -> Actor:
    """Return somebody who holds drafting and confirming: the rule must hold for him too."""
    drafter, confirmer = add_actor(username, "company_admin"), access.Action.FEE_STANDARD_CONFIRM
    return access.Actor(
        label=drafter.label,
        user_id=drafter.user_id,
        grants=drafter.grants | {access.Grant(confirmer, None)},
    )


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


# ---- ending and withdrawing ---------------------------------------------------------------------


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


# ---- assignments --------------------------------------------------------------------------------


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


# ---- who may ------------------------------------------------------------------------------------


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
        expected = access.ActionDenied if name == "create_standard" else NotFound
        with pytest.raises(expected):
            getattr(operations, name)(actor=actor, now=NOW, **arguments)
