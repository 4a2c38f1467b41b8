"""Tasks and threads: no message and no reuse of a worker brings two companies together."""

import inspect
import random
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from celery import Celery
from celery.exceptions import Reject
from django.apps import apps
from django.db import connection, models, transaction
from django.test import Client
from django_tenants.utils import tenant_context

from config.celery import app as celery_app
from kernel import access
from kernel.access import tokens
from kernel.access.models import User
from kernel.jobs import operations as jobs
from kernel.jobs import registry
from kernel.jobs.celery import CompanyTask
from kernel.jobs.models import Job, JobState
from kernel.tenancy import current_schema, public, tenant_connection
from tenants.companies.models import Company, CompanyStatus
from tenants.provisioning import tasks as provisioning
from tests.factories import NOW, add_user
from tests.threads import PATIENCE

celery_app.loader.import_default_modules()
celery_app.finalize()
TASKS = sorted(name for name in celery_app.tasks if not name.startswith("celery."))
SCHEDULE = celery_app.conf.beat_schedule


# ---- messages -----------------------------------------------------------------------------------


def test_the_tasks_are_found() -> None:
    assert len(TASKS) >= 5
    assert jobs.RUN_TASK in TASKS


@pytest.mark.parametrize("name", TASKS)
def test_every_task_checks_its_company(name: str) -> None:
    task = celery_app.tasks[name]

    assert isinstance(task, CompanyTask)
    # Sentry, once it has been on in this process, wraps it.
    assert inspect.unwrap(type(task).__call__) is inspect.unwrap(CompanyTask.__call__)
    assert task.ignore_result, "a result would lie in the broker's store, for all companies"
    assert task.serializer == "json"


MESSAGES: dict[str, Callable[[dict[str, Company]], tuple[tuple[Any, ...], dict[str, Any]]]] = {
    "no schema": lambda _: ((), {}),
    "nothing for a schema": lambda _: ((), {"schema": None}),
    "a number for a schema": lambda _: ((), {"schema": 7}),
    "a list of schemas": lambda c: ((), {"schema": [c["alpha"].schema_name]}),
    "an unknown schema": lambda _: ((), {"schema": "t_unknown000"}),
    "a path": lambda _: ((), {"schema": "../t_testbeta00"}),
    "two schemas": lambda c: ((), {"schema": f"{c['alpha'].schema_name},public"}),
    "the template": lambda _: ((), {"schema": "t_zztemplate"}),
    "by position": lambda c: ((c["alpha"].schema_name,), {}),
    "a position too many": lambda c: (("x",), {"schema": c["alpha"].schema_name}),
    "suspended": lambda c: ((), {"schema": c["beta"].schema_name}),
}


@pytest.mark.parametrize("message", MESSAGES)
@pytest.mark.parametrize("name", TASKS)
def test_a_message_of_no_company_at_work_runs_nothing(
    companies: dict[str, Company], name: str, message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with public():
        Company.objects.filter(slug="beta").update(status=CompanyStatus.SUSPENDED)
    task = celery_app.tasks[name]
    monkeypatch.setattr(task, "run", lambda **_kwargs: pytest.fail("it ran"))
    positions, names = MESSAGES[message](companies)

    with pytest.raises(Reject) as refused:
        task(*positions, **{"job_id": 1, "company_id": 1, "task": "x", **names})

    assert refused.value.requeue is False  # type: ignore[attr-defined]  # not in the stubs
    assert current_schema() == "public"


@pytest.mark.parametrize("status", [s for s in CompanyStatus if s != CompanyStatus.ACTIVE])
def test_only_a_company_at_work_is_worked_for(
    companies: dict[str, Company], status: CompanyStatus
) -> None:
    with public():
        Company.objects.filter(slug="alpha").update(status=status)

    with pytest.raises(Reject):
        celery_app.tasks[jobs.RUN_TASK](schema=companies["alpha"].schema_name, job_id=1)


def test_headers_of_another_company_are_not_believed(
    companies: dict[str, Company], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Libraries put the schema there; ours is in the arguments and nowhere else."""
    seen: list[str] = []
    task = celery_app.tasks[jobs.RUN_TASK]
    monkeypatch.setattr(task, "run", lambda **_kwargs: seen.append(current_schema()))
    alpha, beta = companies["alpha"].schema_name, companies["beta"].schema_name

    task.apply(
        kwargs={"schema": alpha, "job_id": 1},
        headers={"_schema_name": beta, "schema": beta, "schema_name": beta},
    )

    assert seen == [alpha]


def test_a_job_is_looked_for_in_the_company_of_the_message_only(
    companies: dict[str, Company],
) -> None:
    with tenant_context(companies["beta"]):
        job = jobs.start(actor=access.SYSTEM, kind="test.work", params={}, now=NOW)

    celery_app.tasks[jobs.RUN_TASK](schema=companies["alpha"].schema_name, job_id=job.pk)

    with tenant_context(companies["beta"]):
        assert Job.objects.get().state == JobState.QUEUED


# ---- the scheduler ------------------------------------------------------------------------------


@pytest.mark.parametrize("entry", SCHEDULE)
def test_what_is_scheduled_exists_and_begins_in_public(entry: str) -> None:
    planned = SCHEDULE[entry]

    assert planned["task"] in TASKS
    assert planned["kwargs"]["schema"] == "public"
    assert planned["kwargs"].get("task", planned["task"]) in TASKS


def test_a_failure_in_one_company_stops_no_other(
    companies: dict[str, Company], monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []

    def work(**_kwargs: object) -> None:
        if current_schema() == companies["alpha"].schema_name:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("SELECT 1 / 0")
        done.append(current_schema())

    task = celery_app.tasks["kernel.jobs.resend_lost"]
    monkeypatch.setattr(task, "run", work)
    monkeypatch.setattr(
        "tenants.provisioning.tasks.current_app.send_task",
        lambda name, kwargs: celery_app.tasks[name].apply(kwargs=kwargs),
    )

    provisioning.fan_out.apply(kwargs={"schema": "public", "task": "kernel.jobs.resend_lost"})

    assert done == [companies["beta"].schema_name]
    assert current_schema() == "public"


def test_companies_that_do_not_work_get_no_message(
    companies: dict[str, Company], monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[str] = []
    monkeypatch.setattr(
        "tenants.provisioning.tasks.current_app.send_task",
        lambda _name, kwargs: sent.append(kwargs["schema"]),
    )
    with public():
        Company.objects.filter(slug="beta").update(status=CompanyStatus.SUSPENDED)

    provisioning.fan_out(schema="public", task="kernel.jobs.resend_lost")

    assert sent == [companies["alpha"].schema_name]


# ---- threads that are used again ----------------------------------------------------------------


class Planted(Exception):
    pass


class Look(CompanyTask):
    name = "test.look"

    def run(self, *, schema: str, fails: bool, **_kwargs: object) -> tuple[str, ...]:
        people = ",".join(User.objects.order_by("pk").values_list("username", flat=True))
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_schema(), current_user")
            found = (current_schema(), *cursor.fetchone(), people)
        if fails:
            raise Planted
        return found


look = Celery("test", set_as_current=False).register_task(Look())


@pytest.fixture
def tokens_of_companies(committed_tenant: Company) -> Iterator[dict[str, str]]:
    """Commit one person to each company; return their tokens by the company's short name."""
    found = {}
    with public():
        companies = {company.slug: company for company in Company.objects.all()}
    for slug, company in companies.items():
        with tenant_context(company):
            user = add_user(f"of-{slug}")
            found[slug] = tokens.create_token(
                actor=access.SYSTEM, user_id=user.pk, name="t", now=NOW
            )[1]
    tenant_connection.set_schema_to_public()
    yield found
    tenant_connection.set_schema_to_public()


def storm(tokens: dict[str, str], count: int, task: Any = look) -> list[str]:
    """Do tasks and requests of both companies in four threads; return every wrong sight."""
    schemas = {"alpha": "t_testalpha0", "beta": "t_testbeta00"}
    wrong: list[str] = []

    def one(seed: int) -> None:
        chance = random.Random(seed)
        slug = chance.choice(["alpha", "beta"])
        fails = chance.random() < 0.1
        if chance.random() < 0.5:
            try:
                seen = task(schema=schemas[slug], fails=fails)
            except Planted:
                return
            expected = (schemas[slug],) * 3 + (f"of-{slug}",)
            if seen != expected:
                wrong.append(f"{seen} for {slug}")
        else:
            answer = Client(raise_request_exception=False).get(
                "/api/v1/projects/",
                headers={"authorization": f"Bearer {tokens[slug]}", "host": f"{slug}.test"},
            )
            if answer.status_code != 403:  # the person of this company, who holds no post
                wrong.append(f"{answer.status_code} for {slug}")
        if current_schema() != "public":
            wrong.append(f"{current_schema()} left in force by {slug}")

    def close(_number: int) -> None:
        barrier.wait(timeout=PATIENCE)
        connection.close()

    barrier = threading.Barrier(4)
    with ThreadPoolExecutor(max_workers=4) as pool:
        list(pool.map(one, range(count)))
        list(pool.map(close, range(4)))
    return wrong


def test_threads_that_are_used_again_keep_companies_apart(
    tokens_of_companies: dict[str, str],
) -> None:
    assert storm(tokens_of_companies, 400) == []


def test_the_storm_sees_a_task_that_leaves_its_company_behind(
    tokens_of_companies: dict[str, str],
) -> None:
    class Leaky(Look):
        name = "test.leaky"

        def __call__(self, **kwargs: Any) -> Any:
            with public():
                company = Company.objects.get(schema_name=kwargs["schema"])
            tenant_connection.set_tenant(company)
            return self.run(**kwargs)

    leaky = Celery("test", set_as_current=False).register_task(Leaky())

    assert any("left in force" in line for line in storm(tokens_of_companies, 60, leaky))


# ---- what is kept outside the company's schema --------------------------------------------------


def test_no_file_lies_on_a_disk_that_companies_share() -> None:
    """Uploads and sheets are rows, sealed with the company's key. A field for files would need a
    storage by company first."""
    fields = [
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if isinstance(field, models.FileField)
    ]

    assert fields == []


def test_every_kind_of_job_has_its_handler() -> None:
    """A kind without one would fail in the worker, in each company anew."""
    assert registry.kinds() >= {"billing.run.compute", "imports.rehearse", "access.password-link"}
