from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from console.accounts.forms import ChoosePassword


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
