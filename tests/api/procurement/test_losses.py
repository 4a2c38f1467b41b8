"""Losses by buyers' errors, the log of emergencies, savings; held against the document."""

from decimal import Decimal

import pytest

from services.procurement.orders.models import Loss
from tenants.companies.models import Company
from tests import factories_procurement_contracts as contracts
from tests import factories_procurement_orders as orders
from tests.api.client import refusal, sign_in
from tests.api.exact import Exact
from tests.factories import NOW
from tests.factories_approvals import person
from tests.factories_procurement_orders import Wanted
from tests.factories_procurement_requests import add_request, consented, line, open_office
from tests.factories_properties import add_project

pytestmark = pytest.mark.usefixtures("tenant")


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.views.timezone.now", lambda: NOW)


@pytest.fixture
def office(tenant: Company) -> contracts.Company:
    return contracts.open_company()


@pytest.fixture
def buyer(office: contracts.Company) -> Exact:
    return Exact(sign_in("buyer"))


@pytest.fixture
def finance(office: contracts.Company) -> Exact:
    person("caiwu", "finance_head")
    return Exact(sign_in("caiwu"))


LOSS = {"amount": "120.00", "cause": "型号报错"}


def test_a_loss_is_written_down_read_and_withdrawn(
    office: contracts.Company, buyer: Exact, finance: Exact
) -> None:
    order = orders.sent(office)
    address = f"purchase-orders/{order.pk}/losses/"
    nothing = finance("POST", address, {**LOSS, "amount": "0.00"})
    assert refusal(nothing) == (422, "procurement.loss-invalid")
    assert refusal(finance("POST", address, {"amount": "1.00"}))[0] == 400

    made = finance("POST", address, LOSS)

    assert made.status_code == 201, made.content
    assert (made.json()["amount"], made.json()["buyer_id"]) == ("120.00", office.buyer.user_id)
    (row,) = buyer("GET", f"purchase-losses/?order_id={order.pk}&is_withdrawn=false").json()[
        "results"
    ]
    assert row == made.json()
    assert buyer("GET", "purchase-losses/?is_withdrawn=true").json()["results"] == []
    withdrawal = f"purchase-losses/{row['id']}/withdraw/"
    because = {"reason": "供应商已赔付"}
    gone = finance("POST", withdrawal, because)
    assert (gone.status_code, gone.json()["withdraw_reason"]) == (200, "供应商已赔付")
    assert gone.json()["withdrawn_at"]
    assert refusal(finance("POST", withdrawal, because)) == (409, "procurement.loss-withdrawn")
    (kept,) = buyer("GET", "purchase-losses/?is_withdrawn=true").json()["results"]
    assert kept == gone.json()


def test_no_draft_costs_anything(office: contracts.Company, finance: Exact) -> None:
    draft = orders.ordered(office)

    answer = finance("POST", f"purchase-orders/{draft.pk}/losses/", LOSS)

    assert refusal(answer) == (409, "procurement.order-state")
    assert not Loss.objects.exists()


def test_an_outsider_finds_nothing_and_a_reader_changes_nothing(
    office: contracts.Company, buyer: Exact, finance: Exact
) -> None:
    order = orders.sent(office)
    address = f"purchase-orders/{order.pk}/losses/"
    loss = finance("POST", address, LOSS).json()
    elsewhere = add_project("HB", "湖滨").pk
    stranger = Exact(sign_in("stranger", ("finance_head", elsewhere), ("buyer", elsewhere)))

    for name in ("purchase-losses", "purchase-emergencies", "award-savings"):
        assert stranger("GET", f"{name}/").json()["results"] == [], name
    assert len(buyer("GET", "award-savings/").json()["results"]) == 1
    for path, body in (
        (address, LOSS),
        (f"purchase-losses/{loss['id']}/withdraw/", {"reason": "x"}),
    ):
        assert refusal(stranger("POST", path, body)) == (404, "not-found"), path
        assert refusal(buyer("POST", path, body)) == (403, "access.action-denied"), path
    assert Loss.objects.get().withdrawn_at is None


def test_savings_are_told_against_what_they_are_compared_with(
    office: contracts.Company, buyer: Exact
) -> None:
    request = add_request(office.project, ("灯", "3", "50"), ("洗洁精", "10", "20"))
    lamp, soap = request.lines.order_by("position")
    award = orders.award(
        [Wanted("灯", [lamp], Decimal("48.5")), Wanted("洗洁精", [soap])],
        {office.vendor: {"灯": "45", "洗洁精": "19.9"}},
        freight={office.vendor: "10.00"},
    )

    (row,) = buyer("GET", f"award-savings/?round_id={award.round_id}").json()["results"]

    assert {name: row[name] for name in ("award_id", "estimate", "total", "saved")} == {
        "award_id": award.pk,
        "estimate": "350.00",
        "total": "344.00",
        "saved": "6.00",
    }
    assert (row["last_amount"], row["saved_on_last"]) == ("145.50", "10.50")


def test_what_was_never_bought_before_saves_on_nothing(
    office: contracts.Company, buyer: Exact
) -> None:
    orders.simple_award(office)

    (row,) = buyer("GET", "award-savings/").json()["results"]

    assert (row["last_amount"], row["saved_on_last"]) == (None, None)


def test_emergencies_are_listed_with_who_consented(tenant: Company) -> None:
    office = open_office()
    bought = consented(office, line("水泵", "1", "1850.00"), at=NOW)
    reader = Exact(sign_in("reader", ("property_manager", office.project.pk)))

    (row,) = reader("GET", "purchase-emergencies/?month=2026-11-01").json()["results"]

    assert (row["id"], row["consenter_label"]) == (bought.pk, office.manager.label)
    assert (row["cost"], row["backfilled_at"]) == ("0.00", None)
    assert row["backfill_due_at"] > row["consented_at"]
    assert reader("GET", "purchase-emergencies/?month=2026-10-01").json()["results"] == []
