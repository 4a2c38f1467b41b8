"""The prices of a framework agreement, while it is a draft."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from kernel.access import Action, Actor
from kernel.audit import operations as audit
from kernel.text import _
from services.procurement import scope
from services.procurement.catalogue.models import Item
from services.procurement.contracts import queries as contracts
from services.procurement.contracts.models import Contract, ContractKind, ContractState
from services.procurement.contracts.operations import ContractStateWrong
from services.procurement.orders import queries
from services.procurement.orders.models import AgreedPrice
from services.procurement.orders.rules import OrderInvalid, check_price, check_quantity

MOST_PRICES = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """What an agreement says of an article: its price with tax, the least and most called off."""

    unit_price: Decimal
    minimum_quantity: Decimal = Decimal(0)
    maximum_quantity: Decimal | None = None


@transaction.atomic
def set_prices(
    *, actor: Actor, contract_id: int, prices: Mapping[int, Price], now: datetime
) -> Contract:
    """Write the prices of a draft of a framework agreement anew.

    :param prices: by article.
    :raises NotFound: if there is no such contract within the actor's sight.
    :raises access.ActionDenied: without ``contract.draft`` there.
    :raises ContractStateWrong: if it is no draft of an agreement.
    :raises OrderInvalid: if a figure is none, or an article is not in the catalogue.
    """
    contract = contracts.lock_contract(contract_id)
    scope.require_of(actor, Action.CONTRACT_DRAFT, contract.project_id)
    if contract.kind != ContractKind.FRAMEWORK or contract.state != ContractState.DRAFT:
        raise ContractStateWrong(_("Prices are written into the draft of a framework agreement."))
    if len(prices) > MOST_PRICES:
        raise OrderInvalid(
            _("An agreement has at most %(most)d prices.") % {"most": MOST_PRICES}, field="prices"
        )
    known = set(Item.objects.filter(pk__in=prices, is_active=True).values_list("pk", flat=True))
    if known != set(prices):
        raise OrderInvalid(_("Choose articles of the catalogue."), field="prices")
    for price in prices.values():
        _check(price)
    before = _figures(contract)
    contract.prices.all().delete()
    AgreedPrice.objects.bulk_create(
        AgreedPrice(
            contract=contract,
            item_id=item_id,
            unit_price=price.unit_price,
            minimum_quantity=price.minimum_quantity,
            maximum_quantity=price.maximum_quantity,
        )
        for item_id, price in sorted(prices.items())
    )
    audit.record(
        actor=actor,
        event="procurement.contract.priced",
        subject=contract,
        project_id=contract.project_id,
        now=now,
        data={"number": contract.number, "before": before, "after": _figures(contract)},
    )
    return contract


def _check(price: Price) -> None:
    check_price(price.unit_price, field="prices")
    if price.minimum_quantity:
        check_quantity(price.minimum_quantity, field="prices")
    if price.maximum_quantity is not None:
        check_quantity(price.maximum_quantity, field="prices")
        if price.maximum_quantity < price.minimum_quantity:
            raise OrderInvalid(_("The most is less than the least."), field="prices")


def _figures(contract: Contract) -> dict[str, str]:
    return {row.item.code: f"{row.unit_price:f}" for row in queries.prices_of(contract)}
