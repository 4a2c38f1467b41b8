"""What is recorded here, in words. A block for each part, by its events' names."""

from typing import Any, Final

from kernel.text import _

EVENTS: Final[dict[str, Any]] = {
    # Catalogue
    "procurement.category.changed": _("Category of goods changed"),
    "procurement.category.created": _("Category of goods entered"),
    "procurement.item.changed": _("Article changed"),
    "procurement.item.created": _("Article entered"),
    "procurement.item.restored": _("Article taken up again"),
    "procurement.item.retired": _("Article taken out of use"),
    # Vendors' people
    "procurement.contact.joined": _("Contact took up his invitation"),
}
OBJECTS: Final[dict[str, Any]] = {
    # Catalogue
    "procurement.category": _("Category of goods"),
    "procurement.item": _("Article"),
}
