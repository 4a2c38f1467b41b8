"""A visitor without a screen who follows every link, opens every sheet and sends every form."""

import html
import io
import re
import zipfile
import zlib
from collections import deque
from collections.abc import Callable, Iterable
from contextlib import contextmanager
from html.parser import HTMLParser
from typing import Any
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

from django.db import transaction
from django.test import Client

_LINK = re.compile(r'(?:href|src|hx-get|data-url)="(/[^"]*)"')
_STREAM = re.compile(rb"stream\r?\n(.*?)\r?\nendstream", re.DOTALL)
# What two equal answers differ in: secrets of forms, numbers of requests, moments and ids.
_OF_ITS_OWN = re.compile(
    rb'csrfmiddlewaretoken" value="\w+"|X-CSRFToken[^}]*|nonce[-=]"?[\w+/=-]+|[0-9a-f]{32}'
    rb"|Set-Cookie: [^\n]*|Content-Length: [^\n]*"
)
_NUMBER = re.compile(rb"\d+")
_SKIPPED = ("/static/", "/sign-out")
_MOST = 2000


class _Forms(HTMLParser):
    """The forms of a page as they would be sent untouched."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, str, dict[str, Any]]] = []
        self._select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            method = given.get("method", "get").lower()
            self.found.append((given.get("action", ""), method, {}))
        elif not self.found or "name" not in given:
            if tag == "option" and self.found and self._select and "selected" in given:
                self.found[-1][2][self._select] = given.get("value", "")
        elif tag in {"input", "textarea", "button"}:
            is_choice = given.get("type") in {"checkbox", "radio"} and "checked" not in given
            if not is_choice and given.get("type") != "file":
                self.found[-1][2].setdefault(given["name"], given.get("value", ""))
        elif tag == "select":
            self._select = given["name"]

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self._select = ""


def crawl(
    client: Client,
    start: Iterable[str],
    *,
    within: Callable[[str], bool] = lambda _path: True,
    sends_forms: bool = False,
) -> dict[str, bytes]:
    """Return every answer, with its headers, by method and address.

    Addresses that differ in what their query says, and not in what it is about, are asked once.

    :param sends_forms: send every form as it stands, too; what it did is rolled back.
    """
    waiting, asked = deque(start), set()
    found: dict[str, bytes] = {}
    while waiting and len(found) < _MOST:
        path = waiting.popleft()
        shape = _shape(path)
        if shape in asked or not within(path) or path.startswith(_SKIPPED):
            continue
        asked.add(shape)
        answer = client.get(path)
        found[f"GET {path}: {answer.status_code}"] = content_of(answer)
        waiting.extend(links_of(answer, path))
        if not sends_forms:
            continue
        for action, method, values in forms_of(answer):
            target = urljoin(path, action)
            sent = f"{method} {_shape(target)} {sorted(values)}"
            if method != "post" or sent in asked or not within(target):
                continue
            asked.add(sent)
            with undone(client):
                done = client.post(target, values)
            found[f"POST {target}: {done.status_code}"] = content_of(done)
    assert len(found) < _MOST, "the links go on without end"
    return found


@contextmanager
def undone(client: Client) -> Any:
    """Take back what the database was told, and the cookies."""
    cookies = {name: morsel.value for name, morsel in client.cookies.items()}
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
    client.cookies.clear()
    client.cookies.load(cookies)


def content_of(answer: Any) -> bytes:
    """Return an answer's head and body, what is compressed in it spread out."""
    head = "\n".join(f"{name}: {value}" for name, value in answer.headers.items())
    body = b"".join(answer) if answer.streaming else answer.content
    cookies = str(answer.cookies)
    return f"{head}\n{cookies}\n".encode() + spread(body)


def spread(content: bytes) -> bytes:
    """Return content with what is compressed in it appended: parts of a workbook, of a PDF."""
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return b"\n".join(archive.read(name) for name in archive.namelist())
    if not content.startswith(b"%PDF"):
        return content
    parts = [content]
    for stream in _STREAM.findall(content):
        try:
            parts.append(zlib.decompress(stream))
        except zlib.error:
            continue
    return b"\n".join(parts)


def plain(content: bytes) -> bytes:
    """Return an answer for a comparison: every number as ``#``, without what is of its own."""
    return _NUMBER.sub(b"#", _OF_ITS_OWN.sub(b"", content))


def links_of(answer: Any, path: str) -> list[str]:
    location = answer.headers.get("Location", "")
    links = [urljoin(path, location)] if location else []
    if not answer.streaming and "html" in answer.headers.get("Content-Type", ""):
        links += [html.unescape(link) for link in _LINK.findall(answer.content.decode())]
        links += [
            f"{urljoin(path, action)}?{urlencode(values)}"
            for action, method, values in forms_of(answer)
            if method == "get"
        ]
    return [link.partition("#")[0] for link in links if link.startswith("/")]


def forms_of(answer: Any) -> list[tuple[str, str, dict[str, Any]]]:
    if answer.streaming or "html" not in answer.headers.get("Content-Type", ""):
        return []
    parser = _Forms()
    parser.feed(answer.content.decode())
    return parser.found


def _shape(path: str) -> str:
    parts = urlsplit(path)
    names = sorted({name for name, _value in parse_qsl(parts.query, keep_blank_values=True)})
    # Of exports and orders each is another page; of pages and words of a search one is enough.
    kept = [f"{name}={value}" for name, value in parse_qsl(parts.query) if name in {"export"}]
    return f"{parts.path}?{names}{kept}"
