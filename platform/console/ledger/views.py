"""Whether the books agree, what stands on the accounts, and one household's account."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from console.ledger import forms
from console.lists import Column, ListView
from console.views import ConsoleView
from kernel.access import Action, Actor
from kernel.errors import NotFound
from services.billing.ledger import operations, queries
from services.billing.ledger.models import Posting
from services.properties import queries as registry
from services.properties.models import Household


class Ledger(ConsoleView):
    """The page 账目核对: the last check of every rule, and the trial balance of some days."""

    action = Action.LEDGER_VIEW

    def get(self, request: HttpRequest) -> HttpResponseBase:
        return self._page(request)

    def post(self, request: HttpRequest) -> HttpResponseBase:
        """Start a check; the page shows it coming."""
        operations.start_check(actor=self.actor, now=self.now)
        return HttpResponseRedirect(reverse("ledger"))

    def _page(self, request: HttpRequest) -> HttpResponse:
        projects: list[tuple[Any, Any]] = [
            (project.pk, str(project))
            for project in registry.projects(actor=self.actor)
            if self.actor.may(Action.LEDGER_VIEW, project.pk)
        ]
        sees_all = self.actor.may_everywhere(Action.LEDGER_VIEW)
        if sees_all:
            projects = [("", _("All projects")), *projects]
        asked: Any = request.GET
        if "first_day" not in asked:
            asked = forms.defaults(self.today, project=projects[0][0])
        form = forms.TrialBalance(asked, projects=projects)
        balance = None
        if form.is_valid():
            balance = queries.trial_balance(
                actor=self.actor,
                first_day=form.cleaned_data["first_day"],
                last_day=form.cleaned_data["last_day"],
                project_id=form.cleaned_data["project"] or None,
            )
        context: dict[str, Any] = {
            "title": _("Reconciliation"),
            "crumbs": [],
            "form": form,
            "balance": balance,
            "sees_all": sees_all,
            **(check_context(self.actor) if sees_all else {}),
        }
        status = 422 if form.errors else 200
        return render(request, "console/ledger/ledger.html", context, status=status)


class LedgerCheck(ConsoleView):
    """What the card of the check asks for while one runs."""

    action = Action.LEDGER_VIEW

    def get(self, request: HttpRequest) -> HttpResponseBase:
        return render(request, "console/ledger/_check.html", check_context(self.actor))


def check_context(actor: Actor) -> dict[str, Any]:
    """Return the last finished check and the one under way."""
    return {
        "check": queries.last_check(actor=actor),
        "running": queries.is_being_checked(actor=actor),
    }


class HouseholdAccount(ListView):
    """What a household was billed and paid, with the balance after each entry."""

    action = Action.BILL_VIEW
    page_key = "ledger.household"
    title = _("Account statement")
    columns = (
        Column(
            key="journal.effective_on",
            label=_("Day"),
            kind="day",
            is_fixed=True,
            phone="title",
        ),
        Column(
            key="kind",
            label=_("Entry"),
            value=lambda posting: posting.journal.get_kind_display(),
            phone="sub",
        ),
        Column(
            key="debit",
            label=_("Billed (CNY)"),
            kind="money",
            value=lambda posting: posting.amount if posting.amount > 0 else None,
        ),
        Column(
            key="credit",
            label=_("Paid or reversed (CNY)"),
            kind="money",
            value=lambda posting: -posting.amount if posting.amount < 0 else None,
            phone="end",
        ),
        Column(key="balance", label=_("Owes (CNY)"), kind="money", phone="end2"),
        Column(key="journal_id", label=_("Number of entry"), kind="code", is_shown=False),
    )
    empty_icon = "wallet"
    empty_title = _("No entries yet")

    household: Household

    def check_access(self, project_id: int | None) -> None:
        super().check_access(project_id)
        self.household = registry.get_household(
            actor=self.actor, household_id=self.kwargs["household_id"], action=Action.BILL_VIEW
        )
        if self.household.project_id != project_id:
            raise NotFound

    def get_queryset(self) -> QuerySet[Posting]:
        return queries.account_statement(actor=self.actor, household_id=self.kwargs["household_id"])

    def page_context(self) -> dict[str, Any]:
        bills = reverse("bills", args=[self.project_id])
        own = f"{bills}?q={self.household.code}"
        return {"crumbs": [(_("Bills"), bills), (self.household.label, own)]}

    def count_words(self, count: int) -> str:
        return ngettext("%(count)s entry", "%(count)s entries", count) % {"count": f"{count:,}"}
