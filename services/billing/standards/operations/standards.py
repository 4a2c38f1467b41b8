"""Standards by name; what they charge is in their versions."""

from datetime import datetime

from django.db import IntegrityError, transaction

from kernel import access
from kernel.access import Action, Actor
from kernel.audit import operations as audit
from kernel.db import violated_constraint
from kernel.text import _
from services.billing.standards import queries
from services.billing.standards.models import FeeItem, FeeStandard, FeeVersion, VersionState
from services.billing.standards.operations import approval
from services.billing.standards.operations.errors import (
    ItemUnknown,
    NameMissing,
    StandardInUse,
    StandardNameTaken,
)


@transaction.atomic
def create_standard(
    *, actor: Actor, project_id: int, item_id: int, name: str, now: datetime
) -> FeeStandard:
    """Add a standard of an item to a project. It charges nothing before a version is confirmed.

    :raises access.ActionDenied: without ``fee-standard.draft`` in the project.
    :raises NotFound: if there is no such project.
    :raises ItemUnknown: if there is no such item.
    :raises NameMissing: without a name.
    :raises StandardNameTaken: if the project has a standard of this name.
    """
    access.require_in_project(actor, Action.FEE_STANDARD_DRAFT, project_id)
    item = FeeItem.objects.filter(pk=item_id).first()
    if item is None:
        raise ItemUnknown(_("There is no such fee item."), field="item")
    standard = FeeStandard(project_id=project_id, item=item, name=_required(name), created_at=now)
    _save_standard(standard)
    audit.record(
        actor=actor,
        event="billing.fee-standard.created",
        subject=standard,
        project_id=project_id,
        now=now,
        data={"name": standard.name, "item": item.code},
    )
    return standard


@transaction.atomic
def rename_standard(*, actor: Actor, standard_id: int, name: str, now: datetime) -> FeeStandard:
    """Change a standard's name, which no bill depends on.

    :raises access.ActionDenied: without ``fee-standard.draft`` in the project.
    :raises NotFound: if there is no such standard.
    :raises NameMissing: without a name.
    :raises StandardNameTaken: if the project has another standard of this name.
    """
    standard = queries.lock_standard(actor=actor, standard_id=standard_id)
    access.require(actor, Action.FEE_STANDARD_DRAFT, standard.project_id)
    before, standard.name = standard.name, _required(name)
    _save_standard(standard)
    audit.record(
        actor=actor,
        event="billing.fee-standard.renamed",
        subject=standard,
        project_id=standard.project_id,
        now=now,
        data={"before": before, "after": standard.name},
    )
    return standard


@transaction.atomic
def delete_standard(*, actor: Actor, standard_id: int, now: datetime) -> None:
    """Remove a standard made by mistake, of which nothing was ever confirmed.

    :raises access.ActionDenied: without ``fee-standard.draft`` in the project.
    :raises NotFound: if there is no such standard.
    :raises StandardInUse: if a version was confirmed or withdrawn, or an assignment confirmed.
    """
    ids = FeeVersion.objects.filter(standard_id=standard_id).values_list("pk", flat=True)
    cases = [approval.lock_open_case(version_id) for version_id in ids.order_by("pk")]
    standard = queries.lock_standard(actor=actor, standard_id=standard_id)
    access.require(actor, Action.FEE_STANDARD_DRAFT, standard.project_id)
    if (
        standard.versions.exclude(state=VersionState.DRAFT).exists()
        or standard.assignments.exclude(confirmed_at=None).exists()
    ):
        raise StandardInUse(_("This standard has been confirmed: end its version instead."))
    for case in cases:
        text = str(_("The standard was removed."))
        approval.take_back(actor=actor, case=case, text=text, now=now)
    audit.record(
        actor=actor,
        event="billing.fee-standard.deleted",
        subject=standard,
        project_id=standard.project_id,
        now=now,
        data={"name": standard.name},
    )
    standard.versions.all().delete()
    standard.assignments.all().delete()
    standard.delete()


def _required(name: str) -> str:
    if not name.strip():
        raise NameMissing(_("Enter a name."), field="name")
    return name.strip()


def _save_standard(standard: FeeStandard) -> None:
    try:
        with transaction.atomic():
            standard.save()
    except IntegrityError as error:
        if violated_constraint(error) != "feestandard_name_once":
            raise
        raise StandardNameTaken(
            _("There is a standard of this name in the project."), field="name"
        ) from error
