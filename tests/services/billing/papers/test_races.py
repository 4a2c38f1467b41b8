"""Batches of one person that are asked for at the same moment."""

import threading
from collections.abc import Callable
from typing import Any

import pytest

from kernel.access import Actor
from kernel.documents.batches import operations
from kernel.documents.batches.operations import MOST_AT_ONCE, TooManyBatches
from kernel.documents.models import PrintBatch
from kernel.jobs import operations as jobs
from kernel.jobs.models import Job
from services.properties.models import Project
from tenants.companies.models import Company
from tests.factories import NOW, add_actor
from tests.factories_properties import add_project
from tests.threads import PATIENCE, at_once

ASKED = MOST_AT_ONCE + 3


@pytest.fixture
def project(committed_tenant: Company) -> Project:
    return add_project()


@pytest.fixture
def collector(project: Project) -> Actor:
    return add_actor("zhouting", "collector", project_id=project.pk)


def starting(actor: Actor, project: Project, number: int) -> Callable[[], PrintBatch]:
    return lambda: operations.start_batch(
        actor=actor,
        kind="payment-notices",
        project_id=project.pk,
        object_ids=[number],
        language="zh-hans",
        now=NOW,
    )


def without_the_lock(monkeypatch: pytest.MonkeyPatch, callers: int) -> None:
    """Let all have counted before any of them goes on."""
    counted, start_job = threading.Barrier(callers, timeout=PATIENCE), operations._start_job

    def start_when_all_have_counted(*args: Any) -> Job:
        counted.wait()
        return start_job(*args)

    monkeypatch.setattr(operations, "lock_user", lambda _user_id: None)
    monkeypatch.setattr(operations, "_start_job", start_when_all_have_counted)


@pytest.mark.parametrize("locked", [True, False])
def test_three_of_those_asked_for_at_once_are_made(
    committed_tenant: Company,
    project: Project,
    collector: Actor,
    monkeypatch: pytest.MonkeyPatch,
    locked: bool,  # noqa: FBT001
) -> None:
    """Without the lock on the person all pass, so the test has teeth."""
    if not locked:
        without_the_lock(monkeypatch, ASKED)

    came = at_once(committed_tenant, [starting(collector, project, n) for n in range(ASKED)])

    made = MOST_AT_ONCE if locked else ASKED
    assert [type(each) for each in came].count(PrintBatch) == made
    assert [type(each) for each in came].count(TooManyBatches) == ASKED - made
    assert PrintBatch.objects.count() == Job.objects.count() == made


def test_the_same_asked_for_at_once_is_one_batch(
    committed_tenant: Company, project: Project, collector: Actor
) -> None:
    came = at_once(committed_tenant, [starting(collector, project, 7)] * ASKED)

    assert came == [PrintBatch.objects.get()] * ASKED


@pytest.mark.parametrize("locked", [True, False])
def test_going_on_with_those_that_stand_still_counts_as_well(
    committed_tenant: Company,
    project: Project,
    collector: Actor,
    monkeypatch: pytest.MonkeyPatch,
    locked: bool,  # noqa: FBT001
) -> None:
    still = []
    for number in range(ASKED):
        still.append(starting(collector, project, number)())
        job = Job.objects.latest("pk")
        jobs.request_stop(job_id=job.pk)
    if not locked:
        without_the_lock(monkeypatch, ASKED)

    def going_on(batch: PrintBatch) -> Callable[[], PrintBatch]:
        return lambda: operations.go_on(actor=collector, batch_id=batch.pk, now=NOW)

    came = at_once(committed_tenant, [going_on(batch) for batch in still])

    made = MOST_AT_ONCE if locked else ASKED
    assert [type(each) for each in came].count(PrintBatch) == made
    assert [type(each) for each in came].count(TooManyBatches) == ASKED - made
    assert Job.objects.filter(state="QUEUED").count() == made


def test_another_person_has_room_of_his_own(
    committed_tenant: Company, project: Project, collector: Actor
) -> None:
    other = add_actor("chenchen", "collector", project_id=project.pk)
    calls = [starting(who, project, n) for who in (collector, other) for n in range(MOST_AT_ONCE)]

    came = at_once(committed_tenant, calls)

    assert [type(each) for each in came] == [PrintBatch] * len(calls)
