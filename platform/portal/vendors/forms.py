from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from console.accounts.forms import ChoosePassword
from services.procurement.vendors.models import VendorKind
from services.properties.rules import IdNumberInvalid, PhoneInvalid, id_number, phone_number
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


class Application(forms.Form):
    """What a vendor says of himself when he applies; kept once he has confirmed by mail."""

    name = forms.CharField(label=_("Name of the firm"), max_length=100)
    credit_code = forms.CharField(
        label=_("Unified social credit code"),
        max_length=18,
        required=False,
        help_text=_("18 signs, as on the business licence; without one leave it empty."),
    )
    kind = forms.ChoiceField(label=_("What you supply"), choices=VendorKind.choices)
    note = forms.CharField(
        label=_("Goods or services, in a few words"), max_length=200, required=False
    )
    address = forms.CharField(label=_("Address"), max_length=200, required=False)
    person = forms.CharField(label=_("Your name"), max_length=60)
    phone = forms.CharField(label=_("Phone"), max_length=30)
    email = forms.EmailField(
        label=_("E-mail"), max_length=254, help_text=_("The link to confirm is sent here.")
    )

    def clean_credit_code(self) -> str:
        text: str = self.cleaned_data["credit_code"].strip()
        try:
            return id_number(text, organisation=True) if text else ""
        except IdNumberInvalid as error:
            raise forms.ValidationError(
                _("This is no unified social credit code: check its 18 signs.")
            ) from error

    def clean_phone(self) -> str:
        try:
            return phone_number(self.cleaned_data["phone"])
        except PhoneInvalid as error:
            raise forms.ValidationError(str(error)) from error
