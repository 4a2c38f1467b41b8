from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kernel.access.models import User
from kernel.notifications.channels import LONGEST_NAME
from kernel.notifications.models import Channel
from kernel.notifications.registry import company_notices
from services.properties.models import Project


def kinds() -> list[tuple[str, Any]]:
    return [(notice.key, notice.name) for notice in company_notices()]


class ChannelChange(forms.Form):
    name = forms.CharField(
        label=pgettext_lazy("of a thing", "Name"),
        max_length=LONGEST_NAME,
        help_text=_("The group that reads along."),
    )
    language = forms.ChoiceField(label=_("Language"), choices=User.Language.choices)
    kinds = forms.MultipleChoiceField(
        label=_("Notices"), choices=kinds, widget=forms.CheckboxSelectMultiple
    )
    is_active = forms.BooleanField(label=_("Post there"), required=False)


class NewChannel(forms.Form):
    kind = forms.ChoiceField(label=_("Kind"), choices=Channel.Kind.choices)
    name = forms.CharField(
        label=pgettext_lazy("of a thing", "Name"),
        max_length=LONGEST_NAME,
        help_text=_("The group that reads along."),
    )
    key = forms.CharField(
        label=_("Address of the robot"),
        max_length=300,
        widget=forms.TextInput(attrs={"spellcheck": "false", "autocomplete": "off"}),
        help_text=_("As the group's settings show it. It is kept encrypted and not shown again."),
    )
    secret = forms.CharField(
        label=_("Secret for signing"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"spellcheck": "false", "autocomplete": "off"}),
        help_text=_("DingTalk and Feishu, where signing was chosen."),
    )
    language = forms.ChoiceField(label=_("Language"), choices=User.Language.choices)
    project_id = forms.TypedChoiceField(
        label=_("Project"), coerce=int, empty_value=None, required=False
    )
    kinds = forms.MultipleChoiceField(
        label=_("Notices"), choices=kinds, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, projects: list[Project], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(project.pk, project.name) for project in projects]
        self.fields["project_id"].choices = [("", _("All projects")), *choices]  # type: ignore[attr-defined]
