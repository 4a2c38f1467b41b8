"""What figures would charge before they are in force: one unit, and the whole standard."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from kernel import access
from kernel.access import Action, Actor
from kernel.errors import NotFound
from services.billing.standards import rules, sql
from services.billing.standards.models import FeeStandard, FeeVersion, VersionState
from services.billing.standards.queries.reads import figures_of, versions_in_force
from services.billing.standards.queries.resolve import fetch
from services.properties import rules as registry
from services.properties.models import Unit

ZERO = Decimal("0.00")
_SHOWN = 20  # units named under a gap; the count says how many there are


@dataclass(frozen=True, slots=True)
class PreviewMonth:
    """One month of the preview. ``number`` is the version's, ``None`` the figures on trial.

    Without an ``explanation`` nothing would be billed and ``problem`` says why, a value of
    ``runs.SkipReason``. ``before`` is the amount of the version in force today's way, if any.
    """

    month: date
    number: int | None
    explanation: rules.Explanation | None
    problem: str
    before: Decimal | None

    @property
    def amount(self) -> Decimal:
        return self.explanation.amount if self.explanation else ZERO


@dataclass(frozen=True, slots=True)
class Preview:
    """What one unit would be charged in some months."""

    unit: Unit
    months: list[PreviewMonth]
    amount: Decimal
    before: Decimal | None  # by the versions in force, None if none is in any of the months

    @property
    def change(self) -> Decimal | None:
        return None if self.before is None else self.amount - self.before


@dataclass(frozen=True, slots=True)
class Gap:
    """Units that would be left out of a bill, or whose price is not one: how many, some of them."""

    problem: str
    count: int
    labels: list[str]


@dataclass(frozen=True, slots=True)
class Impact:
    """What figures mean for all units of the standard in one month.

    For metered items amounts are those of the last month that has readings. ``before`` is by the
    version in force in the month before the figures begin, for the same units.
    """

    units: int
    households: int
    area: Decimal
    amount: Decimal
    before: Decimal | None
    gaps: list[Gap]

    @property
    def change(self) -> Decimal | None:
        return None if self.before is None else self.amount - self.before

    @property
    def change_share(self) -> Decimal | None:
        return self.amount / self.before - 1 if self.before else None


def preview(
    *,
    actor: Actor,
    standard: FeeStandard,
    unit_id: int,
    months: Sequence[date],
    figures: rules.Figures | None = None,
    consumption: Decimal | None = None,
) -> Preview:
    """Return what a unit would be charged in ``months`` once ``figures`` are confirmed.

    :param figures: on trial; without them the confirmed versions are shown as they stand.
    :param consumption: of each month, for metered items.
    :raises NotFound: if the unit is not in the standard's project within the actor's reach.
    """
    unit = (
        access.scoped(Unit.objects.all(), actor, Action.FEE_STANDARD_VIEW)
        .filter(pk=unit_id, project_id=standard.project_id)
        .first()
    )
    if unit is None:
        raise NotFound
    confirmed = [
        (version.number, figures_of(version))
        for version in FeeVersion.objects.filter(
            standard=standard, state=VersionState.CONFIRMED
        ).order_by("number")
    ]
    shown = [_month(unit, month, confirmed, figures, consumption) for month in months]
    befores = [month.before for month in shown if month.before is not None]
    return Preview(
        unit=unit,
        months=shown,
        amount=sum((month.amount for month in shown), ZERO),
        before=sum(befores, ZERO) if befores else None,
    )


def impact(*, standard: FeeStandard, figures: rules.Figures) -> Impact:
    """Return what ``figures`` would mean for the units of the standard when they begin.

    Assignments that wait to be confirmed count: this is what a confirmation would do.
    """
    month = figures.valid_from
    old = (
        versions_in_force(month).filter(standard=standard).first()
        or versions_in_force(rules.shift_month(month, -1)).filter(standard=standard).first()
    )
    parameters = {
        "project_id": standard.project_id,
        "standard_id": standard.pk,
        "item_id": standard.item_id,
        "period": month,
        "meter_kind": figures.meter_kind,
    }
    units, households, area = fetch(
        f"WITH {sql.SCOPE_OF_PROJECT}, {sql.MEMBERS}"  # noqa: S608 - our own SQL
        " SELECT count(*), count(DISTINCT household_id),"
        f" coalesce(sum({_area(figures)}), 0) FROM member u",
        parameters,
    )[0]
    return Impact(
        units=units,
        households=households,
        area=area,
        amount=_total(figures, parameters) or ZERO,
        before=_total(figures_of(old), parameters) if old else None,
        gaps=_gaps(figures, parameters),
    )


def suggested_units(*, standard: FeeStandard, on: date, limit: int = 20) -> list[Unit]:
    """Return some units that the standard reaches in a month, in order: the preview's choice."""
    rows = fetch(
        f"WITH {sql.SCOPE_OF_PROJECT}, {sql.MEMBERS}"  # noqa: S608 - our own SQL
        " SELECT m.unit_id FROM member m JOIN properties_unit u ON u.id = m.unit_id"
        " ORDER BY u.sort_key LIMIT %(limit)s",
        {
            "project_id": standard.project_id,
            "standard_id": standard.pk,
            "period": on,
            "limit": limit,
        },
    )
    return list(Unit.objects.filter(pk__in=[row[0] for row in rows]).order_by("sort_key"))


def find_unit(*, actor: Actor, project_id: int, text: str) -> Unit | None:
    """Return the unit whose room is spelled ``text``, in any of the usual ways."""
    keys = registry.room_search(text.replace("\0", "")[:60]).keys
    return (
        access.scoped(Unit.objects.all(), actor, Action.FEE_STANDARD_VIEW)
        .filter(project_id=project_id, sort_key__in=keys, is_active=True)
        .order_by("pk")
        .first()
    )


def _month(
    unit: Unit,
    month: date,
    confirmed: list[tuple[int, rules.Figures]],
    trial: rules.Figures | None,
    consumption: Decimal | None,
) -> PreviewMonth:
    in_force = next((entry for entry in confirmed if entry[1].is_in_force(month)), None)
    before: Decimal | None = None
    if in_force is not None:
        explanation, _problem = _explain(in_force[1], unit, consumption)
        before = explanation.amount if explanation else None
    number: int | None
    if trial is not None and trial.is_in_force(month):
        number, figures = None, trial
    elif in_force is not None:
        number, figures = in_force
    else:
        return PreviewMonth(month, None, None, "NO_VERSION", before)
    explanation, problem = _explain(figures, unit, consumption)
    return PreviewMonth(month, number, explanation, problem, before)


def _explain(
    figures: rules.Figures, unit: Unit, consumption: Decimal | None
) -> tuple[rules.Explanation | None, str]:
    quantity: Decimal | None = Decimal(1)
    problem = ""
    if figures.pricing.method == "PER_AREA":
        quantity = unit.inner_area if figures.area_basis == "INNER" else unit.built_area
        problem = "AREA_MISSING"
    elif figures.pricing.method == "TIERED_METER":
        quantity, problem = consumption, "READING_MISSING"
    if quantity is None:
        return None, problem
    try:
        explanation = rules.explain(figures.pricing, quantity, figures.rate_of(unit.state))
    except rules.PriceMissing:
        return None, "NO_VERSION"
    return explanation, ""


def _total(figures: rules.Figures, parameters: dict[str, object]) -> Decimal | None:
    """Return the sum over the members, ``None`` for figures without a price."""
    pricing = figures.pricing
    if pricing.price is None and not pricing.tiers:
        return None
    rate = "CASE WHEN u.state = ANY (%(reduced_states)s::varchar[]) THEN %(rate)s ELSE 1 END"
    tables, source = [sql.SCOPE_OF_PROJECT, sql.MEMBERS], "member u"
    if pricing.method == "PER_AREA":
        amount = sql.flat_amount(_area(figures), "%(price)s", rate)
    elif pricing.method == "FIXED":
        amount = sql.flat_amount("1", "%(price)s", rate)
    else:
        tables += [
            sql.TRIAL_VERSION,
            sql.TIERS,
            sql.LAST_CONSUMPTION,
        ]
        source += " JOIN consumption c ON c.unit_id = u.unit_id"
        amount = sql.tiered_amount("c.consumption", "1", rate)
    rows = fetch(
        f"WITH {', '.join(tables)} SELECT coalesce(sum({amount}), 0) FROM {source}",  # noqa: S608
        {
            **parameters,
            "price": pricing.price,
            "tiers": json.dumps(rules.write_tiers(pricing.tiers)),
            "rate": figures.reduced_rate,
            "reduced_states": list(figures.reduced_states),
        },
    )
    total: Decimal = rows[0][0]
    return total


def _gaps(figures: rules.Figures, parameters: dict[str, object]) -> list[Gap]:
    """Return what keeps members from a bill: no area, no meter, a second standard of the item."""
    conditions = {
        "TWO_STANDARDS": "EXISTS (SELECT 1 FROM candidate c"
        " JOIN live_version v ON v.version_id = c.version_id"
        " WHERE c.unit_id = u.unit_id AND c.item_id = %(item_id)s"
        " AND v.standard_id <> %(standard_id)s)"
        " AND NOT EXISTS (SELECT 1 FROM own_unit o WHERE o.unit_id = u.unit_id)",
    }
    if figures.pricing.method == "PER_AREA":
        conditions["AREA_MISSING"] = f"{_area(figures)} IS NULL"
    elif figures.pricing.method == "TIERED_METER":
        conditions["NO_METER"] = (
            "NOT EXISTS (SELECT 1 FROM properties_meter m WHERE m.unit_id = u.unit_id"
            " AND m.kind = %(meter_kind)s AND m.is_active)"
        )
    gaps = []
    for problem, condition in sorted(conditions.items()):
        rows = fetch(
            f"WITH {sql.SCOPE_OF_PROJECT}, {sql.APPLICABLE}, {sql.MEMBERS}"  # noqa: S608 - our own
            " SELECT p.label, count(*) OVER () FROM member u"
            f" JOIN properties_unit p ON p.id = u.unit_id WHERE {condition}"
            f" ORDER BY p.sort_key LIMIT {_SHOWN}",
            parameters,
        )
        if rows:
            gaps.append(Gap(problem, rows[0][1], [label for label, _count in rows]))
    return gaps


def _area(figures: rules.Figures) -> str:
    return "u.inner_area" if figures.area_basis == "INNER" else "u.built_area"
