"""One request of somebody, and what he got to see."""

import io
import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.db import connection, transaction
from django.test import RequestFactory
from django.test.client import ClientHandler
from django_tenants.utils import tenant_context

from tests.matrix.marks import FOREIGN, OTHER, OWN
from tests.matrix.routes import Route
from tests.matrix.world import World

# What two equal answers differ in: the request's number, the form's secret, the time.
_INCIDENTAL = re.compile(
    r'[0-9A-F]{8}\b|[0-9a-f]{32}|csrfmiddlewaretoken" value="\w+"|X-CSRFToken[^}]*|\d\d:\d\d'
)


WRITING = ("INSERT", "UPDATE", "DELETE")


@dataclass
class Answer:
    path: str
    status: int
    text: str  # of a sheet too: its cells
    headers: Any
    cookies: str
    statements: list[str]

    @property
    def location(self) -> str:
        return str(self.headers.get("Location", ""))

    @property
    def marks(self) -> set[str]:
        """Whose words are in the answer, its headers included."""
        seen = self.text + " ".join(f"{key}: {value}" for key, value in self.headers.items())
        return {mark for mark in (OWN, OTHER, FOREIGN) if mark in seen}

    def plain(self) -> str:
        """Return the text without what names the address asked for or this very request."""
        text = self.text
        for spelling in (self.path, quote(self.path), quote(self.path, safe="")):
            text = text.replace(spelling, "")
        return _INCIDENTAL.sub("", text)


def assert_is_kept_by_nobody(answer: Answer) -> None:
    """Assert that no browser or proxy keeps the answer, and that no page of others frames it."""
    headers = answer.headers
    assert "no-store" in headers.get("Cache-Control", "")
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert headers["Referrer-Policy"] == "same-origin"
    assert "domain=" not in answer.cookies.lower()


def visit(
    world: World,
    route: Route | None,
    method: str,
    *,
    who: str = "",
    ids: dict[str, Any] | None = None,
    path: str = "",
    query: str = "",
    body: Any = None,
    host: str = "alpha.test",
    cookies: dict[str, str] | None = None,
    token: str = "",
    htmx: bool = False,
    enforce_csrf: bool = False,
    after: Callable[[], None] | None = None,
) -> Answer:
    """Send one request and take back what it wrote.

    ``who`` comes with his session, to the API with his token. A body is a form at the console
    and JSON at the API. ``after`` looks at the company's rows before they are taken back.
    """
    path = path or (route.fill(ids or world.own_values()) if route else "/")
    is_api = "/api/" in path  # a company's at its vendors' host stands further to the right
    browser = _Browser(_handler(enforce_csrf=enforce_csrf))
    given = dict(cookies or {})
    headers = {"host": host, **({"HX-Request": "true"} if htmx else {})}
    if who and is_api and not cookies:
        token = token or world.tokens[who]
    elif who:
        given.setdefault(settings.SESSION_COOKIE_NAME, world.sessions[who])
    if token:
        headers["authorization"] = f"Bearer {token}"
    for name, value in given.items():
        browser.cookies[name] = value
    send = getattr(browser, method.lower())
    values: dict[str, Any] = {"headers": headers}
    address = f"{path}?{query}" if query else path
    if method != "GET":
        values["data"] = body if body is not None else {}
        if is_api and not _has_file(body):
            values["content_type"] = "application/json"
    statements: list[str] = []

    def note(execute: Any, sql: Any, *rest: Any) -> Any:
        statements.append(str(sql))
        return execute(sql, *rest)

    with transaction.atomic(), connection.execute_wrapper(note):
        response = send(address, **values)
        content = b"".join(response.streaming_content) if response.streaming else response.content
        if after is not None and any(statement.startswith(WRITING) for statement in statements):
            with tenant_context(world.alpha):
                after()
        transaction.set_rollback(True)
    return Answer(
        path,
        response.status_code,
        _text_of(content),
        response.headers,
        response.cookies.output(),
        statements,
    )


class _Browser(RequestFactory):
    """Sends requests and keeps nothing of how they were answered, unlike the tests' client."""

    def __init__(self, handler: ClientHandler) -> None:
        super().__init__()
        self.handler = handler

    def request(self, **request: Any) -> Any:
        return self.handler(self._base_environ(**request))  # type: ignore[attr-defined]


@cache
def _handler(*, enforce_csrf: bool) -> ClientHandler:
    """Return one handler for all visits: each loads the middleware anew."""
    return ClientHandler(enforce_csrf)


def _has_file(body: Any) -> bool:
    return isinstance(body, dict) and any(hasattr(value, "read") for value in body.values())


def _text_of(content: bytes) -> str:
    if not content.startswith(b"PK\x03\x04"):
        return content.decode("utf-8", "replace")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return "\n".join(
            archive.read(name).decode("utf-8", "replace") for name in archive.namelist()
        )
