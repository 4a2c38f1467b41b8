"""Visits to vendors (PR-64) and the checks of intermediaries (PR-61)."""

from datetime import date, datetime

from django.db import transaction

from kernel import access
from kernel.access import Action, Actor
from kernel.audit import operations as audit
from kernel.errors import Conflict, Invalid
from kernel.tenancy import company_day
from kernel.text import _
from services.procurement.texts import line, lines
from services.procurement.vendors.models import (
    IntermediaryCheck,
    VendorKind,
    Visit,
    VisitOutcome,
)
from services.procurement.vendors.operations.common import (
    DayInvalid,
    lock_vendor,
    require_checker,
    require_on_register,
)

LONGEST_FINDINGS = 4000


class OutcomeUnknown(Invalid):
    code = "procurement.visit-outcome-unknown"


class NotIntermediary(Conflict):
    code = "procurement.not-intermediary"


@transaction.atomic
def record_visit(
    *,
    actor: Actor,
    vendor_id: int,
    visited_on: date,
    visitors: str,
    findings: str,
    outcome: str,
    now: datetime,
) -> Visit:
    """Write down a visit to a vendor; the next one falls due from it (``vendor.review``).

    :raises NotFound: if there is no such vendor.
    :raises access.ActionDenied: without ``vendor.manage`` company-wide.
    :raises common.VendorStateWrong: if he is not on the register.
    :raises common.DayInvalid: if the day is still to come.
    """
    access.require_everywhere(actor, Action.VENDOR_MANAGE)
    vendor = lock_vendor(vendor_id)
    require_on_register(vendor)
    if visited_on > company_day(now):
        raise DayInvalid(_("This day is still to come."), field="visited_on")
    if outcome not in VisitOutcome.values:
        raise OutcomeUnknown(_("Choose one of those offered."), field="outcome")
    visit = Visit.objects.create(
        vendor=vendor,
        visited_on=visited_on,
        visitors=line(visitors, field="visitors", longest=200, is_required=True),
        findings=lines(findings, field="findings", longest=LONGEST_FINDINGS, is_required=True),
        outcome=outcome,
        written_by=actor.user_id,
        written_by_label=actor.label[:140],
        written_at=now,
    )
    if vendor.reviewed_on is None or vendor.reviewed_on < visited_on:
        vendor.reviewed_on, vendor.visit_reminded_at = visited_on, None
        vendor.save(update_fields=["reviewed_on", "visit_reminded_at"])
    audit.record(
        actor=actor,
        event="procurement.visit.recorded",
        subject=vendor,
        now=now,
        data={"visit": visit.pk, "visited_on": visited_on.isoformat(), "outcome": outcome},
    )
    return visit


@transaction.atomic
def check_intermediary(
    *,
    actor: Actor,
    vendor_id: int,
    reputation: bool,
    technical_ability: bool,
    qualification: bool,
    performance: bool,
    note: str = "",
    now: datetime,
) -> IntermediaryCheck:
    """Write down whether reputation, ability, qualification and performance are in order.

    The last check counts. It is made by somebody who does not keep the register.

    :raises NotFound: if there is no such vendor.
    :raises access.ActionDenied: without ``vendor.check`` company-wide.
    :raises common.KeeperDecides: if the actor entered the vendor or keeps the register.
    :raises NotIntermediary: if he is none.
    """
    access.require_everywhere(actor, Action.VENDOR_CHECK)
    vendor = lock_vendor(vendor_id)
    require_checker(actor, vendor.created_by)
    require_on_register(vendor)
    if vendor.kind != VendorKind.INTERMEDIARY:
        raise NotIntermediary(_("Only intermediaries are checked like this."))
    check = IntermediaryCheck.objects.create(
        vendor=vendor,
        reputation=reputation,
        technical_ability=technical_ability,
        qualification=qualification,
        performance=performance,
        note=lines(note, field="note", longest=LONGEST_FINDINGS),
        checked_by=actor.require_person(),
        checked_by_label=actor.label[:140],
        checked_at=now,
    )
    audit.record(
        actor=actor,
        event="procurement.intermediary.checked",
        subject=vendor,
        now=now,
        data={"check": check.pk, "is_passed": check.is_passed},
    )
    return check
