from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from console.company.forms import time_zones
from kernel.access.catalogue import LADDERS
from kernel.text import in_language


def ladders() -> list[tuple[str, Any]]:
    """Return the handbook's ladders, after not choosing one."""
    named = [
        (ladder.key, f"{ladder.key} · {in_language(ladder.name, ladder.name_en)}")
        for ladder in LADDERS.values()
    ]
    return [("", _("The company decides; until then A")), *named]


class SignIn(forms.Form):
    username = forms.CharField(label=_("User name"), max_length=60)
    password = forms.CharField(
        label=_("Password"), max_length=1000, strip=False, widget=forms.PasswordInput
    )


class NewCompany(forms.Form):
    name = forms.CharField(label=_("Company name"), max_length=100)
    name_en = forms.CharField(label=_("English name"), max_length=100, required=False)
    slug = forms.CharField(
        label=_("Short name"),
        max_length=40,
        help_text=_("The first part of its address; it cannot be changed later."),
    )
    domain = forms.CharField(
        label=_("Own host name"),
        max_length=200,
        required=False,
        help_text=_("If the company has pointed one at us and proved that it is theirs."),
    )
    time_zone = forms.ChoiceField(label=_("Time zone"), choices=time_zones)
    currency = forms.CharField(label=_("Currency"), max_length=3, initial="CNY")
    ladder = forms.ChoiceField(
        label=_("Ladder of posts"),
        choices=ladders,
        required=False,
        help_text=_("Who reports to whom, by the handbook. The company can choose another later."),
    )
    admin_name = forms.CharField(label=_("First administrator"), max_length=60)
    admin_username = forms.CharField(label=_("User name"), max_length=60)
    admin_email = forms.EmailField(
        label=_("E-mail"),
        max_length=254,
        help_text=_("The link to choose a password is sent here."),
    )


class Suspend(forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=200)


class InviteAgain(forms.Form):
    email = forms.EmailField(
        label=_("E-mail"),
        max_length=254,
        required=False,
        help_text=_("Only if the first address was wrong."),
    )
