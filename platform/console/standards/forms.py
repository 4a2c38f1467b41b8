"""Forms of fee items, standards, versions and assignments."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from console.inputs import MonthField, NumberField, plain, read_number
from services.billing.ledger.models import LedgerAccount
from services.billing.standards import rules
from services.billing.standards.models import AreaBasis, FeeItem, FeeKind, FeeVersion, Method
from services.properties.models import Building, MeterKind, UnitKind, UnitState

MOST_TIERS = rules.MAX_TIERS
LAGS = [
    (0, _("The month that is billed")),
    (1, _("One month earlier")),
    (2, _("Two months earlier")),
    (3, _("Three months earlier")),
]


class LastMonthField(MonthField):
    """The last month of something, included; its value is the first month after."""

    def clean(self, value: Any) -> date | None:
        month: date | None = super().clean(value)
        return None if month is None else rules.month_after(month)

    def prepare_value(self, value: Any) -> Any:
        return rules.shift_month(value, -1) if isinstance(value, date) else value


class StandardForm(forms.Form):
    item = forms.ModelChoiceField(
        label=_("Fee item"), queryset=FeeItem.objects.none(), empty_label=_("Choose")
    )
    name = forms.CharField(label=_("Name of the standard"), max_length=80)

    def __init__(self, *args: Any, items: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["item"].queryset = items  # type: ignore[attr-defined]


class NameForm(forms.Form):
    name = forms.CharField(label=_("Name of the standard"), max_length=80)


class ItemForm(forms.Form):
    code = forms.CharField(label=_("Item code"), max_length=20)
    name = forms.CharField(label=pgettext_lazy("of a thing", "Name"), max_length=60)
    name_en = forms.CharField(label=_("English name"), max_length=60, required=False)
    kind = forms.ChoiceField(label=_("Kind of fee"), choices=FeeKind.choices)
    is_agency = forms.BooleanField(label=_("Collected for somebody else"), required=False)
    account_code = forms.ChoiceField(label=_("Credited to account"))

    def __init__(
        self,
        *args: Any,
        accounts: Sequence[LedgerAccount],
        item: FeeItem | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        if item is not None:  # bills were issued with these
            for name in ("code", "kind", "is_agency"):
                del self.fields[name]
        self.fields["account_code"].choices = [  # type: ignore[attr-defined]
            (account.code, str(account)) for account in accounts
        ]


class FiguresForm(forms.Form):
    """The figures of a version. Tiers are rows of two fields that share their names."""

    method = forms.ChoiceField(label=_("How it is computed"), choices=Method.choices)
    area_basis = forms.ChoiceField(
        label=_("Charging area"), choices=AreaBasis.choices, required=False
    )
    meter_kind = forms.ChoiceField(
        label=_("Meters"), choices=[("", "—"), *MeterKind.choices], required=False
    )
    price = NumberField(label=_("Unit price"), required=False, max_digits=9, decimal_places=4)
    reduced_percent = NumberField(
        label=_("Charged at"), required=False, max_digits=5, decimal_places=2
    )
    reduced_states = forms.MultipleChoiceField(
        label=_("For units that are"),
        choices=UnitState.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    usage_lag_months = forms.TypedChoiceField(
        label=_("Usage of"), choices=LAGS, coerce=int, required=False
    )
    valid_from = MonthField(label=_("First month"))
    valid_to = LastMonthField(
        label=_("Last month"), required=False, help_text=_("Empty: until a later version begins.")
    )
    basis_note = forms.CharField(
        label=_("Grounds"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.tier_rows = _tier_rows(self.data) if self.is_bound else self.initial.get("tiers", [])

    @classmethod
    def of_version(cls, version: FeeVersion, **initial: Any) -> "FiguresForm":
        """Return the form as it shows a version."""
        tiers = rules.read_tiers(version.tiers)
        return cls(
            initial={
                "method": version.method,
                "area_basis": version.area_basis,
                "meter_kind": version.meter_kind,
                "price": plain(version.price, 2),
                "reduced_percent": plain(version.reduced_rate * 100)
                if version.reduced_states
                else "",
                "reduced_states": version.reduced_states,
                "usage_lag_months": version.usage_lag_months,
                "valid_from": version.valid_from,
                "valid_to": version.valid_to,
                "basis_note": version.basis_note,
                "tiers": [(plain(tier.up_to), plain(tier.price, 2)) for tier in tiers],
                **initial,
            }
        )

    @property
    def chosen_method(self) -> str:
        """The method on the screen, also while the rest is not valid."""
        method = str(self["method"].value() or Method.PER_AREA)
        return method if method in Method.values else Method.PER_AREA

    @property
    def has_tiers(self) -> bool:
        return self.chosen_method == Method.TIERED_METER and bool(self.tier_rows)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        method = cleaned.get("method")
        cleaned["tiers"] = ()
        cleaned["usage_lag_months"] = cleaned.get("usage_lag_months") or 0
        if method != Method.TIERED_METER:
            cleaned["meter_kind"], cleaned["usage_lag_months"] = "", 0
        elif self.tier_rows:
            cleaned["price"] = None
            try:
                cleaned["tiers"] = _read_tiers(self.tier_rows)
            except forms.ValidationError as error:
                self.add_error(None, error)
        percent = cleaned.pop("reduced_percent", None)
        cleaned["reduced_rate"] = Decimal(1) if percent is None else percent / 100
        cleaned["area_basis"] = cleaned.get("area_basis") or AreaBasis.BUILT
        return cleaned

    def figures(self) -> rules.Figures:
        """Return valid data as the plain values that the preview takes."""
        data = dict(self.cleaned_data)
        pricing = rules.Pricing(
            method=data.pop("method"), price=data.pop("price"), tiers=data.pop("tiers")
        )
        data.pop("basis_note")
        return rules.Figures(
            pricing=pricing,
            **{**data, "reduced_states": tuple(data["reduced_states"])},
        )


class RuleForm(forms.Form):
    kinds = forms.MultipleChoiceField(
        label=_("Kinds of unit"),
        choices=UnitKind.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    states = forms.MultipleChoiceField(
        label=_("States of the unit"),
        choices=UnitState.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    building_ids = forms.TypedMultipleChoiceField(
        label=_("Buildings"), coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )
    valid_from = MonthField(label=_("First month"))
    valid_to = LastMonthField(label=_("Last month"), required=False)

    def __init__(self, *args: Any, buildings: Sequence[Building], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["building_ids"].choices = [  # type: ignore[attr-defined]
            (building.pk, building.name) for building in buildings
        ]


class UnitForm(forms.Form):
    IN, OUT = "in", "out"

    direction = forms.ChoiceField(
        label=_("This unit"),
        choices=[(IN, _("is charged by this standard")), (OUT, _("is left out of its rules"))],
        widget=forms.RadioSelect,
        initial=IN,
    )
    room = forms.CharField(label=_("Room"), max_length=60)
    valid_from = MonthField(label=_("First month"))
    valid_to = LastMonthField(label=_("Last month"), required=False)
    reason = forms.CharField(label=_("Reason"), max_length=200, required=False)


class EndForm(forms.Form):
    valid_to = LastMonthField(label=_("Last month"))
    reason = forms.CharField(label=_("Reason"), max_length=200)


class WithdrawForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=200)


def _tier_rows(data: Any) -> list[tuple[str, str]]:
    if not isinstance(data, QueryDict):
        return []
    limits, prices = data.getlist("tier_up_to"), data.getlist("tier_price")
    return list(zip(limits, prices, strict=False))[:MOST_TIERS]


def _read_tiers(rows: Sequence[tuple[str, str]]) -> tuple[rules.Tier, ...]:
    tiers = []
    for number, (limit_text, price_text) in enumerate(rows, start=1):
        price = read_number(price_text)
        limit = read_number(limit_text) if limit_text.strip() else None
        if price is None or (limit is None and limit_text.strip()):
            raise forms.ValidationError(
                _("Tier %(number)d: enter a limit and a price."),
                code="tier",
                params={"number": number},
            )
        tiers.append(rules.Tier(limit, price))
    return tuple(tiers)
