"""Two people at the same batch, and a connection cut in the middle of a commit."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import Any

import psycopg2
import pytest
from django.db import OperationalError, connection
from django_tenants.utils import tenant_context

from kernel.access.actors import Actor
from kernel.audit.models import AuditEntry
from kernel.errors import DomainError
from kernel.imports import operations
from kernel.imports.models import BatchState, ImportBatch
from services.properties.models import Building, Project
from tenants.companies.models import Company
from tests.factories import NOW, add_actor
from tests.kernel.imports.buildings import BuildingImporter
from tests.threads import until_another_waits

LEDGER = "楼号,名称\n1,一号楼\n3,三号楼\n".encode()


@pytest.fixture
def project(committed_tenant: Company) -> Project:
    return Project.objects.create(code="YL", name="云麓花园", created_at=NOW)


@pytest.fixture
def director(project: Project) -> Actor:
    return add_actor("zhao", "charging_director", project_id=project.pk)


@pytest.fixture
def meeting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let whoever has a plan first wait until the second stands before a lock of his."""
    first = threading.Lock()
    honest = BuildingImporter.plan

    def plan(self: BuildingImporter, *args: Any) -> Any:
        made = honest(self, *args)
        if args[2].is_commit and first.acquire(blocking=False):
            until_another_waits()
        return made

    monkeypatch.setattr(BuildingImporter, "plan", plan)


def login() -> dict[str, Any]:
    """Return libpq parameters of the login role: it may end its own connections."""
    parsed = connection.settings_dict
    names = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST"}
    return {key: parsed[name] for key, name in names.items() if parsed[name]}


def upload(actor: Actor, project: Project) -> ImportBatch:
    return operations.upload(
        actor=actor, kind="test-buildings", project_id=project.pk, file_name="a.csv",
        content=LEDGER, options={}, now=NOW,
    )  # fmt: skip


def both(company: Company, calls: list[Callable[[], ImportBatch]]) -> list[str]:
    """Run the calls at once, each on a connection of its own; return their sorted outcomes."""

    def run(call: Callable[[], ImportBatch]) -> str:
        try:
            with tenant_context(company):
                return str(call().state)
        except DomainError as error:
            return error.code
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return sorted(pool.map(run, calls))


def committing(actor: Actor, batch: ImportBatch) -> Callable[[], ImportBatch]:
    return lambda: operations.commit(actor=actor, batch_id=batch.pk, now=NOW)


@pytest.mark.usefixtures("meeting")
def test_two_commits_of_one_batch_write_once(
    committed_tenant: Company, director: Actor, project: Project
) -> None:
    batch = upload(director, project)

    outcomes = both(committed_tenant, [committing(director, batch)] * 2)

    assert outcomes == ["COMMITTED", "COMMITTED"]
    assert Building.objects.count() == 2
    assert AuditEntry.objects.filter(event="imports.batch.committed").count() == 1


@pytest.mark.usefixtures("meeting")
def test_without_the_lock_the_second_commit_stumbles(
    committed_tenant: Company,
    director: Actor,
    project: Project,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    batch = upload(director, project)
    monkeypatch.setattr(
        operations, "lock_batch", lambda actor, batch_id: ImportBatch.objects.get(pk=batch_id)
    )

    outcomes = both(committed_tenant, [committing(director, batch)] * 2)

    assert outcomes == ["COMMITTED", "imports.outcome-changed"]


@pytest.mark.usefixtures("meeting")
def test_one_file_uploaded_twice_and_committed_at_once_is_imported_once(
    committed_tenant: Company, director: Actor, project: Project
) -> None:
    batches = [upload(director, project), upload(director, project)]

    outcomes = both(committed_tenant, [committing(director, batch) for batch in batches])

    assert outcomes == ["COMMITTED", "imports.outcome-changed"]
    assert Building.objects.count() == 2


def test_a_commit_and_an_undo_at_once_end_in_one_of_the_two(
    committed_tenant: Company, director: Actor, project: Project
) -> None:
    batch = upload(director, project)
    committing(director, batch)()

    def undo() -> ImportBatch:
        return operations.undo(actor=director, batch_id=batch.pk, now=NOW)

    assert both(committed_tenant, [undo, undo]) == ["UNDONE", "UNDONE"]
    assert not Building.objects.exists()
    assert AuditEntry.objects.filter(event="imports.batch.undone").count() == 1


def test_a_commit_whose_connection_is_cut_writes_nothing(
    director: Actor, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = upload(director, project)
    honest = BuildingImporter.apply

    def cut(self: BuildingImporter, plan: Any, context: Any) -> None:
        honest(self, plan, context)
        assert Building.objects.count() == 2
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            (pid,) = cursor.fetchone()
        with closing(psycopg2.connect(**login())) as other, other.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s)", [pid])

    monkeypatch.setattr(BuildingImporter, "apply", cut)
    with pytest.raises(OperationalError):
        committing(director, batch)()
    connection.close()

    assert not Building.objects.exists()
    assert ImportBatch.objects.get().state == BatchState.REHEARSED

    monkeypatch.setattr(BuildingImporter, "apply", honest)
    assert committing(director, batch)().state == BatchState.COMMITTED
    assert Building.objects.count() == 2
