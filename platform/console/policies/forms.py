"""The input that fits a setting."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from console.inputs import DayField
from kernel.policies import Setting, kinds
from kernel.policies import kinds_of_time as times


class ValueForm(forms.Form):
    """One value of a setting, and for a dated one its first day. The kind says what it may be."""

    def __init__(self, *args: Any, setting: Setting, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.setting = setting
        # Not twice on a page: several rows may be open.
        self.auto_id = f"id_{setting.key.replace('.', '-')}_%s"
        self.fields["value"] = field_of(setting)
        if setting.is_dated:
            self.fields["valid_from"] = DayField(
                label=_("Counts from"),
                help_text=_("Not before today: what was computed stays as it is."),
            )

    @property
    def text(self) -> str:
        """The value as the operation takes it."""
        value = self.cleaned_data["value"]
        return ",".join(value) if isinstance(value, list) else str(value)

    @property
    def day(self) -> date | None:
        return self.cleaned_data.get("valid_from")


def initial_of(setting: Setting, value: Any, today: date) -> dict[str, Any]:
    """Return what the form starts with."""
    found: dict[str, Any] = {"value": "", "valid_from": today}
    if value is None:
        return found
    if isinstance(setting.kind, kinds.Choices):
        found["value"] = list(value)
    elif isinstance(setting.kind, times.Week):
        found["value"] = [times.WEEKDAYS[day] for day in sorted(value)]
    elif isinstance(setting.kind, kinds.Share):
        found["value"] = setting.kind.text(value).removesuffix("%")
    else:
        found["value"] = setting.kind.text(value)
    return found


def field_of(setting: Setting) -> forms.Field:
    """Return the input of a setting's kind; what it takes is checked by the kind alone."""
    kind = setting.kind
    facts: dict[str, Any] = {"label": setting.name, "required": True}
    if isinstance(kind, kinds.Flag):
        words = [("on", kind.words(True)), ("off", kind.words(False))]  # noqa: FBT003
        return forms.ChoiceField(choices=words, **facts)
    if isinstance(kind, kinds.Choice):
        return forms.ChoiceField(choices=list(kind.options.items()), **facts)
    if isinstance(kind, kinds.Choices):
        return forms.MultipleChoiceField(
            choices=list(kind.options.items()), widget=forms.CheckboxSelectMultiple, **facts
        )
    if isinstance(kind, times.Week):
        days = list(zip(times.WEEKDAYS, times.WEEKDAY_NAMES, strict=True))
        return forms.MultipleChoiceField(choices=days, widget=forms.CheckboxSelectMultiple, **facts)
    if isinstance(kind, kinds.Lines):
        return forms.CharField(
            widget=forms.Textarea(attrs={"rows": 8}),
            help_text=kind.bounds(),
            max_length=13_000,
            **{**facts, "required": False},
        )
    is_number = isinstance(kind, kinds.Whole | kinds.Figure | kinds.Money | kinds.Share)
    attrs = {"inputmode": "decimal"} if is_number else {}
    return forms.CharField(
        widget=forms.TextInput(attrs=attrs), help_text=kind.bounds(), max_length=200, **facts
    )
