from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kernel.records.models import Mode, Receiver

# SH-30: the choice is there so that it can be refused with its reason, and the refusal be kept.
STRANGER = "STRANGER"


class NewRequest(forms.Form):
    purpose = forms.CharField(label=_("Purpose"), max_length=200)
    wanted = forms.CharField(
        label=_("What is wanted"),
        max_length=200,
        help_text=_("Which papers or data, e.g. the purchase contract."),
    )
    mode = forms.ChoiceField(label=_("How"), choices=Mode.choices)
    receiver = forms.ChoiceField(
        label=_("For whom"),
        choices=[*Receiver.choices, (STRANGER, _("For anybody else, such as a vendor"))],
    )
    receiver_name = forms.CharField(
        label=_("Name of who asks"),
        max_length=120,
        required=False,
        help_text=_("Not needed for our own work."),
    )
    paper = forms.CharField(
        label=_("Written request or proxy"),
        max_length=120,
        required=False,
        help_text=_("Number of the court’s order, the lawyer’s letter or the proxy."),
    )


class Keep(forms.Form):
    kind = forms.ChoiceField(label=_("Which paper"))
    file = forms.FileField(label=_("File"))

    def __init__(self, *args: Any, papers: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [("", _("Choose")), *papers]  # type: ignore[attr-defined]


class Opinion(forms.Form):
    """What is signed is the step that was on the screen."""

    step = forms.IntegerField(min_value=1, max_value=2**63 - 1)
    text = forms.CharField(label=_("Remark"), max_length=200, required=False)
