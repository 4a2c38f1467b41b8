import zoneinfo

from django import forms
from django.utils.translation import gettext_lazy as _


def time_zones() -> list[tuple[str, str]]:
    """Return the zones, those of a company in China first."""
    first = ["Asia/Shanghai", "Asia/Urumqi", "Asia/Hong_Kong", "Asia/Macau", "Asia/Taipei"]
    rest = sorted(zoneinfo.available_timezones() - set(first))
    return [(name, name) for name in [*first, *rest]]


class Facts(forms.Form):
    name = forms.CharField(
        label=_("Company name"), max_length=100, help_text=_("As it stands on receipts.")
    )
    name_en = forms.CharField(label=_("English name"), max_length=100, required=False)
    time_zone = forms.ChoiceField(
        label=_("Time zone"),
        choices=time_zones,
        help_text=_("Where the days of the company begin and end."),
    )
