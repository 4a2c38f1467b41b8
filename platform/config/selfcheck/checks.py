"""The checks: one line each, green or red."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from config.demo import people
from config.selfcheck.browser import Answer, Browser, links_of

FIRST, SECOND = "qinghe.localhost", "jianghai.localhost"
LEDGER_WORDS = "云麓花园"


@dataclass(frozen=True)
class Result:
    name: str
    good: bool
    detail: str


def run(base: str) -> Iterator[Result]:
    """Yield the result of each check against the site that answers at ``base``."""
    parts = urlsplit(base)
    address, port = parts.hostname or "127.0.0.1", parts.port or 80

    def at(host: str) -> Browser:
        return Browser(address, port, host)

    yield from _outside(at)
    for person in people.EVERYBODY:
        yield from _person(at(FIRST), person)
    yield from _second_company(at)


def _outside(at: Callable[[str], Browser]) -> Iterator[Result]:
    yield _page("public site", at("localhost").get("/"), 200, "管家")
    yield _page("liveness", at("localhost").get("/healthz"), 200, "ok")
    yield _page("readiness", at("localhost").get("/readyz"), 200, '"broker": true')
    unknown = at("nobody.localhost").get("/")
    yield Result(
        "unknown host",
        unknown.status == 404 and unknown.body == b"Not Found",
        f"{unknown.status} {unknown.body[:40]!r}",
    )
    start = at(FIRST).get("/")
    yield _page("sign-in page", start, 200, "青禾物业")
    for asset in dict.fromkeys(links_of(start).assets):
        yield _page(f"asset {asset.rsplit('/', 1)[-1]}", at(FIRST).get(asset), 200, "")
    yield _page("API without a token", at(FIRST).get("/api/v1/units/"), 401, "not-authenticated")


def _person(browser: Browser, person: people.Person) -> Iterator[Result]:
    home = _sign_in(browser, person)
    signed_in = home.status == 200 and person.name in home.text
    yield Result(f"{person.name} signs in", signed_in, f"{home.status} {home.path}")
    if not signed_in:
        return
    pages = list(dict.fromkeys([home.path, *links_of(home).menu]))
    for path in pages:
        if path.startswith("/"):
            yield _page(f"{person.name} {path}", browser.get(path), 200, "<main")


def _second_company(at: Callable[[str], Browser]) -> Iterator[Result]:
    # Its administrator sees its own pages and nothing of the first company.
    browser = at(SECOND)
    home = _sign_in(browser, people.ADMINISTRATOR)
    yield _page("second company", home, 200, "江海物业")
    leaks = [
        path
        for path in dict.fromkeys([home.path, *links_of(home).menu])
        if path.startswith("/") and LEDGER_WORDS in browser.get(path).text
    ]
    yield Result("second company sees nothing of the first", not leaks, ", ".join(leaks) or "ok")


def _sign_in(browser: Browser, person: people.Person) -> Answer:
    login = browser.get("/")
    return browser.post(
        login.path.split("?")[0], {"username": person.username, "password": people.PASSWORD}
    )


def _page(name: str, answer: Answer, status: int, words: str) -> Result:
    good = answer.status == status and words in answer.text
    detail = str(answer.status) if good else f"{answer.status}, wanted {status} with {words!r}"
    return Result(name, good, detail)
