from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from console.inputs import DayField
from services.billing.runs.rules import month_of


class TrialBalance(forms.Form):
    """Which days and which project; without a project, the whole company."""

    project = forms.TypedChoiceField(label=_("Project"), required=False, coerce=int)
    first_day = DayField(label=_("From"))
    last_day = DayField(label=_("Until"))

    def __init__(self, *args: Any, projects: list[tuple[Any, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["project"].choices = projects  # type: ignore[attr-defined]
        self.fields["project"].required = all(value for value, _name in projects)

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        first_day, last_day = found.get("first_day"), found.get("last_day")
        if first_day and last_day and last_day < first_day:
            self.add_error("last_day", _("The end lies before the beginning."))
        return found


def defaults(today: date, project: Any) -> dict[str, Any]:
    """Return the month of ``today`` up to it."""
    return {
        "project": project,
        "first_day": month_of(today).isoformat(),
        "last_day": today.isoformat(),
    }
