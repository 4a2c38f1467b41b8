"""Integrations and their tokens; which posts must have a second factor."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from console.histories import told
from console.identity import forms
from console.views import ConsoleView
from kernel.access import Action, queries, tokens
from kernel.errors import DomainError
from kernel.identity.operations import factors
from kernel.identity.queries import posts_with_factor


class Integrations(ConsoleView):
    action = Action.TOKEN_MANAGE

    def get(self, request: HttpRequest) -> HttpResponseBase:
        context = {
            "title": _("Integrations"),
            "integrations": queries.integrations(actor=self.actor),
            "labels": {action.value: action.label for action in Action},
        }
        return render(request, "console/identity/integrations.html", context)


class NewIntegration(ConsoleView):
    action = Action.TOKEN_MANAGE
    proof = "POST"

    def get(self, request: HttpRequest) -> HttpResponseBase:
        keeper = self.actor.user_id
        form = forms.NewIntegration(actor=self.actor, initial={"keeper": keeper})
        return self._page(request, form)

    def post(self, request: HttpRequest) -> HttpResponseBase:
        form = forms.NewIntegration(request.POST, actor=self.actor)
        if form.is_valid():
            given = form.cleaned_data
            try:
                row = tokens.create_integration(
                    actor=self.actor,
                    name=given["name"],
                    purpose=given["purpose"],
                    actions=given["actions"],
                    project_ids=[int(pk) for pk in given["projects"]],
                    keeper_id=given["keeper"],
                    now=self.now,
                )
            except DomainError as error:
                self.note_refusal(error)
                form.add_error(error.field if error.field in form.fields else None, str(error))
            else:
                return HttpResponseRedirect(reverse("integrations-integration", args=[row.pk]))
        return self._page(request, form, status=422)

    def _page(
        self, request: HttpRequest, form: forms.NewIntegration, status: int = 200
    ) -> HttpResponse:
        context = {"title": _("New integration"), "crumbs": _crumbs(), "form": form}
        return render(request, "console/identity/integration_new.html", context, status=status)


class Integration(ConsoleView):
    action = Action.TOKEN_MANAGE

    def get(self, request: HttpRequest, integration_id: int) -> HttpResponseBase:
        return self.page(request, integration_id)

    def page(
        self, request: HttpRequest, integration_id: int, *, status: int = 200, **given: Any
    ) -> HttpResponse:
        row = queries.get_integration(actor=self.actor, integration_id=integration_id)
        last_day = forms.in_a_year(self.today)
        context = {
            "title": row.name,
            "crumbs": _crumbs(),
            "integration": row,
            "actions": [action.label for action in Action if action.value in row.actions],
            "tokens": queries.tokens_of_integration(
                actor=self.actor, integration_id=integration_id
            ),
            "form": forms.IntegrationToken(initial={"expires_on": last_day}),
            "new_token": "",
            "history": told({type(row): [row.pk]}),
            **given,
        }
        return render(request, "console/identity/integration.html", context, status=status)


class IntegrationStep(Integration):
    def get(self, request: HttpRequest, integration_id: int, **_kwargs: int) -> HttpResponseBase:
        return HttpResponseRedirect(reverse("integrations-integration", args=[integration_id]))


class NewToken(IntegrationStep):
    proof = "POST"

    def post(self, request: HttpRequest, integration_id: int) -> HttpResponseBase:
        """Show the token in this one answer; it is kept nowhere."""
        queries.get_integration(actor=self.actor, integration_id=integration_id)
        form = forms.IntegrationToken(request.POST)
        if form.is_valid():
            try:
                _row, text = tokens.create_integration_token(
                    actor=self.actor,
                    integration_id=integration_id,
                    now=self.now,
                    **form.scope(),
                )
            except DomainError as error:
                self.note_refusal(error)
                form.add_error(error.field if error.field in form.fields else None, str(error))
            else:
                return self.page(request, integration_id, new_token=text)
        return self.page(request, integration_id, status=422, form=form)


class RevokeToken(IntegrationStep):
    def post(self, request: HttpRequest, integration_id: int, token_id: int) -> HttpResponseBase:
        queries.get_integration(actor=self.actor, integration_id=integration_id)
        found = queries.tokens_of_integration(actor=self.actor, integration_id=integration_id)
        for token in found.filter(pk=token_id):
            tokens.revoke_token(actor=self.actor, token_id=token.pk, now=self.now)
        return self.get(request, integration_id)


class EndIntegration(IntegrationStep):
    def post(self, request: HttpRequest, integration_id: int) -> HttpResponseBase:
        tokens.end_integration(actor=self.actor, integration_id=integration_id, now=self.now)
        return self.get(request, integration_id)


class FactorRules(ConsoleView):
    """Which posts must have a second factor."""

    action = Action.COMPANY_CONFIGURE
    proof = "POST"

    def get(self, request: HttpRequest) -> HttpResponseBase:
        form = forms.FactorRules(initial={"posts": sorted(posts_with_factor())})
        return self._page(request, form)

    def post(self, request: HttpRequest) -> HttpResponseBase:
        form = forms.FactorRules(request.POST)
        if not form.is_valid():
            return self._page(request, form, status=422)
        factors.require_of_posts(actor=self.actor, posts=form.cleaned_data["posts"], now=self.now)
        return HttpResponseRedirect(f"{reverse('factor-rules')}?done=saved")

    def _page(
        self, request: HttpRequest, form: forms.FactorRules, status: int = 200
    ) -> HttpResponse:
        context = {
            "title": _("Second factor"),
            "form": form,
            "is_saved": request.GET.get("done") == "saved",
        }
        return render(request, "console/identity/factor_rules.html", context, status=status)


def _crumbs() -> list[tuple[object, str]]:
    return [(_("Integrations"), reverse("integrations"))]
