"""What is asked of people about exemptions from the separation of duties."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from console.inputs import DayField
from kernel.access import Actor, queries
from kernel.duties import PAIRS
from kernel.duties.exemptions import LONGEST_TEXT
from services.properties import queries as properties


def _long_text(label: Any, *, help_text: Any = "", required: bool = True) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=help_text,
        required=required,
    )


class Ask(forms.Form):
    rule = forms.ChoiceField(label=_("Duties"))
    user_id = forms.TypedChoiceField(label=_("Person"), coerce=int)
    project_id = forms.TypedChoiceField(
        label=_("Where"), coerce=int, required=False, empty_value=None
    )
    valid_from = DayField(label=_("From"))
    last_day = DayField(label=_("Last day"), help_text=_("A year from the first day at most."))
    reason = _long_text(
        _("Reason"), help_text=_("Listed with the exemption on the quarterly accounts.")
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = queries.users(actor=actor).filter(is_active=True)
        self.fields["rule"].choices = [  # type: ignore[attr-defined]
            (rule, f"{rule} {pair.duty_a} / {pair.duty_b}") for rule, pair in PAIRS.items()
        ]
        self.fields["user_id"].choices = [  # type: ignore[attr-defined]
            ("", _("Choose a person")),
            *((str(person.pk), person.label) for person in people),
        ]
        self.fields["project_id"].choices = [  # type: ignore[attr-defined]
            ("", _("Whole company")),
            *((str(project.pk), project.name) for project in properties.projects(actor=actor)),
        ]


class Approve(forms.Form):
    opinion = _long_text(_("Opinion"), required=False)


class Reject(forms.Form):
    opinion = _long_text(_("Reason"))


class End(forms.Form):
    reason = _long_text(_("Reason"))
