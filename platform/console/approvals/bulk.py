"""Sign several cases of one kind at once, with their amounts added up."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext
from django_htmx.http import trigger_client_event

from console import formats
from console.approvals import acts, words
from console.sheets import SheetView
from console.views import PersonalView
from kernel.approvals import operations, queries, registry
from kernel.approvals.models import Assignment, Case
from kernel.approvals.queries import Tab
from kernel.approvals.rules.facts import Fact, FactType
from kernel.errors import DomainError, Invalid
from kernel.text import _


class NothingPicked(Invalid):
    code = "console.approvals.nothing-picked"


class Bulk(PersonalView, SheetView):
    """GET shows what was ticked, of one kind, with totals; POST signs it and tells of each."""

    sheet_template = "console/approvals/_bulk.html"

    def get(self, request: HttpRequest) -> HttpResponseBase:
        cases = self._picked(request.GET.getlist("pick"))
        if not cases:
            return self._page([], refusal=gettext("Nothing of this waits for you any more."))
        if len({case.kind for case in cases}) > 1:
            kinds = gettext("Only papers of the same kind are approved together.")
            return self._page([], refusal=kinds)
        return self._page(cases)

    def post(self, request: HttpRequest) -> HttpResponseBase:
        ids = request.POST.getlist("pick")
        if not ids:
            raise NothingPicked(_("Select at least one case."))
        steps = [
            (acts.whole(text), acts.whole(request.POST.get(f"step-{text}", "")))
            for text in ids[: operations.MOST_AT_ONCE + 1]
        ]
        try:
            results = operations.approve_many(
                actor=self.actor,
                steps=steps,
                text=acts.plain(request.POST.get("opinion", "")),
                now=self.now,
            )
        except DomainError as error:
            self.note_refusal(error)
            cases = self._picked(ids)
            return self._page(cases, refusal=str(error), status=error.status)
        for result in results:
            if result.error is not None:
                self.note_refusal(result.error)
        signed = sum(1 for result in results if result.is_signed)
        told = gettext("%(signed)d of %(count)d signed") % {
            "signed": signed,
            "count": len(results),
        }
        response = self._page(
            [],
            results=[
                (
                    _told(result),
                    result.is_signed,
                )
                for result in results
            ],
        )
        trigger_client_event(response, "approvals:changed", {})
        return trigger_client_event(response, "toast", {"text": told})

    def _picked(self, texts: Sequence[str]) -> list[Case]:
        """Return the ticked cases that still wait for the actor."""
        ids = [
            int(text) for text in texts if text.isascii() and text.isdecimal() and len(text) < 19
        ]
        found = queries.cases_in(actor=self.actor, tab=Tab.WAITING, now=self.now)
        return list(found.filter(pk__in=ids[: operations.MOST_AT_ONCE]))

    def _page(self, cases: Sequence[Case], **extra: Any) -> HttpResponse:
        kind = registry.find_kind(cases[0].kind) if cases else None
        amounts = [fact for fact in kind.facts if fact.type == FactType.MONEY] if kind else []
        places = queries.own_places(
            actor=self.actor, case_ids=[case.pk for case in cases], now=self.now
        )
        return self.show(
            None,
            title=gettext("Approve together"),
            back=reverse("approvals"),
            kind_label=str(kind.name) if kind else "",
            count=len(cases),
            rows=[_row(case, amounts, places.get(case.pk)) for case in cases],
            heads=[str(fact.label) for fact in amounts],
            totals=[
                formats.spell_money(sum((_amount(case, fact) for case in cases), Decimal(0)))
                for fact in amounts
            ],
            opinion_required=any(place.step.read().opinion_required for place in places.values()),
            **extra,
        )


def _told(result: operations.BulkResult) -> str:
    name = f"{result.number} {result.title}"
    return formats.spell_pair(name, result.message) if result.code else name


def _amount(case: Case, fact: Fact) -> Decimal:
    return Decimal(str(case.facts.get(fact.key) or 0))


def _row(case: Case, amounts: Sequence[Fact], place: Assignment | None) -> dict[str, Any]:
    return {
        "pk": case.pk,
        "title": case.title,
        "number": case.number,
        "applicant": case.applicant.name if case.applicant else case.applicant_label,
        "amounts": [formats.spell_money(_amount(case, fact)) for fact in amounts],
        "step_token": place.step_id if place else "",
        "kind_label": words.kind_label(case.kind),
    }
