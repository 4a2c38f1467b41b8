from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kernel.outbox import registry
from kernel.outbox.operations import LONGEST_NAME


def events() -> list[tuple[str, Any]]:
    return [(name, words) for name, words in registry.events().items()]


class EndpointFacts(forms.Form):
    name = forms.CharField(
        label=pgettext_lazy("of a thing", "Name"),
        max_length=LONGEST_NAME,
        help_text=_("The system that is told."),
    )
    url = forms.CharField(
        label=_("Address"),
        max_length=500,
        widget=forms.TextInput(attrs={"inputmode": "url", "spellcheck": "false"}),
        help_text=_("Begins with https:// and is reachable from the internet."),
    )
    events = forms.MultipleChoiceField(
        label=_("Events"),
        choices=events,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None chosen: all of them, also those to come."),
    )


class EndpointChange(EndpointFacts):
    is_active = forms.BooleanField(label=_("Send events there"), required=False)
