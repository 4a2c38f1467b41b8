"""What is entered of vendors. Fields are named as the operations' parameters."""

from decimal import Decimal

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from console.inputs import DayField, NumberField
from console.properties.forms import ChoicesForm, OfOne
from services.procurement.vendors.models import SupplyRole, VendorKind, VisitOutcome
from services.procurement.vendors.operations.visits import LONGEST_FINDINGS


def _long(label: object, longest: int, *, is_required: bool = True) -> forms.CharField:
    return forms.CharField(
        label=label,  # type: ignore[arg-type]  # a lazy text
        max_length=longest,
        required=is_required,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class VendorFacts(forms.Form):
    name = forms.CharField(label=_("Name of the company"), max_length=100)
    kind = forms.ChoiceField(label=pgettext_lazy("of a vendor", "Kind"), choices=VendorKind.choices)
    credit_code = forms.CharField(
        label=_("Unified social credit code"),
        max_length=30,
        required=False,
        help_text=_("Left empty for a stall or a person without one."),
    )
    contact_name = forms.CharField(label=_("Contact person"), max_length=60, required=False)
    phone = forms.CharField(
        label=_("Phone"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "tel"}),
    )
    email = forms.EmailField(label=_("E-mail"), max_length=254, required=False)
    address = forms.CharField(label=_("Address"), max_length=200, required=False)
    tax_percent = NumberField(
        label=_("Tax rate (%)"),
        min_value=Decimal(0),
        max_value=Decimal(100),
        max_digits=5,
        decimal_places=2,
        initial=Decimal(13),
    )
    is_on_account = forms.BooleanField(label=_("Is paid on account"), required=False)
    payment_days = forms.IntegerField(
        label=_("Days until payment"), min_value=0, max_value=365, initial=0
    )
    language = forms.ChoiceField(
        label=_("Language of what he is sent"), choices=(("zh-hans", "中文"), ("en", "English"))
    )
    note = _long(_("Note"), 300, is_required=False)


class VendorChanges(VendorFacts):
    phone = forms.CharField(
        label=_("Phone"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "tel"}),
        help_text=_("Left empty, the phone stays as it is."),
    )


class Reason(forms.Form):
    reason = _long(_("Reason"), 200)


class Decision(forms.Form):
    is_accepted = forms.TypedChoiceField(
        label=_("Decision"),
        choices=(("1", _("Accept")), ("0", _("Refuse"))),
        coerce=lambda value: value == "1",
        widget=forms.RadioSelect,
    )
    reason = _long(_("Reason (needed for a refusal)"), 200, is_required=False)


class PaperDecision(forms.Form):
    is_accepted = forms.TypedChoiceField(
        label=_("Decision"),
        choices=(("1", _("In order")), ("0", _("Refuse"))),
        coerce=lambda value: value == "1",
        widget=forms.RadioSelect,
    )
    note = _long(_("Reason (needed for a refusal)"), 200, is_required=False)


class PaperFacts(ChoicesForm):
    kind_id = OfOne(label=pgettext_lazy("of a paper", "Kind"))
    number = forms.CharField(label=_("Number"), max_length=80, required=False)
    valid_from = DayField(label=_("Valid from"))
    valid_to = DayField(
        label=_("Valid through"), required=False, help_text=_("Left empty, it does not run out.")
    )


class SupplyFacts(ChoicesForm):
    category_id = OfOne(label=_("Category"))
    role = forms.ChoiceField(label=_("Supplies it as"), choices=SupplyRole.choices)


class AccountFacts(forms.Form):
    holder = forms.CharField(label=_("Account holder"), max_length=100)
    bank = forms.CharField(label=_("Bank and branch"), max_length=100)
    number = forms.CharField(
        label=_("Account number"),
        max_length=60,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    reason = forms.CharField(
        label=_("Reason"),
        max_length=200,
        required=False,
        help_text=_("Needed when another account is in force."),
    )


class ContactFacts(forms.Form):
    name = forms.CharField(label=pgettext_lazy("of a person", "Name"), max_length=60)
    email = forms.EmailField(label=_("E-mail"), max_length=254)


class HoldFacts(forms.Form):
    reason = _long(_("Reason"), 300)
    first_day = DayField(label=_("From"))
    last_day = DayField(
        label=_("Through"), required=False, help_text=_("Left empty, it lasts until it is lifted.")
    )


class BlacklistFacts(forms.Form):
    reason = _long(_("Reason"), 300)
    last_day = DayField(
        label=_("Through"), required=False, help_text=_("Left empty, it lasts without end.")
    )


class VisitFacts(forms.Form):
    visited_on = DayField(label=_("Visited on"))
    visitors = forms.CharField(label=_("Visitors"), max_length=200)
    findings = _long(_("Findings"), LONGEST_FINDINGS)
    outcome = forms.ChoiceField(label=_("Outcome"), choices=VisitOutcome.choices)


class CheckFacts(forms.Form):
    reputation = forms.BooleanField(label=_("Reputation is in order"), required=False)
    technical_ability = forms.BooleanField(label=_("Technical ability is in order"), required=False)
    qualification = forms.BooleanField(label=_("Qualification is in order"), required=False)
    performance = forms.BooleanField(label=_("Performance so far is in order"), required=False)
    note = _long(_("Note"), LONGEST_FINDINGS, is_required=False)


class Reveal(forms.Form):
    reason = forms.CharField(label=_("What do you need it for?"), max_length=200)


class KindFacts(ChoicesForm):
    key = forms.CharField(label=_("Key"), max_length=40, help_text=_("For example: lift-licence"))
    name = forms.CharField(label=pgettext_lazy("of a thing", "Name"), max_length=60)
    name_en = forms.CharField(label=_("English name"), max_length=60, required=False)
    is_required = forms.BooleanField(label=_("Required of every vendor"), required=False)
    category_ids = forms.TypedMultipleChoiceField(
        label=_("Required of vendors of"),
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )


class KindChanges(KindFacts):
    key = None  # type: ignore[assignment]  # Django's way to leave a field out
    is_active = forms.BooleanField(label=_("In use"), required=False)
