"""Forgers who know the chain: what the tests of the chain do not try."""

import pytest
from django.db import ProgrammingError, connection, transaction
from psycopg2.extensions import cursor as PgCursor  # noqa: N812

from kernel.audit import chain, operations
from kernel.audit.verification import Anchor, FaultKind, verify
from tenants.companies.models import Company
from tests.factories import NOW
from tests.kernel.audit.test_chain import entries, rebuild, subject, tampering

__all__ = ["entries", "subject"]


@pytest.mark.parametrize(
    "statement",
    [
        "ALTER TABLE audit_auditentry DISABLE TRIGGER USER",
        "ALTER TABLE audit_auditlink DISABLE TRIGGER ALL",
        "DROP TRIGGER audit_auditentry_chained ON audit_auditentry",
        "SET session_replication_role = replica",
        "DROP TABLE audit_auditlink",
        "CREATE RULE quiet AS ON INSERT TO audit_auditentry DO INSTEAD NOTHING",
    ],
)
def test_the_companys_role_does_not_switch_the_chain_off(tenant: Company, statement: str) -> None:
    with (
        pytest.raises(ProgrammingError, match=r"permission denied|must be owner"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM audit_audithead",
        "UPDATE audit_audithead SET seq = 3, hash = l.hash FROM audit_auditlink l WHERE l.seq = 3",
        "UPDATE audit_audithead SET seq = 0, hash = decode(repeat('00', 32), 'hex')",
    ],
)
def test_a_head_set_back_hides_nothing(
    entries: list[int], committed_tenant: Company, statement: str
) -> None:
    with tampering(committed_tenant) as cursor:
        cursor.execute(statement)
        cursor.execute("UPDATE audit_auditentry SET actor = 'x' WHERE id = %s", [entries[4]])

    fault = verify().faults[0]

    assert fault.kind == FaultKind.CUT
    assert "6" in fault.detail


def rewrite_last(cursor: PgCursor, *, with_head: bool) -> None:
    cursor.execute(
        "UPDATE audit_auditentry SET actor = 'x' WHERE id IN (SELECT entry_id"
        " FROM audit_auditlink WHERE seq = 6)"
    )
    cursor.execute(
        f"SELECT {chain.fields_sql('e')} FROM audit_auditentry e JOIN audit_auditlink l"
        " ON l.entry_id = e.id WHERE l.seq = 6"
    )
    fields = cursor.fetchone()
    cursor.execute("SELECT hash FROM audit_auditlink WHERE seq = 5")
    previous = cursor.fetchone()
    assert fields is not None
    assert previous is not None
    digest = chain.digest_of(fields)
    made = chain.hash_of(bytes(previous[0]), 6, int(fields[0]), digest)
    cursor.execute(
        "UPDATE audit_auditlink SET digest = %s, hash = %s WHERE seq = 6", [digest, made]
    )
    if with_head:
        cursor.execute("UPDATE audit_audithead SET hash = %s", [made])


def test_the_last_entry_rewritten_with_its_link_is_found_by_the_head(
    entries: list[int], committed_tenant: Company
) -> None:
    with tampering(committed_tenant) as cursor:
        rewrite_last(cursor, with_head=False)

    assert verify().faults[0].kind == FaultKind.CUT


def test_the_last_entry_rewritten_with_link_and_head_is_found_by_the_anchor(
    entries: list[int], committed_tenant: Company
) -> None:
    operations.anchor(now=NOW)
    with tampering(committed_tenant) as cursor:
        rewrite_last(cursor, with_head=True)

    assert verify().faults[0][:3] == (FaultKind.ANCHOR, 6, entries[5])


def test_a_tail_that_is_gone_with_every_anchor_of_the_company_is_found_from_outside(
    entries: list[int], committed_tenant: Company
) -> None:
    kept = operations.anchor(now=NOW)
    elsewhere = Anchor(kept.seq, bytes(kept.hash), "the operators' list")
    with tampering(committed_tenant) as cursor:
        cursor.execute("DELETE FROM audit_auditentry WHERE id >= %s", [entries[4]])
        rebuild(cursor)
        cursor.execute("DELETE FROM audit_auditanchor")

    assert verify().is_whole
    assert verify(anchors=[elsewhere]).faults[0][:2] == (FaultKind.CUT, 5)


def test_everything_gone_is_not_an_empty_company(
    entries: list[int], committed_tenant: Company
) -> None:
    kept = operations.anchor(now=NOW)
    elsewhere = Anchor(kept.seq, bytes(kept.hash), "the operators' list")
    with tampering(committed_tenant) as cursor:
        for table in ("auditentry", "auditlink", "auditanchor", "audithead"):
            cursor.execute(f"DELETE FROM audit_{table}")

    assert verify(anchors=[elsewhere]).faults[0][:2] == (FaultKind.CUT, 1)
