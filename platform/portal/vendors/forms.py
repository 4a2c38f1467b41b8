from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from console.accounts.forms import ChoosePassword
from tenants.vendors import queries
from tenants.vendors.models import VendorLogin


class SignIn(forms.Form):
    email = forms.EmailField(label=_("E-mail"), max_length=254)
    password = forms.CharField(
        label=_("Password"), max_length=1000, strip=False, widget=forms.PasswordInput
    )


class AskForLink(forms.Form):
    email = forms.EmailField(label=_("E-mail"), max_length=254)


class NewLogin(ChoosePassword):
    """A new sign-in for the address to which the link went."""

    name = forms.CharField(label=_("Your name"), max_length=60)
    field_order = ("name", "password", "again")


class Preferences(forms.Form):
    name = forms.CharField(label=_("Your name"), max_length=60)
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)


class NewToken(forms.Form):
    """A token for a program; of one of the person's companies."""

    company = forms.ChoiceField(label=_("Company"))
    name = forms.CharField(label=_("What it is for"), max_length=60)

    def __init__(self, *args: Any, login: VendorLogin, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["company"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [
            (each.pk, each.company.name) for _place, each in queries.places(login=login)
        ]
