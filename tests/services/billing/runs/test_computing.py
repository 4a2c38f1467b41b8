"""What a run bills, and why something has no bill."""

import random
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest

from kernel import access
from services.billing.metering.models import ReadingState
from services.billing.runs import chunks, operations, preview
from services.billing.runs.models import BillRun, BillRunChunk, DraftLine, RunSkip, SkipReason
from services.billing.standards import operations as standards
from services.billing.standards.models import FeeVersion
from services.billing.standards.queries import figures_of
from services.billing.standards.rules import share_of_month
from services.properties import operations as registry
from services.properties.models import Meter, Project, Unit, UnitState, UnitStateChange
from tenants.companies.models import Company
from tests import factories_billing as billing
from tests import factories_runs as factories
from tests.factories_billing import NOVEMBER
from tests.factories_runs import NOW, Office

NOTHING = Decimal("0.00")


@pytest.fixture
def office(tenant: Company) -> Office:
    return factories.open_office()


def draft(run: BillRun) -> list[tuple[str, str, Decimal]]:
    return list(
        DraftLine.objects.filter(run=run)
        .order_by("unit__code", "item__code")
        .values_list("unit__code", "item__code", "amount")
    )


def skipped(run: BillRun) -> list[tuple[str, str | None, str]]:
    return list(
        RunSkip.objects.filter(run=run)
        .order_by("unit__code", "item__code")
        .values_list("unit__code", "item__code", "reason")
    )


@pytest.mark.parametrize(
    ("kind", "state", "area", "expected"),
    [
        pytest.param("RESIDENCE", "OWNER_OCCUPIED", "118.36", "331.41", id="118.36 × 2.80"),
        pytest.param("RESIDENCE", "VACANT", "118.36", "231.99", id="70 % when vacant"),
        pytest.param("RESIDENCE", "UNSOLD", "118.36", "231.99", id="70 % when unsold"),
        pytest.param("SHOP", "LEASED", "40.05", "260.33", id="half a cent goes up"),
        pytest.param("SHOP", "VACANT", "40.05", "260.33", id="no reduction for shops"),
    ],
)
def test_a_fee_by_area(office: Office, kind: str, state: str, area: str, expected: str) -> None:
    billing.add_unit(office.project, "1-1-0101", kind=kind, state=state, area=area)

    run = factories.preview(office)

    assert draft(run) == [("1-1-0101", "WYF", Decimal(expected))]
    (line,) = DraftLine.objects.all()
    assert line.quantity == Decimal(area)
    assert line.rate == (Decimal("0.7") if expected == "231.99" else Decimal(1))


def changed(unit: Unit, *changes: tuple[str, date]) -> None:
    for state, day in changes:
        registry.change_unit_state(
            actor=access.SYSTEM,
            unit_id=unit.pk,
            state=state,
            effective_on=day,
            note="seen",
            now=NOW,
        )


@pytest.mark.parametrize(
    ("begins", "changes", "share", "expected"),
    [
        pytest.param(
            "VACANT", [("OWNER_OCCUPIED", 1)], "1.0000", "331.41", id="from the first day"
        ),
        pytest.param(
            "VACANT", [("OWNER_OCCUPIED", 16)], "0.8500", "281.70", id="15 days at 70 %, 15 whole"
        ),
        pytest.param("OWNER_OCCUPIED", [("VACANT", 22)], "0.9100", "301.58", id="9 days at 70 %"),
        pytest.param(
            "VACANT", [("LEASED", 6), ("VACANT", 21)], "0.8500", "281.70", id="there and back"
        ),
        pytest.param("VACANT", [("LEASED", 6), ("VACANT", 6)], "0.7000", "231.99", id="in a day"),
        pytest.param("LEASED", [("OWNER_OCCUPIED", 9)], "1.0000", "331.41", id="both in full"),
    ],
)
def test_a_state_that_changes_in_the_month_counts_by_days(
    office: Office, begins: str, changes: list[tuple[str, int]], share: str, expected: str
) -> None:
    unit = billing.add_unit(office.project, "1-1-0101", state=begins, area="118.36")
    changed(unit, *((state, date(2026, 11, day)) for state, day in changes))

    run = factories.preview(office)

    (line,) = DraftLine.objects.filter(run=run)
    assert (line.rate, line.amount) == (Decimal(share), Decimal(expected))
    figures = figures_of(FeeVersion.objects.get(pk=line.version_id))
    assert line.rate == share_of_month(
        figures, NOVEMBER, begins, [(date(2026, 11, day), state) for state, day in changes]
    )


def test_any_changes_of_state_come_to_the_share_that_the_rule_says(office: Office) -> None:
    dice = random.Random(305)
    states = list(UnitState.values)
    histories: dict[int, tuple[str, list[tuple[date, str]]]] = {}
    for unit in factories.add_homes(office.project, 40):
        begins = state = dice.choice(states)
        Unit.objects.filter(pk=unit.pk).update(state=begins)
        changes = []
        for day in sorted(dice.choices(range(-20, 52), k=dice.randint(0, 6))):
            following = dice.choice([other for other in states if other != state])
            changes.append((NOVEMBER + timedelta(days=day), following))
            UnitStateChange.objects.create(
                unit=unit,
                from_state=state,
                to_state=following,
                effective_on=changes[-1][0],
                recorded_at=NOW,
            )
            state = following
            Unit.objects.filter(pk=unit.pk).update(state=state)
        histories[unit.pk] = begins, changes

    run = factories.preview(office)

    lines = DraftLine.objects.filter(run=run, item__code="WYF")
    assert lines.count() == 40
    for line in lines:
        figures = figures_of(FeeVersion.objects.get(pk=line.version_id))
        assert line.rate == share_of_month(figures, NOVEMBER, *histories[line.unit_id])


def test_a_month_that_is_billed_late_has_the_state_it_had(office: Office) -> None:
    unit = billing.add_unit(office.project, "1-1-0101", state="VACANT", area="118.36")
    changed(unit, ("OWNER_OCCUPIED", date(2026, 11, 5)))

    run = factories.preview(office, period=date(2026, 10, 1))

    assert draft(run) == [("1-1-0101", "WYF", Decimal("231.99"))]


def test_a_fixed_fee_of_a_parking_space(office: Office) -> None:
    billing.add_unit(office.project, "B1-0317", kind="PARKING", area=None)

    run = factories.preview(office)

    assert draft(run) == [("B1-0317", "CWF", Decimal("60.00"))]


def home_with_meter(project: Project, consumption: str | None, state: str = "ACCEPTED") -> Unit:
    unit = billing.add_unit(project, "1-1-0101", area="100.00")
    factories.read(billing.add_meter(unit), consumption, state=state)
    return unit


@pytest.mark.parametrize(
    ("consumption", "expected"),
    [
        pytest.param("14", "40.60", id="the first tier, limit included"),
        pytest.param("24", "79.10", id="two tiers"),
        pytest.param("30", "119.30", id="three tiers"),
        pytest.param("14.01", "40.64", id="just over"),
    ],
)
def test_water_of_the_month_before_in_tiers(
    office: Office, consumption: str, expected: str
) -> None:
    home_with_meter(office.project, consumption)

    run = factories.preview(office)

    assert ("1-1-0101", "SF", Decimal(expected)) in draft(run)
    line = DraftLine.objects.get(item__code="SF")
    assert line.usage_month == date(2026, 10, 1)
    assert line.price is None
    assert line.reading_id is not None


@pytest.mark.parametrize(
    ("consumption", "state", "reason"),
    [
        ("5", ReadingState.EXCEPTION, SkipReason.READING_OPEN),
        (None, ReadingState.REJECTED, SkipReason.READING_REJECTED),
    ],
)
def test_water_that_cannot_be_billed(
    office: Office, consumption: str | None, state: str, reason: str
) -> None:
    home_with_meter(office.project, consumption, state)

    run = factories.preview(office)

    assert draft(run) == [("1-1-0101", "WYF", Decimal("280.00"))]
    assert skipped(run) == [("1-1-0101", "SF", reason)]
    assert RunSkip.objects.get().reading_id is not None


def test_a_meter_that_stood_still_is_billed_nothing_once(office: Office) -> None:
    home_with_meter(office.project, "0")

    run = factories.posted(office)

    assert factories.bills(run) == [
        ("1-1-0101", "SF", Decimal("0.00")),
        ("1-1-0101", "WYF", Decimal("280.00")),
    ]
    assert factories.preview(office).billed_before == 2


def test_a_resolved_reading_is_billed(office: Office) -> None:
    home_with_meter(office.project, "10", ReadingState.RESOLVED)

    run = factories.preview(office)

    assert ("1-1-0101", "SF", Decimal("29.00")) in draft(run)


def test_a_meter_that_was_not_read(office: Office) -> None:
    unit = billing.add_unit(office.project, "1-1-0101", area="100.00")
    billing.add_meter(unit)

    run = factories.preview(office)

    assert skipped(run) == [("1-1-0101", "SF", SkipReason.READING_MISSING)]


def test_a_dwelling_without_a_meter(office: Office) -> None:
    billing.add_unit(office.project, "1-1-0101", area="100.00")

    run = factories.preview(office)

    assert skipped(run) == [("1-1-0101", "SF", SkipReason.NO_METER)]


def test_two_meters_of_a_dwelling_share_the_tiers(office: Office) -> None:
    unit = billing.add_unit(office.project, "1-1-0101", area="100.00")
    factories.read(billing.add_meter(unit, "A"), "10")
    factories.read(billing.add_meter(unit, "B"), "10")

    run = factories.preview(office)

    assert ("1-1-0101", "SF", Decimal("63.70")) in draft(run)  # 14 × 2.90 + 6 × 3.85
    line = DraftLine.objects.get(item__code="SF")
    assert (line.quantity, line.reading_id) == (Decimal(20), None)


def test_one_of_two_meters_unread_bills_neither(office: Office) -> None:
    unit = billing.add_unit(office.project, "1-1-0101", area="100.00")
    factories.read(billing.add_meter(unit, "A"), "10")
    billing.add_meter(unit, "B")

    run = factories.preview(office)

    assert skipped(run) == [("1-1-0101", "SF", SkipReason.READING_MISSING)]


def test_a_meter_taken_out_still_bills_its_last_month(office: Office) -> None:
    unit = billing.add_unit(office.project, "1-1-0101", area="100.00")
    factories.read(billing.add_meter(unit, "A", is_active=False), "10")
    factories.read(billing.add_meter(unit, "B"), "4")
    billing.add_meter(unit, "C", is_active=False)

    run = factories.preview(office)

    assert ("1-1-0101", "SF", Decimal("40.60")) in draft(run)


def replaced(unit: Unit, effective_on: date) -> tuple[Meter, Meter]:
    """Put another meter in place of the unit's first; return both."""
    old = billing.add_meter(unit, "A")
    new = registry.replace_meter(
        actor=access.SYSTEM,
        meter_id=old.pk,
        code="B",
        closing_reading=Decimal(110),
        opening_reading=Decimal(0),
        effective_on=effective_on,
        now=NOW,
    )
    return old, new


def test_what_a_replaced_meter_ran_before_is_not_lost(office: Office) -> None:
    unit = billing.add_unit(office.project, "1-1-0101", area="100.00")
    old, new = replaced(unit, date(2026, 10, 15))
    factories.read(new, "4")

    run = factories.preview(office)

    assert skipped(run) == [("1-1-0101", "SF", SkipReason.READING_MISSING)]
    factories.read(old, "10")
    run = operations.recompute_run(actor=office.collector, run_id=run.pk, now=NOW)
    factories.work(run)
    assert ("1-1-0101", "SF", Decimal("40.60")) in draft(run)


def test_a_meter_put_in_after_the_month_of_usage_is_not_waited_for(office: Office) -> None:
    unit = billing.add_unit(office.project, "1-1-0101", area="100.00")
    old, _new = replaced(unit, date(2026, 11, 5))
    factories.read(old, "10")

    run = factories.preview(office)

    assert ("1-1-0101", "SF", Decimal("29.00")) in draft(run)
    assert skipped(run) == []


def test_a_dwelling_whose_area_is_not_known(office: Office) -> None:
    billing.add_unit(office.project, "1-1-0101", area=None)

    run = factories.preview(office)

    assert ("1-1-0101", "WYF", SkipReason.AREA_MISSING) in skipped(run)
    assert draft(run) == []


def test_a_unit_that_no_standard_reaches(office: Office) -> None:
    billing.add_unit(office.project, "储-01", kind="STORAGE")

    run = factories.preview(office)

    assert skipped(run) == [("储-01", None, SkipReason.NO_STANDARD)]


def test_a_unit_taken_out_of_the_standard(office: Office) -> None:
    unit = billing.add_unit(office.project, "1-1-0101", kind="SHOP", area="50.00")
    version = office.project.fee_standards.get(name="商铺物业服务费")
    standards.exclude_unit(
        actor=access.SYSTEM,
        standard_id=version.pk,
        unit_id=unit.pk,
        valid_from=NOVEMBER,
        reason="property office",
        now=NOW,
    )
    standards.confirm_assignments(actor=access.SYSTEM, standard_id=version.pk, now=NOW)

    run = factories.preview(office)

    assert draft(run) == []
    assert ("1-1-0101", "WYF", SkipReason.EXCLUDED) in skipped(run)


def test_two_standards_that_meet_are_an_exception_not_a_guess(office: Office) -> None:
    billing.add_fee(office.project, "WYF", "SHOP", name="商铺物业服务费二", price="7.00")
    billing.add_unit(office.project, "1-1-0101", kind="SHOP", area="50.00")

    run = factories.preview(office)

    assert ("1-1-0101", "WYF", SkipReason.TWO_STANDARDS) in skipped(run)


def test_a_month_before_the_price_is_in_force(office: Office) -> None:
    billing.add_unit(office.project, "1-1-0101", area="100.00")

    run = factories.preview(office, period=date(2025, 12, 1))

    assert skipped(run) == [("1-1-0101", None, SkipReason.NO_STANDARD)]


def test_an_inactive_unit_is_not_looked_at(office: Office) -> None:
    unit = billing.add_unit(office.project, "1-1-0101")
    Unit.objects.filter(pk=unit.pk).update(is_active=False)

    run = factories.preview(office)

    assert (draft(run), skipped(run)) == ([], [])
    assert run.draft_lines == 0


def test_another_project_is_not_looked_at(office: Office) -> None:
    other = billing.add_project("HB", "湖滨")
    billing.tariff(other)
    billing.add_unit(other, "1-1-0101")

    run = factories.preview(office)

    assert DraftLine.objects.count() == RunSkip.objects.count() == 0
    assert run.draft_lines == 0


def test_totals_are_kept_beside_those_of_the_month_before(office: Office) -> None:
    factories.add_homes(office.project, 3)
    factories.posted(office, period=date(2026, 10, 1))
    factories.add_homes(office.project, 1, start=4)
    billing.add_unit(office.project, "B1-0001", kind="PARKING", area=None)

    run = factories.preview(office)

    assert [
        (total.item.code, total.lines, total.amount, total.last_lines, total.last_amount)
        for total in preview.item_totals(run)
    ] == [
        ("WYF", 4, Decimal("1120.00"), 3, Decimal("840.00")),
        ("CWF", 1, Decimal("60.00"), 0, NOTHING),
    ]
    assert (run.draft_lines, run.draft_amount) == (5, Decimal("1180.00"))
    assert preview.sum_of(preview.item_totals(run)) == (Decimal("1180.00"), Decimal("840.00"))


def test_the_biggest_changes_come_first(office: Office) -> None:
    small, big, gone, _same = factories.add_homes(office.project, 4)
    factories.posted(office, period=date(2026, 10, 1))
    Unit.objects.filter(pk=small.pk).update(built_area=Decimal(101))
    Unit.objects.filter(pk=big.pk).update(built_area=Decimal(200))
    Unit.objects.filter(pk=gone.pk).update(is_active=False)

    changes = preview.biggest_changes(factories.preview(office))

    assert [(row.label, row.last_amount, row.amount, row.change) for row in changes] == [
        ("1-1-0002", Decimal(280), Decimal(560), Decimal(280)),
        ("1-1-0003", Decimal(280), Decimal(0), Decimal(-280)),
        ("1-1-0001", Decimal(280), Decimal("282.80"), Decimal("2.80")),
    ]


def test_what_is_left_out_is_counted_by_reason_and_item(office: Office) -> None:
    factories.add_homes(office.project, 2)
    billing.add_unit(office.project, "储-01", kind="STORAGE")

    run = factories.preview(office)

    assert [
        (row.reason, row.item.code if row.item else None, row.count)
        for row in preview.skip_counts(run)
    ] == [(SkipReason.NO_METER, "SF", 2), (SkipReason.NO_STANDARD, None, 1)]
    assert run.skip_count == 3


def test_every_household_lies_in_exactly_one_chunk(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chunks, "UNITS_PER_CHUNK", 2)
    homes = factories.add_homes(office.project, 7)

    run = factories.preview(office)

    ranges = list(
        BillRunChunk.objects.order_by("number").values_list(
            "first_household_id", "last_household_id", "household_count", "line_count"
        )
    )
    assert [(count, lines) for _first, _last, count, lines in ranges] == [
        (2, 2),
        (2, 2),
        (2, 2),
        (1, 1),
    ]
    assert ranges[0][0] == 0
    assert ranges[-1][1] == chunks.LAST_ID
    assert all(before[1] + 1 == after[0] for before, after in pairwise(ranges))
    assert len(draft(run)) == len(homes)
