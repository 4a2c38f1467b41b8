"""The household page."""

import re

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from kernel.audit.models import AuditEntry
from kernel.records.models import AccessLook
from services.properties.models import Unit
from tests import factories_properties as registry
from tests.console.properties.conftest import SignIn

TABS = ("", "bills", "payments", "people", "meters", "history")


def page_of(unit: Unit, query: str = "") -> str:
    return reverse("household", args=[unit.project_id, unit.household_id]) + query


def text(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200, response.content[-500:]
    words = re.sub(r"<[^>]*>", " ", response.content.decode())
    return re.sub(r"\s+", " ", words)


@pytest.mark.parametrize("tab", TABS)
def test_every_tab_opens(billed: Unit, sign_in: SignIn, tab: str) -> None:
    client = sign_in("charging_director")

    shown = text(client, page_of(billed, f"?tab={tab}"))

    assert "3栋2单元1602" in shown
    assert "13812346027" not in shown


def test_overview_tells_what_is_owed_and_whose_it_is(billed: Unit, sign_in: SignIn) -> None:
    shown = text(sign_in("collector", billed.project_id), page_of(billed))

    assert "1 bill overdue" in shown
    assert "Overdue now ¥ 331.41 The oldest was due on 2026-10-10" in shown
    assert "Billed, not due yet ¥ 20.60 Next due on 2099-01-01" in shown
    assert "Paid this year ¥ 0.00" in shown
    assert "陈志远" in shown
    assert "138 **** 6027" in shown
    assert "浙A7K3M2" in shown
    assert "B1-0317" in shown


def test_matrix_says_in_words_what_its_colours_say(billed: Unit, sign_in: SignIn) -> None:
    shown = text(sign_in("charging_director"), page_of(billed, "?year=2026"))

    assert "October: 331.41, 331.41 overdue" in shown
    assert "October: 40.60, 20.60 still open" in shown
    assert "October: 60.00, paid" in shown


def test_another_year_has_no_bills(billed: Unit, sign_in: SignIn) -> None:
    client = sign_in("charging_director")

    assert "No bills in this year" in text(client, page_of(billed, "?year=2024"))
    # What is open stays in the tiles whatever year is shown.
    assert "331.41" in text(client, page_of(billed, "?year=2027"))
    assert "1 bill of an earlier year" not in text(client, page_of(billed, "?tab=bills&year=2026"))
    assert "bills of earlier years are open" in text(
        client, page_of(billed, "?tab=bills&year=2027")
    )


def test_actions_follow_the_post(flat: Unit, sign_in: SignIn) -> None:
    desk = reverse("desk", args=[flat.project_id])
    collector = sign_in("collector", flat.project_id).get(page_of(flat)).content.decode()
    director = sign_in("charging_director").get(page_of(flat)).content.decode()
    reader = sign_in("meter_reader", flat.project_id).get(page_of(flat)).content.decode()
    transfer = reverse("household-transfer", args=[flat.project_id, flat.household_id])

    assert f"{desk}?household={flat.household_id}" in collector
    assert transfer not in collector
    assert "parties-reveal" not in collector
    assert "/reveal/" in collector
    assert f"{desk}?household=" not in director
    assert transfer in director
    assert "/reveal/" not in reader
    assert "Overdue now" not in reader
    assert "tab=bills" not in reader


def test_money_is_not_shown_to_who_may_not_see_it(billed: Unit, sign_in: SignIn) -> None:
    reader = sign_in("meter_reader", billed.project_id)

    assert "331.41" not in text(reader, page_of(billed))
    assert reader.get(page_of(billed, "?tab=bills")).status_code == 404
    assert reader.get(page_of(billed, "?tab=payments")).status_code == 404


def test_neighbours_are_a_key_away(flat: Unit, sign_in: SignIn) -> None:
    before, after = (
        Unit.objects.get(code=f"3-2-{number}").household_id for number in ("1601", "1603")
    )

    page = sign_in("charging_director").get(page_of(flat, "?tab=people")).content.decode()

    for household_id, key in ((before, "Alt+ArrowUp"), (after, "Alt+ArrowDown")):
        address = reverse("household", args=[flat.project_id, household_id])
        assert re.search(rf'href="{address}\?tab=people" data-hotkey="{re.escape(key)}"', page)


def test_page_is_of_its_project_and_company(flat: Unit, sign_in: SignIn) -> None:
    other = registry.add_project("JH", "江海苑")
    director = sign_in("charging_director")
    stranger = sign_in("collector", other.pk)

    assert stranger.get(page_of(flat)).status_code == 404
    elsewhere = reverse("household", args=[other.pk, flat.household_id])
    assert director.get(elsewhere).status_code == 404
    assert director.get(page_of(flat, "?tab=nothing")).status_code == 404
    assert director.get(page_of(flat, "?log=nothing")).status_code == 404
    assert Client(headers={"host": "alpha.test"}).get(page_of(flat)).status_code == 302


def test_queries_do_not_grow_with_the_household(
    billed: Unit, sign_in: SignIn, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client = sign_in("collector", billed.project_id)
    client.get(page_of(billed))

    with django_assert_num_queries(21):
        client.get(page_of(billed))
    for index in range(5):
        registry.add_occupancy(
            billed, registry.add_party(f"家人{index}", f"1370000000{index}"), "RESIDENT"
        )
        registry.add_vehicle(billed.household, f"浙A0000{index}")
        registry.add_meter(billed, f"M-{index}", kind="GAS")
    with django_assert_num_queries(21):
        client.get(page_of(billed))


def test_reveal_asks_why_then_shows_one_number(flat: Unit, sign_in: SignIn) -> None:
    party = flat.occupancies.get().party
    address = reverse("parties-reveal", args=[flat.project_id, party.pk])
    collector = sign_in("collector", flat.project_id)
    sent = {"field": "phone", "reason": "leak below, nobody answers"}

    sheet = collector.get(f"{address}?field=phone", headers={"hx-request": "true"})
    fragment = collector.post(address, sent, headers={"hx-request": "true"})
    page = collector.post(address, sent)

    assert "13812346027" not in sheet.content.decode()
    assert 'name="reason"' in sheet.content.decode()
    assert 'href="tel:13812346027"' in fragment.content.decode()
    assert "<html" not in fragment.content.decode()
    assert "<html" in page.content.decode()
    assert fragment.headers["Cache-Control"] == "no-store"
    revealed = AuditEntry.objects.filter(event="properties.personal-data.revealed")
    assert [entry.object_id for entry in revealed] == [party.pk, party.pk]
    assert [look.reason for look in AccessLook.objects.all()] == [sent["reason"]] * 2


@pytest.mark.parametrize("reason", ["", "?", "....."])
def test_reveal_without_a_reason_shows_nothing(flat: Unit, sign_in: SignIn, reason: str) -> None:
    party = flat.occupancies.get().party
    address = reverse("parties-reveal", args=[flat.project_id, party.pk])
    collector = sign_in("collector", flat.project_id)

    answer = collector.post(
        address, {"field": "phone", "reason": reason}, headers={"hx-request": "true"}
    )

    assert answer.status_code == 422
    assert "13812346027" not in answer.content.decode()
    assert not AccessLook.objects.exists()


def test_reveal_is_for_whoever_may_and_of_masked_fields(flat: Unit, sign_in: SignIn) -> None:
    party = flat.occupancies.get().party
    address = reverse("parties-reveal", args=[flat.project_id, party.pk])
    collector = sign_in("collector", flat.project_id)
    reader = sign_in("meter_reader", flat.project_id)
    sent = {"field": "phone", "reason": "leak below"}

    assert collector.get(f"{address}?field=name").status_code == 404
    assert collector.post(address, {**sent, "field": "name"}).status_code == 404
    assert reader.get(f"{address}?field=phone").status_code == 403
    assert reader.post(address, sent).status_code == 403
    assert not AccessLook.objects.exists()


def test_timeline_tells_what_happened_in_words(flat: Unit, sign_in: SignIn) -> None:
    client = sign_in("charging_director")
    state = reverse("units-state", args=[flat.project_id, flat.pk])
    client.post(state, {"state": "VACANT", "effective_on": "2026-11-01", "note": "moved away"})

    shown = text(client, page_of(flat, "?tab=history"))

    assert "State changed" in shown
    assert "2026-11-01, moved away, State: Owner-occupied → Vacant" in shown
    assert "properties." not in shown
    assert "State changed" not in text(client, page_of(flat, "?log=payments"))
