"""What the catalogue wires into the product."""

from kernel import seeds
from kernel.documents import numbers
from kernel.text import _
from services.procurement.catalogue.operations import ITEM_SERIES
from services.procurement.catalogue.seeding import seed_categories


def register() -> None:
    seeds.register("30-catalogue", seed_categories)
    numbers.register(
        numbers.Series(key=ITEM_SERIES, name=_("Articles of the catalogue"), pattern="WL-{NNNNN}")
    )
