"""What the register of vendors wires into the product."""

from kernel import seeds
from services.procurement.vendors.seeding import seed_paper_kinds


def register() -> None:
    seeds.register("31-vendor-papers", seed_paper_kinds)
