"""Reads of items, standards, versions and assignments."""

from datetime import date
from typing import cast

from django.db import connection
from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet, Subquery

from kernel import access
from kernel.access import Action, Actor
from kernel.approvals import queries as approvals
from kernel.audit.models import AuditEntry
from kernel.errors import Conflict, NotFound
from kernel.text import _, in_language
from services.billing.standards import rules
from services.billing.standards.models import (
    AssignmentState,
    FeeAssignment,
    FeeItem,
    FeeStandard,
    FeeVersion,
    VersionState,
)
from services.properties.models import Project


def items(*, actor: Actor) -> QuerySet[FeeItem]:
    """Return the company's fee items with their accounts, in their order.

    :raises access.ActionDenied: without ``fee-standard.view``.
    """
    access.require(actor, Action.FEE_STANDARD_VIEW)
    return FeeItem.objects.select_related("account").order_by("sort_order", "pk")


def item_name(code: str) -> str:
    """Return what a fee item is called in the language that is spoken, or its code."""
    item = FeeItem.objects.filter(code=code).first()
    if item is None:
        return code
    return in_language(item.name, item.name_en)


def get_item(*, actor: Actor, item_id: int) -> FeeItem:
    """Return one fee item with its account.

    :raises access.ActionDenied: without ``fee-standard.view``.
    :raises NotFound: if there is no such item.
    """
    item = items(actor=actor).filter(pk=item_id).first()
    if item is None:
        raise NotFound
    return item


def standards(*, actor: Actor, on: date, project_id: int | None = None) -> QuerySet[FeeStandard]:
    """Return standards by project, item and name, with their item and versions.

    Each has ``version_id`` and ``version_number`` of the version in force in the month ``on``
    (null if none is), the flags ``is_in_force``, ``is_submitted`` and ``has_open_scope``, and the
    counts ``draft_count`` and ``open_assignment_count`` of what waits to be confirmed.
    """
    found = access.scoped(FeeStandard.objects.all(), actor, Action.FEE_STANDARD_VIEW)
    if project_id is not None:
        found = found.filter(project_id=project_id)
    in_force = versions_in_force(on).filter(standard=OuterRef("pk"))
    return (
        found.select_related("item")
        .prefetch_related(Prefetch("versions", FeeVersion.objects.order_by("number")))
        .annotate(
            version_id=Subquery(in_force.values("pk")[:1]),
            version_number=Subquery(in_force.values("number")[:1]),
            is_in_force=Exists(in_force),
            is_submitted=Exists(
                FeeVersion.objects.filter(
                    standard=OuterRef("pk"),
                    state=VersionState.DRAFT,
                    submitted_at__isnull=False,
                )
            ),
            has_open_scope=Exists(
                FeeAssignment.objects.filter(standard=OuterRef("pk"), state=AssignmentState.DRAFT)
            ),
            draft_count=Count(
                "versions", filter=Q(versions__state=VersionState.DRAFT), distinct=True
            ),
            open_assignment_count=Count(
                "assignments", filter=Q(assignments__state=AssignmentState.DRAFT), distinct=True
            ),
        )
        .order_by("project_id", "item__sort_order", "item_id", "name", "pk")
    )


def scopes_waiting_for(*, actor: Actor, project_id: int | None = None) -> list[tuple[int, int]]:
    """Return in how many standards of each project a scope waits for the actor to confirm it.

    Only what others drafted.

    :param project_id: with ``None``, wherever he confirms them.
    """
    found = FeeAssignment.objects.filter(state=AssignmentState.DRAFT)
    if project_id is not None:
        found = found.filter(standard__project_id=project_id)
    return list(
        access.scoped(found, actor, Action.FEE_STANDARD_CONFIRM, field="standard__project_id")
        .exclude(drafted_by=actor.user_id)
        .order_by("standard__project_id")
        .values_list("standard__project_id")
        .annotate(count=Count("standard", distinct=True))
    )


def get_standard(*, actor: Actor, standard_id: int) -> FeeStandard:
    """Return one standard with its item, project, and versions by number.

    :raises NotFound: if there is none within the actor's reach.
    """
    standard = (
        access.scoped(FeeStandard.objects.all(), actor, Action.FEE_STANDARD_VIEW)
        .select_related("item__account", "project")
        .prefetch_related(Prefetch("versions", FeeVersion.objects.order_by("number")))
        .filter(pk=standard_id)
        .first()
    )
    if standard is None:
        raise NotFound
    return standard


def history(*, actor: Actor, standard: FeeStandard) -> QuerySet[AuditEntry]:
    """Return what was done to a standard, its versions and assignments, newest first.

    What was signed on the way of a version is among it. The caller has the standard from
    :func:`get_standard`. Standards are open to all staff who see them (BL-07), and so is who set
    them.
    """
    access.require(actor, Action.FEE_STANDARD_VIEW, standard.project_id)
    return approvals.history_with_cases(
        {
            FeeStandard: [standard.pk],
            FeeVersion: list(standard.versions.values_list("pk", flat=True)),
            FeeAssignment: list(standard.assignments.values_list("pk", flat=True)),
        }
    )


def versions(*, actor: Actor) -> QuerySet[FeeVersion]:
    """Return the versions within the actor's reach with standard and item, by id."""
    return (
        access.scoped(
            FeeVersion.objects.all(),
            actor,
            Action.FEE_STANDARD_VIEW,
            field="standard__project_id",
        )
        .select_related("standard__item")
        .order_by("pk")
    )


def get_version(*, actor: Actor, version_id: int) -> FeeVersion:
    """Return one version with its standard and item.

    :raises NotFound: if there is none within the actor's reach.
    """
    version = versions(actor=actor).filter(pk=version_id).first()
    if version is None:
        raise NotFound
    return version


def versions_in_force(month: date) -> QuerySet[FeeVersion]:
    """Return the confirmed versions that price ``month``, at most one of each standard."""
    return FeeVersion.objects.filter(
        Q(valid_to__isnull=True) | Q(valid_to__gt=month),
        state=VersionState.CONFIRMED,
        valid_from__lte=month,
    ).order_by("pk")


def assignments(*, actor: Actor, standard_id: int) -> QuerySet[FeeAssignment]:
    """Return a standard's assignments, rules before single units, with unit and buildings."""
    return (
        access.scoped(
            FeeAssignment.objects.filter(standard_id=standard_id),
            actor,
            Action.FEE_STANDARD_VIEW,
            field="standard__project_id",
        )
        .select_related("unit")
        .prefetch_related("buildings")
        .order_by("unit__sort_key", "valid_from", "pk")
    )


class BillsBeingComputed(Conflict):
    code = "standards.bills-being-computed"


def _refuse_while_computing(project_id: int) -> None:
    """Return unless a bill run has computed a part of its draft: the rest has the same prices.

    Runs lie above: their tables are named here, not their models.

    :raises BillsBeingComputed: otherwise.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM billing_billrun r JOIN billing_billrunchunk c"
            " ON c.run_id = r.id AND c.state <> 'OPEN'"
            " WHERE r.project_id = %s AND r.state = 'COMPUTING')",
            [project_id],
        )
        if cursor.fetchone() == (True,):
            raise BillsBeingComputed(
                _("Bills of this project are being computed. Try again when they are done.")
            )


def lock_standard(*, actor: Actor, standard_id: int, pricing: bool = False) -> FeeStandard:
    """Return the standard with its item, locked: whoever changes its versions waits here.

    :param pricing: what is charged will change: locks the project before, so that no bill run is
        computed meanwhile. Payments and bills go on, the lock leaves the row's key alone.
    :raises NotFound: if there is none within the actor's reach.
    :raises BillsBeingComputed: if a run has computed a part of its bills.
    """
    found = access.scoped(FeeStandard.objects.all(), actor, Action.FEE_STANDARD_VIEW).filter(
        pk=standard_id
    )
    if pricing:
        project = Project.objects.filter(pk__in=found.values("project_id"))
        locked = project.select_for_update(no_key=True).first()
        if locked is not None:
            _refuse_while_computing(locked.pk)
    standard = found.select_related("item").select_for_update(of=("self",)).first()
    if standard is None:
        raise NotFound
    return standard


def lock_version(*, actor: Actor, version_id: int, pricing: bool = False) -> FeeVersion:
    """Return the version after locking first its standard, then itself.

    :param pricing: see :func:`lock_standard`.
    :raises NotFound: if there is none within the actor's reach.
    """
    standard_id = (
        FeeVersion.objects.filter(pk=version_id).values_list("standard_id", flat=True).first()
    )
    if standard_id is None:
        raise NotFound
    standard = lock_standard(actor=actor, standard_id=standard_id, pricing=pricing)
    version = FeeVersion.objects.select_for_update(of=("self",)).get(pk=version_id)
    version.standard = standard
    return version


def figures_of(version: FeeVersion) -> rules.Figures:
    """Return what a version says as plain values."""
    return rules.Figures(
        pricing=pricing_of(version),
        valid_from=version.valid_from,
        valid_to=version.valid_to,
        area_basis=version.area_basis,
        meter_kind=version.meter_kind,
        reduced_rate=version.reduced_rate,
        reduced_states=tuple(version.reduced_states),
        usage_lag_months=version.usage_lag_months,
    )


def pricing_of(version: FeeVersion) -> rules.Pricing:
    """Return what decides a version's amounts."""
    return rules.Pricing(
        method=cast("rules.MethodName", version.method),
        price=version.price,
        tiers=rules.read_tiers(version.tiers),
    )
