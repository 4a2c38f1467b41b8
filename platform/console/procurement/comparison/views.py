"""The comparison of opened quotes, their scores, and the award."""

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from console.formats import spell_day, spell_money
from console.histories import told
from console.procurement.comparison import export, table
from console.procurement.comparison.forms import AwardForm, EvaluatorsForm, ScoresForm
from console.procurement.comparison.words import spell_cooperation
from console.procurement.rounds.forms import CRITERIA_WORDS
from console.sheets import SheetView
from console.views import ConsoleView
from kernel.access import Action
from kernel.access import queries as people
from kernel.duties import KeptApart
from kernel.errors import Conflict, DomainError, Invalid
from services.procurement.orders import queries as orders
from services.procurement.rounds import operations, queries
from services.procurement.rounds.models import Opening, Round, RoundState
from services.procurement.rounds.queries import comparison as sheets
from services.procurement.rounds.rules import awards
from services.procurement.rounds.rules.comparison import Comparison
from services.procurement.scorecards.queries import Cooperation, cooperation_of


class _RoundView(ConsoleView):
    action = Action.PURCHASE_VIEW

    def found(self, round_id: int) -> Round:
        return queries.get_round(actor=self.actor, round_id=round_id)


class ComparisonPage(_RoundView):
    """Items by vendors: prices, terms, points; what an award would come to."""

    def get(self, request: HttpRequest, round_id: int) -> HttpResponse:
        found = self.found(round_id)
        sheet = sheets.comparison_of(found)
        evaluators = sheets.evaluators_of(found)
        own = next((one for one in evaluators if one.user_id == self.actor.user_id), None)
        is_buyer = self.actor.may(Action.PURCHASE_BUY, found.project_id)
        best = sheet.best
        return render(
            request,
            "console/procurement/comparison/page.html",
            {
                "title": found.title,
                "crumbs": _crumbs(found),
                "round": found,
                "sheet": sheet,
                "best": best,
                "rows": table.rows_of(sheet, best=best),
                "criteria": _criteria(sheet),
                "records": _told_records(sheet, self.today),
                "facts": _facts(found, sheet),
                "advice": _advice(sheet),
                "evaluators": evaluators,
                "own": own,
                "award": found.awards.order_by("-pk").first(),
                "to_order": orders.awards_to_order(actor=self.actor).filter(round=found).first()
                if found.state == RoundState.AWARDED
                else None,
                "may_name": is_buyer and found.state == RoundState.OPENED,
                "may_score": found.state == RoundState.OPENED
                and own is not None
                and own.done_at is None,
                "may_award": is_buyer and found.state == RoundState.OPENED and bool(sheet.columns),
                "span": 3 + len(sheet.columns),
                "history": told({Round: [found.pk]}),
            },
        )


class ComparisonSheet(_RoundView):
    """The sheet as xlsx."""

    action = Action.EXPORT

    def post(self, request: HttpRequest, round_id: int) -> HttpResponseBase:
        found = self.found(round_id)
        sheet = operations.export_comparison(actor=self.actor, round_id=found.pk, now=self.now)
        return export.xlsx(found, sheet, _records(sheet, self.today))


class ComparisonPaper(_RoundView):
    """The sheet as a paper to be signed."""

    def post(self, request: HttpRequest, round_id: int) -> HttpResponse:
        found = self.found(round_id)
        paper = operations.print_comparison(
            actor=self.actor, round_id=found.pk, language=request.LANGUAGE_CODE, now=self.now
        )
        response = HttpResponse(paper, content_type="application/pdf")
        response.headers["Content-Disposition"] = f'inline; filename="{found.number}.pdf"'
        return response


class EvaluatorsSheet(SheetView):
    """Who scores the quotes."""

    action = Action.PURCHASE_BUY

    def get(self, request: HttpRequest, round_id: int) -> HttpResponse:
        found = queries.get_round(actor=self.actor, round_id=round_id)
        return self._sheet(found, self._form(found))

    def post(self, request: HttpRequest, round_id: int) -> HttpResponse:
        found = queries.get_round(actor=self.actor, round_id=round_id)
        form = self._form(found, request.POST)
        if form.is_valid():
            try:
                operations.name_evaluators(
                    actor=self.actor,
                    round_id=found.pk,
                    user_ids=form.cleaned_data["people"],
                    now=self.now,
                )
            except (Conflict, Invalid) as error:
                self.take(form, error)
            else:
                return self.go(_page_of(found))
        return self._sheet(found, form, status=422)

    def _form(self, found: Round, data: Any = None) -> EvaluatorsForm:
        may = people.people_with(
            action=Action.QUOTE_EVALUATE, project_id=found.project_id, today=self.today
        )
        named = [one.user_id for one in sheets.evaluators_of(found)]
        return EvaluatorsForm(
            data,
            people=[(person.pk, person.label) for person in may],
            initial={"people": named},
        )

    def _sheet(self, found: Round, form: EvaluatorsForm, status: int = 200) -> HttpResponse:
        return self.show(
            form,
            title=_("Who scores the quotes"),
            lead=_("Each scores by himself; marks count once he has finished."),
            button=_("Name the evaluators"),
            back=_page_of(found),
            status=status,
        )


class ScoresPage(_RoundView):
    """One's own marks for every quote and criterion that people judge."""

    action = Action.QUOTE_EVALUATE

    def get(self, request: HttpRequest, round_id: int) -> HttpResponse:
        found = self.found(round_id)
        return self._page(found, *self._form(found))

    def post(self, request: HttpRequest, round_id: int) -> HttpResponse:
        found = self.found(round_id)
        form, sheet = self._form(found, request.POST)
        if form.is_valid():
            try:
                operations.score(
                    actor=self.actor,
                    round_id=found.pk,
                    marks=form.marks(),
                    is_finished="finish" in request.POST,
                    now=self.now,
                )
            except (Conflict, Invalid) as error:
                self.note_refusal(error)
                _show(form, error)
            else:
                done = "finish" in request.POST
                return redirect(_page_of(found) if done else request.path)
        return self._page(found, form, sheet, status=422)

    def _form(self, found: Round, data: Any = None) -> tuple[ScoresForm, Comparison]:
        sheet = sheets.comparison_of(found)
        own = next(
            (one for one in sheets.evaluators_of(found) if one.user_id == self.actor.user_id), None
        )
        if own is None:
            raise operations.NotEvaluator(_("You were not named as an evaluator of this round."))
        criteria = [
            (key, str(CRITERIA_WORDS.get(key, key))) for key in sheets.criteria_to_judge(found)
        ]
        form = ScoresForm(
            data, columns=sheet.columns, criteria=criteria, given=sheets.scores_by(own)
        )
        return form, sheet

    def _page(
        self, found: Round, form: ScoresForm, sheet: Comparison, status: int = 200
    ) -> HttpResponse:
        context = {
            "title": _("Score the quotes"),
            "crumbs": [*_crumbs(found), (_("Comparison of the quotes"), _page_of(found))],
            "round": found,
            "form": form,
            "sheet": sheet,
        }
        name = "console/procurement/comparison/scores.html"
        return render(self.request, name, context, status=status)


class AwardPage(_RoundView):
    """Choose who gets what, see what it comes to, and send it through the chain."""

    action = Action.PURCHASE_BUY

    def get(self, request: HttpRequest, round_id: int) -> HttpResponse:
        found = self.found(round_id)
        sheet = sheets.comparison_of(found)
        if "kind" in request.GET:
            form = AwardForm(request.GET, sheet=sheet)
            return self._page(found, form, sheet)
        return self._page(found, AwardForm(sheet=sheet), sheet)

    def post(self, request: HttpRequest, round_id: int) -> HttpResponse:
        found = self.found(round_id)
        sheet = sheets.comparison_of(found)
        form = AwardForm(request.POST, sheet=sheet)
        simulated = _simulated(form, sheet)  # a refusal makes the form invalid, not the sums
        if form.is_valid():
            try:
                operations.propose_award(
                    actor=self.actor,
                    round_id=found.pk,
                    award=form.award(),
                    reason=form.cleaned_data["reason"],
                    now=self.now,
                    today=self.today,
                )
            except (Conflict, Invalid, KeptApart) as error:
                self.note_refusal(error)
                _show(form, error)
            else:
                return redirect(_page_of(found))
        return self._page(found, form, sheet, simulated, status=422)

    def _page(
        self,
        found: Round,
        form: AwardForm,
        sheet: Comparison,
        simulated: dict[str, Any] | None = None,
        status: int = 200,
    ) -> HttpResponse:
        context = {
            "title": _("Award"),
            "crumbs": [*_crumbs(found), (_("Comparison of the quotes"), _page_of(found))],
            "round": found,
            "form": form,
            "sheet": sheet,
            "is_split": form["kind"].value() == "split",
            "lines": [(line, form[f"line-{line.line_id}"]) for line, _cells in sheet.rows],
            **(_simulated(form, sheet) if simulated is None else simulated),
        }
        is_partial = self.request.headers.get("HX-Request") == "true" and status == 200
        name = "_simulation" if is_partial else "award"
        page = f"console/procurement/comparison/{name}.html"
        return render(self.request, page, context, status=status)


class SecondRound(_RoundView):
    """Ask those who quoted once more, below what they offered."""

    action = Action.PURCHASE_BUY

    def post(self, request: HttpRequest, round_id: int) -> HttpResponse:
        made = operations.ask_second(
            actor=self.actor, round_id=round_id, now=self.now, today=self.today
        )
        return redirect(reverse("quote-rounds-round", args=[made.pk]))


def _show(form: Any, error: DomainError) -> None:
    form.add_error(error.field if error.field in form.fields else None, str(error))


def _simulated(form: AwardForm, sheet: Comparison) -> dict[str, Any]:
    """Return what the choice on the form comes to; nothing while it is not complete."""
    if form.is_bound:
        if not form.is_valid():
            return {}
        award = form.award()
    else:
        best = sheet.best or sheet.cheapest
        if best is None:
            return {}
        award = sheet.whole(best.bid.vendor_id)
    try:
        simulation = awards.simulate(award, sheet.offers, sheet.wanted)
    except awards.AwardIncomplete as error:
        return {"incomplete": str(error)}
    names = {column.bid.vendor_id: column.bid.vendor_name for column in sheet.columns}
    lowest = sheet.lowest_possible(award)
    return {
        "simulation": simulation,
        "parts": [(names[vendor_id], amount) for vendor_id, amount in simulation.by_vendor.items()],
        "lowest": lowest,
        "dearer": simulation.total - lowest,
        "saved": sheet.budget - simulation.total if sheet.budget is not None else None,
    }


def _criteria(sheet: Comparison) -> list[dict[str, Any]]:
    return [
        {
            "name": CRITERIA_WORDS.get(key, key),
            "weight": weight,
            "cells": [
                {
                    "column": column,
                    "bar": table.score_bar(points, weight)
                    if (points := column.points[key]) is not None
                    else "",
                    "is_unpriced": key == "price" and not column.is_complete,
                }
                for column in sheet.columns
            ],
        }
        for key, weight in sheet.weights.items()
    ]


def _records(sheet: Comparison, today: date) -> dict[int, Cooperation]:
    return cooperation_of([column.bid.vendor_id for column in sheet.columns], today=today)


def _told_records(sheet: Comparison, today: date) -> list[dict[str, Any]]:
    records = _records(sheet, today)
    return [
        {
            "column": column,
            "words": spell_cooperation(records[column.bid.vendor_id]),
            "is_first": records[column.bid.vendor_id].is_first,
        }
        for column in sheet.columns
    ]


def _facts(found: Round, sheet: Comparison) -> list[str]:
    invited = found.invitations.filter(invited_at__isnull=False).count()
    count = len(sheet.rows)
    facts = [
        ngettext("%(count)d article", "%(count)d articles", count) % {"count": count},
        _("%(invited)d invited, %(quoted)d valid quotes")
        % {"invited": invited, "quoted": len(sheet.columns)},
    ]
    opening = Opening.objects.filter(round=found).first()
    if opening is not None:
        releases = found.releases.order_by("pk")
        names = _(", ").join(one.user_label for one in releases)
        facts.append(
            _("Opened on %(day)s by %(people)s")
            % {"day": spell_day(opening.opened_at), "people": names}
        )
    ends = [column.bid.valid_to for column in sheet.columns if column.bid.valid_to]
    if ends:
        facts.append(_("Quotes are valid until %(day)s") % {"day": spell_day(min(ends))})
    return facts


def _advice(sheet: Comparison) -> list[str]:
    """Return what an award as a whole and a split would come to, in sentences."""
    said = []
    best = sheet.best
    if best is not None:
        words = {"vendor": best.bid.vendor_name, "total": spell_money(best.bid.total)}
        if sheet.budget is not None and sheet.budget >= best.bid.total:
            saved = {**words, "saved": spell_money(sheet.budget - best.bid.total)}
            said.append(
                _(
                    "As a whole, %(vendor)s has the most points: %(total)s, %(saved)s below the "
                    "estimate."
                )
                % saved
            )
        else:
            said.append(_("As a whole, %(vendor)s has the most points: %(total)s.") % words)
    if sheet.split is not None and sheet.split.orders > 1:
        base = best.bid.total if best is not None else None
        split = {"total": spell_money(sheet.split.total), "count": sheet.split.orders}
        if base is not None and base > sheet.split.total:
            said.append(
                _("The cheapest split comes to %(total)s, %(saved)s less, in %(count)d orders.")
                % {**split, "saved": spell_money(base - sheet.split.total)}
            )
        else:
            said.append(_("The cheapest split comes to %(total)s in %(count)d orders.") % split)
    return said


def _crumbs(found: Round) -> list[tuple[str, str]]:
    return [
        (_("Rounds of quotes"), reverse("quote-rounds")),
        (found.number, reverse("quote-rounds-round", args=[found.pk])),
    ]


def _page_of(found: Round) -> str:
    return reverse("quote-rounds-comparison", args=[found.pk])
