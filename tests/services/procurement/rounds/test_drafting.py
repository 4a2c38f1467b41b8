from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from kernel import access
from kernel.audit.models import AuditEntry
from kernel.errors import NotFound
from services.procurement.requests import operations as requests
from services.procurement.requests.models import RequestLine
from services.procurement.rounds import operations
from services.procurement.rounds.models import Invitation, Round, RoundLine, RoundState
from services.procurement.rounds.rules import drafts
from services.procurement.rounds.rules.drafts import Line
from tenants.companies.models import Company
from tests.factories import NOW, TODAY, add_actor
from tests.factories_procurement_requests import add_request
from tests.factories_procurement_rounds import (
    CLOSES,
    LINES,
    add_buyer,
    add_quoter,
    add_round,
    draft_of,
)
from tests.factories_properties import add_project


def line_of(*sources: RequestLine, **values: Any) -> Line:
    first = sources[0]
    return Line(
        **{
            "name": first.name,
            "unit": first.unit,
            "quantity": sum((one.quantity for one in sources), Decimal(0)),
            "sources": {one.pk: one.quantity for one in sources},
            **values,
        }
    )


def test_a_round_is_drafted_from_free_lines(tenant: Company) -> None:
    quoters = [add_quoter("V1"), add_quoter("V2")]

    made = add_round(add_buyer(), quoters)

    assert (made.state, made.number[:8], made.version) == (RoundState.DRAFT, "XJ-2026-", 1)
    assert [(line.position, line.name, line.quantity) for line in made.lines.order_by("pk")] == [
        (1, LINES[0].name, Decimal(240)),
        (2, LINES[1].name, Decimal(45)),
    ]
    assert [one.vendor_id for one in made.invitations.order_by("pk")] == [
        quoter.vendor.pk for quoter in quoters
    ]
    assert not Invitation.objects.filter(invited_at__isnull=False).exists()
    entry = AuditEntry.objects.get(event="procurement.round.drafted")
    assert entry.data["after"]["lines"] == 2


def test_requests_of_several_projects_are_consolidated_and_bound(tenant: Company) -> None:
    buyer, quoter = add_buyer(), add_quoter("V1")
    one = add_request(
        add_project("A", name="甲"), ("A4 纸", "30", "120"), number="CG-1"
    ).lines.get()
    other = add_request(
        add_project("B", name="乙"), ("A4 纸", "12", "120"), number="CG-2"
    ).lines.get()

    made = add_round(buyer, [quoter], lines=[line_of(one, other)])

    line = made.lines.get()
    assert line.quantity == Decimal(42)
    assert sorted(line.sources.values_list("request_line_id", "quantity")) == [
        (one.pk, Decimal(30)),
        (other.pk, Decimal(12)),
    ]
    assert set(RequestLine.objects.values_list("bound_quantity", flat=True)) == {
        Decimal(30),
        Decimal(12),
    }


def test_what_is_bound_is_not_bound_twice_and_free_again_when_it_is_cancelled(
    tenant: Company,
) -> None:
    buyer, quoter = add_buyer(), add_quoter("V1")
    source = add_request(None, ("A4 纸", "30", "120")).lines.get()
    made = add_round(buyer, [quoter], lines=[line_of(source)])

    with pytest.raises(requests.LineTaken):
        add_round(buyer, [quoter], lines=[line_of(source)])
    operations.cancel(actor=buyer, round_id=made.pk, reason="不再需要", now=NOW)

    source.refresh_from_db()
    made.refresh_from_db()
    assert (source.bound_quantity, made.state) == (Decimal(0), RoundState.CANCELLED)
    assert add_round(buyer, [quoter], lines=[line_of(source)]).pk
    assert Round.objects.count() == 2


def test_a_saved_draft_takes_the_place_of_the_one_before(tenant: Company) -> None:
    buyer, quoters = add_buyer(), [add_quoter("V1"), add_quoter("V2")]
    source = add_request(None, ("A4 纸", "30", "120")).lines.get()
    made = add_round(buyer, quoters[:1], lines=[line_of(source)])
    part = replace(line_of(source), quantity=Decimal(10), sources={source.pk: Decimal(10)})

    saved = operations.save_draft(
        actor=buyer,
        round_id=made.pk,
        draft=draft_of(quoters[1:], lines=[*LINES, part], title="改"),
        version=1,
        now=NOW,
    )

    source.refresh_from_db()
    assert (saved.title, saved.version, source.bound_quantity) == ("改", 2, Decimal(10))
    assert saved.invitations.get().vendor_id == quoters[1].vendor.pk
    assert RoundLine.objects.count() == 3
    with pytest.raises(operations.RoundChanged):
        operations.save_draft(
            actor=buyer, round_id=made.pk, draft=draft_of(quoters), version=1, now=NOW
        )


def test_a_request_of_another_project_or_unit_does_not_fit(tenant: Company) -> None:
    buyer, quoter = add_buyer(), add_quoter("V1")
    source = add_request(add_project("A", name="甲"), ("A4 纸", "30", "120")).lines.get()

    with pytest.raises(operations.LinesInvalid):
        add_round(
            buyer, [quoter], lines=[line_of(source)], project_id=add_project("B", name="乙").pk
        )
    with pytest.raises(operations.LinesInvalid):
        add_round(buyer, [quoter], lines=[line_of(source, unit="张")])

    source.refresh_from_db()
    assert (source.bound_quantity, Round.objects.count()) == (Decimal(0), 0)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"title": "  "}, "title"),
        ({"lines": [Line(name="a", unit="个", quantity=Decimal(0))]}, "quantity"),
        ({"lines": [Line(name="a", unit="个", quantity=Decimal("NaN"))]}, "quantity"),
        ({"lines": [Line(name="a", unit="个", quantity=Decimal("0.0001"))]}, "quantity"),
        ({"lines": [Line(name="", unit="个", quantity=Decimal(1))]}, "name"),
        ({"lines": [Line(name="a", unit="个", quantity=Decimal(1))] * 501}, "lines"),
        ({"tax_percent": Decimal(17)}, "tax_percent"),
        ({"weights": {"price": 101}}, "weights"),
        ({"weights": {"colour": 1}}, "weights"),
        ({"vendor_ids": list(range(21))}, "vendors"),
    ],
)
def test_what_cannot_be_kept_is_refused(
    tenant: Company, values: dict[str, Any], field: str
) -> None:
    with pytest.raises(drafts.DraftInvalid) as refused:
        add_round(add_buyer(), [], **values)

    assert refused.value.field == field
    assert not Round.objects.exists()


def test_only_a_buyer_drafts_and_only_where_he_buys(tenant: Company) -> None:
    with pytest.raises(access.ActionDenied):
        add_round(add_actor("finance", "finance_head"), [])
    with pytest.raises(NotFound):
        add_round(add_buyer(), [], vendor_ids=[10**6])

    assert not Round.objects.exists()


def test_a_cancellation_says_why(tenant: Company) -> None:
    buyer = add_buyer()
    made = add_round(buyer, [add_quoter("V1")])

    with pytest.raises(operations.TextMissing):
        operations.cancel(actor=buyer, round_id=made.pk, reason=" ", now=NOW)

    made.refresh_from_db()
    assert (made.state, made.closes_at) == (RoundState.DRAFT, CLOSES)
    assert NOW.date() == TODAY
