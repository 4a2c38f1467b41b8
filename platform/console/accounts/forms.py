from django import forms
from django.utils.translation import gettext_lazy as _


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


class NewToken(forms.Form):
    name = forms.CharField(
        label=_("What it is for"), max_length=60, help_text=_("For example “meter readings”.")
    )
