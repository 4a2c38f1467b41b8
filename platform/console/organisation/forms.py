from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kernel.access import Actor, organisation, queries
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
