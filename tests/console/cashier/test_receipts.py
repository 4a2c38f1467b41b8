"""Receipts: the list and its sums, the paper and its count, voiding."""

import json
import re
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from services.billing.cashier import operations
from services.billing.cashier.models import Payment, Receipt
from services.properties.models import Household
from tests import factories, factories_billing
from tests.console.cashier.conftest import browser_of
from tests.console.lists.conftest import signed_in
from tests.console.lists.test_export import DANGEROUS, sheet
from tests.factories import NOW, TODAY
from tests.factories_cashier import (
    Counter,
    add_household,
    months,
    open_counter,
    pay,
    post_bills,
)

HTMX = {"HX-Request": "true"}


def url(counter: Counter, name: str = "receipts", *arguments: int) -> str:
    return reverse(name, args=[counter.project.pk, *arguments])


def text(response: Any) -> str:
    return str(response.content.decode())


def void(counter: Counter, receipt: Receipt) -> None:
    operations.void_payment(
        actor=counter.collector,
        payment_id=receipt.payment_id,
        reason="选错户",
        now=NOW,
        today=receipt.payment.received_on,
    )


# ---- the list -----------------------------------------------------------------------------------


def codes(response: Any) -> list[str]:
    return re.findall(r"SJ-\w+-\d{6}-\d{5}(?=</a>)", text(response))


def test_list_shows_newest_first_and_totals_what_is_valid(
    client: Client, counter: Counter, household: Household
) -> None:
    first = pay(counter.collector, household, "100.00")
    second = pay(counter.collector, household, "50.00", method="QR")
    void(counter, first)

    page = client.get(url(counter))

    assert codes(page) == [second.code, first.code]
    assert page.context["totals"] == [
        (column, "50.00" if column.total else "") for column in page.context["columns"]
    ]


def test_filters_by_day_method_collector_state_and_amount(
    client: Client, counter: Counter, household: Household
) -> None:
    colleague = factories.add_actor("lili", "collector", project_id=counter.project.pk)
    cash = pay(counter.collector, household, "100.00", today=date(2026, 11, 1))
    code = pay(colleague, household, "50.00", method="QR", today=date(2026, 11, 2))
    void(counter, cash)

    def found(**query: Any) -> list[str]:
        return codes(client.get(url(counter), query))

    assert found(method="QR") == [code.code]
    assert found(day_from="2026-11-02", day_to="2026-11-02") == [code.code]
    assert found(collector=colleague.user_id) == [code.code]
    assert found(void="1") == [cash.code]
    assert found(amount_from="60") == [cash.code]
    assert found(q=code.code) == [code.code]
    assert found(q=household.payer.name if household.payer else "") == [code.code, cash.code]


def test_receipts_of_another_project_are_not_listed(
    client: Client, counter: Counter, household: Household
) -> None:
    other = open_counter("BH", "滨河苑", "wangmin")
    elsewhere = add_household(other.project)
    post_bills(elsewhere, months(date(2026, 11, 1), 1, amount="5.00"))
    receipt = pay(other.collector, elsewhere)

    assert codes(client.get(url(counter))) == []
    assert client.get(reverse("receipts", args=[other.project.pk])).status_code == 404
    for name in ("receipts-receipt", "receipts-print", "receipts-void"):
        assert client.get(url(counter, name, receipt.pk)).status_code == 404


@pytest.mark.parametrize("payer", [each for each in DANGEROUS if each.strip() == each])
def test_export_writes_payers_as_text(
    client: Client, counter: Counter, household: Household, payer: str
) -> None:
    pay(counter.collector, household, "100.00", payer_name=payer)

    head, row = sheet(client.get(url(counter), {"export": "xlsx"}))

    assert row[head.index("Payer")] == payer
    assert row[head.index("Amount (CNY)")] == 100.0


def test_list_needs_few_queries(
    client: Client, counter: Counter, household: Household, django_assert_max_num_queries: Any
) -> None:
    for _each in range(5):
        pay(counter.collector, household, "1.00")
    client.get(url(counter))

    with django_assert_max_num_queries(12 + 2):  # two put the company in force
        client.get(url(counter))


# ---- one receipt and its paper ------------------------------------------------------------------


def test_receipt_says_what_it_paid(client: Client, counter: Counter, household: Household) -> None:
    receipt = pay(counter.collector, household, "400.00", tendered=Decimal("500.00"))

    page = text(client.get(url(counter, "receipts-receipt", receipt.pk)))

    assert "331.41" in page
    assert "68.59" in page
    assert "肆佰元整" in page
    assert "500.00" in page
    assert "100.00" in page


def test_looking_at_the_paper_is_no_print(
    client: Client, counter: Counter, household: Household
) -> None:
    receipt = pay(counter.collector, household)

    page = text(client.get(url(counter, "receipts-print", receipt.pk)))

    assert "For viewing, no receipt" in page
    assert "data-print-now" not in page
    assert Receipt.objects.get().printed_count == 0


def test_each_print_is_counted_and_says_which_it_is(
    client: Client, counter: Counter, household: Household
) -> None:
    receipt = pay(counter.collector, household, note="代缴")
    address = url(counter, "receipts-print", receipt.pk)

    first = client.post(address, follow=True)
    second = client.post(address, {"paper": "a5"}, follow=True)

    assert "Print no. 1" in text(first)
    assert "data-print-now" in text(first)
    assert "柒佰贰拾贰元捌角贰分" in text(first)
    assert "Collector: zhouting" in text(first)
    assert "Payer: 陈志远" in text(first)
    assert "Note: 代缴" in text(first)
    assert "paper-a5" in text(second)
    assert "Print no. 2" in text(second)
    assert "For viewing" in text(client.get(f"{address}?print=1"))  # an address kept from before


def test_a_void_receipt_is_marked_on_the_paper(
    client: Client, counter: Counter, household: Household
) -> None:
    receipt = pay(counter.collector, household)
    address = url(counter, "receipts-print", receipt.pk)
    assert 'slip void"' not in text(client.get(address))
    void(counter, receipt)

    assert 'slip void" data-void="VOID"' in text(client.get(address))


def test_many_bills_go_on_to_further_sheets_under_one_number(
    client: Client, counter: Counter
) -> None:
    household = add_household(counter.project)
    post_bills(household, months(date(2025, 1, 1), 16, amount="10.00"))
    receipt = pay(counter.collector, household)

    page = text(client.get(url(counter, "receipts-print", receipt.pk)))

    assert page.count("<section") == 3
    assert page.count(f"No. <b>{receipt.code}</b>") == 3
    assert page.count("Carried on to the next sheet") == 2
    assert page.count("壹佰陆拾元整") == 1
    assert "Sheet 3 of 3" in page


@pytest.mark.parametrize("query", [{"paper": "a3"}, {"paper": "\x00"}])
def test_there_are_three_papers(
    client: Client, counter: Counter, household: Household, query: dict[str, str]
) -> None:
    receipt = pay(counter.collector, household)

    response = client.get(url(counter, "receipts-print", receipt.pk), query)

    assert response.status_code == 404


def test_a_manager_looks_and_does_not_print(counter: Counter, household: Household) -> None:
    receipt = pay(counter.collector, household)
    manager = signed_in("fangqiming", "property_manager")
    address = url(counter, "receipts-print", receipt.pk)

    assert manager.get(address).status_code == 200
    assert manager.post(address).status_code == 403
    assert Receipt.objects.get().printed_count == 0


# ---- voiding ------------------------------------------------------------------------------------


def test_receipt_is_voided_in_the_side_sheet(
    client: Client, counter: Counter, household: Household
) -> None:
    receipt = pay(counter.collector, household, today=TODAY)
    address = url(counter, "receipts-void", receipt.pk)

    sheet_html = text(client.get(address, headers=HTMX))
    response = client.post(address, {"reason": "选错户"}, headers=HTMX)

    assert 'id="sheet-title"' in sheet_html
    assert response.status_code == 204
    events = json.loads(response.headers["HX-Trigger"])
    assert set(events) == {"sheet:close", "toast", "receipts:changed"}
    assert receipt.code in events["toast"]["text"]
    assert Payment.objects.get().void_reason == "选错户"


def test_without_a_script_voiding_leads_back_to_the_receipt(
    client: Client, counter: Counter, household: Household
) -> None:
    receipt = pay(counter.collector, household, today=TODAY)

    response = client.post(url(counter, "receipts-void", receipt.pk), {"reason": "x"}, follow=True)

    assert "zhouting (zhouting) voided this receipt" in text(response)


@pytest.mark.parametrize(
    ("reason", "words"),
    [("", "This field is required"), ("   ", "This field is required"), ("x" * 301, "at most 300")],
)
def test_voiding_needs_a_reason(
    client: Client, counter: Counter, household: Household, reason: str, words: str
) -> None:
    receipt = pay(counter.collector, household, today=TODAY)

    response = client.post(
        url(counter, "receipts-void", receipt.pk), {"reason": reason}, headers=HTMX
    )

    assert response.status_code == 422
    assert words in text(response)
    assert Payment.objects.get().state == "RECEIVED"


def test_voiding_twice_is_told(client: Client, counter: Counter, household: Household) -> None:
    receipt = pay(counter.collector, household, today=TODAY)
    address = url(counter, "receipts-void", receipt.pk)
    client.post(address, {"reason": "x"}, headers=HTMX)

    response = client.post(address, {"reason": "x"}, headers=HTMX)

    assert response.status_code == 409
    assert "voided this receipt at" in text(response)


def test_yesterdays_receipt_is_the_directors_to_void(
    client: Client, director: Client, counter: Counter, household: Household
) -> None:
    receipt = pay(counter.collector, household, today=TODAY - timedelta(days=1))
    address = url(counter, "receipts-void", receipt.pk)

    refused = client.post(address, {"reason": "x"}, headers=HTMX)
    done = director.post(address, {"reason": "x"}, headers=HTMX)

    assert refused.status_code == 422
    assert "ask the charging director" in text(refused)
    assert "receipts-void" not in text(client.get(url(counter, "receipts-receipt", receipt.pk)))
    assert done.status_code == 204


def test_managers_do_not_void(counter: Counter, household: Household) -> None:
    receipt = pay(counter.collector, household, today=TODAY)
    manager = signed_in("fangqiming", "property_manager")

    assert manager.get(url(counter, "receipts-void", receipt.pk)).status_code == 403


def test_strangers_find_no_receipt(counter: Counter, household: Household) -> None:
    receipt = pay(counter.collector, household)
    factories.add_actor(
        "wangmin", "collector", project_id=factories_billing.add_project("BH", "滨河苑").pk
    )
    stranger = browser_of("wangmin")

    for name in ("receipts-receipt", "receipts-print", "receipts-void"):
        assert stranger.get(url(counter, name, receipt.pk)).status_code == 404
