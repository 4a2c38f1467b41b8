"""What vendors supply: as contract vendor, as backup, as candidate (PR-62, PR-64)."""

from datetime import datetime

from django.db import transaction

from kernel import access
from kernel.access import Action, Actor
from kernel.audit import operations as audit
from kernel.errors import Invalid, NotFound
from kernel.text import _
from services.procurement.catalogue.models import Category
from services.procurement.vendors.models import Supply, SupplyRole
from services.procurement.vendors.operations.common import lock_vendor, require_on_register


class RoleUnknown(Invalid):
    code = "procurement.supply-role-unknown"


@transaction.atomic
def set_supply(
    *, actor: Actor, vendor_id: int, category_id: int, role: str, now: datetime
) -> Supply:
    """Say as what a vendor supplies a category; what he is for it already is changed.

    With the category come the papers that it takes (PR-60).

    :raises NotFound: if there is no such vendor or category.
    :raises access.ActionDenied: without ``vendor.manage`` company-wide.
    :raises common.VendorStateWrong: if he is not on the register.
    """
    access.require_everywhere(actor, Action.VENDOR_MANAGE)
    vendor = lock_vendor(vendor_id)
    require_on_register(vendor)
    if role not in SupplyRole.values:
        raise RoleUnknown(_("Choose one of those offered."), field="role")
    if not Category.objects.filter(pk=category_id).exists():
        raise NotFound(_("There is no such category."), field="category_id")
    supply = Supply.objects.filter(vendor=vendor, category_id=category_id).first()
    before = supply.role if supply is not None else None
    if before == role and supply is not None:
        return supply
    supply = supply or Supply(vendor=vendor, category_id=category_id)
    supply.role = role
    supply.save()
    audit.record(
        actor=actor,
        event="procurement.supply.set",
        subject=vendor,
        now=now,
        data={"category": supply.category.code},
        before={"role": before},
        after={"role": role},
    )
    return supply


@transaction.atomic
def end_supply(*, actor: Actor, supply_id: int, now: datetime) -> None:
    """Take a category off what a vendor supplies.

    :raises NotFound: if there is none.
    :raises access.ActionDenied: without ``vendor.manage`` company-wide.
    """
    access.require_everywhere(actor, Action.VENDOR_MANAGE)
    vendor_id = Supply.objects.filter(pk=supply_id).values_list("vendor_id", flat=True).first()
    if vendor_id is None:
        raise NotFound
    vendor = lock_vendor(vendor_id)
    supply = Supply.objects.select_related("category").filter(pk=supply_id).first()
    if supply is None:
        raise NotFound
    code, role = supply.category.code, supply.role
    supply.delete()
    audit.record(
        actor=actor,
        event="procurement.supply.ended",
        subject=vendor,
        now=now,
        data={"category": code},
        before={"role": role},
        after={"role": None},
    )
