"""What drafting, confirming and ending a version have in common."""

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q

from kernel.access import Actor
from kernel.audit import operations as audit
from kernel.db import violated_constraint
from kernel.text import _
from services.billing.standards import rules
from services.billing.standards.models import FeeVersion, VersionState
from services.billing.standards.operations.errors import (
    ConfirmedByDrafter,
    NotDraft,
    VersionOverlaps,
)


def require_draft(version: FeeVersion) -> None:
    """Return if the version is a draft. :raises NotDraft: otherwise."""
    if version.state != VersionState.DRAFT:
        raise NotDraft(
            _("V%(number)d is no draft any more.") % {"number": version.number},
            details={"state": version.state},
        )


def figures_as_json(version: FeeVersion) -> dict[str, Any]:
    """Return the figures as the audit keeps them."""
    return {
        "method": version.method,
        "area_basis": version.area_basis,
        "meter_kind": version.meter_kind,
        "price": None if version.price is None else f"{version.price:f}",
        "tiers": version.tiers,
        "reduced_rate": f"{version.reduced_rate:f}",
        "reduced_states": version.reduced_states,
        "usage_lag_months": version.usage_lag_months,
        "valid_from": version.valid_from.isoformat(),
        "valid_to": version.valid_to.isoformat() if version.valid_to else None,
        "basis_note": version.basis_note,
    }


def record_version(
    actor: Actor, what: str, version: FeeVersion, now: datetime, data: dict[str, Any]
) -> None:
    """Write what was done to a version into the record."""
    audit.record(
        actor=actor,
        event=f"billing.fee-version.{what}",
        subject=version,
        project_id=version.standard.project_id,
        now=now,
        data={"standard": version.standard_id, "number": version.number, **data},
    )


def predecessor(version: FeeVersion) -> FeeVersion | None:
    """Return the last confirmed version that begins before this one, locked."""
    return (
        FeeVersion.objects.select_for_update(of=("self",))
        .filter(
            standard=version.standard,
            state=VersionState.CONFIRMED,
            valid_from__lt=version.valid_from,
        )
        .order_by("-valid_from")
        .first()
    )


def save_confirmed(version: FeeVersion) -> None:
    """Save a version that is in force now. :raises VersionOverlaps: if another one is."""
    try:
        with transaction.atomic():
            version.save()
    except IntegrityError as error:
        match violated_constraint(error):
            case "feeversion_no_overlap":
                raise _overlap(version) from error
            case "feeversion_confirmed_by_another":
                raise by_drafter() from error
        raise


def by_drafter() -> ConfirmedByDrafter:
    """Return the refusal of whoever would confirm what he drafted."""
    return ConfirmedByDrafter(_("You drafted this yourself. Somebody else must confirm it."))


def _overlap(version: FeeVersion) -> VersionOverlaps:
    later = Q(valid_to__isnull=True) | Q(valid_to__gt=version.valid_from)
    if version.valid_to is not None:
        later &= Q(valid_from__lt=version.valid_to)
    other = (
        FeeVersion.objects.filter(later, standard=version.standard, state=VersionState.CONFIRMED)
        .exclude(pk=version.pk)
        .order_by("valid_from")
        .first()
    )
    if other is None:
        return VersionOverlaps(_("Another version is in force in these months."))
    last = rules.shift_month(other.valid_to, -1) if other.valid_to else None
    return VersionOverlaps(
        _("V%(number)d is in force from %(first)s to %(last)s.")
        % {"number": other.number, "first": f"{other.valid_from:%Y-%m}", "last": f"{last:%Y-%m}"}
        if last
        else _("V%(number)d is in force from %(first)s on.")
        % {"number": other.number, "first": f"{other.valid_from:%Y-%m}"},
        field="valid_from",
        details={"number": other.number},
    )
