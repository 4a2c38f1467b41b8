"""Jobs: queued once, claimed by one worker, resumed after a kill, stopped when asked."""

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from typing import Any

import pytest
from celery import Celery
from celery.exceptions import Reject
from django.db import connections, transaction
from django_tenants.utils import tenant_context

from kernel import access
from kernel.errors import Conflict
from kernel.jobs import operations, registry, runner
from kernel.jobs.celery import CompanyTask
from kernel.jobs.models import Job, JobState
from kernel.tenancy import current_schema, public, tenant_connection
from tenants.companies.models import Company, CompanyStatus
from tests.factories import NOW

Capture = Callable[..., AbstractContextManager[list[Callable[[], None]]]]


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    messages: list[dict[str, Any]] = []
    monkeypatch.setattr(
        "celery.current_app.send_task",
        lambda name, kwargs: messages.append({"task": name, **kwargs}),
    )
    return messages


@pytest.fixture
def handlers(monkeypatch: pytest.MonkeyPatch) -> dict[str, registry.Handler]:
    known: dict[str, registry.Handler] = {}
    monkeypatch.setattr(registry, "_HANDLERS", known)
    return known


def start(**values: Any) -> Job:
    return operations.start(
        **{"actor": access.SYSTEM, "kind": "test.work", "params": {}, "now": NOW, **values}
    )


def clock() -> datetime:
    return NOW + timedelta(seconds=5)


def test_the_message_goes_out_after_the_commit_and_names_the_company(
    tenant: Company,
    companies: dict[str, Company],
    sent: list[dict[str, Any]],
    django_capture_on_commit_callbacks: Capture,
) -> None:
    with django_capture_on_commit_callbacks() as hooks:
        job = start()
    assert sent == []

    with tenant_context(companies["beta"]):  # where the connection happens to be at the commit
        for hook in hooks:
            hook()

    assert sent == [{"task": "kernel.jobs.run", "schema": tenant.schema_name, "job_id": job.pk}]


def test_nothing_is_sent_when_the_transaction_is_rolled_back(
    tenant: Company, sent: list[dict[str, Any]], django_capture_on_commit_callbacks: Capture
) -> None:
    with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
        start()
        transaction.set_rollback(True)

    assert sent == []
    assert Job.objects.count() == 0


def test_a_second_start_under_the_same_key_returns_the_first(
    tenant: Company, sent: list[dict[str, Any]]
) -> None:
    first = start(key="run:7")

    assert start(key="run:7").pk == first.pk
    assert Job.objects.count() == 1
    Job.objects.update(state=JobState.DONE)
    assert start(key="run:7").pk != first.pk


def test_a_job_runs_and_keeps_what_its_handler_returns(
    tenant: Company, handlers: dict[str, registry.Handler]
) -> None:
    def work(progress: runner.Progress) -> dict[str, Any]:
        progress.report(3, 4, "pricing")
        return {"lines": 12}

    handlers["test.work"] = work
    job = start()

    assert runner.run(job.pk, clock) == JobState.DONE
    job.refresh_from_db()
    assert (job.done, job.total, job.stage, job.result) == (3, 4, "pricing", {"lines": 12})
    assert job.percent == 75


def test_an_anticipated_failure_is_kept_with_its_words(
    tenant: Company, handlers: dict[str, registry.Handler]
) -> None:
    class Refused(Conflict):
        code = "test.refused"

    def work(_progress: runner.Progress) -> None:
        raise Refused("not today")

    handlers["test.work"] = work
    job = start()

    assert runner.run(job.pk, clock) == JobState.FAILED
    job.refresh_from_db()
    assert (job.error_code, job.error) == ("test.refused", "not today")


def test_a_bug_fails_the_job_hides_its_words_and_rises(
    tenant: Company, handlers: dict[str, registry.Handler]
) -> None:
    def work(_progress: runner.Progress) -> None:
        raise ZeroDivisionError("owner 张三 13812346027")

    handlers["test.work"] = work
    job = start()

    with pytest.raises(ZeroDivisionError):
        runner.run(job.pk, clock)
    job.refresh_from_db()
    assert (job.state, job.error_code, job.error) == ("FAILED", "internal", "ZeroDivisionError")


def test_a_job_that_somebody_runs_is_not_run_again(
    tenant: Company, handlers: dict[str, registry.Handler]
) -> None:
    runs: list[int] = []
    handlers["test.work"] = lambda progress: runs.append(progress.job.attempt)
    job = start()
    Job.objects.update(state=JobState.RUNNING, attempt=1, heartbeat_at=NOW)

    assert runner.run(job.pk, clock) is None
    assert runs == []


def test_a_silent_workers_job_is_taken_over_and_the_silent_one_writes_no_more(
    tenant: Company, handlers: dict[str, registry.Handler]
) -> None:
    handlers["test.work"] = lambda _progress: {"by": "second"}
    job = start()
    Job.objects.update(state=JobState.RUNNING, attempt=1, heartbeat_at=NOW)
    job.refresh_from_db()
    first = runner.Progress(job, clock)

    late = NOW + operations.SILENT_TOO_LONG + timedelta(seconds=1)
    assert runner.run(job.pk, lambda: late) == JobState.DONE

    with pytest.raises(runner.JobLost):
        first.report(1, 2)
    job.refresh_from_db()
    assert job.result == {"by": "second"}


def test_lost_messages_are_sent_again(tenant: Company, sent: list[dict[str, Any]]) -> None:
    waiting = start()
    silent = start()
    Job.objects.filter(pk=silent.pk).update(state=JobState.RUNNING, heartbeat_at=NOW)

    assert operations.resend_lost(now=NOW + timedelta(seconds=5)) == 0
    assert operations.resend_lost(now=NOW + timedelta(minutes=3)) == 2
    assert {message["job_id"] for message in sent} == {waiting.pk, silent.pk}


def test_a_running_job_stops_at_its_next_report(
    tenant: Company, handlers: dict[str, registry.Handler]
) -> None:
    def work(progress: runner.Progress) -> None:
        progress.report(1, 10)
        operations.request_stop(job_id=progress.job.pk)
        progress.report(2, 10)
        raise AssertionError("it went on")

    handlers["test.work"] = work
    job = start()

    assert runner.run(job.pk, clock) == JobState.STOPPED


def test_two_workers_run_a_job_once(
    committed_tenant: Company, handlers: dict[str, registry.Handler]
) -> None:
    runs: list[str] = []
    barrier = threading.Barrier(2)
    handlers["test.work"] = lambda _progress: runs.append("ran")
    job = Job.objects.create(kind="test.work", created_by_label="t", created_at=NOW)

    def worker() -> None:
        tenant_connection.set_tenant(committed_tenant)
        try:
            barrier.wait()
            runner.run(job.pk, clock)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=worker) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert runs == ["ran"]


class Echo(CompanyTask):
    name = "test.echo"

    def run(self, *, schema: str, **_kwargs: object) -> str:
        return current_schema()


echo = Celery("test", set_as_current=False).register_task(Echo())


def test_a_task_runs_in_the_company_of_its_message_whatever_was_in_force(
    companies: dict[str, Company],
) -> None:
    with tenant_context(companies["beta"]):
        assert echo(schema=companies["alpha"].schema_name) == companies["alpha"].schema_name
        assert current_schema() == companies["beta"].schema_name


@pytest.mark.parametrize("schema", ["t_unknown000", "", "../beta", None, 7])
def test_a_task_of_no_company_is_refused(companies: dict[str, Company], schema: object) -> None:
    with pytest.raises(Reject):
        echo(schema=schema)


def test_a_task_without_a_schema_or_with_positions_is_refused(
    companies: dict[str, Company],
) -> None:
    with pytest.raises(Reject):
        echo()
    with pytest.raises(Reject):
        echo(companies["alpha"].schema_name)


def test_a_task_of_a_suspended_company_is_refused(companies: dict[str, Company]) -> None:
    with public():
        Company.objects.filter(slug="alpha").update(status=CompanyStatus.SUSPENDED)

    with pytest.raises(Reject):
        echo(schema=companies["alpha"].schema_name)
