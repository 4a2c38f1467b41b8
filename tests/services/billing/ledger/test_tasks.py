"""The check of the books at night, by hand and on the command line."""

from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from config.celery import app
from kernel import access
from kernel.jobs import runner
from kernel.jobs.models import Job, JobState
from services.billing.ledger import invariants, operations, queries, tasks
from services.billing.runs.models import BillLine
from tenants.companies.models import Company
from tenants.provisioning.schema import owner_cursor
from tests import factories_runs as factories
from tests.factories_runs import NOW, Office

RULES = len(invariants.known())


@pytest.fixture
def office(tenant: Company) -> Office:
    office = factories.open_office()
    factories.add_homes(office.project, 1)
    factories.posted(office)
    return office


def do_check() -> JobState | None:
    job = Job.objects.filter(kind="billing.ledger.check").latest("pk")
    return runner.run(job.pk, lambda: NOW)


def test_the_night_checks_every_company_at_work() -> None:
    entry = app.conf.beat_schedule["check-the-books"]

    assert entry["task"] == "tenants.provisioning.tasks.fan_out"
    assert entry["kwargs"]["task"] == tasks.check.name
    assert tasks.check.name in app.tasks


def test_a_check_is_kept_for_the_page(office: Office, tenant: Company) -> None:
    tasks.check(schema=tenant.schema_name)

    assert do_check() == JobState.DONE
    check = queries.last_check(actor=office.director)
    assert check is not None
    assert check.agrees
    assert check.checked_at == NOW
    assert len(check.rules) == RULES
    assert queries.is_being_checked(actor=office.director) is False


def test_a_second_check_joins_the_one_under_way(office: Office) -> None:
    first = operations.start_check(actor=office.director, now=NOW)

    assert operations.start_check(actor=office.manager, now=NOW).pk == first.pk
    assert queries.is_being_checked(actor=office.director) is True


def test_a_check_is_for_company_wide_posts(office: Office) -> None:
    with pytest.raises(access.ActionDenied):
        operations.start_check(actor=office.collector, now=NOW)

    assert not Job.objects.filter(kind="billing.ledger.check").exists()


def test_a_breach_is_kept_and_reported(office: Office, caplog: pytest.LogCaptureFixture) -> None:
    BillLine.objects.update(paid_amount=Decimal(1))
    operations.start_check(actor=office.director, now=NOW)

    do_check()

    check = queries.last_check(actor=office.director)
    assert check is not None
    assert {rule.code for rule in check.broken} == {
        "paid-is-allocated",
        "receivables-are-open-bills",
    }
    assert "the books do not agree" in caplog.text


def ledger_check(*arguments: str) -> str:
    out = StringIO()
    call_command("ledger_check", *arguments, stdout=out)
    return out.getvalue()


@pytest.fixture
def committed(committed_tenant: Company) -> Office:
    office = factories.open_office()
    factories.add_homes(office.project, 1)
    factories.posted(office)
    return office


def test_the_command_says_that_the_ledger_agrees(committed: Office) -> None:
    said = ledger_check("alpha")

    assert f"{RULES} rules, none broken: the ledger agrees" in said
    assert said.count("ok ") == RULES
    assert ledger_check("alpha", "--project", str(committed.project.pk)).count("ok ") == RULES


def test_the_command_fails_when_something_is_wrong(
    committed: Office, committed_tenant: Company
) -> None:
    with owner_cursor() as cursor:
        cursor.execute(f"SET search_path = {committed_tenant.schema_name}")
        cursor.execute("ALTER TABLE billing_billline DISABLE TRIGGER USER")
        cursor.execute("UPDATE billing_billline SET rate = 0.5")
    out = StringIO()

    with pytest.raises(CommandError, match=f"1 of {RULES} rules are broken"):
        call_command("ledger_check", "alpha", stdout=out)

    assert "BROKEN 1   amount-follows-from-its-figures" in out.getvalue()


def test_the_command_knows_its_companies(db: Any) -> None:
    with pytest.raises(CommandError, match="no company"):
        ledger_check("gamma")
