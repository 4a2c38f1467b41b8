from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from console.inputs import DayField
from kernel.access import Actor, queries
from services.properties import queries as properties


class Person(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=60)
    email = forms.EmailField(
        label=_("E-mail"),
        max_length=254,
        help_text=_("The link to choose a password is sent here."),
    )


class NewPerson(Person):
    username = forms.CharField(
        label=_("User name"), max_length=60, help_text=_("For signing in, e.g. zhouting.")
    )
    field_order = ("name", "username", "email")


class GivePost(forms.Form):
    """A post, and where it is held."""

    post = forms.ChoiceField(label=_("Post"))
    place = forms.ChoiceField(label=_("Where"), required=False)
    valid_from = DayField(label=_("From"))
    last_day = DayField(
        label=_("Last day"), required=False, help_text=_("Leave it empty where no end is known.")
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["post"].choices = [  # type: ignore[attr-defined]
            ("", _("Choose a post")),
            *((post.key, post.label) for post in queries.posts_to_give()),
        ]
        self.fields["place"].choices = [  # type: ignore[attr-defined]
            ("", _("Whole company")),
            *((str(project.pk), project.name) for project in properties.projects(actor=actor)),
        ]

    def clean_place(self) -> int | None:
        place: str = self.cleaned_data["place"]
        return int(place) if place else None


class EndPost(forms.Form):
    last_day = DayField(label=_("Last day"))
