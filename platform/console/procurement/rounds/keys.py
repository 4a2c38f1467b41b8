"""The page of somebody's own key for opening quotes."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_post_parameters

from console.histories import told
from console.procurement.rounds import forms
from console.views import ConsoleView
from kernel.access import Action
from kernel.errors import Conflict, Invalid
from services.procurement.rounds import operations, queries
from services.procurement.rounds.models import OpenerKey


class OwnKey(ConsoleView):
    """Make a key, change its passphrase, or replace it because the passphrase is forgotten."""

    action = Action.QUOTE_OPEN
    proof = "POST"

    def get(self, request: HttpRequest) -> HttpResponseBase:
        return self._show({})

    @method_decorator(sensitive_post_parameters("passphrase", "again", "current"))
    def post(self, request: HttpRequest) -> HttpResponseBase:
        what = request.POST.get("do", "make")
        form_class = forms.ChangePassphrase if what == "change" else forms.NewKey
        form = form_class(request.POST)
        if form.is_valid():
            try:
                self._do(what, {str(name): text for name, text in form.cleaned_data.items()})
            except (Invalid, Conflict) as error:
                self.note_refusal(error)
                form.add_error(error.field if error.field in form.fields else None, str(error))
            else:
                return HttpResponseRedirect(reverse("quote-rounds-key"))
        return self._show({what: form}, status=422)

    def _do(self, what: str, values: Mapping[str, Any]) -> None:
        if what == "change":
            operations.change_passphrase(
                actor=self.actor,
                current=values["current"],
                passphrase=values["passphrase"],
                now=self.now,
            )
        elif what == "replace":
            operations.replace_key(actor=self.actor, passphrase=values["passphrase"], now=self.now)
        else:
            operations.make_key(actor=self.actor, passphrase=values["passphrase"], now=self.now)

    def _show(self, given: dict[str, Any], *, status: int = 200) -> HttpResponse:
        user_id = self.actor.require_person()
        key = queries.own_key(user_id)
        context = {
            "title": _("Your key for opening quotes"),
            "crumbs": [(_("Rounds of quotes"), reverse("quote-rounds"))],
            "key": key,
            "entrusted": queries.rounds_entrusted_to(user_id),
            "lost": queries.rounds_lost_to(user_id),
            "make": given.get("make") or forms.NewKey(auto_id="make_%s"),
            "change": given.get("change") or forms.ChangePassphrase(auto_id="change_%s"),
            "replace": given.get("replace") or forms.NewKey(auto_id="replace_%s"),
            "history": told({OpenerKey: queries.keys_of(user_id)}),
        }
        return render(self.request, "console/procurement/rounds/key.html", context, status=status)
