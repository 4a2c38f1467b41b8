from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from console.accounts.forms import end_of_day
from console.inputs import DayField, MoneyField
from kernel.access import Action, Actor
from kernel.access.models import User
from kernel.access.queries import posts_to_give
from kernel.access.tokens import DEFAULT_LIFE, INTEGRATION_ACTIONS
from kernel.identity.models import ItemKind
from kernel.identity.queries import possible_holders
from services.properties import queries as properties


def people(*, without: int | None = None) -> list[tuple[str, str]]:
    """Return the active people to choose from, by name."""
    found = User.objects.filter(is_active=True).order_by("name", "pk")
    return [
        ("", str(_("Choose a person"))),
        *((str(user.pk), user.label) for user in found if user.pk != without),
    ]


def holders(actor: Actor, today: date) -> list[tuple[str, str]]:
    """Return the people to whom the actor may issue something."""
    found = possible_holders(actor=actor, today=today)
    return [("", str(_("Choose a person"))), *((str(user.pk), user.label) for user in found)]


class PersonField(forms.TypedChoiceField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(coerce=int, empty_value=None, choices=people, **kwargs)


class Issue(forms.Form):
    """An item, and who gets it."""

    kind = forms.ChoiceField(label=_("Kind"), choices=ItemKind)
    number = forms.CharField(
        label=_("Number"), max_length=60, help_text=_("As it stands on the thing.")
    )
    holder = PersonField(label=_("Issued to"))
    place = forms.ChoiceField(label=_("Project"), required=False)
    amount = MoneyField(
        label=_("Amount"), required=False, help_text=_("Of a cash float or a loan only.")
    )
    note = forms.CharField(label=_("Note"), max_length=200, required=False)

    def __init__(self, *args: Any, actor: Actor, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["holder"].choices = holders(actor, today)  # type: ignore[attr-defined]
        projects = [
            (str(project.pk), project.name)
            for project in properties.projects(actor=actor)
            if actor.may(Action.ITEM_MANAGE, project.pk)
        ]
        whole = [("", _("Whole company"))] if actor.may_everywhere(Action.ITEM_MANAGE) else []
        self.fields["place"].choices = [*whole, *projects]  # type: ignore[attr-defined]

    def clean_place(self) -> int | None:
        place: str = self.cleaned_data["place"]
        return int(place) if place else None


class HandOver(forms.Form):
    to_user = PersonField(label=_("To whom"))
    note = forms.CharField(label=_("Note"), max_length=200, required=False)

    def __init__(self, *args: Any, actor: Actor, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to_user"].choices = holders(actor, today)  # type: ignore[attr-defined]


class TakeBack(forms.Form):
    counted = MoneyField(
        label=_("Counted amount"), required=False, help_text=_("Of a cash float or a loan only.")
    )
    note = forms.CharField(
        label=_("Note"), max_length=200, required=False, help_text=_("In what state it is.")
    )


class Lost(forms.Form):
    note = forms.CharField(
        label=_("How it was lost, and what was done"), max_length=200, widget=forms.Textarea
    )


class Begin(forms.Form):
    user = PersonField(label=_("Who leaves"))
    last_day = DayField(label=_("Last day"))


class Settle(forms.Form):
    """How one thing is settled; which fields it takes depends on the thing."""

    check = forms.CharField(widget=forms.HiddenInput, max_length=60)
    ref = forms.CharField(widget=forms.HiddenInput, max_length=100)
    way = forms.CharField(widget=forms.HiddenInput, max_length=10)
    to_user = PersonField(label=_("To whom"), required=False)
    counted = MoneyField(label=_("Counted amount"), required=False)
    note = forms.CharField(label=_("Note"), max_length=200, required=False)


class FactorRules(forms.Form):
    posts = forms.MultipleChoiceField(
        label=_("Posts that must have a second factor"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["posts"].choices = [  # type: ignore[attr-defined]
            (post.key, post.label) for post in posts_to_give()
        ]


class NewIntegration(forms.Form):
    name = forms.CharField(label=pgettext_lazy("of a thing", "Name"), max_length=60)
    purpose = forms.CharField(label=_("What it is for"), max_length=200)
    keeper = PersonField(label=_("Looked after by"))
    actions = forms.MultipleChoiceField(
        label=_("May"),
        widget=forms.CheckboxSelectMultiple,
        choices=lambda: [(a.value, a.label) for a in Action if a in INTEGRATION_ACTIONS],
    )
    projects = forms.MultipleChoiceField(
        label=_("Only in"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Nothing chosen: in all projects."),
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["projects"].choices = [  # type: ignore[attr-defined]
            (str(project.pk), project.name) for project in properties.projects(actor=actor)
        ]


class IntegrationToken(forms.Form):
    name = forms.CharField(label=_("What it is for"), max_length=60)
    expires_on = DayField(label=_("Last day"), help_text=_("At most two years from today."))

    def scope(self) -> dict[str, Any]:
        """Return what the operation takes."""
        given = self.cleaned_data
        return {"name": given["name"], "expires_at": end_of_day(given["expires_on"])}


def in_a_year(today: date) -> date:
    return today + DEFAULT_LIFE
