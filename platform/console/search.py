"""Global search (Ctrl K): who finds what.

A provider is a function ``find(*, actor, text, project_id) -> list[Hit]`` that reads through a
service's queries, so it finds only what the actor may see. It is named here as a string: search
knows no page, and a page is found by one line.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Protocol

from django.utils.functional import Promise
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from console.inputs import plain_text
from kernel.access import Actor

LONGEST_TEXT = 100
MOST_HITS = 8  # of one group: a palette is read at a glance


@dataclass(frozen=True, kw_only=True)
class Hit:
    title: str
    url: str
    icon: str = "right"
    note: str = ""  # a second, smaller line
    badge: str = ""  # a word at the right, e.g. what is owed
    tone: str = ""


class Provider(Protocol):
    def __call__(self, *, actor: Actor, text: str, project_id: int | None) -> list[Hit]: ...


@dataclass(frozen=True, kw_only=True)
class Source:
    label: str | Promise
    provider: str  # dotted path


@dataclass(frozen=True)
class Group:
    label: str
    hits: list[Hit]


SOURCES: Final[tuple[Source, ...]] = (
    Source(
        label=pgettext_lazy("group of hits", "Households"),
        provider="console.properties.search.find",
    ),
    Source(label=_("Owners and residents"), provider="console.properties.search.find_people"),
    Source(label=_("Vendors"), provider="console.procurement.search.find_vendors"),
    Source(label=_("Catalogue of goods"), provider="console.procurement.search.find_articles"),
    Source(label=_("Receipts"), provider="console.cashier.search.find"),
    Source(label=_("Rounds of quotes"), provider="console.procurement.rounds.search.find"),
    Source(label=_("Projects"), provider="console.properties.search.find_projects"),
    Source(label=_("Pages"), provider="console.shell.pages.find"),
)


def find(
    *,
    actor: Actor,
    text: str,
    project_id: int | None,
    sources: tuple[Source, ...] | None = None,
    load: Callable[[str], Provider] = import_string,
) -> list[Group]:
    """Return what is found, in the order of the sources, at most eight hits of each."""
    asked = plain_text(text)[:LONGEST_TEXT].replace("\x00", "")
    if not asked:
        return []
    groups = []
    for source in SOURCES if sources is None else sources:
        hits = load(source.provider)(actor=actor, text=asked, project_id=project_id)
        if hits:
            groups.append(Group(str(source.label), hits[:MOST_HITS]))
    return groups
