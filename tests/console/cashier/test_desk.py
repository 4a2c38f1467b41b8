"""The cashier desk: find, choose, take; refusals keep what was entered and write nothing."""

import re
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from services.billing.cashier.models import Payment, Receipt
from services.billing.runs.models import BillLine
from services.properties.models import Household, Party
from tests import factories, factories_billing
from tests.console.cashier.conftest import browser_of
from tests.console.lists.conftest import signed_in
from tests.factories import TODAY
from tests.factories_cashier import Bill, Counter, add_household, add_unit, pay, post_bills

HTMX = {"HX-Request": "true"}
NUMBERS = [
    "-1", "0", "-0.00", "0.001", "0.005", "1e11", "1e400", "NaN", "Infinity", "1_000", "٣٫٥",
    "true", "9" * 400, "[]", "{}", "=1+1", "\x00", "1.2.3", "５.００５",
]  # fmt: skip


def url(counter: Counter, name: str = "desk") -> str:
    return reverse(name, args=[counter.project.pk])


def text(response: Any) -> str:
    return str(response.content.decode())


def filled(household: Household, **values: Any) -> dict[str, Any]:
    """Return what the form sends when all open bills are chosen."""
    lines = BillLine.objects.filter(household=household, is_reversed=False)
    open_lines = [line for line in lines if line.paid_amount < line.amount]
    return {
        "household": household.pk,
        "idempotency_key": "desk-test-1",
        "method": "CASH",
        "payer_name": "陈志远",
        "line": [line.pk for line in open_lines],
        **{f"shown-{line.pk}": str(line.amount - line.paid_amount) for line in open_lines},
        **values,
    }


def take(client: Client, counter: Counter, data: dict[str, Any], *, htmx: bool = True) -> Any:
    return client.post(url(counter), data, headers=HTMX if htmx else {})


# ---- find ---------------------------------------------------------------------------------------


def test_room_typed_whole_opens_the_household(
    client: Client, counter: Counter, household: Household
) -> None:
    add_unit(household, "3-2-1602")
    other = add_household(counter.project, "13-2-1602")
    add_unit(other, "13-2-1602")

    response = client.get(url(counter), {"q": "3-2-1602"}, headers=HTMX)

    assert response.headers["HX-Push-Url"] == f"{url(counter)}?household={household.pk}"
    assert 'id="desk-form"' in text(response)


def test_several_households_are_offered(client: Client, counter: Counter) -> None:
    for code in ("1-1-101", "1-1-102"):
        add_unit(add_household(counter.project, code, payer="李婉婷"), code)

    response = client.get(url(counter), {"q": "李婉婷"}, headers=HTMX)

    assert len(re.findall(r'role="option"', text(response))) == 2
    assert 'id="desk-form"' not in text(response)


def test_suggestions_come_while_typing(client: Client, counter: Counter) -> None:
    add_unit(add_household(counter.project, "1-1-101", payer="李婉婷"), "1-1-101")

    found = text(client.get(url(counter, "desk-find"), {"q": "李"}, headers=HTMX))
    nothing = text(client.get(url(counter, "desk-find"), {"q": "赵"}, headers=HTMX))

    assert "李婉婷" in found
    assert "No household fits" in nothing


@pytest.mark.parametrize("hostile", ["\x00", "%", "' OR 1=1 --", "<script>", "9" * 4000, "🏠"])
def test_hostile_searches_find_nothing(client: Client, counter: Counter, hostile: str) -> None:
    response = client.get(url(counter), {"q": hostile}, headers=HTMX)

    assert response.status_code == 200
    assert "<script>" not in text(response)


def test_bills_are_grouped_chosen_and_explained(
    client: Client, counter: Counter, household: Household
) -> None:
    response = client.get(url(counter), {"household": household.pk})
    page = text(response)

    assert page.count(' name="line"') == 3
    assert len(re.findall(r'name="line"[^>]* checked', page)) == 3
    assert page.index("Overdue</span> 1 bill") < page.index("Not due 2 bills")
    assert "40 days overdue" in page
    assert "60.00 per month" in page
    assert "柒佰贰拾贰元捌角贰分" in page
    assert "<small>¥</small>722.82" in page


def test_a_paid_household_has_nothing_to_take(
    client: Client, counter: Counter, household: Household
) -> None:
    pay(counter.collector, household)

    page = text(client.get(url(counter), {"household": household.pk}))

    assert "All bills of this household are paid." in page
    assert 'id="desk-form"' not in page


# ---- take ---------------------------------------------------------------------------------------


def test_payment_is_taken_and_told(client: Client, counter: Counter, household: Household) -> None:
    response = take(client, counter, filled(household, tendered="８００"))

    receipt = Receipt.objects.get()
    assert response.headers["HX-Push-Url"] == f"{url(counter)}?receipt={receipt.pk}"
    assert receipt.code in text(response)
    assert "¥ 77.18" in text(response)  # the change
    assert "data-print-receipt" in text(response)
    payment = receipt.payment
    assert (payment.amount, payment.tendered) == (Decimal("722.82"), Decimal("800.00"))
    assert payment.received_on == TODAY


def test_without_a_script_the_page_is_left_for_the_receipt(
    client: Client, counter: Counter, household: Household
) -> None:
    response = take(client, counter, filled(household), htmx=False)

    assert response.status_code == 302
    done = client.get(response.headers["Location"])
    assert "Payment taken" in text(done)
    assert "data-print-receipt" not in text(done)  # a reload prints nothing


def test_chosen_bills_and_a_part(client: Client, counter: Counter, household: Household) -> None:
    data = filled(household, amount="400", method="TRANSFER", reference="NO 1", tendered="999")
    data["line"] = data["line"][:2]

    assert take(client, counter, data).status_code == 200

    payment = Payment.objects.get()
    assert (payment.amount, payment.tendered, payment.reference) == (
        Decimal("400.00"),
        Decimal("400.00"),
        "NO 1",
    )
    paid = BillLine.objects.order_by("pk").values_list("paid_amount", flat=True)
    assert list(paid) == [Decimal("331.41"), Decimal("68.59"), Decimal(0)]


def test_a_second_click_takes_nothing_more(
    client: Client, counter: Counter, household: Household
) -> None:
    data = filled(household)

    first, second = take(client, counter, data), take(client, counter, data)

    assert first.status_code == second.status_code == 200
    assert Payment.objects.count() == 1
    assert Receipt.objects.get().code in text(second)


def test_the_second_counter_sees_who_was_first_and_the_bills_as_they_are(
    client: Client, counter: Counter, household: Household
) -> None:
    shown = filled(household, note="保留")
    colleague = factories.add_actor("lili", "collector", project_id=counter.project.pk)
    pay(colleague, household, "331.41")

    response = take(client, counter, shown)
    page = text(response)

    assert response.status_code == 409
    assert "lili (lili) took 331.41" in page
    assert page.count(' name="line"') == 2
    assert "保留" in page
    assert Payment.objects.count() == 1


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"tendered": "700"}, "The cash received is 22.82 less"),
        ({"amount": "722.83"}, "more than the 722.82"),
        ({"tendered": "99999999"}, "Look at the cash received again"),
        ({"line": []}, "Choose at least one bill"),
        ({"payer_name": ""}, "This field is required"),
        ({"method": "GOLD"}, "Way to pay</a>"),
        ({"idempotency_key": "x"}, "8 to 80"),
        ({"payer_name": "x" * 101}, "at most 100 characters"),
        ({"note": "a\x00b"}, "Null characters are not allowed"),
        *(({"amount": number}, 'role="alert"') for number in NUMBERS),
        *(({"tendered": number}, 'role="alert"') for number in NUMBERS),
    ],
)
def test_a_refused_payment_says_why_and_books_nothing(
    client: Client,
    counter: Counter,
    household: Household,
    values: dict[str, Any],
    words: str,
) -> None:
    response = take(client, counter, filled(household) | values)

    assert response.status_code == 422
    assert words in text(response)
    assert 'id="desk-form"' in text(response)
    assert not Payment.objects.exists()
    assert not BillLine.objects.filter(paid_amount__gt=0).exists()


@pytest.mark.parametrize("shown", ["0", "-1", "NaN", "1e400", "", "x"])
def test_what_the_page_claims_to_have_shown_is_not_believed(
    client: Client, counter: Counter, household: Household, shown: str
) -> None:
    data = filled(household)
    data[f"shown-{data['line'][0]}"] = shown

    assert take(client, counter, data).status_code in {409, 422}
    assert not Payment.objects.exists()


def test_a_bill_of_another_household_is_not_taken(
    client: Client, counter: Counter, household: Household
) -> None:
    (foreign,) = post_bills(add_household(counter.project, "9-9-999"), [Bill("5.00")])
    data = filled(household)
    data["line"].append(foreign.pk)
    data[f"shown-{foreign.pk}"] = "5.00"

    assert take(client, counter, data).status_code == 404
    assert not Payment.objects.exists()


# ---- sums ---------------------------------------------------------------------------------------


def sums(client: Client, counter: Counter, data: dict[str, Any]) -> str:
    response = client.post(url(counter, "desk-sums"), data, headers=HTMX)
    assert response.status_code == 200
    return text(response)


def test_sums_follow_what_is_chosen(client: Client, counter: Counter, household: Household) -> None:
    page = sums(client, counter, filled(household, tendered="1000"))

    assert "277.18" in page  # change
    assert "柒佰贰拾贰元捌角贰分" in page
    assert re.findall(r'data-tendered="([\d.]+)"', page) == ["722.82", "730.00", "750.00", "800.00"]


def test_sums_of_a_part_say_what_stays_open(
    client: Client, counter: Counter, household: Household
) -> None:
    page = sums(client, counter, filled(household, amount="22.82", tendered="20"))

    assert "700.00" in page
    assert "−2.82" in page
    assert 'class="chg short"' in page


@pytest.mark.parametrize("number", NUMBERS)
def test_sums_survive_whatever_is_typed(
    client: Client, counter: Counter, household: Household, number: str
) -> None:
    data = filled(household, amount=number, tendered=number)
    data[f"shown-{data['line'][0]}"] = number

    assert 'id="desk-change"' in sums(client, counter, data)


# ---- a lost answer ------------------------------------------------------------------------------


def outcome(client: Client, counter: Counter, **query: Any) -> Any:
    return client.get(url(counter, "desk-outcome"), query, headers=HTMX)


def test_a_payment_whose_answer_was_lost_is_found_by_its_key(
    client: Client, counter: Counter, household: Household
) -> None:
    receipt = pay(counter.collector, household, idempotency_key="desk-test-1")

    response = outcome(client, counter, key="desk-test-1", asked=2)

    assert response.headers["HX-Retarget"] == "#desk"
    assert receipt.code in text(response)


def test_a_payment_that_did_not_arrive_is_waited_for_and_then_given_up(
    client: Client, counter: Counter, household: Household
) -> None:
    waiting = text(outcome(client, counter, key="desk-test-1", asked=1))
    settled = text(outcome(client, counter, key="desk-test-1", asked=14))

    assert "data-poll" in waiting
    assert "asked=2" in waiting
    assert "data-outcome-settled" in settled
    assert "data-poll" not in settled


@pytest.mark.parametrize("query", [{}, {"key": "\x00"}, {"key": "x" * 999, "asked": "９"}])
def test_nonsense_about_an_outcome_is_answered(
    client: Client, counter: Counter, query: dict[str, str]
) -> None:
    assert outcome(client, counter, **query).status_code == 200


def test_another_s_payment_is_not_found_by_its_key(
    client: Client, counter: Counter, household: Household
) -> None:
    colleague = factories.add_actor("lili", "collector", project_id=counter.project.pk)
    receipt = pay(colleague, household, idempotency_key="desk-test-1")

    assert receipt.code not in text(outcome(client, counter, key="desk-test-1"))


# ---- who may ------------------------------------------------------------------------------------


@pytest.mark.parametrize("post", ["company_admin", "property_manager", "charging_director"])
@pytest.mark.parametrize("name", ["desk", "desk-find", "desk-outcome", "desk-today"])
def test_only_collectors_come_to_the_desk(counter: Counter, post: str, name: str) -> None:
    assert signed_in("somebody", post).get(url(counter, name)).status_code == 403


def test_others_do_not_take_money_by_post(counter: Counter, household: Household) -> None:
    response = take(signed_in("somebody", "charging_director"), counter, filled(household))

    assert response.status_code == 403
    assert not Payment.objects.exists()


def test_the_desk_of_another_project_does_not_exist(
    client: Client, counter: Counter, household: Household
) -> None:
    other = factories_billing.add_project("BH", "滨河苑")
    factories.add_actor("wangmin", "collector", project_id=other.pk)
    stranger = browser_of("wangmin")

    assert stranger.get(url(counter)).status_code == 404
    address = reverse("desk", args=[other.pk])
    assert stranger.get(address, {"household": household.pk}).status_code == 404
    assert stranger.post(address, filled(household)).status_code == 404
    receipt = pay(counter.collector, household)
    assert stranger.get(address, {"receipt": receipt.pk}).status_code == 404
    assert stranger.get(address, {"receipt": "x"}).status_code == 404
    assert Payment.objects.count() == 1


def test_the_page_needs_few_queries(
    client: Client, counter: Counter, household: Household, django_assert_max_num_queries: Any
) -> None:
    Party.objects.update(name="陈志远")
    address = f"{url(counter)}?household={household.pk}"
    client.get(address)  # content types and the like

    with django_assert_max_num_queries(12 + 2):  # two put the company in force
        client.get(address)
