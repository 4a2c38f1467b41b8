"""Everywhere that a price could be found, as bytes, and what a planted price looks like there."""

import base64
import json
import logging
import os
import subprocess
from collections.abc import Iterator, Mapping
from urllib.parse import quote

from django.conf import settings
from django.core import mail
from django.core.cache import cache
from django.core.files.storage import Storage, storages
from django.db import connection
from django.test import Client
from psycopg2.extensions import make_dsn, parse_dsn

from console.lists import ListView
from kernel.tenancy import current_schema
from tenants.provisioning.schema import owner_cursor, pg_dump_program
from tests.crawling import content_of
from tests.matrix.routes import COMPANY, routes

HOST = "alpha.test"


def spellings(text: str) -> set[bytes]:
    """Return how a text may stand in a file, a row or an address."""
    plain = text.encode()
    found = {
        plain,
        text.encode("utf-16-le"),
        plain.hex().encode(),
        plain.hex().upper().encode(),
        json.dumps(text)[1:-1].encode(),
        quote(text).encode(),
    }
    for shift in range(3):  # base64 depends on where in a group of three bytes it begins
        encoded = base64.b64encode(b"\0" * shift + plain)
        found.add(encoded[4 if shift else 0 : -4])
    return {one for one in found if len(one) >= 6}


def found_in(places: Mapping[str, bytes], needles: Mapping[str, str]) -> list[str]:
    """Return where something was found, and what."""
    return sorted(
        f"{name} in {place}"
        for name, text in needles.items()
        for place, content in places.items()
        if any(spelling in content for spelling in spellings(text))
    )


def rows() -> dict[str, bytes]:
    """Return every table of the company and of the platform, each as the text of its rows."""
    found = {}
    for schema in (current_schema(), "public"):
        with owner_cursor() as cursor:
            cursor.execute(
                "SELECT table_name FROM information_schema.tables"
                " WHERE table_schema = %s AND table_type = 'BASE TABLE'",
                [schema],
            )
            names = [name for (name,) in cursor.fetchall()]
            for name in names:
                cursor.execute(f'SELECT t::text FROM "{schema}"."{name}" t')
                found[f"table {schema}.{name}"] = "\n".join(
                    row for (row,) in cursor.fetchall()
                ).encode()
    return found


def dump() -> bytes:
    """Return what ``pg_dump`` makes of the company's schema."""
    parameters = parse_dsn(settings.DATABASE_OWNER_URL)
    parameters["dbname"] = connection.settings_dict["NAME"]
    finished = subprocess.run(
        [str(pg_dump_program()), f"--schema={current_schema()}", make_dsn(**parameters)],
        capture_output=True,
        check=True,
        env={**os.environ, "LC_ALL": "C"},
        timeout=120,
    )
    return finished.stdout


def pages(
    browser: Client, values: Mapping[str, int], token: str, *, part: str = ""
) -> dict[str, bytes]:
    """Return every page and endpoint that ``values`` fill the address of, and lists as files.

    :param part: what the address must hold.
    """
    found = {}
    for route in routes(COMPANY):
        if "GET" not in route.methods or not set(route.parameters) <= values.keys():
            continue
        path = route.fill(dict(values))
        if part not in path:
            continue
        is_list = issubclass(route.view, ListView)
        for address in (path, f"{path}?export=xlsx") if is_list else (path,):
            headers = {"host": HOST}
            if path.startswith("/api/"):
                headers["authorization"] = f"Bearer {token}"
            response = browser.get(address, headers=headers)
            # Its head too, and what is packed in a workbook.
            found[f"page {address}: {response.status_code}"] = content_of(response)
    return found


def stored() -> dict[str, bytes]:
    """Return every file in the store, as it lies there."""
    store = storages["attachments"]
    return {f"file {name}": content for name, content in _walk(store, "")}


def _walk(store: Storage, folder: str) -> Iterator[tuple[str, bytes]]:
    folders, names = store.listdir(folder)
    for name in names:
        with store.open(f"{folder}/{name}" if folder else name) as file:
            yield f"{folder}/{name}", file.read()
    for inner in folders:
        yield from _walk(store, f"{folder}/{inner}" if folder else inner)


def cached() -> bytes:
    """Return what the cache of this process holds."""
    return repr(dict(getattr(cache, "_cache"))).encode()  # noqa: B009 - locmem's own, private


def mails() -> bytes:
    return "\n".join(
        f"{message.subject}\n{message.body}\n{message.recipients()}" for message in mail.outbox
    ).encode()


class Recorder(logging.Handler):
    """Keeps what is logged, with its arguments, at any level."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(f"{record.getMessage()} {record.args!r} {vars(record)!r}")
