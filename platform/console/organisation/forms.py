from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from console.inputs import DayField
from kernel.access import Actor, organisation, queries
from kernel.access.catalogue import LADDERS
from kernel.access.models import Department as DepartmentRow
from kernel.access.models import Post as PostRow
from kernel.access.models import User
from services.properties import queries as properties

Choices = list[tuple[str, Any]]


class Post(forms.Form):
    """What a company says of a post."""

    name = forms.CharField(label=pgettext_lazy("of a thing", "Name"), max_length=60)
    name_en = forms.CharField(label=_("Name in English"), max_length=60, required=False)
    place = forms.ChoiceField(
        label=_("Usually held in"), choices=PostRow.Place.choices, initial=PostRow.Place.PROJECT
    )
    reports_to = forms.ChoiceField(label=_("Reports to"), required=False)
    reports_from = DayField(
        label=_("From"),
        required=False,
        help_text=_("The first day of a new line; empty: today. What was decided before stays."),
    )
    department = forms.ChoiceField(label=_("Department"), required=False)

    def __init__(self, *args: Any, actor: Actor, key: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reports_to"].choices = [  # type: ignore[attr-defined]
            ("", _("Nobody")),
            *((post.key, post.label) for post in queries.posts_to_give() if post.key != key),
        ]
        self.fields["department"].choices = department_choices(  # type: ignore[attr-defined]
            actor, none=_("No department")
        )


class NewPost(Post):
    """A post, made anew or after another."""

    copied_from = forms.ChoiceField(
        label=_("Made after"),
        required=False,
        help_text=_("It may do what that post may, and counts as it for the separation of duties."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["copied_from"].choices = [  # type: ignore[attr-defined]
            ("", _("No other post")),
            *((post.key, post.label) for post in queries.posts_to_give()),
        ]


class ChooseLadder(forms.Form):
    """One of the handbook's ladders; ``seen`` is the digest of the plan that was looked at."""

    ladder = forms.ChoiceField(choices=[(key, key) for key in LADDERS])
    first_day = DayField(label=_("Lines change on"), required=False, help_text=_("Empty: today."))
    keeps_own = forms.BooleanField(
        label=_("Keep names and lines that we changed ourselves"), required=False
    )
    seen = forms.CharField(required=False, max_length=16, empty_value=None)


class Classify(forms.Form):
    """As which posts of the catalogue a post counts."""

    counts_as = forms.MultipleChoiceField(
        label=_("It counts as"), required=False, widget=forms.CheckboxSelectMultiple
    )
    none = forms.BooleanField(label=_("It counts as none of these"), required=False)
    stands_in = forms.BooleanField(
        label=_("Who holds it also signs where a chain names one of these posts"), required=False
    )

    def __init__(self, *args: Any, key: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # First those that pairs of duties name; the others are named by chains.
        found = sorted(organisation.posts_to_count_as(key=key), key=lambda one: not one.in_pairs)
        self.fields["counts_as"].choices = [  # type: ignore[attr-defined]
            (one.post.key, one.post.label) for one in found
        ]

    def clean(self) -> dict[str, Any]:
        values = self.cleaned_data
        if bool(values.get("counts_as")) == bool(values.get("none")) and not self.errors:
            self.add_error("counts_as", _("Choose posts, or say that it counts as none of these."))
        return values


class NewDepartment(forms.Form):
    key = forms.CharField(
        label=_("Code"), max_length=20, help_text=_("Letters and digits, e.g. CS. It stays.")
    )
    name = forms.CharField(label=pgettext_lazy("of a thing", "Name"), max_length=60)
    name_en = forms.CharField(label=_("Name in English"), max_length=60, required=False)
    parent = forms.ChoiceField(label=_("Belongs to"), required=False)

    def __init__(self, *args: Any, actor: Actor, but: int | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["parent"].choices = department_choices(  # type: ignore[attr-defined]
            actor, none=_("No department above"), but=but
        )


class EditDepartment(NewDepartment):
    key = None  # type: ignore[assignment]


class Head(forms.Form):
    """Who leads a department, in the company or in one project."""

    place = forms.ChoiceField(label=_("Where"), required=False)
    user = forms.ChoiceField(label=_("Head"), required=False)

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["place"].choices = [  # type: ignore[attr-defined]
            ("", _("Whole company")),
            *((str(project.pk), project.name) for project in properties.projects(actor=actor)),
        ]
        self.fields["user"].choices = [  # type: ignore[attr-defined]
            ("", _("Nobody")),
            *((str(user.pk), user.label) for user in queries.users(actor=actor) if user.is_active),
        ]


class Membership(forms.Form):
    """The department a person belongs to."""

    department = forms.ChoiceField(label=_("Department"), required=False)

    def __init__(self, *args: Any, actor: Actor, person: User | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["department"].choices = department_choices(  # type: ignore[attr-defined]
            actor, none=_("No department")
        )
        if person is not None:
            self.initial["department"] = str(person.department_id or "")


def department_choices(actor: Actor, *, none: Any, but: int | None = None) -> Choices:
    """Return the departments in use, each below the one above it."""
    rows = [row for row in organisation.departments(actor=actor) if row.is_active]
    return [
        ("", none),
        *(
            (str(row.pk), f"{'　' * depth}{row.label}")
            for row, depth in as_tree(rows)
            if row.pk != but
        ),
    ]


def as_tree(rows: list[DepartmentRow]) -> list[tuple[DepartmentRow, int]]:
    """Return the departments in the order of the tree, each with how deep it lies."""
    known = {row.pk for row in rows}
    below: dict[int | None, list[DepartmentRow]] = {}
    for row in rows:
        parent = row.parent_id if row.parent_id in known else None
        below.setdefault(parent, []).append(row)

    def walk(parent: int | None, depth: int) -> list[tuple[DepartmentRow, int]]:
        return [
            found
            for row in below.get(parent, [])
            for found in ((row, depth), *walk(row.pk, depth + 1))
        ]

    return walk(None, 0)


def number(value: str) -> int | None:
    """Return the id that a choice stands for, ``None`` for the empty one."""
    return int(value) if value else None
