"""Reads of vendors. Company-wide: a vendor lies in no project."""

from services.procurement.vendors.queries.portal import require_vendor
from services.procurement.vendors.queries.standing import standing_of

__all__ = ["require_vendor", "standing_of"]
