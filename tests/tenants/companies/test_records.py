"""Verifying companies' records: the nightly look, what the platform keeps of it, the command."""

import logging
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import ProgrammingError, transaction
from django_tenants.utils import tenant_context
from psycopg2.extras import Json

from kernel import access
from kernel.audit import operations as audit
from kernel.audit.models import AuditAnchor, AuditEntry
from kernel.audit.verification import FaultKind
from kernel.notifications.models import Notification
from kernel.tenancy import public
from tenants.companies import records
from tenants.companies.models import AuditCheck, Company
from tests.factories import NOW, add_actor, add_user
from tests.kernel.audit.test_chain import rebuild, tampering


@pytest.fixture
def company(committed_tenant: Company) -> Company:
    subject = add_user("zhouting")
    for _ in range(3):
        audit.record(actor=access.SYSTEM, event="test.done", subject=subject, now=NOW)
    return committed_tenant


def second_entry() -> int:
    """Return its id: tests that were rolled back have used up some numbers of the sequence."""
    return AuditEntry.objects.order_by("pk").values_list("pk", flat=True)[1]


def forge(company: Company) -> None:
    """Change the second entry and make chain and anchors anew: inside all is in order again."""
    with tenant_context(company):
        entry_id = second_entry()
    with tampering(company) as cursor:
        cursor.execute("UPDATE audit_auditentry SET actor = 'x' WHERE id = %s", [entry_id])
        assert cursor.rowcount == 1
        rebuild(cursor)
        cursor.execute("UPDATE audit_auditanchor SET hash = (SELECT hash FROM audit_audithead)")


def verify(*arguments: str) -> str:
    out = StringIO()
    call_command("audit", "verify", *arguments, stdout=out)
    return out.getvalue()


def checked(company: Company) -> AuditCheck:
    """Verify a record that is shorter than a portion."""
    check = records.check_record(company=company, now=NOW)
    assert check is not None
    return check


def test_the_nightly_look_anchors_a_whole_record_inside_outside_and_in_the_log(
    company: Company, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        check = checked(company)

    assert (check.seq, check.fault, check.detail) == (4, "", "")
    with tenant_context(company):
        kept = AuditAnchor.objects.get()
    assert (kept.at, kept.seq, bytes(kept.hash)) == (NOW, 4, bytes(check.hash))
    (line,) = [line for line in caplog.records if line.message == "audit anchor"]
    assert line.__dict__["company"] == "alpha"
    assert (line.__dict__["seq"], line.__dict__["hash"]) == (4, bytes(check.hash).hex())
    assert records.last_check(company_id=company.pk) == check


def test_a_record_made_anew_from_inside_does_not_match_what_the_platform_kept(
    company: Company, caplog: pytest.LogCaptureFixture
) -> None:
    admin = add_actor("xujing", "company_admin")
    records.check_record(company=company, now=NOW)
    with tenant_context(company):
        assert not Notification.objects.filter(kind="audit.not-whole").exists()
    forge(company)

    check = checked(company)

    with tenant_context(company):
        told = Notification.objects.filter(kind="audit.not-whole")
        assert [notice.user_id for notice in told] == [admin.user_id]

    assert check.fault == FaultKind.ANCHOR
    assert "the platform kept another hash of link" in check.detail
    assert [line.levelname for line in caplog.records if "not whole" in line.message] == ["ERROR"]
    with tenant_context(company):
        assert AuditAnchor.objects.count() == 1  # what is not whole is not anchored
    # The anchor that found it stays one; the faulty look does not become one.
    assert len(records.anchors_of(company_id=company.pk)) == 1


def test_two_records_that_changed_companies_do_not_match_what_the_platform_kept(
    company: Company,
) -> None:
    """Each is whole in itself, anchors and all."""
    with public():
        beta = Company.objects.get(slug="beta")
    with tenant_context(beta):
        audit.record(actor=access.SYSTEM, event="test.b", subject=add_user("b"), now=NOW)
    for one in (company, beta):
        records.check_record(company=one, now=NOW)
    with tampering(company) as cursor, tampering(beta) as other:
        for table in ("auditentry", "auditlink", "audithead", "auditanchor"):
            rows = []
            for one in (cursor, other):
                one.execute(f"DELETE FROM audit_{table} RETURNING *")
                rows.append([tuple(map(adapted, row)) for row in one.fetchall()])
            for one, given in ((cursor, rows[1]), (other, rows[0])):
                for row in given:
                    places = ", ".join(["%s"] * len(row))
                    one.execute(f"INSERT INTO audit_{table} VALUES ({places})", row)

    reports = [records.verify_record(company=one) for one in (company, beta)]

    assert [report.faults[0].kind for report in reports] == [FaultKind.CUT, FaultKind.ANCHOR]


def adapted(value: Any) -> Any:
    return Json(value) if isinstance(value, dict) else value


def test_what_the_platform_keeps_is_not_changed(company: Company) -> None:
    check = checked(company)
    with public():
        for attempt in (check.delete, check.save):
            with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
                attempt()
        assert AuditCheck.objects.count() == 1


def test_the_command_says_that_all_is_well(company: Company) -> None:
    lines = verify().splitlines()

    assert [line.split()[:2] for line in lines] == [["ok", "alpha"], ["ok", "beta"]]
    assert lines[0].split()[2].startswith("4:")


def test_the_command_names_the_first_fault_and_fails(company: Company) -> None:
    entry_id = second_entry()
    with tampering(company) as cursor:
        cursor.execute("DELETE FROM audit_auditentry WHERE id = %s", [entry_id])
    out = StringIO()

    with pytest.raises(CommandError, match="1 of 2 records are not whole"):
        call_command("audit", "verify", stdout=out)

    assert "BROKEN  alpha  1:" in out.getvalue()
    assert f"missing: entry #{entry_id}: link 2 is of no entry" in out.getvalue()
    assert "ok      beta" in out.getvalue()
    assert verify("beta").startswith("ok")


def test_the_command_compares_with_a_line_of_the_log(company: Company) -> None:
    anchor = verify("alpha").split()[2]
    assert verify("alpha", "--anchor", anchor).startswith("ok")
    forge(company)
    assert verify("alpha").startswith("ok")

    with pytest.raises(CommandError, match="1 of 1"):
        verify("alpha", "--anchor", anchor)


@pytest.mark.parametrize(
    "arguments",
    [
        ("nobody",),
        ("--anchor", "4:" + "0" * 64),
        ("alpha", "--anchor", "4"),
        ("alpha", "--anchor", "x:00"),
        ("alpha", "--anchor", "4:00"),
        ("alpha", "--anchor", "0:" + "0" * 64),
    ],
)
def test_the_command_refuses_what_it_cannot_read(
    companies: dict[str, Company], arguments: tuple[str, ...]
) -> None:
    with pytest.raises(CommandError):
        verify(*arguments)


def test_verifying_writes_nothing(company: Company) -> None:
    verify()
    with tenant_context(company):
        assert (AuditEntry.objects.count(), AuditAnchor.objects.count()) == (4, 0)
    with public():
        assert not AuditCheck.objects.exists()
