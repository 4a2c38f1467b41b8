"""What the writers of the register share."""

from datetime import date

from kernel import access
from kernel.access import Action, Actor
from kernel.errors import Conflict, Denied, Invalid, NotFound
from kernel.text import _
from services.procurement.vendors.models import Vendor, VendorState
from services.procurement.vendors.queries import get_own_vendor


class VendorStateWrong(Conflict):
    code = "procurement.vendor-state-wrong"


class KeeperDecides(Denied):
    """Who keeps the register, or put a paper in, decides on nothing in it."""

    code = "procurement.keeper-decides"


class DayInvalid(Invalid):
    code = "procurement.day-invalid"


def lock_vendor(vendor_id: int) -> Vendor:
    """Return the vendor, locked. :raises NotFound: if there is none."""
    vendor = Vendor.objects.select_for_update(of=("self",)).filter(pk=vendor_id).first()
    if vendor is None:
        raise NotFound
    return vendor


def require_keeper(actor: Actor, vendor_id: int) -> None:
    """Return if the actor keeps the register, or is a contact of this very vendor.

    :raises NotFound: for another vendor's contact.
    :raises access.ActionDenied: without ``vendor.manage`` company-wide.
    """
    if actor.vendor_id is not None:
        get_own_vendor(actor, vendor_id)
    else:
        access.require_everywhere(actor, Action.VENDOR_MANAGE)


def require_checker(actor: Actor, *keepers: int | None) -> None:
    """Return if the actor may decide on what others keep, and keeps nothing of it himself.

    :param keepers: who put in what is decided on.
    :raises access.ActionDenied: without ``vendor.check`` company-wide.
    :raises KeeperDecides: if he keeps the register, or is one of ``keepers``.
    """
    access.require_everywhere(actor, Action.VENDOR_CHECK)
    if actor.is_system:
        return
    if actor.may(Action.VENDOR_MANAGE) or (actor.user_id is not None and actor.user_id in keepers):
        raise KeeperDecides(
            _("Whoever keeps the register of vendors, or put this in, does not decide on it.")
        )


def require_one_of(actor: Actor, *actions: Action) -> None:
    """Return if the actor holds one of ``actions`` company-wide.

    :raises access.ActionDenied: naming the first, otherwise.
    """
    held = next((action for action in actions if actor.may_everywhere(action)), actions[0])
    access.require_everywhere(actor, held)


def require_on_register(vendor: Vendor) -> None:
    """Return if the vendor is active or has applied. :raises VendorStateWrong: otherwise."""
    if vendor.state not in {VendorState.ACTIVE, VendorState.APPLIED}:
        raise VendorStateWrong(_("This vendor is not on the register any more."))


def require_period(first: date, last: date | None, *, field: str) -> None:
    """Return if the last day is not before the first. :raises DayInvalid: otherwise."""
    if last is not None and last < first:
        raise DayInvalid(_("The last day lies before the first."), field=field)
