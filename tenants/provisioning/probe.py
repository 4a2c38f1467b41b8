"""What the database server and the way to it must be like, asked before the first request."""

from collections.abc import Callable
from contextlib import closing

from psycopg2.extensions import connection as PgConnection  # noqa: N812

OLDEST_SERVER = 150000  # PostgreSQL 15: UNIQUE NULLS NOT DISTINCT
ROUNDS = 20

Connect = Callable[[], PgConnection]


class Unsafe(RuntimeError):
    """On this database companies could see each other: nothing may be served."""


def require_session(connect: Connect) -> None:
    """Return if a connection keeps its own server session between statements.

    Search path and role are settings of the session. A pooler in transaction mode lends one session
    to many: more than half of the reads returned another company's rows when that was measured.
    Two idle connections at once must have two back ends, keep them, and keep what each has set.

    :raises Unsafe: otherwise.
    """
    with closing(connect()) as one, closing(connect()) as other:
        one.autocommit = other.autocommit = True
        marks = {"one": one, "other": other}
        backends = {name: _ask(link, "SELECT pg_backend_pid()") for name, link in marks.items()}
        if backends["one"] == backends["other"]:
            raise Unsafe(_POOLER)
        for name, link in marks.items():
            _ask(link, f"SELECT set_config('guanjia.probe', '{name}', false)")
        for _round in range(ROUNDS):
            for name, link in marks.items():
                backend = _ask(link, "SELECT pg_backend_pid()")
                mark = _ask(link, "SELECT current_setting('guanjia.probe', true)")
                if backend != backends[name] or mark != name:
                    raise Unsafe(_POOLER)


def require_version(connect: Connect) -> None:
    """Return if the server is new enough.

    :raises Unsafe: otherwise.
    """
    with closing(connect()) as link:
        if link.server_version < OLDEST_SERVER:
            raise Unsafe(
                f"PostgreSQL 15 or newer is needed, this is {link.server_version // 10000}"
            )


_POOLER = (
    "The connection pooler mixes sessions (transaction or statement mode). Put it in session mode:"
    " otherwise companies read each other's rows."
)


def _ask(link: PgConnection, statement: str) -> object:
    with link.cursor() as cursor:
        cursor.execute(statement)
        row = cursor.fetchone()
        assert row is not None
        return row[0]
