from dataclasses import dataclass

import pytest

from kernel.access import Actor
from services.procurement.rounds.models import Round
from tenants.companies.models import Company
from tests.factories_procurement_rounds import (
    Quoter,
    add_buyer,
    add_openers,
    add_quoter,
    publish_round,
)


@dataclass(frozen=True, slots=True)
class Asked:
    """A published round with its people."""

    round: Round
    buyer: Actor
    openers: tuple[Actor, Actor]
    quoters: tuple[Quoter, Quoter, Quoter]


def ask() -> Asked:
    buyer, openers = add_buyer(), add_openers()
    quoters = (add_quoter("V1"), add_quoter("V2"), add_quoter("V3"))
    return Asked(publish_round(buyer, quoters), buyer, openers, quoters)


@pytest.fixture
def asked(tenant: Company) -> Asked:
    return ask()
