"""Put a designed chain in use once there are people for it."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from kernel.access import Actor
from kernel.approvals import queries, registry
from kernel.approvals.models import ChainVersion
from kernel.approvals.operations.chains import publish, save_draft
from kernel.approvals.queries.staffing import staffing_of
from kernel.approvals.rules.checks import Level
from kernel.errors import Conflict, Invalid
from kernel.tenancy import company_day
from kernel.text import _


class ChainUnstaffed(Conflict):
    """``details["findings"]``: gap, branch, step, post, rule, project_ids."""

    code = "approvals.chain-unstaffed"


class NoteMissing(Invalid):
    code = "approvals.note-missing"


@transaction.atomic
def publish_checked(
    *,
    actor: Actor,
    version_id: int,
    project_ids: Collection[int],
    note: str,
    seen_at: datetime | None = None,
    now: datetime,
) -> ChainVersion:
    """Publish a draft, unless nobody could sign a step or a branch is never reached.

    What only some projects lack, and what is doubtful, wants a reason: ``note``.

    :param project_ids: the projects that the chain is for.
    :raises ChainUnstaffed: if a step would stop every case, or a branch is never reached.
    :raises NoteMissing: if there are doubts and no reason is given.
    :raises DefinitionInvalid: and the others of :func:`chains.publish`.
    """
    version = queries.get_version(actor=actor, version_id=version_id)
    definition = version.read()
    kind = registry.find_kind(version.chain.kind)
    today = company_day(now)
    problems = queries.problems_of(kind=kind, definition=definition, today=today) if kind else []
    if not any(problem.level == Level.ERROR for problem in problems):
        # What is wrong in itself is told by what publishes.
        findings = staffing_of(definition, project_ids=project_ids, today=today)
        blocking = [finding for finding in findings if finding.is_blocking]
        if blocking:
            raise ChainUnstaffed(
                _("The chain cannot be used like this: %(count)d findings block it.")
                % {"count": len(blocking)},
                details={"findings": [finding.as_json() for finding in blocking]},
            )
        if (problems or findings) and not note.strip():
            raise NoteMissing(
                _("There are warnings: say why the chain is published all the same."),
                field="note",
            )
    save_draft(
        actor=actor,
        version_id=version_id,
        definition=version.definition,
        note=note,
        seen_at=seen_at,
        now=now,
    )
    return publish(actor=actor, version_id=version_id, seen_at=now, now=now)
