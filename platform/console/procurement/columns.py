"""Columns and filters that the lists of procurement share."""

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext_lazy as _

from console.lists import ChoiceFilter, Column
from console.procurement.choices import projects_of
from console.procurement.records import place


def of_vendor(path: str = "vendor", **more: Any) -> Column:
    """Return the column of the vendor that a row leads to along ``path``, under its title."""
    return Column(
        key=f"{path}.name".replace("__", "."),
        label=_("Vendor"),
        sort=f"{path}__name",
        **{"phone": "sub", **more},
    )


def whose(project_of: Callable[[Any], Any] = lambda row: row.project, **more: Any) -> Column:
    """Return the column of whose a paper is: a project's, or the company's own."""
    return Column(
        key="project", label=_("Project"), value=lambda row: place(project_of(row)), **more
    )


def summed(key: str, label: Any) -> Column:
    """Return a column of amounts with their total."""
    return Column(key=key, label=label, kind="money", sort=key, total=key, phone="end")


def state() -> Column:
    return Column(key="state", label=_("State"), kind="state", phone="end2")


def by_state(choices: Any) -> ChoiceFilter:
    return ChoiceFilter(key="state", label=_("State"), field="state", choices=choices)


def by_project(field: str = "project_id") -> ChoiceFilter:
    return ChoiceFilter(key="project", label=_("Project"), field=field, choices=projects_of)
