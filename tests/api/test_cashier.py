"""The endpoints of the counter: what is open, payments by key, voids, receipts, takings."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from services.billing.cashier.models import Payment, Receipt
from services.billing.ledger.models import Journal
from services.billing.runs.models import BillLine
from services.properties.models import Household
from tenants.companies.models import Company
from tests import factories
from tests import factories_cashier as counters
from tests.api.client import Api, Json, refusal, sign_in
from tests.factories_cashier import Bill, Counter

KEY = "api-test-0001"


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    """The endpoints read the clock: it is 10:00 on the 9th in Shanghai."""
    monkeypatch.setattr("api.views.timezone.now", lambda: factories.NOW)


@pytest.fixture
def counter(tenant: Company) -> Counter:
    return counters.open_counter()


@pytest.fixture
def household(counter: Counter) -> Household:
    """A household that owes 280.00 and 60.00 of November and 300.00 of October, overdue."""
    household = counters.add_household(counter.project)
    october = factories.NOW.date().replace(month=10, day=1)
    counters.post_bills(
        household,
        [
            Bill("300.00", period=october, due_on=october.replace(day=10)),
            Bill("280.00"),
            Bill("60.00", item="CWF"),
        ],
    )
    return household


@pytest.fixture
def collector(counter: Counter) -> Api:
    return sign_in("zhouting")


@pytest.fixture
def director(counter: Counter) -> Api:
    return sign_in("zhaomin", ("charging_director", None))


def paying(household: Household, **values: Any) -> Json:
    return {
        "household_id": household.pk,
        "method": "CASH",
        "expected_total": "640.00",
        **values,
    }


def pay(api: Api, household: Household, *, key: str = KEY, **values: Any) -> Any:
    return api("POST", "payments/", paying(household, **values), headers={"idempotency-key": key})


def written() -> tuple[int, int, int]:
    return Payment.objects.count(), Receipt.objects.count(), Journal.objects.count()


# ---- what is open -------------------------------------------------------------------------------


def test_open_bills_come_in_the_turn_in_which_they_are_paid(
    collector: Api, household: Household
) -> None:
    answer = collector("GET", f"households/{household.pk}/open-bills/").json()

    assert (answer["open_total"], answer["overdue_total"]) == ("640.00", "300.00")
    assert [(bill["open_amount"], bill["state"]) for bill in answer["bills"]] == [
        ("300.00", "OVERDUE"),
        ("280.00", "OPEN"),
        ("60.00", "OPEN"),
    ]
    assert answer["household"]["payer"]["name"] == "陈志远"


def test_a_quote_says_what_a_payment_would_do(collector: Api, household: Household) -> None:
    lines = list(BillLine.objects.order_by("period", "pk"))
    before = written()

    quote = collector(
        "POST",
        "payments/quote/",
        {"household_id": household.pk, "method": "CASH", "amount": "400.00", "tendered": "500"},
    )

    assert quote.json() == {
        "open_total": "640.00",
        "amount": "400.00",
        "amount_in_capitals": "肆佰元整",
        "rest": "240.00",
        "change": "100.00",
        "shares": [
            {"bill_id": lines[0].pk, "amount": "300.00"},
            {"bill_id": lines[1].pk, "amount": "100.00"},
        ],
    }
    assert written() == before


def test_a_quote_of_nothing_open_takes_nothing(collector: Api, household: Household) -> None:
    assert pay(collector, household).status_code == 201

    quote = collector(
        "POST", "payments/quote/", {"household_id": household.pk, "method": "CASH"}
    ).json()

    assert (quote["open_total"], quote["amount"], quote["shares"]) == ("0.00", "0.00", [])


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"amount": "640.01"}, "cashier.amount-over-open"),
        ({"tendered": "639.99"}, "cashier.tendered-too-little"),
        ({"tendered": "900000"}, "cashier.change-too-large"),
        ({"method": "QR", "tendered": "700.00"}, "cashier.tendered-not-exact"),
    ],
)
def test_quote_and_payment_are_refused_alike(
    collector: Api, household: Household, values: Json, code: str
) -> None:
    before = written()
    asked = {"household_id": household.pk, "method": "CASH", **values}

    assert refusal(collector("POST", "payments/quote/", asked)) == (422, code)
    assert refusal(pay(collector, household, **values)) == (422, code)

    assert written() == before


# ---- payments -----------------------------------------------------------------------------------


def test_a_payment_is_taken_and_receipted(collector: Api, household: Household) -> None:
    answer = pay(collector, household, tendered="700.00", note="with thanks")

    assert answer.status_code == 201, answer.json()
    payment = answer.json()
    assert (payment["amount"], payment["change"], payment["state"]) == (
        "640.00",
        "60.00",
        "RECEIVED",
    )
    assert payment["amount_in_capitals"] == "陆佰肆拾元整"
    assert payment["receipt"]["code"] == "SJ-YL-202611-00001"
    assert [(each["item"]["code"], each["amount"]) for each in payment["allocations"]] == [
        ("WYF", "300.00"),
        ("WYF", "280.00"),
        ("CWF", "60.00"),
    ]
    assert collector("GET", f"payments/{payment['id']}/").json() == payment
    assert collector("GET", f"households/{household.pk}/open-bills/").json()["bills"] == []


def test_the_same_key_and_body_take_the_money_once(collector: Api, household: Household) -> None:
    first = pay(collector, household, amount="400.00")
    before = written()

    # The same request, with the amount written otherwise; by then less is open than was expected.
    again = pay(collector, household, amount="400")

    assert (again.status_code, again.json()) == (first.status_code, first.json())
    assert written() == before


@pytest.mark.parametrize(
    "values", [{"amount": "400.00"}, {"method": "QR"}, {"note": "x"}, {"payer_name": "李"}]
)
def test_the_same_key_with_another_body_is_refused(
    collector: Api, household: Household, values: Json
) -> None:
    pay(collector, household)
    before = written()

    answer = pay(collector, household, **values)

    assert refusal(answer) == (409, "cashier.key-used")
    assert list(answer.json()["errors"]) == ["Idempotency-Key"]
    assert written() == before


def test_somebody_elses_key_is_refused(
    counter: Counter, collector: Api, household: Household
) -> None:
    pay(collector, household, amount="400.00")
    other = sign_in("wu", ("collector", counter.project.pk))

    answer = pay(other, household, amount="400.00")

    assert refusal(answer) == (409, "cashier.key-used")
    assert Payment.objects.count() == 1


@pytest.mark.parametrize("key", ["", "short", "x" * 81, "with space", "键键键键键键键键"])
def test_a_key_that_is_none_is_refused(collector: Api, household: Household, key: str) -> None:
    answer = pay(collector, household, key=key)

    assert refusal(answer) == (400, "invalid-input")
    assert list(answer.json()["errors"]) == ["Idempotency-Key"]
    assert not Payment.objects.exists()


def test_without_a_key_nothing_is_taken(collector: Api, household: Household) -> None:
    answer = collector("POST", "payments/", paying(household))

    assert refusal(answer) == (400, "invalid-input")
    assert not Payment.objects.exists()


def test_bills_that_were_paid_meanwhile_are_a_conflict(
    collector: Api, household: Household
) -> None:
    pay(collector, household, amount="400.00")

    answer = pay(collector, household, key="api-test-0002")

    assert refusal(answer) == (409, "cashier.bills-changed")
    details = answer.json()["details"]
    assert (details["expected_total"], details["open_total"]) == ("640.00", "240.00")
    assert details["taken"][0]["receipt"] == "SJ-YL-202611-00001"
    assert Payment.objects.count() == 1


def test_chosen_bills_are_paid(collector: Api, household: Household) -> None:
    parking = BillLine.objects.get(item__code="CWF")

    answer = pay(
        collector,
        household,
        bill_ids=[parking.pk],
        expected_total="60.00",
        method="TRANSFER",
        reference="TX-1",
    )

    assert [each["bill_id"] for each in answer.json()["allocations"]] == [parking.pk]
    parking.refresh_from_db()
    assert parking.paid_amount == Decimal("60.00")


def test_a_bill_of_another_household_is_not_paid(
    counter: Counter, collector: Api, household: Household
) -> None:
    other = counters.add_household(counter.project, "1-1-101")
    (line,) = counters.post_bills(other, [Bill("60.00")])

    answer = pay(collector, household, bill_ids=[line.pk], expected_total="60.00")

    assert refusal(answer) == (404, "not-found")
    assert not Payment.objects.exists()


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"amount": 400}, "amount"),
        ({"amount": "0"}, "amount"),
        ({"amount": "1e2"}, "amount"),
        ({"ammount": "400.00"}, "ammount"),
        ({"bill_ids": []}, "bill_ids"),
        ({"bill_ids": ["1"]}, "bill_ids"),
        ({"method": "CHEQUE"}, "method"),
        ({"payer_name": 5}, "payer_name"),
        ({"expected_total": "-1"}, "expected_total"),
        ({"expected_total": None}, "expected_total"),
    ],
)
def test_a_body_that_is_wrong_takes_nothing(
    collector: Api, household: Household, values: Json, field: str
) -> None:
    answer = pay(collector, household, **values)

    assert refusal(answer) == (400, "invalid-input")
    assert list(answer.json()["errors"]) == [field]
    assert not Payment.objects.exists()


# ---- voiding ------------------------------------------------------------------------------------


def test_a_payment_is_voided_with_a_reason(collector: Api, household: Household) -> None:
    payment = pay(collector, household).json()
    path = f"payments/{payment['id']}/void/"

    without = collector("POST", path, {"reason": " "})
    voided = collector("POST", path, {"reason": "wrong household"})
    again = collector("POST", path, {"reason": "once more"})

    assert refusal(without) == (400, "invalid-input")
    assert (voided.status_code, voided.json()["state"]) == (200, "VOIDED")
    assert voided.json()["receipt"] == {**payment["receipt"], "is_void": True}
    assert voided.json()["void_reason"] == "wrong household"
    assert refusal(again) == (409, "cashier.voided-already")
    open_bills = collector("GET", f"households/{household.pk}/open-bills/").json()
    assert open_bills["open_total"] == "640.00"


def test_another_collectors_receipt_needs_the_director(
    counter: Counter, collector: Api, director: Api, household: Household
) -> None:
    payment = pay(collector, household).json()
    other = sign_in("wu", ("collector", counter.project.pk))
    path = f"payments/{payment['id']}/void/"

    assert refusal(other("POST", path, {"reason": "x"})) == (403, "cashier.void-needs-director")
    assert Payment.objects.get().state == "RECEIVED"
    assert director("POST", path, {"reason": "x"}).json()["state"] == "VOIDED"


# ---- receipts and takings -----------------------------------------------------------------------


def test_a_receipt_says_what_the_paper_says(collector: Api, household: Household) -> None:
    pay(collector, household, amount="400.00", tendered="500.00", payer_name="李婉婷")
    (row,) = collector("GET", "receipts/?code=sj-yl-202611-00001").json()["results"]

    paper = collector("GET", f"receipts/{row['id']}/").json()

    assert (paper["company_name"], paper["project_name"]) == ("Alpha", "云麓花园")
    assert (paper["household_label"], paper["payer_name"]) == ("3-2-1602室", "李婉婷")
    assert (paper["amount"], paper["amount_in_capitals"]) == ("400.00", "肆佰元整")
    assert (paper["tendered"], paper["change"], paper["printed_count"]) == ("500.00", "100.00", 0)
    assert [
        (line["item"]["name"], line["period"], line["billed_amount"], line["amount"])
        for line in paper["lines"]
    ] == [
        ("物业服务费", "2026-10-01", "300.00", "300.00"),
        ("物业服务费", "2026-11-01", "280.00", "100.00"),
    ]
    assert paper["lines"][0]["slabs"][0]["quantity"] == "1.00"


def test_prints_are_counted(collector: Api, household: Household) -> None:
    receipt = pay(collector, household).json()["receipt"]
    path = f"receipts/{receipt['id']}/"

    counts = [collector("POST", f"{path}print/").json()["printed_count"] for _print in range(2)]

    assert counts == [1, 2]
    assert collector("GET", path).json()["printed_count"] == 2


def test_takings_leave_voided_receipts_out(
    collector: Api, director: Api, household: Household
) -> None:
    void = pay(collector, household, amount="100.00").json()
    director("POST", f"payments/{void['id']}/void/", {"reason": "x"})
    pay(collector, household, key="api-test-0002", method="QR", reference="Q-1", amount="250.00")
    path = f"takings/?project_id={household.project_id}"

    answer = collector("GET", path).json()

    assert (answer["day"], answer["count"], answer["amount"]) == ("2026-11-09", 1, "250.00")
    assert [(each["method"], each["amount"]) for each in answer["methods"]] == [
        ("QR", "250.00"),
        ("CASH", "0.00"),
        ("CARD", "0.00"),
        ("TRANSFER", "0.00"),
    ]
    assert collector("GET", f"{path}&day=2026-11-08").json()["amount"] == "0.00"


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("method=CASH", 1),
        ("method=QR", 0),
        ("state=VOIDED", 0),
        ("received_from=2026-11-09", 1),
        ("received_to=2026-11-08", 0),
        ("household_id=999999", 0),
    ],
)
def test_payments_are_filtered(
    collector: Api, household: Household, query: str, count: int
) -> None:
    pay(collector, household)

    assert len(collector("GET", f"payments/?{query}").json()["results"]) == count


@pytest.mark.parametrize("query", ["received_from=20261109", "received_from=9.11.2026", "state="])
def test_a_filter_that_makes_no_sense_is_refused(collector: Api, query: str) -> None:
    assert refusal(collector("GET", f"payments/?{query}")) == (400, "invalid-input")


# ---- who may ------------------------------------------------------------------------------------

Address = Callable[[Payment], tuple[str, str, Json | None]]
ADDRESSES: list[Address] = [
    lambda p: ("GET", f"payments/{p.pk}/", None),
    lambda p: ("POST", f"payments/{p.pk}/void/", {"reason": "x"}),
    lambda p: ("GET", f"receipts/{p.receipt.pk}/", None),
    lambda p: ("POST", f"receipts/{p.receipt.pk}/print/", None),
    lambda p: ("GET", f"households/{p.household_id}/open-bills/", None),
    lambda p: ("POST", "payments/quote/", {"household_id": p.household_id, "method": "CASH"}),
    lambda p: ("GET", f"takings/?project_id={p.project_id}", None),
]


@pytest.fixture
def payment(collector: Api, household: Household) -> Payment:
    pay(collector, household, amount="100.00")
    return Payment.objects.get()


@pytest.mark.parametrize("address", ADDRESSES)
def test_another_projects_money_does_not_exist(payment: Payment, address: Address) -> None:
    other = counters.open_counter("HB", "湖滨", "sun")

    answer = sign_in("sun")(*address(payment))

    assert other.project.pk != payment.project_id
    assert refusal(answer) == (404, "not-found")
    assert written() == (1, 1, 3)
    assert Receipt.objects.get().printed_count == 0
    assert sign_in("sun")("GET", "payments/").json()["results"] == []
    assert sign_in("sun")("GET", "receipts/").json()["results"] == []


def test_money_is_not_taken_in_another_project(payment: Payment) -> None:
    counters.open_counter("HB", "湖滨", "sun")

    answer = pay(sign_in("sun"), payment.household, key="api-test-0002", expected_total="540.00")

    assert refusal(answer) == (404, "not-found")
    assert Payment.objects.count() == 1


def test_whoever_checks_the_bills_does_not_take_money(director: Api, household: Household) -> None:
    assert refusal(pay(director, household)) == (403, "duties.meet")
    assert not Payment.objects.exists()


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_meter_reader_has_nothing_to_do_with_money(payment: Payment, address: Address) -> None:
    reader = sign_in("lijianguo", ("meter_reader", payment.project_id))

    assert refusal(reader(*address(payment))) == (403, "access.action-denied")
    assert written() == (1, 1, 3)
