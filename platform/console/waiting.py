"""What waits for the visitor and is done on a page of its own, from every module.

A module tells what it knows of by a function ``find(*, actor, project_id, now) -> list[Thing]``
that reads through its service's queries and is named here by one line; the inbox, its count and a
project's home show it. What waits for a signature is a case: the inbox has it from the approvals.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final, Protocol

from django.utils.functional import Promise
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from kernel.access import Action, Actor

_NEVER: Final = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Thing:
    """Something to be done, and the page or filtered list on which it is done.

    ``kind`` and ``icon`` are those of its source.
    """

    title: str
    url: str
    note: str = ""
    project_id: int | None = None  # None: the company's
    since: datetime | None = None
    due_at: datetime | None = None
    kind: str = ""
    icon: str = ""


class Find(Protocol):
    def __call__(self, *, actor: Actor, project_id: int | None, now: datetime) -> list[Thing]:
        """Return what waits for the actor, in one project or (``None``) everywhere."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A module's own. Whoever holds none of ``actions`` is not asked for; none: everybody is."""

    key: str
    label: str | Promise
    icon: str
    find: str  # dotted path
    actions: tuple[Action, ...] = ()

    def concerns(self, actor: Actor) -> bool:
        """Tell whether anything of this may wait for the actor."""
        return not self.actions or any(actor.may(action) for action in self.actions)


# In the order of a month's work, what belongs to everybody last.
SOURCES: Final[tuple[Source, ...]] = (
    Source(
        key="imports",
        label=_("Uploaded files to be imported"),
        icon="import",
        find="console.imports.waiting.find",
        actions=(Action.REGISTRY_IMPORT, Action.READING_RECORD),
    ),
    Source(
        key="fee-scopes",
        label=_("Who is charged: to be confirmed"),
        icon="tag",
        find="console.standards.waiting.find",
        actions=(Action.FEE_STANDARD_CONFIRM,),
    ),
    Source(
        key="quote-rounds",
        label=_("Quotes wait to be opened"),
        icon="lock",
        find="console.procurement.rounds.waiting.find",
        actions=(Action.QUOTE_OPEN, Action.PURCHASE_BUY),
    ),
    Source(
        key="readings",
        label=_("Meter readings to be resolved"),
        icon="gauge",
        find="console.metering.waiting.find",
        actions=(Action.READING_RESOLVE,),
    ),
    Source(
        key="bill-runs",
        label=_("Bill runs to be taken further"),
        icon="calc",
        find="console.runs.waiting.find",
        actions=(Action.BILL_RUN_PREPARE, Action.BILL_RUN_CHECK, Action.BILL_RUN_POST),
    ),
    Source(
        key="exemptions",
        label=_("Exemptions from the separation of duties to be decided"),
        icon="shield",
        find="console.duties.waiting.find",
        actions=(Action.DUTIES_EXEMPT,),
    ),
    Source(
        key="departures",
        label=_("Leavers whose work is to be handed over"),
        icon="users",
        find="console.identity.waiting.find",
        actions=(Action.USER_MANAGE,),
    ),
    Source(
        key="vendors",
        label=_("Vendors and their papers to be decided on"),
        icon="truck",
        find="console.procurement.vendors.waiting.find",
        actions=(Action.VENDOR_CHECK,),
    ),
    Source(
        key="manuals",
        label=_("Controlled documents to be seen to"),
        icon="file-text",
        find="console.manuals.waiting.find",
    ),
    Source(
        key="file-access",
        label=_("Files granted to be looked at"),
        icon="folder",
        find="console.archive.waiting.find",
        actions=(Action.ARCHIVE_REQUEST,),
    ),
    Source(
        key="own-cases",
        label=_("Approvals to be taken further"),
        icon="send",
        find="console.approvals.waiting.find",
    ),
)


def sources_for(actor: Actor) -> list[Source]:
    """Return the kinds of things that may wait for the actor."""
    if actor.user_id is None:  # nothing waits for a program
        return []
    return [source for source in SOURCES if source.concerns(actor)]


def things(
    *, actor: Actor, now: datetime, project_id: int | None = None, kind: str = ""
) -> list[Thing]:
    """Return what waits for the actor: what is due first, then what waits longest.

    About one query for each source that concerns him.

    :param project_id: only of this project, or, with ``None``, wherever it is.
    :param kind: only of this source.
    """
    found = [
        replace(thing, kind=source.key, icon=source.icon)
        for source in sources_for(actor)
        if kind in ("", source.key)
        for thing in _finder(source)(actor=actor, project_id=project_id, now=now)
    ]
    return sorted(found, key=lambda one: (one.due_at or _NEVER, one.since or _NEVER))


def _finder(source: Source) -> Callable[..., list[Thing]]:
    find: Find = import_string(source.find)
    return find
