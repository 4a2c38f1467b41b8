from datetime import date
from decimal import Decimal

import pytest

from kernel import access
from kernel.errors import NotFound
from services.billing.metering.models import Reading
from services.billing.standards import operations, queries, rules
from services.billing.standards.models import FeeItem
from services.billing.standards.queries import Applicable
from services.properties.models import Project, Unit
from tests import factories_billing as factories
from tests.factories import NOW, add_actor
from tests.factories_billing import JANUARY, NOVEMBER


@pytest.fixture
def project(tenant: object) -> Project:
    factories.seeded()
    return factories.add_project()


def applicable(project: Project, period: date = NOVEMBER) -> dict[tuple[str, str], object]:
    """Return (unit, item) → version, or the problem."""
    return {
        (
            Unit.objects.get(pk=row.unit_id).code,
            FeeItem.objects.get(pk=row.item_id).code,
        ): row.version_id or row.problem
        for row in queries.applicable(project_id=project.pk, period=period)
    }


def test_rules_reach_the_units_that_meet_all_conditions(project: Project) -> None:
    three, five = factories.add_building(project, "3"), factories.add_building(project, "5")
    factories.add_unit(project, "3-1", building=three)
    factories.add_unit(project, "3-2", building=three, state="UNSOLD")
    factories.add_unit(project, "5-1", building=five)
    factories.add_unit(project, "S-1", building=three, kind="SHOP")
    factories.add_unit(project, "P-1", kind="PARKING")
    version = factories.add_fee(
        project,
        "WYF",
        "RESIDENCE",
        conditions={"building_ids": [three.pk], "states": ["OWNER_OCCUPIED", "LEASED"]},
    )

    assert applicable(project) == {("3-1", "WYF"): version.pk}


def test_empty_conditions_hold_for_every_unit(project: Project) -> None:
    factories.add_unit(project, "3-1")
    factories.add_unit(project, "P-1", kind="PARKING")
    version = factories.add_fee(project, "WYF")

    assert applicable(project) == {("3-1", "WYF"): version.pk, ("P-1", "WYF"): version.pk}


def test_two_rules_of_one_standard_are_one_charge(project: Project) -> None:
    factories.add_unit(project, "3-1")
    version = factories.add_fee(project, "WYF", "RESIDENCE")
    factories.assign(version.standard, states=["OWNER_OCCUPIED"])

    assert applicable(project) == {("3-1", "WYF"): version.pk}


def test_two_standards_of_an_item_are_an_exception_not_a_guess(project: Project) -> None:
    factories.add_unit(project, "3-1")
    factories.add_fee(project, "WYF", "RESIDENCE", name="one")
    factories.add_fee(project, "WYF", name="another")

    assert applicable(project) == {("3-1", "WYF"): "TWO_STANDARDS"}


def test_unit_named_by_itself_beats_the_rules_of_its_item(project: Project) -> None:
    unit = factories.add_unit(project, "3-1")
    factories.add_unit(project, "3-2")
    by_rule = factories.add_fee(project, "WYF", "RESIDENCE", name="by rule")
    parking = factories.add_fee(project, "CWF", "RESIDENCE", method="FIXED", price="60")
    special = factories.add_standard(project, "WYF", "special")
    version = factories.confirm(factories.draft(special, price="1.20"))
    operations.assign_unit(
        actor=access.SYSTEM, standard_id=special.pk, unit_id=unit.pk, valid_from=JANUARY, now=NOW
    )
    operations.confirm_assignments(actor=access.SYSTEM, standard_id=special.pk, now=NOW)

    assert applicable(project) == {
        ("3-1", "WYF"): version.pk,
        ("3-1", "CWF"): parking.pk,
        ("3-2", "WYF"): by_rule.pk,
        ("3-2", "CWF"): parking.pk,
    }


def test_unit_taken_out_is_out_of_that_standard_only(project: Project) -> None:
    unit = factories.add_unit(project, "3-1")
    out_of = factories.add_fee(project, "WYF", "RESIDENCE", name="out of")
    other = factories.add_fee(project, "WYF", "RESIDENCE", name="other")
    operations.exclude_unit(
        actor=access.SYSTEM,
        standard_id=out_of.standard_id,
        unit_id=unit.pk,
        valid_from=NOVEMBER,
        reason="guard's flat",
        now=NOW,
    )
    operations.confirm_assignments(actor=access.SYSTEM, standard_id=out_of.standard_id, now=NOW)

    assert applicable(project, date(2026, 10, 1)) == {("3-1", "WYF"): "TWO_STANDARDS"}
    assert applicable(project, NOVEMBER) == {("3-1", "WYF"): other.pk}


def test_assignment_that_waits_charges_nobody(project: Project) -> None:
    factories.add_unit(project, "3-1")
    standard = factories.add_standard(project)
    factories.confirm(factories.draft(standard))
    operations.assign_by_rule(
        actor=access.SYSTEM, standard_id=standard.pk, valid_from=JANUARY, now=NOW
    )

    assert applicable(project) == {}


def test_month_without_a_version_in_force_is_named(project: Project) -> None:
    factories.add_unit(project, "3-1")
    standard = factories.add_standard(project)
    first = factories.confirm(
        factories.draft(standard, valid_from=JANUARY, valid_to=date(2026, 10, 1))
    )
    second = factories.confirm(factories.draft(standard, valid_from=NOVEMBER, price="3.10"))
    factories.draft(standard, valid_from=date(2026, 10, 1))  # a draft is no price
    factories.assign(standard)

    assert applicable(project, date(2026, 9, 1)) == {("3-1", "WYF"): first.pk}
    assert applicable(project, date(2026, 10, 1)) == {("3-1", "WYF"): "NO_VERSION"}
    assert applicable(project, NOVEMBER) == {("3-1", "WYF"): second.pk}


def test_standard_that_has_ended_does_not_collide_with_its_successor(project: Project) -> None:
    factories.add_unit(project, "3-1")
    old = factories.add_fee(project, "WYF", name="old", valid_to=NOVEMBER)
    new = factories.add_fee(project, "WYF", name="new", valid_from=NOVEMBER)

    assert applicable(project, date(2026, 10, 1)) == {("3-1", "WYF"): old.pk}
    assert applicable(project, NOVEMBER) == {("3-1", "WYF"): new.pk}


def test_units_of_other_projects_and_inactive_ones_are_left_alone(project: Project) -> None:
    other = factories.add_project("HX", "海西苑")
    factories.add_unit(other, "3-1")
    gone = factories.add_unit(project, "3-2")
    gone.is_active = False
    gone.save()
    factories.add_fee(project, "WYF")

    assert queries.applicable(project_id=project.pk, period=NOVEMBER) == []
    assert queries.applicable(project_id=other.pk, period=NOVEMBER) == []


def test_unit_without_any_assignment_is_not_in_the_answer(project: Project) -> None:
    unit = factories.add_unit(project, "3-1")
    tariff = factories.tariff(project)

    assert queries.applicable(project_id=project.pk, period=NOVEMBER) == [
        Applicable(unit.pk, factories.item("WYF").pk, tariff.residence.pk, ""),
        Applicable(unit.pk, factories.item("SF").pk, tariff.water.pk, ""),
    ]


def test_preview_explains_each_month_and_compares(project: Project) -> None:
    unit = factories.add_unit(project, "3-1", area="118.36")
    version = factories.add_fee(project, "WYF", price="2.80")
    figures = rules.Figures(
        pricing=rules.Pricing("PER_AREA", Decimal("3.10")), valid_from=date(2027, 2, 1)
    )

    preview = queries.preview(
        actor=access.SYSTEM,
        standard=version.standard,
        unit_id=unit.pk,
        months=[date(2027, month, 1) for month in (1, 2, 3)],
        figures=figures,
    )

    assert [(month.number, month.amount, month.before) for month in preview.months] == [
        (1, Decimal("331.41"), Decimal("331.41")),
        (None, Decimal("366.92"), Decimal("331.41")),
        (None, Decimal("366.92"), Decimal("331.41")),
    ]
    assert preview.amount == Decimal("1065.25")
    assert preview.before == Decimal("994.23")
    assert preview.change == Decimal("71.02")


def test_preview_says_why_nothing_would_be_billed(project: Project) -> None:
    unit = factories.add_unit(project, "3-1", area=None)
    standard = factories.add_standard(project)

    def problem(figures: rules.Figures, consumption: str | None = None) -> str:
        return (
            queries.preview(
                actor=access.SYSTEM,
                standard=standard,
                unit_id=unit.pk,
                months=[NOVEMBER],
                figures=figures,
                consumption=None if consumption is None else Decimal(consumption),
            )
            .months[0]
            .problem
        )

    per_area = rules.Figures(
        pricing=rules.Pricing("PER_AREA", Decimal("2.80")), valid_from=NOVEMBER
    )
    water = rules.Figures(
        pricing=rules.Pricing("TIERED_METER", tiers=factories.WATER_TIERS),
        valid_from=NOVEMBER,
        meter_kind="COLD_WATER",
    )
    unpriced = rules.Figures(pricing=rules.Pricing("FIXED"), valid_from=NOVEMBER)
    later = rules.Figures(pricing=rules.Pricing("FIXED", Decimal(1)), valid_from=date(2026, 12, 1))
    assert problem(per_area) == "AREA_MISSING"
    assert problem(water) == "READING_MISSING"
    assert problem(water, "0") == ""
    assert problem(water, "14.01") == ""
    assert problem(unpriced) == "NO_VERSION"
    assert problem(later) == "NO_VERSION"


def test_preview_of_a_unit_elsewhere_does_not_exist(project: Project) -> None:
    other = factories.add_project("HX", "海西苑")
    unit = factories.add_unit(other, "1-1")
    standard = factories.add_standard(project)

    with pytest.raises(NotFound):
        queries.preview(actor=access.SYSTEM, standard=standard, unit_id=unit.pk, months=[NOVEMBER])


def test_impact_counts_what_a_confirmation_would_do(project: Project) -> None:
    household = factories.add_household(project, "together")
    factories.add_unit(project, "3-1", area="100.00", household=household)
    factories.add_unit(project, "3-2", area="50.00", household=household, state="VACANT")
    factories.add_unit(project, "3-3", area=None)
    factories.add_unit(project, "P-1", kind="PARKING")
    version = factories.add_fee(
        project,
        "WYF",
        "RESIDENCE",
        price="2.80",
        reduced_rate=Decimal("0.70"),
        reduced_states=["VACANT"],
    )
    figures = rules.Figures(
        pricing=rules.Pricing("PER_AREA", Decimal("3.10")),
        valid_from=date(2027, 2, 1),
        reduced_rate=Decimal("0.70"),
        reduced_states=("VACANT",),
    )

    impact = queries.impact(standard=version.standard, figures=figures)

    assert (impact.units, impact.households, impact.area) == (3, 2, Decimal("150.00"))
    assert impact.amount == Decimal("418.50")  # 310.00 + 108.50
    assert impact.before == Decimal("378.00")  # 280.00 + 98.00
    assert impact.change == Decimal("40.50")
    assert impact.gaps == [queries.Gap("AREA_MISSING", 1, ["3-3"])]


def test_impact_counts_assignments_that_wait_and_names_collisions(project: Project) -> None:
    factories.add_unit(project, "3-1")
    factories.add_unit(project, "3-2")
    factories.add_fee(project, "WYF", name="in force")
    standard = factories.add_standard(project, name="new")
    operations.assign_by_rule(
        actor=access.SYSTEM, standard_id=standard.pk, valid_from=NOVEMBER, now=NOW
    )
    figures = rules.Figures(pricing=rules.Pricing("FIXED", Decimal(5)), valid_from=NOVEMBER)

    impact = queries.impact(standard=standard, figures=figures)

    assert (impact.units, impact.amount, impact.before) == (2, Decimal("10.00"), None)
    assert impact.change_share is None
    assert impact.gaps == [queries.Gap("TWO_STANDARDS", 2, ["3-1", "3-2"])]


def test_impact_of_metered_figures_takes_the_last_month_read(project: Project) -> None:
    for number, consumption in (("3-1", "14.01"), ("3-2", "24")):
        meter = factories.add_meter(factories.add_unit(project, number))
        Reading.objects.create(
            project=project,
            meter=meter,
            usage_month=date(2026, 10, 1),
            previous=0,
            current=consumption,
            consumption=consumption,
            state="ACCEPTED",
            recorded_by_label="x",
            recorded_at=NOW,
        )
    factories.add_unit(project, "3-3")
    version = factories.tariff(project).water
    figures = queries.figures_of(version)

    impact = queries.impact(standard=version.standard, figures=figures)

    assert (impact.units, impact.amount) == (3, Decimal("119.74"))  # 40.64 + 79.10
    assert impact.gaps == [queries.Gap("NO_METER", 1, ["3-3"])]


def test_reads_are_narrowed_to_the_projects_of_the_actor(project: Project) -> None:
    other = factories.add_project("HX", "海西苑")
    here, there = factories.add_standard(project), factories.add_standard(other)
    collector = add_actor("zhouting", "collector", project_id=project.pk)

    assert list(queries.standards(actor=collector, on=NOVEMBER)) == [here]
    assert queries.get_standard(actor=collector, standard_id=here.pk) == here
    with pytest.raises(NotFound):
        queries.get_standard(actor=collector, standard_id=there.pk)
    with pytest.raises(NotFound):
        queries.get_version(actor=collector, version_id=factories.draft(there).pk)
    assert not queries.assignments(actor=collector, standard_id=there.pk)


def test_list_shows_the_version_in_force_and_what_waits(project: Project) -> None:
    version = factories.add_fee(project, "WYF")
    factories.draft(version.standard, valid_from=date(2027, 1, 1), price="3.10")
    operations.assign_by_rule(
        actor=access.SYSTEM, standard_id=version.standard_id, valid_from=NOVEMBER, now=NOW
    )

    [row] = queries.standards(actor=access.SYSTEM, on=NOVEMBER, project_id=project.pk)

    assert row.version_id == version.pk  # type: ignore[attr-defined]
    assert row.version_number == 1  # type: ignore[attr-defined]
    assert row.draft_count == 1  # type: ignore[attr-defined]
    assert row.open_assignment_count == 1  # type: ignore[attr-defined]
