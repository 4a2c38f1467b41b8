"""Reads of series and their numbers."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from kernel import access
from kernel.access import Action
from kernel.documents.models import IssuedNumber, NumberSeries
from kernel.documents.numbers import registry, rules
from kernel.errors import NotFound
from kernel.tenancy import current_company


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesInForce:
    """A series as the company has it: ``pk`` is the row's, ``None`` until it is first used."""

    key: str
    name: Any
    pattern: str
    standard_pattern: str
    is_gapless: bool
    tokens: tuple[str, ...]
    issued_count: int
    latest: str
    example: str
    pk: int | None


def series_in_force(*, actor: access.Actor, today: date) -> list[SeriesInForce]:
    """Return every series by key.

    :raises access.ActionDenied: without ``company.configure``.
    """
    access.require_everywhere(actor, Action.COMPANY_CONFIGURE)
    rows = {row.key: row for row in NumberSeries.objects.all()}
    return [_in_force(series, rows.get(series.key), today) for series in registry.all_series()]


def get_series(*, actor: access.Actor, key: str, today: date) -> SeriesInForce:
    """Return one series. :raises NotFound: if there is none of this key.

    :raises access.ActionDenied: without ``company.configure``.
    """
    for series in series_in_force(actor=actor, today=today):
        if series.key == key:
            return series
    raise NotFound


def example_of(pattern: rules.Pattern, today: date) -> str:
    """Return what a number of this pattern looks like."""
    values = {"CO": current_company().slug, "PROJECT": "YL", "DEPT": "KF"}
    values |= {token: "A" for token in pattern.tokens if token not in values}
    values["CO"] = "".join(c for c in values["CO"] if c.isalnum())
    return rules.number(rules.frame(pattern, on=today, values=values), pattern.width, 10)


def _in_force(series: registry.Series, row: NumberSeries | None, today: date) -> SeriesInForce:
    text = row.pattern if row is not None else series.pattern
    pattern = rules.parse(text, allowed=series.tokens)
    numbers = IssuedNumber.objects.filter(series=row) if row else IssuedNumber.objects.none()
    latest = numbers.order_by("-pk").values_list("code", flat=True).first()
    return SeriesInForce(
        key=series.key,
        name=series.name,
        pattern=text,
        standard_pattern=series.pattern,
        is_gapless=row.is_gapless if row is not None else series.is_gapless,
        tokens=tuple(sorted({*series.tokens, "YYYY", "YY", "MM", "DD", "N"})),
        issued_count=numbers.count(),
        latest=latest or "",
        example=example_of(pattern, today),
        pk=row.pk if row is not None else None,
    )
