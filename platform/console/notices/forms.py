from django import forms
from django.utils.translation import gettext_lazy as _

from kernel.notifications.operations import LONGEST_SUBJECT, LONGEST_TEXT


class Wanted(forms.Form):
    """Which kinds come by mail or text message, and when not."""

    mobile = forms.CharField(
        label=_("Mobile number"),
        max_length=30,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel"}),
        help_text=_("For text messages only; nobody else sees it."),
    )
    starts_at = forms.TimeField(
        label=_("Quiet from"),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )
    ends_at = forms.TimeField(
        label=_("Quiet until"),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        help_text=_("Mails and text messages wait until then; urgent ones come at once."),
    )


class Words(forms.Form):
    subject = forms.CharField(label=_("Subject"), max_length=LONGEST_SUBJECT)
    text = forms.CharField(
        label=_("Text"),
        max_length=LONGEST_TEXT,
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
