"""Whether vendors may quote and be ordered from. Rounds, orders and the portal ask here."""

from collections.abc import Collection
from datetime import date

from django.db import connection

from kernel.errors import NotFound
from services.procurement.vendors import rules
from services.procurement.vendors.models import Vendor
from services.procurement.vendors.queries import standing_of


def require_fit(vendor_id: int, *, today: date) -> Vendor:
    """Return the vendor if he may quote and be ordered from today (PR-60, PR-61, PR-66).

    Asks no action: the operation that deals with him has asked.

    :raises NotFound: if there is none of this number.
    :raises rules.VendorNotFit: naming everything that is in the way.
    """
    vendor = Vendor.objects.filter(pk=vendor_id).first()
    if vendor is None:
        raise NotFound
    require_all_fit([vendor_id], today=today)
    return vendor


def require_all_fit(vendor_ids: Collection[int], *, today: date) -> None:
    """Return if all of these vendors may quote and be ordered from today, asked for at once.

    Nobody puts them on hold until the caller's transaction ends: what goes to them goes before it.

    :raises NotFound: if there is none of one of these numbers.
    :raises rules.VendorNotFit: of the first, by number, who may not.
    """
    keep_as_they_are(vendor_ids)
    standing = standing_of(vendor_ids, today=today)
    for vendor_id in sorted(vendor_ids):
        if vendor_id not in standing:
            raise NotFound
        rules.require_fit(standing[vendor_id])


def keep_as_they_are(vendor_ids: Collection[int]) -> None:
    """Let nobody change what vendors may until the transaction ends; readers do not wait."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT FROM procurement_vendor WHERE id = ANY(%s) ORDER BY id FOR SHARE",
            [sorted(vendor_ids)],
        )
