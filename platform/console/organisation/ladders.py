"""The handbook's five ladders: which one the company follows, and what another would change."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from console.organisation.forms import ChooseLadder
from console.views import ConsoleView
from kernel.access import Action, ladders
from kernel.access.catalogue import LADDERS, Ladder
from kernel.access.ladders import Plan
from kernel.access.models import Post
from kernel.errors import Conflict, Invalid
from kernel.text import in_language


class Ladders(ConsoleView):
    """The five ladders; with ``?ladder=B`` what choosing one would change."""

    action = Action.USER_MANAGE
    proof = "POST"

    def get(self, request: HttpRequest) -> HttpResponseBase:
        if "ladder" not in request.GET:
            return self.page()
        form = ChooseLadder(request.GET)
        if not form.is_valid():
            return self.page(form=form, status=422)
        return self.page(form=form, plan=self.plan_of(form))

    def post(self, request: HttpRequest) -> HttpResponseBase:
        form = ChooseLadder(request.POST)
        if not form.is_valid():
            return self.page(form=form, status=422)
        try:
            ladders.choose_ladder(
                actor=self.actor,
                key=form.cleaned_data["ladder"],
                first_day=form.cleaned_data["first_day"],
                keeps_own=form.cleaned_data["keeps_own"],
                seen=form.cleaned_data["seen"],
                now=self.now,
            )
        except (Conflict, Invalid) as error:
            return self.page(
                form=form, plan=self.plan_of(form), refusal=str(error), status=error.status
            )
        return HttpResponseRedirect(f"{reverse('posts-ladders')}?done=chosen")

    def plan_of(self, form: ChooseLadder) -> Plan:
        return ladders.plan(
            actor=self.actor,
            key=form.cleaned_data["ladder"],
            first_day=form.cleaned_data["first_day"] or self.today,
            keeps_own=form.cleaned_data["keeps_own"],
        )

    def page(
        self,
        *,
        form: ChooseLadder | None = None,
        plan: Plan | None = None,
        refusal: str = "",
        status: int = 200,
    ) -> HttpResponse:
        labels = {row.key: row.label for row in Post.objects.all()}
        current = ladders.in_force()
        context = {
            "title": _("Ladders of the handbook"),
            "crumbs": [(_("Posts"), reverse("posts"))],
            "ladders": [
                {
                    "key": ladder.key,
                    "name": in_language(ladder.name, ladder.name_en),
                    "source": ladder.source,
                    "rungs": [
                        [in_language(*ladder.name_of(key)) for key in rung] for rung in ladder.rungs
                    ],
                    "is_current": ladder is current,
                }
                for ladder in LADDERS.values()
            ],
            "current": current.key,
            "form": form,
            "plan": plan,
            "changes": changes_of(plan, labels) if plan else {},
            "refusal": refusal,
            "done": self.request.GET.get("done") == "chosen",
        }
        return render(self.request, "console/organisation/ladders.html", context, status=status)


def changes_of(plan: Plan, labels: Mapping[str, str]) -> dict[str, list[Any]]:
    """Return a plan in words: posts by their names as they are, or as they would be."""
    names = {key: in_language(*plan.ladder.name_of(key)) for key in plan.added}
    names.update(labels)
    return {
        "added": [(names[key], above_of(plan.ladder, key, names)) for key in plan.added],
        "renamed": [(in_language(*one.before), in_language(*one.after)) for one in plan.renamed],
        "moved": [
            (names[one.key], names.get(one.before, ""), names.get(one.after, ""))
            for one in plan.moved
        ],
        "kept": [names.get(key, in_language(*plan.ladder.name_of(key))) for key in plan.kept],
    }


def above_of(ladder: Ladder, key: str, names: Mapping[str, str]) -> str:
    return names.get(ladder.above(key) or "", "")
