"""Write a round down: what is asked for, of whom, by what it is judged."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from console.procurement.choices import projects_of
from console.procurement.rounds import forms
from console.views import ConsoleView
from kernel.access import Action
from kernel.errors import Conflict, Invalid
from services.procurement.requests import queries as requests
from services.procurement.requests.models import RequestLine
from services.procurement.rounds import operations, queries
from services.procurement.rounds.models import Round
from services.procurement.rounds.rules.drafts import Line
from services.procurement.vendors.models import PaperKind


class DraftView(ConsoleView):
    """The form of a draft; its lines are rows, and rows are taken from requests by a tick."""

    action = Action.PURCHASE_BUY

    def form(self, data: Any = None, **kwargs: Any) -> forms.RoundForm:
        return forms.RoundForm(
            data,
            projects=projects_of(self),
            vendors=queries.fit_vendors(actor=self.actor, today=self.today),
            papers=[
                (kind.pk, kind.name)
                for kind in PaperKind.objects.filter(is_active=True).order_by("key")
            ],
            criteria=operations.criteria(),
            is_company_wide=self.actor.may_everywhere(Action.PURCHASE_BUY),
            **kwargs,
        )

    def show(
        self,
        form: forms.RoundForm,
        rows: Sequence[forms.LineForm],
        quote_round: Round | None = None,
        *,
        status: int = 200,
    ) -> HttpResponse:
        context = {
            "title": quote_round.number if quote_round else _("New round of quotes"),
            "crumbs": [(_("Rounds of quotes"), reverse("quote-rounds"))],
            "form": form,
            "rows": rows,
            "most_rows": forms.MOST_ROWS,
            "ticked": _ticked(self.request.POST or self.request.GET),
            "to_buy": requests.lines_to_buy(actor=self.actor)[:200],
            "round": quote_round,
            "back": reverse("quote-rounds-round", args=[quote_round.pk])
            if quote_round
            else reverse("quote-rounds"),
        }
        template = "console/procurement/rounds/draft.html"
        return render(self.request, template, context, status=status)

    def take(self, quote_round: Round | None = None) -> HttpResponseBase:
        """Save what was sent, or show what is wrong with it."""
        rows = forms.rows_of(self.request.POST)
        if self.request.POST.get("do") == "row":
            return self._with_another(rows)
        form = self.form(self.request.POST)
        are_right = [row.is_valid() for row in rows]
        if form.is_valid() and all(are_right):
            lines = [line for row in rows if (line := row.line()) is not None]
            try:
                saved = self.save(form, self._with_requests(lines), quote_round)
            except (Invalid, Conflict) as error:
                self.note_refusal(error)
                form.add_error(error.field if error.field in form.fields else None, str(error))
            else:
                again = self.request.POST.get("do") == "more"
                name = "quote-rounds-edit" if again else "quote-rounds-round"
                return HttpResponseRedirect(reverse(name, args=[saved.pk]))
        return self.show(form, rows, quote_round, status=422)

    def save(
        self, form: forms.RoundForm, lines: Sequence[Line], quote_round: Round | None
    ) -> Round:
        """Call the operation."""
        raise NotImplementedError

    def _with_another(self, rows: Sequence[forms.LineForm]) -> HttpResponse:
        """Show the rows as they were typed and one more; nothing is saved."""
        context = {"rows": forms.and_spare(rows), "most_rows": forms.MOST_ROWS}
        return render(self.request, "console/procurement/rounds/_rows.html", context)

    def _with_requests(self, lines: list[Line]) -> list[Line]:
        """Add what was ticked of the requests: the same article of several is one line."""
        ticked = _ticked(self.request.POST)
        if not ticked:
            return lines
        by_key: dict[tuple[Any, ...], list[RequestLine]] = {}
        for one in requests.lines_to_buy(actor=self.actor).filter(pk__in=ticked):
            key = (one.item_id, one.unit) if one.item_id else (one.name, one.spec, one.unit)
            by_key.setdefault(key, []).append(one)
        return lines + [_line_of(same) for same in by_key.values()]


class NewRound(DraftView):
    def get(self, request: HttpRequest) -> HttpResponseBase:
        even = {"price": 50, "quality": 20, "delivery": 15, "after_sales": 10, "qualification": 5}
        initial = {f"weight_{key}": even.get(key) for key in operations.criteria()}
        return self.show(self.form(initial={"tax_percent": "13", **initial}), forms.rows_for([]))

    def post(self, request: HttpRequest) -> HttpResponseBase:
        return self.take()

    def save(
        self, form: forms.RoundForm, lines: Sequence[Line], quote_round: Round | None
    ) -> Round:
        return operations.create_round(
            actor=self.actor, draft=form.draft(lines), now=self.now, today=self.today
        )


class EditRound(DraftView):
    def get(self, request: HttpRequest, round_id: int) -> HttpResponseBase:
        quote_round = queries.get_round(actor=self.actor, round_id=round_id)
        lines = queries.draft_lines(quote_round)
        initial = {
            "title": quote_round.title,
            "project_id": quote_round.project_id or "",
            "closes_at": quote_round.closes_at,
            "needed_on": quote_round.needed_on,
            "tax_percent": f"{quote_round.tax_percent.normalize():f}",
            "place": quote_round.place,
            "terms": quote_round.terms,
            "vendors": list(quote_round.invitations.values_list("vendor_id", flat=True)),
            "papers": list(quote_round.paper_kinds.values_list("pk", flat=True)),
            "version": quote_round.version,
            **{f"weight_{key}": weight for key, weight in quote_round.weights.items()},
        }
        return self.show(self.form(initial=initial), forms.rows_for(lines), quote_round)

    def post(self, request: HttpRequest, round_id: int) -> HttpResponseBase:
        return self.take(queries.get_round(actor=self.actor, round_id=round_id))

    def save(
        self, form: forms.RoundForm, lines: Sequence[Line], quote_round: Round | None
    ) -> Round:
        assert quote_round is not None
        return operations.save_draft(
            actor=self.actor,
            round_id=quote_round.pk,
            draft=form.draft(lines),
            version=form.cleaned_data["version"] or 0,
            now=self.now,
        )


def _ticked(sent: QueryDict) -> set[int]:
    """Return the lines of requests that were ticked, here or on the page that led here."""
    return {int(pk) for pk in sent.getlist("take") if pk.isascii() and pk.isdigit()}


def _line_of(same: Sequence[Any]) -> Line:
    first = same[0]
    sources: dict[int, Decimal] = {one.pk: one.left for one in same}
    return Line(
        name=first.name,
        spec=first.spec,
        unit=first.unit,
        quantity=sum(sources.values(), Decimal(0)),
        item_id=first.item_id,
        sources=sources,
    )
