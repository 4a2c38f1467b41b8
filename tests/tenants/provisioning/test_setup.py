"""Setting companies up, with real commits: the schema is made on a connection of its own."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import connection
from django_tenants.utils import tenant_context
from pytest_django.plugin import DjangoDbBlocker

from kernel import seeds
from kernel.access import ladders, lines
from kernel.access import operations as people
from kernel.access import tasks as access_tasks  # noqa: F401 - registers the handler
from kernel.access.models import Post, PostHolding, User
from kernel.access.seeding import seed_posts
from kernel.audit.models import AuditEntry
from kernel.jobs import runner
from kernel.jobs.models import Job, JobState
from kernel.locks import LockClass
from kernel.policies.models import PolicyValue
from kernel.tenancy import company_day, public, tenant_connection
from services.billing.standards.models import FeeItem
from tenants.companies.models import Company, CompanyStatus, SetupStage
from tenants.operators.models import OperatorAction
from tenants.provisioning import fingerprint, operations, schema, setup, tasks
from tests import database
from tests.factories import NOW
from tests.tenants.provisioning.test_operations import FACTS


@pytest.fixture
def platform(
    test_database: str, django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[None]:
    """Run in the public schema with real commits; the database is copied anew after it.

    The roles of companies set up are the cluster's, so they are dropped with their schemas first.
    """
    with django_db_blocker.unblock():
        tenant_connection.set_schema_to_public()
        yield
        tenant_connection.set_schema_to_public()
        made = Company.objects.exclude(slug__in=["alpha", "beta"])
        with schema.owner_cursor() as cursor:
            for company in made:
                schema.drop(cursor, company.schema_name)
        database.copy_template(test_database)


def clock() -> datetime:
    return datetime(2026, 11, 9, 2, 0, 5, tzinfo=UTC)


def exists(company: Company) -> tuple[bool, bool]:
    """Tell whether the company has a schema, and a role."""
    with schema.owner_cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM pg_namespace WHERE nspname = %(name)s),"
            " EXISTS (SELECT FROM pg_roles WHERE rolname = %(name)s)",
            {"name": company.schema_name},
        )
        row = cursor.fetchone()
        assert row is not None
        return bool(row[0]), bool(row[1])


def test_a_new_company_is_complete_and_open(platform: None) -> None:
    company = operations.create_company(**FACTS)

    assert setup.set_up(company_id=company.pk, clock=clock) == CompanyStatus.ACTIVE

    company = Company.objects.get(pk=company.pk)
    assert (company.status, company.stage, company.error) == ("ACTIVE", "DONE", "")
    assert (company.admin_name, company.admin_email) == ("", "")  # known in its own schema now
    assert exists(company) == (True, True)
    with schema.web_cursor() as cursor:
        assert fingerprint.problems(cursor, schemas=[company.schema_name]) == []
    with tenant_context(company):
        user = User.objects.get()
        assert (user.username, user.name, user.email) == ("xujing", "许静", "xujing@example.com")
        assert user.password.startswith(UNUSABLE_PASSWORD_PREFIX)
        holding = PostHolding.objects.get()
        assert (holding.post_id, holding.project_id, holding.valid_to) == (
            "company_admin",
            None,
            None,
        )


def test_the_administrator_gets_a_link_on_his_own_host(platform: None) -> None:
    company = operations.create_company(**FACTS, domain="wy.jianghai.cn")
    setup.set_up(company_id=company.pk, clock=clock)

    with tenant_context(company):
        assert runner.run(Job.objects.get().pk, clock) == JobState.DONE

    (message,) = mail.outbox
    assert message.to == ["xujing@example.com"]
    assert "http://wy.jianghai.cn:8000/" in message.body
    assert "jianghai.test" not in message.body


def test_a_new_company_has_rows_only_where_seeds_put_them(platform: None) -> None:
    company = operations.create_company(**FACTS)
    setup.set_up(company_id=company.pk, clock=clock)

    with tenant_context(company), connection.cursor() as cursor:
        cursor.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = %s", [company.schema_name]
        )
        tables = [name for (name,) in cursor.fetchall()]
        filled = set()
        for table in tables:
            cursor.execute(f"SELECT EXISTS (SELECT FROM {table})")
            if cursor.fetchone() == (True,):
                filled.add(table)

    seeded = {
        "access_department",
        "access_post",
        "access_postaction",
        "access_reportingline",
        "approvals_chain",
        "approvals_chainversion",
        "billing_ledgeraccount",
        "billing_feeitem",
        "billing_receiptseries",
        "procurement_category",
        "procurement_paperkind",
        "procurement_paperkind_categories",
    }
    assert filled - seeded == {
        "django_migrations",
        "django_content_type",
        "auth_permission",
        "access_user",
        "access_postholding",
        "audit_auditentry",
        "audit_auditlink",  # of the entries
        "audit_audithead",
        "jobs_job",
        "security_securityevent",  # that the first administrator was sent a link
    }


def test_what_one_company_writes_another_new_one_does_not_see(platform: None) -> None:
    first = operations.create_company(**FACTS)
    second = operations.create_company(**FACTS | {"slug": "qinghe"})
    for company in (first, second):
        setup.set_up(company_id=company.pk, clock=clock)

    with tenant_context(first):
        User.objects.update(name="changed")
        FeeItem.objects.filter(pk=FeeItem.objects.earliest("pk").pk).update(name="changed")
    with tenant_context(second):
        assert User.objects.get().name == "许静"
        assert not FeeItem.objects.filter(name="changed").exists()


def test_the_stage_is_seen_from_outside_while_it_runs(
    platform: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []

    def look(*_args: Any) -> str:
        with schema.web_cursor() as cursor:
            cursor.execute("SELECT stage FROM companies_company WHERE slug = 'jianghai'")
            seen.extend(str(stage) for (stage,) in cursor.fetchall())
        return ""

    dump = schema.dump_template()
    monkeypatch.setattr(schema, "dump_template", lambda: look() or dump)
    monkeypatch.setattr(seeds, "run_all", lambda now: (look(), seed_posts(now)))
    company = operations.create_company(**FACTS)

    setup.set_up(company_id=company.pk, clock=clock)

    assert seen == [SetupStage.SCHEMA, SetupStage.CONTENT]


@pytest.mark.parametrize("broken", ["replay", "seeds", "administrator"])
def test_a_failure_leaves_nothing_but_its_reason_and_can_be_retried(
    platform: None, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    def fail(*_args: Any, **_kwargs: Any) -> None:
        raise schema.ReplayFailed("the disk is full")

    dump = schema.dump_template()
    with monkeypatch.context() as patch:
        if broken == "replay":
            half = dump[: dump.rindex("CREATE INDEX")]
            patch.setattr(schema, "dump_template", lambda: half + "SELECT the_disk_is_full();")
        elif broken == "seeds":
            patch.setattr(seeds, "run_all", fail)
        else:
            patch.setattr(people, "give_post", fail)
        company = operations.create_company(**FACTS)
        with pytest.raises(schema.ReplayFailed):
            setup.set_up(company_id=company.pk, clock=clock)

    company = Company.objects.get(pk=company.pk)
    assert company.status == CompanyStatus.FAILED
    assert "disk" in company.error
    assert exists(company) == (False, False)
    assert not company.accepts_work

    operations.retry_setup(by="ops", company_id=company.pk, now=NOW)
    assert setup.set_up(company_id=company.pk, clock=clock) == CompanyStatus.ACTIVE
    assert Company.objects.get(pk=company.pk).error == ""


def test_a_new_company_follows_the_ladder_that_was_chosen(
    platform: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where the first try fails after it was chosen."""

    def fail(**_kwargs: Any) -> None:
        raise schema.ReplayFailed("the disk is full")

    company = operations.create_company(**FACTS, ladder="D")
    with monkeypatch.context() as patch:
        patch.setattr(people, "give_post", fail)
        with pytest.raises(schema.ReplayFailed):
            setup.set_up(company_id=company.pk, clock=clock)
    operations.retry_setup(by="ops", company_id=company.pk, now=NOW)

    setup.set_up(company_id=company.pk, clock=clock)

    assert Company.objects.get(pk=company.pk).ladder == ""
    with tenant_context(company):
        assert ladders.in_force().key == "D"
        assert Post.objects.get(key="mo_manager").name == "管理处负责人"
        above = lines.above(company_day(clock()))
        assert (above["mo_manager"], above["board_office"]) == ("deputy_gm", "board_leader")
        recorded = AuditEntry.objects.filter(actor="system")
        assert recorded.get(event="policies.value.set").data["after"]["value"] == "D"
        added = recorded.filter(event="access.post.added")
        assert set(added.values_list("data__after__name", flat=True)) == {
            "董事办专员",
            "总经办专员",
            "地产客服专员",
        }


def test_without_a_choice_the_company_has_yet_to_decide(platform: None) -> None:
    company = operations.create_company(**FACTS)
    setup.set_up(company_id=company.pk, clock=clock)

    with tenant_context(company):
        assert ladders.in_force().key == "A"
        assert not PolicyValue.objects.exists()


def test_an_unforeseen_failure_shows_the_operator_no_inner_detail(
    platform: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_now: datetime) -> None:
        raise RuntimeError("password=s3cret")

    monkeypatch.setattr(seeds, "run_all", fail)
    company = operations.create_company(**FACTS)

    with pytest.raises(RuntimeError):
        setup.set_up(company_id=company.pk, clock=clock)

    assert Company.objects.get(pk=company.pk).error == "RuntimeError"


def test_what_a_killed_run_left_is_replaced(platform: None) -> None:
    company = operations.create_company(**FACTS)
    with schema.owner_cursor() as cursor:
        cursor.execute(f"CREATE SCHEMA {company.schema_name} CREATE TABLE half (id int)")

    assert setup.set_up(company_id=company.pk, clock=clock) == CompanyStatus.ACTIVE
    with schema.web_cursor() as cursor:
        assert fingerprint.problems(cursor, schemas=[company.schema_name]) == []


def test_a_message_delivered_twice_does_nothing_the_second_time(platform: None) -> None:
    company = operations.create_company(**FACTS)
    setup.set_up(company_id=company.pk, clock=clock)
    with tenant_context(company):
        User.objects.update(name="changed")

    tasks.set_up(schema="public", company_id=company.pk)

    with tenant_context(company):
        assert User.objects.get().name == "changed"


def test_two_workers_at_once_make_one_company(platform: None) -> None:
    company = operations.create_company(**FACTS)
    answers: list[object] = []

    def work() -> None:
        try:
            answers.append(setup.set_up(company_id=company.pk, clock=clock))
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert answers.count(CompanyStatus.ACTIVE) >= 1
    assert set(answers) <= {CompanyStatus.ACTIVE, None}
    with tenant_context(company):
        assert User.objects.count() == 1


def test_while_another_process_is_at_it_nothing_is_done(platform: None) -> None:
    company = operations.create_company(**FACTS)

    with schema.session_lock(LockClass.PROVISIONING, company.pk) as is_mine:
        assert is_mine
        assert setup.set_up(company_id=company.pk, clock=clock) is None

    assert exists(company) == (False, False)


def test_the_command_sets_up_at_once_with_wait_and_says_what_is_wrong(
    platform: None, capsys: pytest.CaptureFixture[str]
) -> None:
    facts = [
        "--name=江海物业",
        "--admin-username=xujing",
        "--admin-name=许静",
        "--admin-email=x@example.com",
    ]
    with pytest.raises(CommandError, match="invalid choice: 'F'"):
        call_command("company", "create", "jianghai", *facts, "--ladder=F")
    call_command("company", "create", "jianghai", *facts, "--ladder=B", "--wait")
    call_command("company", "list")

    assert "jianghai is active" in capsys.readouterr().out
    with public():
        made = Company.objects.get(slug="jianghai")
        assert made.status == CompanyStatus.ACTIVE
        assert OperatorAction.objects.get().data == {"slug": "jianghai", "ladder": "B"}
    with tenant_context(made):
        assert ladders.in_force().key == "B"
    with pytest.raises(CommandError, match="short name"):
        call_command("company", "create", "jianghai", *facts, "--wait")
    call_command("company", "suspend", "jianghai", "--reason=unpaid")
    with public():
        assert Company.objects.get(slug="jianghai").status == CompanyStatus.SUSPENDED
    call_command("company", "resume", "jianghai")
    with pytest.raises(CommandError):
        call_command("company", "resume", "nobody")
