"""A server or a pooler on which companies could meet is refused before the first request."""

from collections.abc import Callable
from typing import Any, cast

import pytest
from psycopg2.extensions import connection as PgConnection  # noqa: N812

from config import boot
from tenants.provisioning import fingerprint, probe, schema


class Pooled:
    """What a pooler in transaction mode gives: many clients on one session."""

    server_version = 150018

    def __init__(self, session: PgConnection) -> None:
        self._session = session
        session.autocommit = True

    def cursor(self) -> Any:
        return self._session.cursor()

    def close(self) -> None:
        pass


def pooler(sessions: list[PgConnection]) -> Callable[[], PgConnection]:
    return lambda: cast("PgConnection", Pooled(sessions[0]))


def test_a_direct_connection_passes(django_db_setup: None) -> None:
    probe.require_session(schema.connect_as_web)
    probe.require_version(schema.connect_as_web)


def test_a_pooler_in_transaction_mode_is_refused(django_db_setup: None) -> None:
    session = schema.connect_as_web()
    try:
        with pytest.raises(probe.Unsafe, match="session mode"):
            probe.require_session(pooler([session]))
    finally:
        session.close()


def test_a_pooler_that_changes_the_session_under_way_is_refused(django_db_setup: None) -> None:
    sessions = [schema.connect_as_web() for _ in range(3)]

    class Changing(Pooled):
        calls = 0

        def cursor(self) -> Any:
            Changing.calls += 1
            return sessions[2].cursor() if Changing.calls > 30 else self._session.cursor()

    given = iter([Changing(sessions[0]), Changing(sessions[1])])
    sessions[2].autocommit = True
    try:
        with pytest.raises(probe.Unsafe):
            probe.require_session(lambda: cast("PgConnection", next(given)))
    finally:
        for session in sessions:
            session.close()


def test_an_old_server_is_refused() -> None:
    class Old:
        server_version = 140013

        def close(self) -> None:
            pass

    with pytest.raises(probe.Unsafe, match="this is 14"):
        probe.require_version(lambda: cast("PgConnection", Old()))


def test_boot_passes_on_a_sound_database(db: None) -> None:
    boot.verify()


def test_boot_refuses_a_table_of_the_companies_in_public(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fingerprint, "shared_problems", lambda *_a, **_k: ["public: has …"])

    with pytest.raises(probe.Unsafe, match="public: has"):
        boot.verify()


def test_boot_reports_one_companys_difference_and_serves_the_others(
    db: None, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(fingerprint, "company_problems", lambda *_a, **_k: ["t_x: lacks …"])

    boot.verify()

    assert [record.getMessage() for record in caplog.records] == [
        "schemas differ from the template"
    ]
