"""Holds, and the blacklist, onto which and off which an approval leads (``vendor.blacklist``)."""

from datetime import date, datetime
from typing import Any, Final

from django.db import transaction
from django.db.models import Q
from django.urls import reverse

from kernel import access
from kernel.access import Action, Actor
from kernel.approvals import operations as approvals
from kernel.approvals.models import Case
from kernel.approvals.registry import DocumentKind
from kernel.approvals.rules.facts import Fact, FactType
from kernel.audit import operations as audit
from kernel.db import refusing
from kernel.errors import Conflict, NotFound
from kernel.tenancy import company_day
from kernel.text import _, in_company_language
from services.procurement.texts import line
from services.procurement.vendors.models import HoldKind, Vendor, VendorHold
from services.procurement.vendors.operations.common import (
    DayInvalid,
    lock_vendor,
    require_on_register,
    require_one_of,
    require_period,
)

KIND: Final = "vendor.blacklist"
LIST, DELIST = "LIST", "DELIST"


class HeldAlready(Conflict):
    code = "procurement.vendor-held-already"


class HoldLifted(Conflict):
    code = "procurement.hold-lifted"


class BlacklistStateWrong(Conflict):
    code = "procurement.blacklist-state-wrong"


def blacklist_kind() -> DocumentKind:
    """Return the kind of document that a blacklisting is to the approvals."""
    return DocumentKind(
        key=KIND,
        name=_("Blacklisting of a vendor"),
        module=_("Procurement"),
        facts=(
            Fact(
                "act",
                _("What is asked for"),
                FactType.CHOICE,
                choices=((LIST, _("Onto the blacklist")), (DELIST, _("Off the blacklist"))),
            ),
            Fact("vendor", _("Vendor"), FactType.TEXT),
            Fact("reason", _("Reason"), FactType.TEXT),
            Fact("last_day", _("Last day"), FactType.TEXT, is_required=False),
        ),
        url=lambda vendor_id, _project_id: (
            f"{reverse('vendors-vendor', args=[vendor_id])}?tab=holds"
        ),
        on_approved=_carry_out,
        is_ready=True,
    )


@transaction.atomic
def set_hold(
    *,
    actor: Actor,
    vendor_id: int,
    reason: str,
    first_day: date,
    last_day: date | None = None,
    now: datetime,
) -> VendorHold:
    """Put a vendor on hold from one day to another, both inclusive, or without end.

    By who keeps the register or checks it: each may stop what looks wrong.

    :raises NotFound: if there is no such vendor.
    :raises access.ActionDenied: with neither ``vendor.manage`` nor ``vendor.check`` company-wide.
    :raises common.DayInvalid: if it ends before it begins, or before today.
    :raises HeldAlready: if a hold without end lasts already.
    """
    require_one_of(actor, Action.VENDOR_MANAGE, Action.VENDOR_CHECK)
    vendor = lock_vendor(vendor_id)
    require_on_register(vendor)
    require_period(first_day, last_day, field="last_day")
    if last_day is not None and last_day < company_day(now):
        raise DayInvalid(_("This day is over."), field="last_day")
    hold = VendorHold(
        vendor=vendor,
        kind=HoldKind.HOLD,
        reason=line(reason, field="reason", longest=300, is_required=True),
        first_day=first_day,
        last_day=last_day,
    )
    _save(actor, hold, now, "procurement.hold.set")
    return hold


@transaction.atomic
def lift_hold(*, actor: Actor, hold_id: int, reason: str, now: datetime) -> VendorHold:
    """Lift a hold before its end; by who checks the register. The blacklist takes an approval.

    :raises NotFound: if there is none.
    :raises access.ActionDenied: without ``vendor.check`` company-wide.
    :raises HoldLifted: if it is lifted or over.
    :raises BlacklistStateWrong: if it is a blacklisting.
    """
    access.require_everywhere(actor, Action.VENDOR_CHECK)
    vendor_id = VendorHold.objects.filter(pk=hold_id).values_list("vendor_id", flat=True).first()
    if vendor_id is None:
        raise NotFound
    lock_vendor(vendor_id)
    hold = VendorHold.objects.select_for_update().get(pk=hold_id)
    if hold.kind == HoldKind.BLACKLIST:
        raise BlacklistStateWrong(_("Off the blacklist leads an approval only."))
    if hold.lifted_at is not None or (
        hold.last_day is not None and hold.last_day < company_day(now)
    ):
        raise HoldLifted(_("This hold is over."))
    _lift(actor, hold, line(reason, field="reason", longest=300, is_required=True), now)
    return hold


@transaction.atomic
def ask_blacklisting(
    *, actor: Actor, vendor_id: int, reason: str, last_day: date | None = None, now: datetime
) -> Case:
    """Ask that a vendor be blacklisted, through the company's chain.

    :raises NotFound: if there is no such vendor.
    :raises access.ActionDenied: with neither ``vendor.manage`` nor ``vendor.check`` company-wide.
    :raises common.DayInvalid: if the last day is over.
    :raises BlacklistStateWrong: if he is on it.
    :raises approvals.CaseOpen: if this is in approval already.
    """
    require_one_of(actor, Action.VENDOR_MANAGE, Action.VENDOR_CHECK)
    vendor = lock_vendor(vendor_id)
    require_on_register(vendor)
    if last_day is not None and last_day < company_day(now):
        raise DayInvalid(_("This day is over."), field="last_day")
    if _blacklistings(vendor, company_day(now)):
        raise BlacklistStateWrong(_("This vendor is on the blacklist."))
    return _ask(actor, vendor, LIST, reason, last_day, now)


@transaction.atomic
def ask_delisting(*, actor: Actor, vendor_id: int, reason: str, now: datetime) -> Case:
    """Ask that a vendor be taken off the blacklist, through the same chain.

    :raises NotFound: if there is no such vendor.
    :raises access.ActionDenied: with neither ``vendor.manage`` nor ``vendor.check`` company-wide.
    :raises BlacklistStateWrong: if he is not on it.
    :raises approvals.CaseOpen: if this is in approval already.
    """
    require_one_of(actor, Action.VENDOR_MANAGE, Action.VENDOR_CHECK)
    vendor = lock_vendor(vendor_id)
    if not _blacklistings(vendor, company_day(now)):
        raise BlacklistStateWrong(_("This vendor is not on the blacklist."))
    return _ask(actor, vendor, DELIST, reason, None, now)


def _ask(
    actor: Actor, vendor: Vendor, act: str, reason: str, last_day: date | None, now: datetime
) -> Case:
    why = line(reason, field="reason", longest=300, is_required=True)
    case = approvals.submit(
        actor=actor,
        kind=KIND,
        subject=vendor,
        project_id=None,
        title=_title(act, vendor),
        facts={
            "act": act,
            "vendor": vendor.name,
            "reason": why,
            "last_day": last_day.isoformat() if last_day else None,
        },
        summary={},
        now=now,
    )
    audit.record(
        actor=actor,
        event="procurement.blacklist.asked",
        subject=vendor,
        now=now,
        data={"act": act, "reason": why, "case": case.pk},
    )
    return case


def _title(act: str, vendor: Vendor) -> str:
    with in_company_language():
        words = _("Blacklist %(vendor)s") if act == LIST else _("Take %(vendor)s off the blacklist")
        return str(words % {"vendor": vendor.name})[:200]


def _carry_out(case: Case, actor: Actor, now: datetime) -> None:
    """Do what was approved; the last signature has asked."""
    vendor = lock_vendor(case.subject_id)
    facts: dict[str, Any] = case.facts
    today = company_day(now)
    if facts["act"] == DELIST:
        for hold in _blacklistings(vendor, today):
            _lift(actor, hold, facts["reason"], now)
        return
    last_day = date.fromisoformat(facts["last_day"]) if facts.get("last_day") else None
    if last_day is None:  # one without end stands for all
        for hold in vendor.holds.filter(lifted_at=None, last_day=None):
            _lift(actor, hold, facts["reason"], now)
    hold = VendorHold(
        vendor=vendor,
        kind=HoldKind.BLACKLIST,
        reason=facts["reason"],
        first_day=today,
        last_day=max(last_day, today) if last_day else None,
    )
    _save(actor, hold, now, "procurement.blacklist.entered")


def _blacklistings(vendor: Vendor, today: date) -> list[VendorHold]:
    return list(
        vendor.holds.select_for_update()
        .filter(Q(last_day=None) | Q(last_day__gte=today), kind=HoldKind.BLACKLIST, lifted_at=None)
        .order_by("pk")
    )


def _save(actor: Actor, hold: VendorHold, now: datetime, event: str) -> None:
    hold.set_by, hold.set_by_label, hold.set_at = actor.user_id, actor.label[:140], now
    held = HeldAlready(_("A hold without end lasts already."), field="last_day")
    with refusing(vendorhold_one_without_end=held):
        hold.save(force_insert=True)
    _record(actor, event, hold, now, reason=hold.reason)


def _lift(actor: Actor, hold: VendorHold, reason: str, now: datetime) -> None:
    hold.lifted_at, hold.lifted_by_label, hold.lift_reason = now, actor.label[:140], reason
    hold.save(update_fields=["lifted_at", "lifted_by_label", "lift_reason"])
    event = "blacklist.left" if hold.kind == HoldKind.BLACKLIST else "hold.lifted"
    _record(actor, f"procurement.{event}", hold, now, reason=reason)


def _record(actor: Actor, event: str, hold: VendorHold, now: datetime, reason: str) -> None:
    audit.record(
        actor=actor,
        event=event,
        subject=hold.vendor,
        now=now,
        data={
            "hold": hold.pk,
            "first_day": hold.first_day.isoformat(),
            "last_day": hold.last_day.isoformat() if hold.last_day else None,
            "reason": reason,
        },
    )
