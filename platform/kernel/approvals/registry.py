"""Kinds of documents that go through chains. Services register theirs in ``AppConfig.ready``.

registry.register(
    DocumentKind(
        key="fee_standard.change",
        name=_("Change of a fee standard"),
        facts=(Fact("price", _("Price"), FactType.MONEY),),
        on_approved=put_in_force,
    )
)
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

from kernel.access.actors import Actor
from kernel.approvals.rules.definitions import Duty
from kernel.approvals.rules.facts import Fact, FactType
from kernel.text import _

if TYPE_CHECKING:
    from kernel.approvals.models import Case

Handler = Callable[["Case", Actor, datetime], None]
Played = Callable[["Case"], Mapping[Duty, Collection[int]]]

# Facts that the engine itself adds to those of every kind.
COMMON_FACTS: Final = (
    Fact("project", _("Project"), FactType.PROJECT, is_required=False),
    Fact("applicant", _("Applicant"), FactType.PERSON, is_required=False),
    Fact("applicant_posts", _("Posts of the applicant"), FactType.POSTS, is_required=False),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """A record as its signers are to see it."""

    title: str
    facts: Mapping[str, object]
    summary: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentKind:
    """What the engine knows about a kind of document.

    :ivar module: the name of the module for people, to group kinds by.
    :ivar url: the address of the record's page, by its id and project.
    :ivar on_agreed: runs with the last signature that approves, while tasks may be left to do; once
        more if a step is signed anew. What it refuses refuses the signature.
    :ivar on_approved: the effect; runs once, in the last signature's transaction. What it refuses
        refuses the signature.
    :ivar on_rejected: the paper is with its applicant again, who may submit it anew.
    :ivar renewed: makes the record ready to be signed, for its applicant submits it in the inbox:
        again after a rejection, or after a verbal consent; returns it as it is now. A kind that
        takes its records back by ``on_rejected`` and cannot do this is submitted again by its own
        module only, and so is the paper of a consent without this.
    :ivar played: who played duties outside the chain that its steps name, such as who bought
        already: the pairs hold for him too.
    :ivar checks: what the module knows about the record that signers should see: whether it is in
        order, and the sentence. The caller has checked access.
    :ivar is_ready: a module submits papers of this kind; others are there to be prepared.
    """

    key: str
    name: object
    module: object
    facts: tuple[Fact, ...] = ()
    url: Callable[[int, int | None], str] | None = None
    on_agreed: Handler | None = None
    on_approved: Handler | None = None
    on_rejected: Handler | None = None
    renewed: Callable[["Case", Actor, datetime], Paper] | None = None
    on_withdrawn: Handler | None = None
    played: Played | None = None
    checks: Callable[["Case"], Sequence[tuple[bool, object]]] | None = None
    is_ready: bool = False

    @property
    def is_renewable(self) -> bool:
        """Tell whether a rejected paper may be submitted again without its module."""
        return self.renewed is not None or self.on_rejected is None

    def all_facts(self) -> Mapping[str, Fact]:
        """Return the kind's facts and the common ones by key."""
        return {fact.key: fact for fact in (*self.facts, *COMMON_FACTS)}


_KINDS: dict[str, DocumentKind] = {}


def register(kind: DocumentKind) -> None:
    """Add a kind, or the working one in place of one that was announced without a module."""
    _KINDS[kind.key] = kind


def announce(kinds: Iterable[DocumentKind]) -> None:
    """Add kinds whose module may have registered them already; what works stays."""
    for kind in kinds:
        _KINDS.setdefault(kind.key, kind)


def kind_of(key: str) -> DocumentKind:
    """Return the kind.

    :raises KeyError: if there is none: a typing error, not the user's.
    """
    return _KINDS[key]


def find_kind(key: str) -> DocumentKind | None:
    """Return the kind, ``None`` if no module knows it any more."""
    return _KINDS.get(key)


def kinds() -> tuple[DocumentKind, ...]:
    """Return every kind by key."""
    return tuple(_KINDS[key] for key in sorted(_KINDS))
