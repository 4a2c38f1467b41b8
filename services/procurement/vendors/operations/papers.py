"""Licences and certificates: which there are, who put one in, who found it in order (PR-60)."""

import re
from collections.abc import Collection
from datetime import date, datetime

from django.db import transaction

from kernel import access
from kernel.access import Action, Actor
from kernel.audit import operations as audit
from kernel.db import refusing
from kernel.errors import Conflict, Invalid, NotFound
from kernel.text import _
from services.procurement.catalogue.models import Category
from services.procurement.texts import line
from services.procurement.vendors.models import PaperKind, PaperState, VendorPaper
from services.procurement.vendors.operations.common import (
    lock_vendor,
    require_checker,
    require_keeper,
    require_on_register,
    require_period,
)

_KEY = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*", re.ASCII)


class PaperKindTaken(Conflict):
    code = "procurement.paper-kind-taken"


class PaperKindInvalid(Invalid):
    code = "procurement.paper-kind-invalid"


class PaperDecided(Conflict):
    code = "procurement.paper-decided"


# ---- kinds --------------------------------------------------------------------------------------


@transaction.atomic
def create_paper_kind(
    *,
    actor: Actor,
    key: str,
    name: str,
    name_en: str = "",
    is_required: bool = False,
    category_ids: Collection[int] = (),
    now: datetime,
) -> PaperKind:
    """Add a kind of paper: required of every vendor, of those of some categories, or of none.

    By who checks papers: who keeps the register does not say what it takes.

    :raises access.ActionDenied: without ``vendor.check`` company-wide.
    :raises common.KeeperDecides: if the actor keeps the register himself.
    :raises PaperKindInvalid: if the key is none; PaperKindTaken: if it is in use.
    :raises NotFound: if there is no such category.
    """
    require_checker(actor)
    key = line(key, field="key", longest=40, is_required=True).lower()
    if not _KEY.fullmatch(key):
        raise PaperKindInvalid(_("Use letters, digits and hyphens: lift-licence."), field="key")
    kind = PaperKind(
        key=key,
        name=line(name, field="name", longest=60, is_required=True),
        name_en=line(name_en, field="name_en", longest=60),
        is_required=is_required,
    )
    taken = PaperKindTaken(_("There is a kind of this key."), field="key")
    with refusing(procurement_paperkind_key_key=taken):
        kind.save(force_insert=True)
    codes = _set_categories(kind, category_ids)
    audit.record(
        actor=actor,
        event="procurement.paper-kind.created",
        subject=kind,
        now=now,
        data={"name": kind.name, "is_required": is_required, "categories": codes},
    )
    return kind


@transaction.atomic
def change_paper_kind(
    *,
    actor: Actor,
    kind_id: int,
    name: str,
    name_en: str = "",
    is_required: bool,
    is_active: bool,
    category_ids: Collection[int],
    now: datetime,
) -> PaperKind:
    """Change a kind of paper: its names, of whom it is required, whether it still is.

    :raises NotFound: if there is no such kind or category.
    :raises access.ActionDenied: without ``vendor.check`` company-wide.
    :raises common.KeeperDecides: if the actor keeps the register himself.
    """
    require_checker(actor)
    kind = PaperKind.objects.select_for_update().filter(pk=kind_id).first()
    if kind is None:
        raise NotFound
    before = _as_json(kind, _codes(kind))
    kind.name = line(name, field="name", longest=60, is_required=True)
    kind.name_en = line(name_en, field="name_en", longest=60)
    kind.is_required, kind.is_active = is_required, is_active
    kind.save()
    after = _as_json(kind, _set_categories(kind, category_ids))
    if before != after:
        audit.record(
            actor=actor,
            event="procurement.paper-kind.changed",
            subject=kind,
            now=now,
            before=before,
            after=after,
        )
    return kind


def _set_categories(kind: PaperKind, category_ids: Collection[int]) -> list[str]:
    found = list(Category.objects.filter(pk__in=category_ids).order_by("code"))
    if len(found) != len(set(category_ids)):
        raise NotFound(_("This choice is not there any more."), field="category_ids")
    kind.categories.set(found)
    return [category.code for category in found]


def _codes(kind: PaperKind) -> list[str]:
    return list(kind.categories.order_by("code").values_list("code", flat=True))


def _as_json(kind: PaperKind, codes: list[str]) -> dict[str, object]:
    return {
        "name": kind.name,
        "name_en": kind.name_en,
        "is_required": kind.is_required,
        "is_active": kind.is_active,
        "categories": codes,
    }


# ---- papers -------------------------------------------------------------------------------------


@transaction.atomic
def add_paper(
    *,
    actor: Actor,
    vendor_id: int,
    kind_id: int,
    number: str = "",
    valid_from: date,
    valid_to: date | None = None,
    now: datetime,
) -> VendorPaper:
    """Put in a paper of a vendor, by who keeps the register or by the vendor himself.

    It counts once somebody else has found it in order; its file hangs on it. A renewed one is
    another row, so that what was valid when stays known.

    :raises NotFound: if there is no such vendor or kind, or it is another vendor's contact.
    :raises access.ActionDenied: without ``vendor.manage`` company-wide.
    :raises common.VendorStateWrong: if he is not on the register.
    :raises common.DayInvalid: if it ends before it begins.
    """
    require_keeper(actor, vendor_id)
    vendor = lock_vendor(vendor_id)
    require_on_register(vendor)
    require_period(valid_from, valid_to, field="valid_to")
    kind = PaperKind.objects.filter(pk=kind_id, is_active=True).first()
    if kind is None:
        raise NotFound(_("This choice is not there any more."), field="kind_id")
    paper = VendorPaper.objects.create(
        vendor=vendor,
        kind=kind,
        number=line(number, field="number", longest=80),
        valid_from=valid_from,
        valid_to=valid_to,
        added_by=actor.user_id,
        added_by_label=actor.label[:140],
        is_added_by_vendor=actor.vendor_id is not None,
        added_at=now,
    )
    _record(actor, "procurement.paper.added", paper, now)
    return paper


@transaction.atomic
def decide_paper(
    *, actor: Actor, paper_id: int, is_accepted: bool, note: str = "", now: datetime
) -> VendorPaper:
    """Find a paper in order or refuse it; a refusal needs a reason.

    :raises NotFound: if there is none.
    :raises access.ActionDenied: without ``vendor.check`` company-wide.
    :raises common.KeeperDecides: if the actor put it in, or keeps the register.
    :raises PaperDecided: if it is decided already.
    """
    access.require_everywhere(actor, Action.VENDOR_CHECK)
    paper = VendorPaper.objects.select_for_update().filter(pk=paper_id).first()
    if paper is None:
        raise NotFound
    require_checker(actor, paper.added_by)
    if paper.state != PaperState.SUBMITTED:
        raise PaperDecided(_("This paper is decided already."))
    paper.check_note = line(note, field="note", longest=200, is_required=not is_accepted)
    paper.state = PaperState.CHECKED if is_accepted else PaperState.REFUSED
    paper.checked_by, paper.checked_by_label = actor.user_id, actor.label[:140]
    paper.checked_at = now
    paper.save(
        update_fields=["state", "check_note", "checked_by", "checked_by_label", "checked_at"]
    )
    event = "checked" if is_accepted else "refused"
    _record(actor, f"procurement.paper.{event}", paper, now, note=paper.check_note)
    return paper


def _record(actor: Actor, event: str, paper: VendorPaper, now: datetime, **data: str) -> None:
    audit.record(
        actor=actor,
        event=event,
        subject=paper.vendor,
        now=now,
        data={
            "paper": paper.pk,
            "kind": paper.kind.name,
            "number": paper.number,
            "valid_from": paper.valid_from.isoformat(),
            "valid_to": paper.valid_to.isoformat() if paper.valid_to else None,
            **data,
        },
    )
