"""S-34 and S-39, as far as quotes go: three sealed quotes for a printer, and who may not quote."""

from datetime import timedelta
from decimal import Decimal

import pytest

from kernel.errors import NotFound
from services.procurement.rounds import operations, queries
from services.procurement.rounds.rules.drafts import Line
from services.procurement.vendors.operations import VendorNotFit
from tenants.companies.models import Company
from tests.factories import NOW, TODAY
from tests.factories_procurement_rounds import (
    add_buyer,
    add_openers,
    add_quoter,
    open_round,
    publish_round,
    send_quote,
)
from tests.factories_procurement_vendors import add_paper, add_paper_kind

PRINTER = [Line(name="激光打印机", unit="台", quantity=Decimal(1))]


def test_three_quotes_stay_apart_until_they_are_opened_together(tenant: Company) -> None:
    buyer, openers = add_buyer(), add_openers()
    quoters = [add_quoter("A"), add_quoter("B"), add_quoter("C")]
    quote_round = publish_round(buyer, quoters, lines=PRINTER, title="打印机")
    for quoter, price in zip(quoters, ("2400", "2450", "2300"), strict=True):
        send_quote(quoter, quote_round, price)

    # Refused: vendor A sees B's quote.
    first, second, _third = quoters
    assert [one.vendor_id for one in queries.invitations(actor=first.actor)] == [first.vendor.pk]
    own = operations.read_own(actor=first.actor, round_id=quote_round.pk, key=first.key)
    assert own is not None
    assert [line.unit_price for line in own.lines] == [Decimal(2400)]
    with pytest.raises(operations.OwnKeyMissing):
        operations.read_own(actor=first.actor, round_id=quote_round.pk, key=second.key)
    # And the buyer sees how many there are, nothing else.
    assert queries.answer_count(quote_round.pk) == 3
    assert list(queries.quotes_of(quote_round.pk)) == []

    open_round(quote_round, openers)

    assert [quote.total for quote in queries.quotes_of(quote_round.pk)] == [
        Decimal("2300.00"),
        Decimal("2400.00"),
        Decimal("2450.00"),
    ]
    with pytest.raises(NotFound):
        queries.get_invitation(actor=add_quoter("D").actor, round_id=quote_round.pk)


def test_two_vendors_are_not_enough(tenant: Company) -> None:
    buyer = add_buyer()
    add_openers()

    with pytest.raises(operations.TooFewInvited):
        publish_round(buyer, [add_quoter("A"), add_quoter("B")], lines=PRINTER)


def test_a_vendor_with_an_expired_licence_cannot_quote(tenant: Company) -> None:
    buyer = add_buyer()
    add_openers()
    quoters = [add_quoter("A"), add_quoter("B"), add_quoter("C")]
    quote_round = publish_round(buyer, quoters, lines=PRINTER)
    licence = add_paper_kind("business-licence", is_required=True)
    add_paper(quoters[0].vendor, licence, to=TODAY - timedelta(days=1))
    add_paper(quoters[1].vendor, licence, to=TODAY)

    with pytest.raises(VendorNotFit):
        send_quote(quoters[0], quote_round, "2400")
    assert send_quote(quoters[1], quote_round, "2450", now=NOW).number == 1
