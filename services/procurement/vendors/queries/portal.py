"""Who acts for a vendor. The portal's operations ask here as the staff's ask for an action."""

from kernel.access import Actor
from kernel.errors import NotFound


def require_vendor(actor: Actor, vendor_id: int | None) -> int:
    """Return the vendor's id if ``actor`` acts for him.

    :raises NotFound: for everybody else, the staff included: for them there is no such thing.
    """
    if vendor_id is None or actor.vendor_id != vendor_id or actor.contact_id is None:
        raise NotFound
    return vendor_id
