"""The chain of the record: made at commit by the database, and every kind of tampering found.

The tampering is done as the owner of the tables with the triggers off: what is left to whoever has
the database itself.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg2
import pytest
from django.db import ProgrammingError, connection, transaction
from psycopg2.extensions import cursor as PgCursor  # noqa: N812

from kernel import access
from kernel.access.models import User
from kernel.audit import chain, operations, verification
from kernel.audit.models import AuditAnchor, AuditEntry, AuditHead, AuditLink
from kernel.audit.verification import Anchor, Fault, FaultKind, verify
from tenants.companies.models import Company
from tenants.provisioning.schema import owner_cursor
from tests.factories import NOW, add_user
from tests.threads import PATIENCE, at_once, until_another_waits


def note(subject: User, event: str = "test.thing.done", **values: Any) -> None:
    operations.record(actor=access.SYSTEM, event=event, subject=subject, now=NOW, **values)


@pytest.fixture
def subject(committed_tenant: Company) -> User:
    return add_user("zhouting", name="周婷")


@pytest.fixture
def entries(subject: User) -> list[int]:
    """Six entries in a chain; the first is that of the person's own account."""
    for number in range(5):
        note(subject, before={"price": "2.80", "name": "电梯"}, after={"price": f"{number}.00"})
    return list(AuditEntry.objects.order_by("pk").values_list("pk", flat=True))


@contextmanager
def tampering(company: Company) -> Iterator[PgCursor]:
    """Work in the company's schema as the owner, with the triggers off."""
    tables = ("audit_auditentry", "audit_auditlink", "audit_auditanchor")
    with owner_cursor() as cursor:
        cursor.execute(f"SET search_path = {company.schema_name}")
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        yield cursor
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def first_fault() -> Fault:
    return verify().faults[0]


@transaction.atomic
def undone(subject: User) -> None:
    note(subject, "test.undone")
    raise RuntimeError


def rebuild(cursor: PgCursor) -> None:
    """Make the whole chain anew out of the entries as they are now, as a clever forger would."""
    cursor.execute(f"SELECT {chain.fields_sql('e')} FROM audit_auditentry e ORDER BY e.id")
    rows = cursor.fetchall()
    cursor.execute("DELETE FROM audit_auditlink")
    last = chain.GENESIS
    for seq, fields in enumerate(rows, start=1):
        digest = chain.digest_of(fields)
        last = chain.hash_of(last, seq, int(fields[0]), digest)
        cursor.execute(
            "INSERT INTO audit_auditlink (seq, entry_id, digest, hash) VALUES (%s, %s, %s, %s)",
            [seq, int(fields[0]), digest, last],
        )
    cursor.execute("UPDATE audit_audithead SET seq = %s, hash = %s", [len(rows), last])


def test_every_entry_is_chained_when_its_transaction_commits(entries: list[int]) -> None:
    report = verify()

    assert report.faults == ()
    assert report.seq == len(entries) == 6
    assert list(AuditLink.objects.order_by("seq").values_list("entry_id", flat=True)) == entries
    head = AuditHead.objects.get()
    assert (head.seq, bytes(head.hash)) == (report.seq, report.hash)


def test_nothing_is_chained_of_what_was_rolled_back(subject: User) -> None:
    before = AuditHead.objects.get().seq
    with pytest.raises(RuntimeError):
        undone(subject)
    with transaction.atomic():
        note(subject, "test.kept")
        with pytest.raises(RuntimeError):
            undone(subject)

    assert AuditHead.objects.get().seq == before + 1
    assert AuditEntry.objects.filter(event__startswith="test.").count() == 1
    assert verify().is_whole


def test_of_many_entries_at_once_the_head_moves_once(
    entries: list[int], subject: User, committed_tenant: Company
) -> None:
    """Known fault: it moved for each, past all its versions before: 100,000 took nine minutes."""
    with owner_cursor() as cursor:
        cursor.execute(f"SET search_path = {committed_tenant.schema_name}")
        cursor.execute("CREATE TABLE moves (seq bigint)")
        cursor.execute(f"GRANT SELECT ON moves TO {committed_tenant.schema_name}")
        cursor.execute(
            "CREATE FUNCTION note_move() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO"
            f" {committed_tenant.schema_name}.moves VALUES (NEW.seq); RETURN NULL; END $$"
        )
        cursor.execute(
            "CREATE TRIGGER moved AFTER UPDATE ON audit_audithead"
            " FOR EACH ROW EXECUTE FUNCTION note_move()"
        )

    with transaction.atomic():
        for _entry in range(40):
            note(subject)
    note(subject)

    with connection.cursor() as reading:
        reading.execute("SELECT array_agg(seq) FROM moves")
        assert reading.fetchone() == ([len(entries) + 40, len(entries) + 41],)
    assert verify().is_whole
    assert list(AuditLink.objects.order_by("seq").values_list("entry_id", flat=True)) == list(
        AuditEntry.objects.order_by("pk").values_list("pk", flat=True)
    )


def test_entries_written_at_once_make_one_chain(subject: User, committed_tenant: Company) -> None:
    before = AuditHead.objects.get().seq

    def write() -> None:
        for _ in range(20):
            with transaction.atomic():
                note(subject)

    assert at_once(committed_tenant, [write] * 4) == [None] * 4

    report = verify()
    assert report.faults == ()
    assert report.seq == before + 80


def commits_that_meet(subject: User, company: Company) -> list[Any]:
    """One holds a person's row and commits; the other points to that person and commits first.

    The other's entry comes before its key in the order of the deferred checks.
    """
    held, pointed = threading.Event(), threading.Event()

    def hold() -> None:
        with transaction.atomic():
            User.objects.select_for_update().get(pk=subject.pk)
            note(subject, "test.holder")
            held.set()
            assert pointed.wait(timeout=PATIENCE)
            until_another_waits()  # for the row

    def point() -> None:
        assert held.wait(timeout=PATIENCE)
        with transaction.atomic():
            note(subject, "test.pointer")
            with connection.cursor() as cursor:
                cursor.execute(
                    "INSERT INTO access_postholding (user_id, post, valid_from)"
                    " VALUES (%s, 'cashier', '2026-01-01')",
                    [subject.pk],
                )
            pointed.set()

    return at_once(company, [hold, point])


def test_a_commit_takes_the_chains_lock_after_all_that_waits(
    subject: User, committed_tenant: Company
) -> None:
    assert commits_that_meet(subject, committed_tenant) == [None, None]
    assert verify().is_whole


def test_with_the_lock_taken_in_its_turn_two_commits_would_wait_for_each_other(
    subject: User, committed_tenant: Company
) -> None:
    with owner_cursor() as cursor:
        cursor.execute(f"SET search_path = {committed_tenant.schema_name}")
        cursor.execute("DROP TRIGGER audit_pending_chained ON audit_pending")
        cursor.execute(
            "CREATE TRIGGER audit_pending_chained AFTER INSERT ON audit_pending"
            " FOR EACH ROW EXECUTE FUNCTION audit_pending_chain()"
        )

    results = commits_that_meet(subject, committed_tenant)

    assert [str(error).partition("\n")[0] for error in results if error] == ["deadlock detected"]


@pytest.mark.parametrize(
    ("statement", "values"),
    [
        ("UPDATE audit_auditlink SET digest = hash", []),
        ("DELETE FROM audit_auditlink", []),
        (
            "INSERT INTO audit_auditlink (seq, entry_id, digest, hash) VALUES (99, 99, %s, %s)",
            [b"", b""],
        ),
        ("UPDATE audit_audithead SET seq = 0", []),
        ("DELETE FROM audit_audithead", []),
        ("INSERT INTO audit_pending (entry_id, digest) VALUES (1, %s)", [b"x"]),
        ("DELETE FROM audit_auditanchor", []),
        ("UPDATE audit_auditanchor SET seq = 1", []),
        ("TRUNCATE audit_auditlink", []),
        ("UPDATE audit_auditentry SET actor = 'x'", []),
    ],
)
def test_the_companys_role_may_not_touch_the_chain(
    tenant: Company, statement: str, values: list[Any]
) -> None:
    with (
        pytest.raises(ProgrammingError, match="permission denied"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement, values)


def test_the_owner_meets_the_trigger_as_well(entries: list[int], committed_tenant: Company) -> None:
    with pytest.raises(psycopg2.IntegrityError, match="append-only"), owner_cursor() as cursor:
        cursor.execute(f"DELETE FROM {committed_tenant.schema_name}.audit_auditlink")
    assert verify().is_whole


def test_the_chains_functions_serve_no_table_of_anothers_making(tenant: Company) -> None:
    trigger = (
        "CREATE TRIGGER mine AFTER INSERT ON pg_temp.audit_pending FOR EACH ROW"
        f" EXECUTE FUNCTION {tenant.schema_name}.audit_pending_chain()"
    )
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE audit_pending (entry_id bigint, digest bytea)")
        with (
            pytest.raises(ProgrammingError, match="permission denied for function"),
            transaction.atomic(),
        ):
            cursor.execute(trigger)


@pytest.mark.parametrize(
    "column",
    [
        "actor = '李四 (lisi)'",
        "actor_id = 4711",
        "at = at - interval '1 microsecond'",
        "post = 'chairman'",
        "on_behalf_of = '许静'",
        "on_behalf_of_id = 1",
        "event = 'test.thing.undone'",
        "object_type = 'access.apitoken'",
        "object_id = object_id + 1",
        "project_id = 7",
        "request_id = 'other'",
        """data = '{"before": {}}'""",
    ],
)
def test_a_changed_entry_is_named(
    entries: list[int], committed_tenant: Company, column: str
) -> None:
    with tampering(committed_tenant) as cursor:
        cursor.execute(f"UPDATE audit_auditentry SET {column} WHERE id = %s", [entries[2]])
        # A later one as well: the first is named.
        cursor.execute("UPDATE audit_auditentry SET actor = 'x' WHERE id = %s", [entries[4]])

    fault = first_fault()

    assert (fault.kind, fault.seq, fault.entry_id) == (FaultKind.CHANGED, 3, entries[2])


def test_a_missing_entry_is_named(entries: list[int], committed_tenant: Company) -> None:
    with tampering(committed_tenant) as cursor:
        cursor.execute("DELETE FROM audit_auditentry WHERE id = %s", [entries[3]])

    fault = first_fault()

    assert (fault.kind, fault.entry_id) == (FaultKind.MISSING, entries[3])


def test_an_entry_that_is_gone_with_its_link_is_found(
    entries: list[int], committed_tenant: Company
) -> None:
    with tampering(committed_tenant) as cursor:
        cursor.execute("DELETE FROM audit_auditentry WHERE id = %s", [entries[3]])
        cursor.execute("DELETE FROM audit_auditlink WHERE entry_id = %s", [entries[3]])

    fault = first_fault()

    assert (fault.kind, fault.seq) == (FaultKind.LINK_MISSING, 4)


def test_an_inserted_entry_is_named(
    entries: list[int], subject: User, committed_tenant: Company
) -> None:
    with tampering(committed_tenant) as cursor:
        cursor.execute(
            "INSERT INTO audit_auditentry (at, actor, event, object_type, object_id, request_id,"
            " data) VALUES (now(), 'x', 'y', 'access.user', 1, '', '{}') RETURNING id"
        )
        row = cursor.fetchone()
    note(subject)

    fault = first_fault()

    assert row is not None
    assert (fault.kind, fault.entry_id) == (FaultKind.INSERTED, row[0])


def test_an_inserted_link_is_named(entries: list[int], committed_tenant: Company) -> None:
    with tampering(committed_tenant) as cursor:
        cursor.execute(
            "INSERT INTO audit_auditentry (at, actor, event, object_type, object_id, request_id,"
            " data) VALUES (now(), 'x', 'y', 'access.user', 1, '', '{}') RETURNING id"
        )
        row = cursor.fetchone()
        assert row is not None
        cursor.execute(
            "INSERT INTO audit_auditlink (seq, entry_id, digest, hash)"
            " SELECT 7, %s, digest, hash FROM audit_auditlink WHERE seq = 6",
            [row[0]],
        )
        cursor.execute("UPDATE audit_audithead SET seq = 7")

    fault = first_fault()

    assert (fault.kind, fault.entry_id) == (FaultKind.REORDERED, row[0])


def test_two_entries_that_changed_places_are_found(
    entries: list[int], committed_tenant: Company
) -> None:
    one, two = entries[1], entries[4]
    with tampering(committed_tenant) as cursor:
        for old, new in ((one, -1), (two, one), (-1, two)):
            cursor.execute("UPDATE audit_auditentry SET id = %s WHERE id = %s", [new, old])

    assert first_fault()[:3] == (FaultKind.CHANGED, 2, one)


def test_two_links_that_changed_places_are_found(
    entries: list[int], committed_tenant: Company
) -> None:
    with tampering(committed_tenant) as cursor:
        for old, new in ((2, -2), (5, 2), (-2, 5)):
            cursor.execute("UPDATE audit_auditlink SET seq = %s WHERE seq = %s", [new, old])

    assert first_fault()[:3] == (FaultKind.REORDERED, 2, entries[4])


def test_a_chain_cut_at_its_end_is_found(entries: list[int], committed_tenant: Company) -> None:
    with tampering(committed_tenant) as cursor:
        cursor.execute("DELETE FROM audit_auditentry WHERE id >= %s", [entries[4]])
        cursor.execute("DELETE FROM audit_auditlink WHERE entry_id >= %s", [entries[4]])

    assert first_fault()[:2] == (FaultKind.CUT, 5)


def test_a_chain_cut_with_its_head_is_found_by_the_anchor(
    entries: list[int], committed_tenant: Company
) -> None:
    operations.anchor(now=NOW)
    with tampering(committed_tenant) as cursor:
        cursor.execute("DELETE FROM audit_auditentry WHERE id >= %s", [entries[4]])
        rebuild(cursor)

    fault = first_fault()

    assert (fault.kind, fault.seq) == (FaultKind.CUT, 5)


def test_a_chain_made_anew_is_found_by_the_companys_anchor(
    entries: list[int], committed_tenant: Company
) -> None:
    operations.anchor(now=NOW)
    with tampering(committed_tenant) as cursor:
        cursor.execute("UPDATE audit_auditentry SET actor = 'x' WHERE id = %s", [entries[2]])
        rebuild(cursor)

    assert first_fault()[:2] == (FaultKind.ANCHOR, 6)


def test_a_chain_made_anew_with_its_anchors_is_found_by_one_kept_elsewhere(
    entries: list[int], committed_tenant: Company
) -> None:
    kept = operations.anchor(now=NOW)
    elsewhere = Anchor(kept.seq, bytes(kept.hash), "the operators' list")
    assert verify(anchors=[elsewhere]).is_whole
    with tampering(committed_tenant) as cursor:
        cursor.execute("UPDATE audit_auditentry SET actor = 'x' WHERE id = %s", [entries[2]])
        rebuild(cursor)
        cursor.execute("UPDATE audit_auditanchor SET hash = (SELECT hash FROM audit_audithead)")

    assert verify().is_whole  # from inside nothing can be seen any more
    (fault,) = verify(anchors=[elsewhere]).faults
    assert fault[:2] == (FaultKind.ANCHOR, 6)
    assert "the operators' list" in str(fault)


def test_an_anchor_is_filled_in_by_the_database(entries: list[int]) -> None:
    kept = AuditAnchor.objects.create(at=NOW, seq=999, hash=b"forged")
    kept.refresh_from_db()

    assert (kept.seq, bytes(kept.hash)) == (6, verify().hash)


def test_a_company_without_entries_is_whole(tenant: Company) -> None:
    assert verify() == verification.Report(0, chain.GENESIS)
    assert operations.anchor(now=NOW).seq == 0


def test_an_entry_names_post_substitute_and_both_figures(tenant: Company) -> None:
    leader = add_user("fangqiming", name="方启明")
    operations.record(
        actor=access.SYSTEM,
        event="test.thing.signed",
        subject=leader,
        now=NOW,
        data={"reason": "…"},
        before={"price": "2.80"},
        after={"price": "3.00"},
        on_behalf_of=leader.pk,
    )

    entry = AuditEntry.objects.get(event="test.thing.signed")

    assert entry.data == {
        "reason": "…",
        "before": {"price": "2.80"},
        "after": {"price": "3.00"},
    }
    assert (entry.on_behalf_of_id, entry.on_behalf_of) == (leader.pk, "方启明 (fangqiming)")


def test_a_person_who_is_not_there_stands_in_for_nobody(tenant: Company) -> None:
    user = add_user("lisi")
    before = AuditEntry.objects.count()
    with pytest.raises(User.DoesNotExist):
        note(user, on_behalf_of=999_999)
    assert AuditEntry.objects.count() == before


def test_one_transaction_may_look_at_its_checks_early(subject: User) -> None:
    before = AuditHead.objects.get().seq
    with transaction.atomic():
        note(subject)
        connection.check_constraints()
        note(subject)
    assert AuditHead.objects.get().seq == before + 2
    assert verify().is_whole
