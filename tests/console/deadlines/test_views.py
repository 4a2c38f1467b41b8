"""The list of time limits and one clock's page."""

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from kernel import access
from kernel.deadlines import operations, sweeping
from kernel.deadlines.models import Deadline
from services.properties.models import Project
from services.properties.operations import create_project
from tenants.companies.models import Company
from tests.console.visitor import sign_in
from tests.factories import NOW

HOUR = timedelta(hours=1)


@pytest.fixture
def project(tenant: Company) -> Project:
    return create_project(actor=access.SYSTEM, code="YL", name="Yunlu", now=NOW)


def start(project: Project, clock: str, **values: Any) -> Deadline:
    facts = {"project_id": project.pk, "started_at": NOW, "title": f"About {clock}", **values}
    return operations.start(clock=clock, subject=project, **facts)


def test_the_list_shows_what_runs_out_and_what_is_overdue(project: Project) -> None:
    start(project, "complaint.dispatch")
    start(project, "complaint.first-reply")
    start(project, "complaint.remedy")
    sweeping.sweep(now=NOW + 20 * HOUR)
    visitor = sign_in("zhuren", "mo_director", project_id=project.pk)

    page = visitor.get(reverse("deadlines")).content.decode()

    assert "About complaint.dispatch" in page
    assert "overdue" in page
    assert "running out" in page
    late = visitor.get(reverse("deadlines"), {"overdue": "1"}).content.decode()
    assert "About complaint.dispatch" in late
    assert "About complaint.remedy" not in late


def test_one_clock_shows_its_pauses_and_what_is_left(project: Project) -> None:
    deadline = start(project, "complaint.remedy")
    operations.pause(
        actor=access.SYSTEM,
        clock="complaint.remedy",
        subject=project,
        reason="owner is away",
        now=NOW + 12 * HOUR,
    )
    visitor = sign_in("zhuren", "mo_director", project_id=project.pk)

    page = visitor.get(reverse("deadlines-one", args=[deadline.pk])).content.decode()

    assert "owner is away" in page
    assert "Answer which remedy is planned" in page
    assert "Clock paused" in page


def test_another_project_is_out_of_sight(project: Project) -> None:
    other = create_project(actor=access.SYSTEM, code="QH", name="Qinghe", now=NOW)
    deadline = start(other, "complaint.remedy", project_id=other.pk)
    visitor = sign_in("zhuren", "mo_director", project_id=project.pk)

    assert visitor.get(reverse("deadlines-one", args=[deadline.pk])).status_code == 404
    assert "About complaint" not in visitor.get(reverse("deadlines")).content.decode()
    assert sign_in("zhouting", "collector").get(reverse("deadlines")).status_code == 403


def test_the_list_takes_the_same_queries_however_long(
    project: Project, django_assert_max_num_queries: Any
) -> None:
    for number in range(15):
        start(project, "complaint.remedy")
        Deadline.objects.filter(subject_id=project.pk).update(subject_id=5000 + number)
    visitor = sign_in("zhuren", "mo_director", project_id=project.pk)

    with django_assert_max_num_queries(13):
        visitor.get(reverse("deadlines"))
