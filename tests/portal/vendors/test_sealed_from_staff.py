"""The company itself, before the opening: the whole console is followed, link by link.

What is found must not hold a word of a quote, and must not differ by who has quoted or for what.
"""

import pytest
from django.test import Client
from django_tenants.utils import tenant_context

from kernel.access.catalogue import POSTS
from kernel.access.models import User
from kernel.access.operations import set_preferences
from services.procurement.rounds.models import QuoteRevision, Round
from tests.crawling import content_of, crawl, plain
from tests.matrix.people import session_of, token_of
from tests.matrix.routes import COMPANY, routes
from tests.portal.vendors import sealed
from tests.portal.vendors.sealed import BRANDS, SECRETS, Sealed
from tests.services.procurement.rounds.haystack import found_in

# Where a round, its vendors, its openers and what was done could be told of.
NEAR = ("/c/quote-rounds", "/c/vendors", "/c/audit", "/c/security", "/c/notices", "/c/waiting")


def browser(world: Sealed, user: User) -> Client:
    with tenant_context(world.company):
        set_preferences(user_id=user.pk, language="en")
        client = Client(headers={"host": "alpha.test"}, raise_request_exception=False)
        client.cookies["session"] = session_of(User.objects.get(pk=user.pk))
    return client


def of_staff(world: Sealed, name: str, *posts: str) -> Client:
    return browser(world, sealed.add_staff(world.company, name, *posts))


def of_api(world: Sealed, user: User) -> dict[str, bytes]:
    """Return every endpoint that needs no number, and those of the round."""
    with tenant_context(world.company):
        token = token_of(user)
    client = Client(headers={"host": "alpha.test"}, raise_request_exception=False)
    values = {"round_id": world.round.pk, "vendor_id": world.quoters["V1"].vendor.pk}
    found = {}
    for route in routes(COMPANY):
        is_meant = route.path.startswith("/api/") and "GET" in route.methods
        if is_meant and set(route.parameters) <= values.keys():
            path = route.fill(values)
            answer = client.get(path, headers={"authorization": f"Bearer {token}"})
            found[f"API {path}: {answer.status_code}"] = content_of(answer)
    return found


def start_of(world: Sealed) -> list[str]:
    pages = ["/", "/c/audit/", "/c/security/", "/c/vendors/"]
    pages += [f"/c/quote-rounds/{world.round.pk}/", "/c/quote-rounds/?export=xlsx"]
    values = {"round_id": world.round.pk, "vendor_id": world.quoters["V1"].vendor.pk}
    for route in routes(COMPANY):  # those too that no link leads to before the opening
        if "GET" in route.methods and {"round_id"} <= set(route.parameters) <= values.keys():
            pages.append(route.fill(values))
    return [*pages, *(f"/c/search/?q={word}" for word in ("73519", BRANDS["V1"], "canary"))]


def test_whoever_may_everything_finds_no_price_in_the_whole_console(quoted: Sealed) -> None:
    everybody = sealed.add_staff(quoted.company, "everybody", *POSTS)
    visitor = browser(quoted, everybody)

    found = crawl(visitor, start_of(quoted)) | of_api(quoted, everybody)

    shown = [place for place in found if place.endswith(": 200")]
    assert len(shown) > 100, "hardly a page was looked at"
    assert any(f"/c/quote-rounds/{quoted.round.pk}/" in place for place in shown)
    assert any("export=xlsx" in place for place in shown)
    assert [place for place in found if place.endswith(": 500")] == []
    assert found_in(found, SECRETS) == []


@pytest.mark.parametrize(
    "posts",
    [("buyer",), ("company_admin",), ("finance_head",), ("company_gm",), ("chairman",)],
    ids=lambda posts: posts[0],
)
def test_nobody_finds_one_behind_the_forms_of_a_round(
    quoted: Sealed, posts: tuple[str, ...]
) -> None:
    visitor = of_staff(quoted, f"one-{posts[0]}", *posts)

    found = crawl(
        visitor,
        start_of(quoted),
        within=lambda path: path == "/" or path.startswith(("/c/quote-rounds", "/c/search/")),
        sends_forms=True,
    )

    assert sum(place.endswith(": 200") for place in found) > 1
    assert found_in(found, SECRETS) == []


def test_the_console_is_the_same_whoever_has_quoted_and_whatever(asking: Sealed) -> None:
    """Not one page, size or head differs; so neither what is shown nor in which order tells."""
    reader = of_staff(asking, "reader", "company_admin", "property_manager", "buyer")
    told: dict[str, dict[str, bytes]] = {}
    for name in sealed.variants(asking):
        told[name] = {
            plain(place.encode()).decode(): plain(content)
            for place, content in crawl(
                reader,
                start_of(asking),
                within=lambda path: (
                    path == "/" or path.startswith(NEAR) or path.startswith("/c/search/")
                ),
            ).items()
        }

    first, *others = told
    assert len(told) == 4
    assert any("quote-rounds" in place for place in told[first])
    for other in others:
        assert told[other].keys() == told[first].keys()
        differing = [place for place in told[first] if told[other][place] != told[first][place]]
        assert differing == [], f"{other} is told from {first}"


def test_what_lies_in_the_database_is_of_one_size_whatever_the_price(asking: Sealed) -> None:
    sizes = set()
    for _name in sealed.variants(asking):
        with tenant_context(asking.company):
            kept = QuoteRevision.objects.get()
            sizes.add((len(bytes(kept.sealed)), len(bytes(kept.own_copy)), len(kept.receipt)))

    assert len(sizes) == 1


def test_the_difference_would_be_seen(asking: Sealed) -> None:
    """The comparison is not blind: a round that somebody has declined shows how many have."""
    reader = of_staff(asking, "reader", "buyer")
    page = f"/c/quote-rounds/{asking.round.pk}/"
    before = plain(content_of(reader.get(page)))
    assert before == plain(content_of(reader.get(page)))

    with tenant_context(asking.company):
        Round.objects.filter(pk=asking.round.pk).update(title="夜莺")

    assert plain(content_of(reader.get(page))) != before
