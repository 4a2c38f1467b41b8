"""What a row of the catalogue says."""

from enum import StrEnum
from typing import NamedTuple

from kernel.access.actions import Action
from kernel.access.catalogue.bundles import STAFF


class Place(StrEnum):
    """Where a post is usually held."""

    COMPANY = "COMPANY"
    PROJECT = "PROJECT"
    EITHER = "EITHER"
    OUTSIDE = "OUTSIDE"  # customers, vendors, the owners' committee: nobody of the staff


class Post(NamedTuple):
    """A row of the catalogue. ``reports_to`` is that of ladder A, the handbook's default."""

    name: str
    name_en: str
    place: Place
    reports_to: str | None
    source: str
    department: str | None = None
    actions: frozenset[Action] = STAFF
    never: frozenset[Action] = frozenset()
    always: frozenset[Action] = frozenset()

    @property
    def company_wide(self) -> bool:
        return self.place == Place.COMPANY


class Department(NamedTuple):
    name: str
    name_en: str
    source: str
