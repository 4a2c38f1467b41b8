"""A phone or ID number in full, for a reason; in the side sheet, gone once that is closed."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from console.properties import forms
from console.sheets import SheetView
from kernel.access import Action
from kernel.errors import Invalid, NotFound
from services.properties import queries
from services.properties.models import Party
from services.properties.operations import PersonalField, reveal_personal_data


class Reveal(SheetView):
    action = Action.PERSONAL_DATA_REVEAL

    def get(self, request: HttpRequest, project_id: int, party_id: int) -> HttpResponse:
        party = self._party()
        field = _field(request.GET.get("field", PersonalField.PHONE))
        return self._ask(party, field, forms.Reveal(initial={"field": field.value}))

    def post(self, request: HttpRequest, project_id: int, party_id: int) -> HttpResponse:
        party = self._party()
        field = _field(request.POST.get("field", ""))
        form = forms.Reveal(request.POST)
        if not form.is_valid():
            return self._ask(party, field, form, status=422)
        try:
            value = reveal_personal_data(
                actor=self.actor,
                party_id=party_id,
                field=field,
                reason=form.cleaned_data["reason"],
                now=self.now,
            )
        except Invalid as error:
            self.take(form, error)
            return self._ask(party, field, form, status=422)
        context = {
            "title": party.name,
            "label": field_label(field),
            "value": value,
            "is_phone": field == PersonalField.PHONE,
            "reason": form.cleaned_data["reason"],
            "back": self._back(),
            "sheet_template": "console/properties/_revealed.html",
        }
        is_partial = request.headers.get("HX-Request") == "true"
        name = context["sheet_template"] if is_partial else "console/sheet.html"
        response = render(request, str(name), context)
        response.headers["Cache-Control"] = "no-store"
        return response

    def _ask(
        self, party: Party, field: PersonalField, form: forms.Reveal, status: int = 200
    ) -> HttpResponse:
        return self.show(
            form,
            title=gettext("%(what)s of %(name)s")
            % {"what": field_label(field), "name": party.name},
            lead=_("Who looked, when and why is kept in the register of looks."),
            button=_("Show it"),
            back=self._back(),
            status=status,
        )

    def _party(self) -> Party:
        return queries.get_party(
            actor=self.actor,
            party_id=self.kwargs["party_id"],
            project_id=self.kwargs["project_id"],
        )

    def _back(self) -> str:
        return reverse("parties-party", args=[self.kwargs["project_id"], self.kwargs["party_id"]])


def _field(name: str) -> PersonalField:
    """Return the field of a name. :raises NotFound: if no such field is masked."""
    try:
        return PersonalField(name)
    except ValueError:
        raise NotFound from None


def field_label(field: PersonalField) -> Any:
    return gettext("Phone") if field == PersonalField.PHONE else gettext("ID number")
