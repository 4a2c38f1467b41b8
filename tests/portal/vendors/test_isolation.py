"""Vendors of one round, side by side: none finds anything of another, before and after the award.

The matrix of the vendors' host asks every address; here two are invited to the same round, both
have quoted, and every link and form that one meets is followed.
"""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from django_tenants.utils import tenant_context

from kernel.approvals import operations as approvals
from kernel.documents import queries as documents
from services.procurement.rounds.models import (
    Quote,
    QuoteRevision,
    Round,
    RoundLetter,
    RoundState,
)
from services.procurement.rounds.operations import reminding
from tests.crawling import content_of, crawl, plain
from tests.factories import add_actor
from tests.factories_portal import client_of, join
from tests.factories_procurement_rounds import add_round, open_round
from tests.matrix.routes import VENDORS, routes
from tests.portal.vendors import sealed
from tests.portal.vendors.sealed import PRICES, Sealed
from tests.services.procurement.rounds.evaluated import propose, score_all, sign, whole
from tests.services.procurement.rounds.haystack import found_in

# What two equal pages differ in.
_OF_ITS_OWN = re.compile(r'csrfmiddlewaretoken" value="\w+"|X-CSRFToken[^}]*|nonce="[^"]*"')


def open_and_award(quoted: Sealed) -> None:
    """Let V3 quote too, open the round after its deadline and award it to V1."""
    assert quoted.send("V3", *PRICES["V3"]).status_code == 302
    now = (quoted.round.closes_at or timezone.now()) + timedelta(minutes=1)
    with tenant_context(quoted.company):
        approvals.seed_chains(now)
        director = add_actor("pm", "property_manager")
        open_round(quoted.round, quoted.openers, now=now)
        score_all(quoted.asked, director, now=now)
        first = whole(quoted.asked, quoted.quoters["V1"])
        propose(quoted.asked, first, now=now, today=now.date())
        sign(quoted.asked, director, quoted.openers[1], now=now)
        assert Round.objects.get().state == RoundState.AWARDED


def seen_by(quoted: Sealed, who: str) -> dict[str, bytes]:
    """Return all that somebody can call up: by links and forms, and of the API by its addresses."""
    found = crawl(quoted.browsers[who], ["/", "/v/alpha/", quoted.url], sends_forms=True)
    with tenant_context(quoted.company):
        receipts = list(
            QuoteRevision.objects.filter(invitation__vendor=quoted.quoters[who].vendor).values_list(
                "receipt", flat=True
            )
        )
    for route in routes(VENDORS):
        if "/api/" in route.path and "GET" in route.methods:
            values = {"place": "alpha", "round_id": quoted.round.pk, "attachment_id": 1}
            if set(route.parameters) <= values.keys():
                path = route.fill(values)
                answer = quoted.call(who, path)
                found[f"API {path}: {answer.status_code}"] = content_of(answer)
    assert sum(": 200" in place for place in found) > 10, "hardly a page was looked at"
    if receipts:  # what is his own is found: the search is not blind
        assert found_in(found, {"own": receipts[0]})
    return found


@pytest.mark.parametrize("who", ["V2", "V3", "V4"])
def test_nobody_finds_a_word_of_another_vendor_before_the_opening(quoted: Sealed, who: str) -> None:
    others = {k: v for other in PRICES.keys() - {who} for k, v in quoted.words_of(other).items()}

    assert found_in(seen_by(quoted, who), others) == []


@pytest.mark.parametrize("who", ["V2", "V3"])
def test_nor_after_it(quoted: Sealed, who: str) -> None:
    open_and_award(quoted)
    others = {k: v for other in PRICES.keys() - {who} for k, v in quoted.words_of(other).items()}

    assert found_in(seen_by(quoted, who), others) == []


def test_what_a_vendor_sees_is_the_same_whatever_another_does(asking: Sealed) -> None:
    """Whether V1 has quoted, and for what, makes no page of V3 longer, shorter or other."""

    def look() -> dict[str, bytes]:
        found = crawl(asking.browsers["V3"], ["/", "/v/alpha/", asking.url])
        found[asking.api] = content_of(asking.call("V3", asking.api))
        return {place: plain(content) for place, content in found.items()}

    told = [look() for _name in sealed.variants(asking)]
    told.append(look())  # and when nobody has
    first, *others = told

    assert len(first) > 10
    for other in others:
        assert [place for place in first if other.get(place) != first[place]] == []


def test_the_file_of_anothers_quote_is_no_file(quoted: Sealed) -> None:
    """Opened, it hangs on the quote as an attachment like any other, with a number to be tried."""
    open_and_award(quoted)
    with tenant_context(quoted.company):
        quote = Quote.objects.get(invitation__vendor=quoted.quoters["V1"].vendor)
        number = documents.attachments_of(quote).get().pk

    for who in ("V1", "V2", "V3", "V4"):
        for path in (
            f"/v/alpha/files/{number}/",
            f"{quoted.url}files/{number}/",
            f"/v/alpha/files/{number}/?download",
        ):
            assert quoted.browsers[who].get(path).status_code == 404
        path = f"/v/alpha/api/v1/files/{number}/content/"
        assert quoted.call(who, path, {}).status_code == 404


def test_a_token_opens_its_own_company_alone(quoted: Sealed) -> None:
    """V2's person works for both companies; the token is of the first."""
    for path in ("vendor/", "rounds/", f"rounds/{quoted.round.pk}/", "papers/"):
        assert quoted.call("V2", f"/v/alpha/api/v1/{path}").status_code == 200
        assert quoted.call("V2", f"/v/beta/api/v1/{path}").status_code in {401, 404}
    places = [each["place"] for each in quoted.call("V2", "/api/v1/companies/").json()]
    assert places == ["alpha"]


def test_a_round_of_one_company_is_none_at_the_other(quoted: Sealed) -> None:
    person = quoted.browsers["V2"]

    assert person.get(quoted.url).status_code == 200
    assert person.get(quoted.url.replace("alpha", "beta")).status_code == 404
    mine, theirs = quoted.quoters["V2"].contact.pk, quoted.quoters["V1"].contact.pk
    assert person.get(quoted.url.replace("alpha", f"alpha.{mine}")).status_code == 200
    assert person.get(quoted.url.replace("alpha", f"alpha.{theirs}")).status_code == 404


@pytest.mark.parametrize(
    "headers", [{"X-Company": "beta"}, {"X-Forwarded-Host": "beta.test"}, {"X-Tenant": "beta"}]
)
def test_no_header_moves_him_to_another_company(quoted: Sealed, headers: dict[str, str]) -> None:
    page = quoted.browsers["V1"].get("/v/alpha/", headers=headers)

    assert page.status_code == 200
    assert quoted.elsewhere.name not in page.content.decode()


def forged(quoted: Sealed) -> list[dict[str, Any]]:
    other = quoted.quoters["V1"]
    return [
        {"vendor_id": other.vendor.pk},
        {"contact_id": other.contact.pk},
        {"invitation_id": 1},
        {"round_id": quoted.round.pk + 1},
        {"submitted_at": "2020-01-01T00:00:00Z"},
        {"number": 99},
    ]


def test_ids_in_a_body_move_nothing(quoted: Sealed) -> None:
    """A quote is of whoever sends it, whatever else the body says."""
    for more in forged(quoted):
        body = quoted.body("1.11", "2.22", **more)
        assert quoted.call("V2", f"{quoted.api}quotes/", body).status_code in {201, 400}
        typed = quoted.typed("1.11", "2.22", do="send", **more)
        assert quoted.browsers["V2"].post(quoted.url, typed).status_code in {302, 422}

    with tenant_context(quoted.company):
        of_first = QuoteRevision.objects.filter(invitation__vendor=quoted.quoters["V1"].vendor)
        assert [(one.number, one.contact_id) for one in of_first] == [
            (1, quoted.quoters["V1"].contact.pk)
        ]


def test_lines_and_files_of_others_are_taken_for_none(quoted: Sealed) -> None:
    with tenant_context(quoted.company):
        other = add_round(quoted.buyer, list(quoted.quoters.values())[:3], title="another")
        foreign = other.lines.first()
        assert foreign is not None
    body = quoted.body("1.11", "2.22")
    body["lines"][0]["line_id"] = foreign.pk
    answer = quoted.call("V2", f"{quoted.api}quotes/", body)
    typed = quoted.typed("1.11", "2.22", do="send", keep=["1", "2", "99"])
    page = quoted.browsers["V3"].post(quoted.url, typed)

    assert answer.status_code in {400, 422}
    assert page.status_code == 422
    unknown = quoted.body("1.11", "2.22")
    unknown["lines"][0]["line_id"] = 10**9
    refused = quoted.call("V2", f"{quoted.api}quotes/", unknown)
    # Whether there is such a line somewhere is not told.
    assert _plain(refused, 10**9) == _plain(answer, foreign.pk)


def _plain(answer: Any, number: int) -> str:
    return str(answer.json()).replace(str(number), "#")


def test_who_asked_is_told_to_nobody(quoted: Sealed) -> None:
    words = {"asker": sealed.PEOPLE["V3"], "asker's name": sealed.NAMES["V3"]}
    for who in ("V1", "V2"):
        page = quoted.browsers[who].get(quoted.url).content
        assert "几时要货？".encode() in page
        assert found_in({"page": page}, words) == []
        answer = quoted.call(who, quoted.api)
        assert [one["text"] for one in answer.json()["questions"]] == ["几时要货？"]
        assert found_in({"API": answer.content}, words) == []


def test_nobody_acts_for_a_vendor_unnoticed_by_his_people(asking: Sealed) -> None:
    """A buyer may write down an address of his own as a vendor's, and so come in as that vendor.

    He reads no quote, for those are sealed to who sent them; but he could take one back.
    """
    assert asking.send("V1", *PRICES["V1"]).status_code == 302
    vendor = asking.quoters["V1"].vendor
    planted = client_of(join(asking.company, vendor, "planted@buyer.example", name="陌生人").login)

    page = planted.get(asking.url)
    assert found_in({"page": content_of(page)}, {"price": PRICES["V1"][0]}) == []
    assert planted.post(f"{asking.url}withdraw/").status_code == 302

    told = asking.browsers["V1"].get("/v/alpha/messages/").content.decode()
    assert "陌生人 (planted@buyer.example) may act for you here from now on." in told
    assert "陌生人 has taken back the quote for" in told
    assert "陌生人" not in asking.browsers["V2"].get("/v/alpha/messages/").content.decode()


def test_a_mail_goes_to_one_and_tells_of_none(quoted: Sealed, mailoutbox: list[Any]) -> None:
    open_and_award(quoted)
    now = (quoted.round.closes_at or timezone.now()) + timedelta(hours=1)
    with tenant_context(quoted.company):
        letters = RoundLetter.objects.count()
        mailoutbox.clear()
        assert reminding.deliver_due(now=now) == letters > 0

    words = {name: text for who in PRICES for name, text in quoted.words_of(who).items()}
    told = {f"mail {number}": one.message().as_bytes() for number, one in enumerate(mailoutbox)}
    bodies = {f"body {number}": one.body.encode() for number, one in enumerate(mailoutbox)}
    assert all(len(one.recipients()) == 1 for one in mailoutbox)
    addresses = {name: text for name, text in words.items() if "address" not in name}
    assert found_in(bodies, words) == []
    assert found_in(told, addresses) == []


def test_the_same_answer_whoever_has_a_sign_in(quoted: Sealed) -> None:
    """Forms for strangers answer alike for an address that is known and one that is not."""
    answers = []
    for email in (quoted.people["V1"].login.email, "nobody@nowhere.example"):
        stranger = Client(headers={"host": "vendors.test"})
        asked = stranger.post("/password/", {"email": email})
        wrong = stranger.post("/sign-in/", {"email": email, "password": "wrong-horse-battery"})
        answers.append(
            [(one.status_code, _without(one.content.decode(), email)) for one in (asked, wrong)]
        )

    assert answers[0] == answers[1]


def _without(text: str, email: str) -> str:
    return _OF_ITS_OWN.sub("", text).replace(email, "")
