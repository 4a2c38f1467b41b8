from datetime import date, datetime, time
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from console.inputs import DayField
from kernel.access import Action, Actor
from kernel.access.models import User
from kernel.tenancy import company_time_zone
from services.properties import queries as properties


class SignIn(forms.Form):
    username = forms.CharField(label=_("User name"), max_length=254)
    password = forms.CharField(
        label=_("Password"), max_length=1000, strip=False, widget=forms.PasswordInput
    )


class AskForLink(forms.Form):
    login = forms.CharField(label=_("User name or e-mail"), max_length=254)


class ChoosePassword(forms.Form):
    password = forms.CharField(
        label=_("New password"),
        max_length=1000,
        strip=False,
        widget=forms.PasswordInput,
        help_text=_("At least 10 characters. A sentence is easy to remember and hard to guess."),
    )
    again = forms.CharField(
        label=_("New password again"), max_length=1000, strip=False, widget=forms.PasswordInput
    )

    def clean_again(self) -> str:
        again: str = self.cleaned_data["again"]
        if again != self.cleaned_data.get("password", again):
            raise forms.ValidationError(_("The two are not the same."))
        return again


class ChangePassword(ChoosePassword):
    current = forms.CharField(
        label=_("Present password"), max_length=1000, strip=False, widget=forms.PasswordInput
    )
    field_order = ("current", "password", "again")


class Secret(forms.Form):
    """A code of the app, or a recovery code."""

    code = forms.CharField(label=pgettext_lazy("for signing in", "Code"), max_length=40)


class AppCode(forms.Form):
    code = forms.CharField(label=_("Code that the app shows"), max_length=20)


class PasskeyName(forms.Form):
    name = forms.CharField(label=pgettext_lazy("of a thing", "Name"), max_length=60)


class Preferences(forms.Form):
    language = forms.ChoiceField(label=_("Language"), choices=User.Language)
    theme = forms.ChoiceField(label=_("Appearance"), choices=User.Theme)
    density = forms.ChoiceField(label=_("Row height"), choices=User.Density)


class NewToken(forms.Form):
    """A token: what it is for, until when, and maybe less than what one may oneself."""

    name = forms.CharField(
        label=_("What it is for"), max_length=60, help_text=_("For example “meter readings”.")
    )
    expires_on = DayField(label=_("Last day"), help_text=_("At most two years from today."))
    actions = forms.MultipleChoiceField(
        label=_("May only"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Nothing chosen: whatever you may at that moment."),
    )
    projects = forms.MultipleChoiceField(
        label=_("Only in"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Nothing chosen: wherever you may."),
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["actions"].choices = [  # type: ignore[attr-defined]
            (action.value, action.label) for action in Action if actor.may(action)
        ]
        self.fields["projects"].choices = [  # type: ignore[attr-defined]
            (str(project.pk), project.name) for project in properties.projects(actor=actor)
        ]

    def scope(self) -> dict[str, Any]:
        """Return what the operation takes."""
        given = self.cleaned_data
        return {
            "name": given["name"],
            "expires_at": end_of_day(given["expires_on"]),
            "actions": given["actions"] or None,
            "project_ids": [int(pk) for pk in given["projects"]] or None,
        }


def end_of_day(day: date) -> datetime:
    """Return the last moment of a day where the company is."""
    return datetime.combine(day, time(23, 59, 59), tzinfo=company_time_zone())
