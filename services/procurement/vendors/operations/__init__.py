"""What other code may ask of the register of vendors."""

from services.procurement.vendors.operations.fitness import require_fit
from services.procurement.vendors.rules import VendorNotFit

__all__ = ["VendorNotFit", "require_fit"]
