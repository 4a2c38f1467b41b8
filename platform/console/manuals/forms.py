from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from services.properties.models import Project


class NewManual(forms.Form):
    title = forms.CharField(label=_("Title"), max_length=100)
    department = forms.CharField(
        label=_("Department"),
        max_length=8,
        help_text=_("Letters as the number bears them, such as KF."),
    )
    project_id = forms.TypedChoiceField(
        label=_("For"), coerce=int, empty_value=None, required=False
    )

    def __init__(
        self, *args: Any, projects: list[Project], is_company_wide: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        whole = [("", _("The whole company"))] if is_company_wide else []
        self.fields["project_id"].choices = [  # type: ignore[attr-defined]
            *whole,
            *((project.pk, project.name) for project in projects),
        ]
        self.fields["project_id"].required = not is_company_wide


class Draft(forms.Form):
    """A draft's text and what it changes; ``seen_at`` tells whether somebody saved it since."""

    chapter = forms.CharField(label=_("Chapter"), max_length=60)
    change = forms.CharField(label=_("What changes"), max_length=300)
    body = forms.CharField(
        label=_("Text"),
        widget=forms.Textarea(attrs={"rows": 24, "spellcheck": "false"}),
        help_text=_(
            "## begins a heading, | a | b | a row of a table, **bold**; everything else is text."
        ),
    )
    seen_at = forms.CharField(widget=forms.HiddenInput, required=False)


class IssueCopy(forms.Form):
    holder_id = forms.TypedChoiceField(label=_("Holder"), coerce=int)
    number = forms.IntegerField(
        label=_("Copy number"),
        min_value=1,
        max_value=9999,
        required=False,
        help_text=_("Left empty, the lowest number that nobody has."),
    )

    def __init__(self, *args: Any, people: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["holder_id"].choices = people  # type: ignore[attr-defined]


class ReturnCopy(forms.Form):
    note = forms.CharField(label=_("Note"), max_length=200, required=False)


class Release(forms.Form):
    recipient = forms.CharField(label=_("Recipient"), max_length=100)
    purpose = forms.CharField(label=_("What for"), max_length=200)
