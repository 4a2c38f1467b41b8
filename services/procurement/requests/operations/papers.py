"""A request as its signers see it: facts, summary, and what the system knows of it."""

from collections.abc import Sequence
from decimal import Decimal

from django.urls import reverse

from kernel import policies
from kernel.approvals.models import Case
from kernel.approvals.registry import Paper
from kernel.approvals.rules.facts import Fact, FactType
from kernel.spelling import spell_money, spell_number
from kernel.tenancy import company_day
from kernel.text import _, in_company_language
from services.procurement.requests import queries, rules
from services.procurement.requests.models import ClassChoice, PurchaseRequest, RequestLine

LINES_SHOWN = 20
FACTS = (
    Fact("amount", _("Amount"), FactType.MONEY, _("CNY")),
    Fact("unit_price", _("Highest unit price"), FactType.MONEY, _("CNY")),
    Fact("is_fixed_asset", _("Fixed asset"), FactType.YES_NO),
    Fact(
        "class",
        _("Class"),
        FactType.CHOICE,
        choices=tuple((choice.value, choice.label) for choice in ClassChoice),
    ),
    Fact("over_budget", _("Beyond the budget"), FactType.YES_NO, is_required=False),
)


def paper_of(request: PurchaseRequest, *, year: int) -> Paper:
    """Return the request as it is now; what it takes of its budgets is bound already."""
    lines = list(request.lines.select_related("category").order_by("position"))
    with in_company_language():
        summary = _summary(request, lines, year)
    return Paper(
        title=f"{request.number} {request.title}",
        facts={
            "amount": request.amount,
            "unit_price": max((line.unit_price for line in lines), default=Decimal(0)),
            "is_fixed_asset": any(line.is_fixed_asset for line in lines),
            "class": request.purchase_class,
            "over_budget": request.is_over_budget,
        },
        summary=summary,
    )


def page_of(request_id: int, _project_id: int | None = None) -> str:
    """Return the address of the request's page."""
    return reverse("purchase-requests-request", args=[request_id])


def checks_of(case: Case) -> list[tuple[bool, object]]:
    """Return what signers should see of the request as it stands now."""
    request = PurchaseRequest.objects.get(pk=case.subject_id)
    found: list[tuple[bool, object]] = []
    if request.is_over_budget:
        found.append(
            (False, _("Goes beyond the budget: %(reason)s") % {"reason": request.budget_reason})
        )
    else:
        found.append((True, _("Stays within the budget, as far as one is set")))
    if request.purchase_class == ClassChoice.B and request.needed_on is not None:
        due = rules.approvals_due(
            needed_on=request.needed_on, lead_days=policies.get("purchase.b_lead_days", int)
        )
        found.append(
            (
                request.approved_on is not None or company_day(case.created_at) <= due,
                _("Both approvals are due by %(day)s") % {"day": due.isoformat()},
            )
        )
        found.append(
            (
                bool(request.reallocation_note),
                _("Existing goods: %(note)s (%(person)s)")
                % {"note": request.reallocation_note, "person": request.reallocation_by_label},
            )
        )
    return found


def _summary(request: PurchaseRequest, lines: Sequence[RequestLine], year: int) -> dict[str, str]:
    """Return what the facts do not say."""
    summary = {
        str(_("Using unit")): request.unit,
        str(_("Reason")): request.reason,
    }
    if request.needed_on is not None:
        summary[str(_("Needed on"))] = request.needed_on.isoformat()
    if request.reallocation_note:
        note = f"{request.reallocation_note} ({request.reallocation_by_label})"
        summary[str(_("Existing goods"))] = note
    for line in lines[:LINES_SHOWN]:
        label = f"{line.position}. {line.name} {line.spec}".strip()
        summary[label] = (
            f"{spell_number(line.quantity.normalize())} {line.unit} × "
            f"{spell_number(line.unit_price.normalize())} = {spell_money(line.amount)}"
        )
    if len(lines) > LINES_SHOWN:
        summary["…"] = str(_("%(count)d more lines") % {"count": len(lines) - LINES_SHOWN})
    for place in queries.budget_places(request, lines, year=year):
        label = str(_("Budget %(year)d, %(category)s")) % {
            "year": year,
            "category": place.category,
        }
        if place.budget is None:
            summary[label] = str(_("none is set"))
            continue
        summary[label] = str(
            _("%(amount)s, of which bound %(committed)s, spent %(spent)s; this takes %(wanted)s")
        ) % {
            "amount": spell_money(place.budget.amount),
            "committed": spell_money(place.committed),
            "spent": spell_money(place.spent),
            "wanted": spell_money(place.wanted),
        }
    if request.is_over_budget:
        summary[str(_("Why beyond the budget"))] = request.budget_reason
    return summary
