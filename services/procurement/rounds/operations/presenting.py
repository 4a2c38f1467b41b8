"""The comparison taken out: as a file, and as a paper that the evaluators sign."""

from datetime import datetime
from typing import Final

from django.db import transaction

from kernel.access import Action, Actor
from kernel.audit import operations as audit
from kernel.documents import printing
from kernel.spelling import spell_money, spell_number, spell_price
from kernel.tenancy import current_company
from kernel.text import in_language
from services.procurement import scope
from services.procurement.rounds import queries
from services.procurement.rounds.models import Award, AwardState, Evaluator, Round
from services.procurement.rounds.queries.comparison import comparison_of
from services.procurement.rounds.rules.comparison import Comparison

_DASH: Final = "—"


@transaction.atomic
def export_comparison(*, actor: Actor, round_id: int, now: datetime) -> Comparison:
    """Return the sheet for a file; that it was taken out is written down.

    :raises NotFound: if there is no such round within his reach.
    :raises access.ActionDenied: without ``export`` there.
    :raises RoundNotOpened: before the opening.
    """
    found = queries.get_round(actor=actor, round_id=round_id)
    scope.require_of(actor, Action.EXPORT, found.project_id)
    sheet = comparison_of(found)
    _record(actor, "comparison-exported", found, now)
    return sheet


@transaction.atomic
def print_comparison(*, actor: Actor, round_id: int, language: str, now: datetime) -> bytes:
    """Return the paper that the evaluators sign, as PDF.

    :raises NotFound: if there is no such round within his reach.
    :raises RoundNotOpened: before the opening.
    """
    found = queries.get_round(actor=actor, round_id=round_id)
    sheet = comparison_of(found)
    _record(actor, "comparison-printed", found, now)
    award = found.awards.exclude(state=AwardState.REFUSED).order_by("-pk").first()
    chosen = _chosen(award)
    return printing.render(
        kind="quote-comparison",
        context={
            "company": in_language(current_company().name, current_company().name_en),
            "project": found.project.name if found.project is not None else "",
            "number": found.number,
            "title": found.title,
            "estimate": spell_money(sheet.budget) if sheet.budget is not None else _DASH,
            "total": spell_money(award.total) if award is not None else _DASH,
            "least": spell_money(award.lowest_total) if award is not None else _DASH,
            "reason": award.reason if award is not None else "",
            "vendors": _vendors(sheet),
            "lines": _lines(sheet, chosen),
            "people": [
                {"name": one.user_label, "signed": ""}
                for one in Evaluator.objects.filter(round=found).order_by("pk")
            ],
        },
        language=language,
        project_id=found.project_id,
    )


def _vendors(sheet: Comparison) -> list[dict[str, str]]:
    return [
        {
            "vendor": column.bid.vendor_name,
            "total": spell_money(column.bid.total),
            "missing": str(column.missing or _DASH),
            "delivery": str(column.bid.delivery_days or _DASH),
            "warranty": str(column.bid.warranty_months or _DASH),
            "score": spell_number(column.score, 1) if column.score is not None else _DASH,
            "rank": str(column.rank or _DASH),
        }
        for column in sheet.columns
    ]


def _lines(sheet: Comparison, chosen: dict[int, int]) -> list[dict[str, str]]:
    rows = []
    for line, cells in sheet.rows:
        offered = [
            (cell.price, column.bid)
            for column, cell in zip(sheet.columns, cells, strict=True)
            if cell.price is not None
        ]
        lowest = min(offered, key=lambda each: each[0], default=None)
        taken = next(
            (each for each in offered if each[1].vendor_id == chosen.get(line.line_id)), None
        )
        rows.append(
            {
                "position": str(line.position),
                "article": f"{line.name} {line.spec}".strip(),
                "quantity": f"{spell_number(line.quantity.normalize())} {line.unit}",
                "last": spell_price(line.last_price),
                "lowest": spell_price(lowest[0] if lowest else None),
                "lowest_vendor": lowest[1].vendor_name if lowest else _DASH,
                "taken": spell_price(taken[0] if taken else None),
                "taken_vendor": taken[1].vendor_name if taken else _DASH,
            }
        )
    return rows


def _chosen(award: Award | None) -> dict[int, int]:
    if award is None:
        return {}
    return dict(
        award.lines.order_by().values_list("line_id", "quote_line__quote__invitation__vendor_id")
    )


def _record(actor: Actor, what: str, found: Round, now: datetime) -> None:
    audit.record(
        actor=actor,
        event=f"procurement.round.{what}",
        subject=found,
        project_id=found.project_id,
        now=now,
        data={"number": found.number},
    )
