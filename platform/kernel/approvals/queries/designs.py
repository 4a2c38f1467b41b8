"""Reads of chains and their versions; what a definition may refer to."""

from dataclasses import replace
from datetime import date

from django.db.models import Exists, OuterRef, Prefetch, QuerySet

from kernel import access, duties
from kernel.access import Action, Actor
from kernel.access import queries as access_queries
from kernel.access.models import User
from kernel.approvals import registry
from kernel.approvals.models import Chain, ChainState, ChainVersion
from kernel.approvals.queries.people import APART_POSTS, business_posts
from kernel.approvals.registry import DocumentKind
from kernel.approvals.rules import checks
from kernel.approvals.rules.definitions import Definition
from kernel.approvals.rules.facts import bind
from kernel.approvals.settings import number_keys, number_of
from kernel.errors import NotFound


def chains(*, actor: Actor) -> QuerySet[Chain]:
    """Return the company's chains and the projects' in their place, with versions, by key.

    :raises access.ActionDenied: without ``approval.configure``.
    """
    access.require_everywhere(actor, Action.APPROVAL_CONFIGURE)
    versions = ChainVersion.objects.order_by("-number")
    return Chain.objects.prefetch_related(Prefetch("versions", queryset=versions)).order_by(
        "key", "project_id"
    )


def get_chain(*, actor: Actor, chain_id: int) -> Chain:
    """Return one chain with its versions, the newest first.

    :raises access.ActionDenied: without ``approval.configure``.
    :raises NotFound: if there is no such chain.
    """
    found = chains(actor=actor).filter(pk=chain_id).first()
    if found is None:
        raise NotFound
    return found


def get_version(*, actor: Actor, version_id: int) -> ChainVersion:
    """Return one version with its chain.

    :raises access.ActionDenied: without ``approval.configure``.
    :raises NotFound: if there is no such version.
    """
    access.require_everywhere(actor, Action.APPROVAL_CONFIGURE)
    found = ChainVersion.objects.select_related("chain").filter(pk=version_id).first()
    if found is None:
        raise NotFound
    return found


def version_in_use(*, key: str, project_id: int | None) -> ChainVersion | None:
    """Return the published version of the project's own chain, else of the company's."""
    found = ChainVersion.objects.select_related("chain").filter(
        chain__key=key, state=ChainState.PUBLISHED
    )
    if project_id is not None:
        own = found.filter(chain__project_id=project_id).first()
        if own is not None:
            return own
    return found.filter(chain__project_id__isnull=True).first()


def bound(definition: Definition, project_id: int | None) -> Definition:
    """Return the definition with the values of the settings that its conditions name."""

    def read(key: str) -> str:
        return number_of(key, project_id=project_id)

    return replace(
        definition,
        branches=tuple(
            replace(
                branch,
                when=bind(branch.when, read),
                steps=tuple(replace(step, when=bind(step.when, read)) for step in branch.steps),
            )
            for branch in definition.branches
        ),
    )


def problems_of(*, kind: DocumentKind, definition: Definition, today: date) -> list[checks.Problem]:
    """Return what is wrong or doubtful in a definition for documents of ``kind``."""
    return checks.problems_of(definition, known_of(kind, today))


def known_of(kind: DocumentKind, today: date) -> checks.Known:
    """Return what a definition for documents of ``kind`` may refer to on ``today``."""
    return checks.Known(
        facts=kind.all_facts(),
        posts=frozenset(post.key for post in access_queries.posts_to_give()),
        user_ids=frozenset(
            User.objects.filter(Exists(business_posts(user=OuterRef("pk"), day=today))).values_list(
                "pk", flat=True
            )
        ),
        settings=number_keys(),
        rules=frozenset(duties.PAIRS),
        apart_posts=APART_POSTS,
    )


def kinds(*, actor: Actor) -> tuple[DocumentKind, ...]:
    """Return every kind of document, by key.

    :raises access.ActionDenied: without ``approval.configure``.
    """
    access.require_everywhere(actor, Action.APPROVAL_CONFIGURE)
    return registry.kinds()
