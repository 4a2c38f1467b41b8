"""Draft, publish and retire versions of chains. Cases under way keep theirs."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from kernel import access
from kernel.access import Action
from kernel.access.actors import Actor
from kernel.approvals import registry
from kernel.approvals.models import Chain, ChainState, ChainVersion
from kernel.approvals.operations.errors import (
    ChainExists,
    DraftChanged,
    DraftExists,
    KindUnknown,
    NameMissing,
    NotDraft,
    NotInUse,
)
from kernel.approvals.queries.designs import problems_of
from kernel.approvals.rules.checks import Level, Problem
from kernel.approvals.rules.definitions import (
    DefinitionInvalid,
    definition_as_json,
    read_definition,
)
from kernel.audit import operations as audit
from kernel.db import refusing
from kernel.errors import NotFound
from kernel.tenancy import company_day
from kernel.text import _


@transaction.atomic
def create_chain(
    *,
    actor: Actor,
    key: str,
    kind: str,
    name: str,
    name_en: str = "",
    project_id: int | None = None,
    source: str = "",
    now: datetime,
) -> Chain:
    """Add a chain: a new one of the company, or a project's in place of the company's.

    It begins with a draft: a copy of what is in use under the key, else empty.

    :raises access.ActionDenied: without ``approval.configure``.
    :raises KindUnknown: if there is no such kind, or the key is in use for another kind.
    :raises NameMissing: without key or name.
    :raises ChainExists: if there is such a chain.
    """
    access.require_everywhere(actor, Action.APPROVAL_CONFIGURE)
    if registry.find_kind(kind) is None:
        raise KindUnknown(_("There is no such kind of document."), field="kind")
    clean = key.strip()
    if not clean or not name.strip():
        raise NameMissing(_("A chain needs a key and a name."), field="name" if clean else "key")
    if Chain.objects.filter(key=clean).exclude(kind=kind).exists():
        raise KindUnknown(_("Another kind of document uses this key."), field="key")
    refusal = ChainExists(_("There is such a chain already."), field="key")
    with refusing(chain_key_once=refusal):
        chain = Chain.objects.create(
            key=clean[:60],
            kind=kind,
            project_id=project_id,
            name=name.strip()[:80],
            name_en=name_en.strip()[:80],
            source=source.strip()[:120],
            created_at=now,
        )
    model = (
        ChainVersion.objects.filter(
            chain__key=clean, chain__project_id__isnull=True, state=ChainState.PUBLISHED
        )
        .exclude(chain=chain)
        .first()
    )
    _record(actor, "created", chain, now, {})
    _draft(actor, chain, model.definition if model else {"branches": []}, now)
    return chain


@transaction.atomic
def draft_version(*, actor: Actor, chain_id: int, now: datetime) -> ChainVersion:
    """Begin a draft: a copy of the latest version.

    :raises access.ActionDenied: without ``approval.configure``.
    :raises NotFound: if there is no such chain.
    :raises DraftExists: if there is one already.
    """
    access.require_everywhere(actor, Action.APPROVAL_CONFIGURE)
    chain = lock_chain(chain_id)
    latest = chain.versions.order_by("-number").first()
    return _draft(actor, chain, latest.definition if latest else {"branches": []}, now)


@transaction.atomic
def save_draft(
    *,
    actor: Actor,
    version_id: int,
    definition: Mapping[str, Any],
    note: str | None = None,
    seen_at: datetime | None = None,
    now: datetime,
) -> ChainVersion:
    """Keep what was designed, finished or not; a draft may have problems.

    :param seen_at: the ``drafted_at`` that the actor was shown.
    :raises access.ActionDenied: without ``approval.configure``.
    :raises NotFound: if there is no such version.
    :raises NotDraft: if it is published.
    :raises DraftChanged: if somebody has changed it since ``seen_at``.
    :raises DefinitionInvalid: if it is not the definition of a chain.
    """
    version = _lock_draft(actor, version_id, seen_at)
    version.definition = definition_as_json(read_definition(definition))
    if note is not None:
        version.note = note.strip()[:200]
    version.drafted_by, version.drafted_by_label = actor.user_id, actor.label[:140]
    version.drafted_at = now
    version.save()
    _record(actor, "draft-saved", version.chain, now, {"number": version.number})
    return version


@transaction.atomic
def discard_draft(*, actor: Actor, version_id: int, now: datetime) -> None:
    """Throw a draft away. A chain that has nothing else goes with it.

    :raises access.ActionDenied: without ``approval.configure``.
    :raises NotFound: if there is no such version.
    :raises NotDraft: if it is published.
    """
    version = _lock_draft(actor, version_id, None)
    chain = version.chain
    _record(actor, "draft-discarded", chain, now, {"number": version.number})
    version.delete()
    if not chain.versions.exists():
        chain.delete()


@transaction.atomic
def publish(
    *, actor: Actor, version_id: int, seen_at: datetime | None = None, now: datetime
) -> ChainVersion:
    """Put a draft in use: papers submitted from now on go by it, and no other way any more.

    :param seen_at: the ``drafted_at`` that the actor was shown.
    :raises access.ActionDenied: without ``approval.configure``.
    :raises NotFound: if there is no such version.
    :raises NotDraft: if it is published.
    :raises DraftChanged: if somebody has changed it since ``seen_at``.
    :raises DefinitionInvalid: if something is wrong with it; ``details["problems"]`` says what.
    """
    version = _lock_draft(actor, version_id, seen_at)
    chain = version.chain
    kind = registry.find_kind(chain.kind)
    if kind is None:
        raise KindUnknown(_("There is no such kind of document."))
    problems = problems_of(kind=kind, definition=version.read(), today=company_day(now))
    errors = [problem for problem in problems if problem.level == Level.ERROR]
    if errors:
        raise DefinitionInvalid(
            _("The chain cannot be used like this: %(first)s") % {"first": errors[0].message},
            details={"problems": [problem_as_json(problem) for problem in errors]},
        )
    before = chain.versions.filter(state=ChainState.PUBLISHED).first()
    if before is not None:
        _retire(before, now)
    version.state = ChainState.PUBLISHED
    version.published_by, version.published_by_label = actor.user_id, actor.label[:140]
    version.published_at = now
    version.save()
    _record(
        actor,
        "published",
        chain,
        now,
        {"number": version.number, "replaces": before.number if before else None},
    )
    return version


@transaction.atomic
def retire(*, actor: Actor, version_id: int, now: datetime) -> ChainVersion:
    """Take a version out of use: a project goes by the company's chain again.

    A company's chain without a version in use takes no papers.

    :raises access.ActionDenied: without ``approval.configure``.
    :raises NotFound: if there is no such version.
    :raises NotInUse: if it is not in use.
    """
    access.require_everywhere(actor, Action.APPROVAL_CONFIGURE)
    version = _lock_version(version_id)
    if version.state != ChainState.PUBLISHED:
        raise NotInUse(_("This version is not in use."))
    _retire(version, now)
    _record(actor, "retired", version.chain, now, {"number": version.number})
    return version


def problem_as_json(problem: Problem) -> dict[str, Any]:
    """Return a finding as plain values, in the language in force."""
    return {
        "level": problem.level.value,
        "branch": problem.branch,
        "step": problem.step,
        "message": str(problem.message),
    }


def lock_chain(chain_id: int) -> Chain:
    """Return the chain, locked.

    :raises NotFound: if there is none.
    """
    chain = Chain.objects.select_for_update().filter(pk=chain_id).first()
    if chain is None:
        raise NotFound
    return chain


def _draft(
    actor: Actor, chain: Chain, definition: Mapping[str, Any], now: datetime
) -> ChainVersion:
    latest = chain.versions.order_by("-number").values_list("number", flat=True).first()
    refusal = DraftExists(_("There is a draft already. Change or discard it."))
    with refusing(chainversion_one_draft=refusal, chainversion_number_once=refusal):
        version = ChainVersion.objects.create(
            chain=chain,
            number=(latest or 0) + 1,
            definition=dict(definition),
            drafted_by=actor.user_id,
            drafted_by_label=actor.label[:140],
            drafted_at=now,
        )
    _record(actor, "drafted", chain, now, {"number": version.number})
    return version


def _lock_version(version_id: int) -> ChainVersion:
    chain_id = ChainVersion.objects.filter(pk=version_id).values_list("chain_id", flat=True).first()
    if chain_id is None:
        raise NotFound
    chain = lock_chain(chain_id)
    version = chain.versions.filter(pk=version_id).first()
    if version is None:
        raise NotFound
    version.chain = chain
    return version


def _lock_draft(actor: Actor, version_id: int, seen_at: datetime | None) -> ChainVersion:
    access.require_everywhere(actor, Action.APPROVAL_CONFIGURE)
    version = _lock_version(version_id)
    if version.state != ChainState.DRAFT:
        raise NotDraft(_("This version is published and stays as it is. Begin a new draft."))
    if seen_at is not None and seen_at != version.drafted_at:
        raise DraftChanged(_("The draft has been changed meanwhile. Look at it again."))
    return version


def _retire(version: ChainVersion, now: datetime) -> None:
    version.state, version.retired_at = ChainState.RETIRED, now
    version.save(update_fields=["state", "retired_at"])


def _record(actor: Actor, what: str, chain: Chain, now: datetime, data: Mapping[str, Any]) -> None:
    audit.record(
        actor=actor,
        event=f"approvals.chain.{what}",
        subject=chain,
        project_id=chain.project_id,
        now=now,
        data={"key": chain.key, "name": chain.name, **data},
    )
