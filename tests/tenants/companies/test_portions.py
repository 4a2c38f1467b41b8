"""Verifying a record in portions: across them, through kills between them, while it grows."""

import logging
from datetime import timedelta
from typing import Any

import pytest
from celery import current_app
from django_tenants.utils import tenant_context

from kernel import access
from kernel.access.models import User
from kernel.audit import operations as audit
from kernel.audit.models import AuditAnchor, AuditHead, AuditLink
from kernel.audit.verification import FaultKind
from kernel.locks import LockClass
from kernel.notifications.models import Notification
from kernel.tenancy import public, sign
from tenants.companies import records, tasks
from tenants.companies.models import AuditCheck, AuditWalk, Company, CompanyStatus
from tenants.provisioning.schema import web_cursor
from tests.factories import NOW, add_actor, add_user
from tests.kernel.audit.test_chain import tampering

PORTION = 4
LINKS = 10


@pytest.fixture(autouse=True)
def small_portions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(records, "PORTION", PORTION)


@pytest.fixture
def messages(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, dict[str, Any]]]:
    """The queue: what is sent stays in it until a test delivers it."""
    sent: list[tuple[str, dict[str, Any]]] = []
    monkeypatch.setattr(
        "celery.current_app.send_task", lambda name, kwargs: sent.append((name, kwargs))
    )
    return sent


@pytest.fixture
def subject(committed_tenant: Company) -> User:
    return add_user("zhouting")


@pytest.fixture
def company(committed_tenant: Company, subject: User) -> Company:
    append(subject, LINKS - 1)
    return committed_tenant


def append(subject: User, many: int) -> None:
    for _ in range(many):
        audit.record(actor=access.SYSTEM, event="test.done", subject=subject, now=NOW)


def entry_at(seq: int) -> int:
    return AuditLink.objects.get(seq=seq).entry_id


def change_entry(company: Company, entry_id: int) -> None:
    with tampering(company) as cursor:
        cursor.execute("UPDATE audit_auditentry SET actor = 'x' WHERE id = %s", [entry_id])
        assert cursor.rowcount == 1


def work_off(messages: list[tuple[str, dict[str, Any]]]) -> int:
    """Deliver messages until there are none; return how many there were."""
    count = 0
    while messages:
        name, kwargs = messages.pop(0)
        current_app.tasks[name](**kwargs)
        count += 1
    return count


def under_way() -> list[int]:
    with public():
        return list(AuditWalk.objects.values_list("pk", flat=True))


def checks(company: Company) -> list[tuple[int, str]]:
    with public():
        rows = AuditCheck.objects.filter(company=company).order_by("pk")
        return list(rows.values_list("seq", "fault"))


def test_a_record_longer_than_a_portion_is_verified_by_message_after_message(
    company: Company, messages: list[tuple[str, dict[str, Any]]]
) -> None:
    tasks.verify_record(schema=company.schema_name)

    assert messages == [(records.GO_ON_TASK, {"schema": company.schema_name})]
    assert under_way() == [company.pk]
    assert checks(company) == []
    assert not AuditAnchor.objects.exists()

    assert work_off(messages) == 2  # of 10 links the first message read 4

    assert checks(company) == [(LINKS, "")]
    anchor = AuditAnchor.objects.get()
    assert (anchor.seq, bytes(anchor.hash)) == (LINKS, bytes(AuditHead.objects.get().hash))
    assert under_way() == []


@pytest.mark.parametrize("seq", [2, 4, 5, 8, 9, 10])
def test_a_fault_in_any_portion_is_found_and_told(
    company: Company,
    messages: list[tuple[str, dict[str, Any]]],
    caplog: pytest.LogCaptureFixture,
    seq: int,
) -> None:
    admin = add_actor("xujing", "company_admin")
    change_entry(company, entry_at(seq))

    tasks.verify_record(schema=company.schema_name)
    assert work_off(messages) == (seq - 1) // PORTION

    assert checks(company) == [(seq - 1, FaultKind.CHANGED)]
    told = Notification.objects.filter(kind="audit.not-whole")
    assert [notice.user_id for notice in told] == [admin.user_id]
    assert [line.levelname for line in caplog.records if "not whole" in line.message] == ["ERROR"]
    assert not AuditAnchor.objects.exists()
    assert under_way() == []


def test_what_is_changed_behind_a_verification_is_found_by_the_next(
    company: Company, messages: list[tuple[str, dict[str, Any]]]
) -> None:
    tasks.verify_record(schema=company.schema_name)
    change_entry(company, entry_at(2))
    work_off(messages)
    tasks.verify_record(schema=company.schema_name)
    work_off(messages)

    assert checks(company) == [(LINKS, ""), (1, FaultKind.CHANGED)]


def test_entries_that_are_written_meanwhile_are_no_fault(
    company: Company, subject: User, messages: list[tuple[str, dict[str, Any]]]
) -> None:
    for night in (1, 2):
        tasks.verify_record(schema=company.schema_name)
        append(subject, 3)
        audit.anchor(now=NOW)  # further on than what this verification reads
        append(subject, 3)
        work_off(messages)

        assert checks(company)[-1] == (LINKS + 6 * (night - 1), "")
    assert len(checks(company)) == 2


def test_an_end_that_is_cut_off_meanwhile_is_missed(
    company: Company, messages: list[tuple[str, dict[str, Any]]]
) -> None:
    tasks.verify_record(schema=company.schema_name)
    last = entry_at(7)
    with tampering(company) as cursor:
        cursor.execute("DELETE FROM audit_auditlink WHERE seq > 7")
        cursor.execute("DELETE FROM audit_auditentry WHERE id > %s", [last])
        cursor.execute(
            "UPDATE audit_audithead SET (seq, hash) = "
            "(SELECT seq, hash FROM audit_auditlink WHERE seq = 7)"
        )
    work_off(messages)

    assert checks(company) == [(7, FaultKind.CUT)]


def test_a_lost_message_is_sent_again_after_a_while(
    company: Company, messages: list[tuple[str, dict[str, Any]]]
) -> None:
    records.check_record(company=company, now=NOW)
    messages.clear()  # the worker was killed before it took the message, or the broker lost it
    late = NOW + records.STANDS_STILL_AFTER + timedelta(seconds=1)

    assert records.standing_still(now=NOW + records.STANDS_STILL_AFTER) == []
    assert records.standing_still(now=late) == [company.schema_name]
    assert records.standing_still(now=late) == []  # asked for a moment ago

    tasks.resume_verifying(schema="public")
    assert messages == [(records.GO_ON_TASK, {"schema": company.schema_name})]
    assert work_off(messages) == 2
    assert checks(company) == [(LINKS, "")]


def test_a_suspended_company_waits(company: Company) -> None:
    records.check_record(company=company, now=NOW)
    with public():
        Company.objects.filter(pk=company.pk).update(status=CompanyStatus.SUSPENDED)

    assert records.standing_still(now=NOW + timedelta(days=1)) == []


def test_a_message_that_comes_twice_does_no_harm(
    company: Company, messages: list[tuple[str, dict[str, Any]]]
) -> None:
    tasks.verify_record(schema=company.schema_name)
    messages += messages
    work_off(messages)

    tasks.go_on_verifying(schema=company.schema_name)  # none is under way any more

    assert checks(company) == [(LINKS, "")]
    assert under_way() == []
    assert messages == []


def test_a_portion_that_another_worker_reads_is_left_to_him(
    company: Company, messages: list[tuple[str, dict[str, Any]]]
) -> None:
    with web_cursor() as other:
        other.execute(
            "SELECT pg_advisory_xact_lock(%s, %s)", [int(LockClass.VERIFICATION), company.pk]
        )
        assert records.check_record(company=company, now=NOW) is None
    assert under_way() == []
    assert messages == []

    assert records.check_record(company=company, now=NOW) is None
    assert under_way() == [company.pk]


def far_on(company: Company) -> tuple[int, str, int, str]:
    """Return a place behind the second entry: who trusts it reads the entry no more."""
    with tenant_context(company):
        mark = bytes(AuditLink.objects.get(seq=6).hash).hex()
        head = AuditHead.objects.get()
        return (6, mark, head.seq, bytes(head.hash).hex())


@pytest.mark.parametrize(
    ("forgery", "found"),
    [
        ("none", [(LINKS, "")]),  # without the signature this would hide the entry
        ("unsigned", [(1, FaultKind.CHANGED)]),
        ("of another company", [(1, FaultKind.CHANGED)]),
        ("for another purpose", [(1, FaultKind.CHANGED)]),
        ("old", [(1, FaultKind.CHANGED)]),
    ],
)
def test_a_place_that_was_not_kept_here_lately_is_not_trusted(
    company: Company,
    messages: list[tuple[str, dict[str, Any]]],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    forgery: str,
    found: list[tuple[int, str]],
) -> None:
    with tenant_context(company):
        change_entry(company, entry_at(2))
    place = far_on(company)
    with public():
        signer = Company.objects.get(slug="beta" if forgery == "of another company" else "alpha")
    purpose = "download" if forgery == "for another purpose" else "audit-walk"
    with tenant_context(signer):
        token = sign(place, purpose=purpose)
    if forgery == "unsigned":
        token = str(list(place))
    if forgery == "old":
        monkeypatch.setattr(records, "PLACE_HOLDS_FOR", timedelta(seconds=-1))
    with public():
        AuditWalk.objects.create(company=company, place=token, touched_at=NOW)

    with caplog.at_level(logging.WARNING):
        tasks.verify_record(schema=company.schema_name)
        work_off(messages)

    assert checks(company) == found
    begun_anew = [line for line in caplog.records if "begins anew" in line.message]
    assert len(begun_anew) == (forgery != "none")
