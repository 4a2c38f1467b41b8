"""The page of the record: what is told, how it is narrowed, who sees which part of it."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from kernel import access
from kernel.access.models import User
from kernel.audit import operations as audit
from kernel.audit.models import AuditEntry
from services.properties import operations as properties
from services.properties.models import Project
from tenants.companies import records
from tenants.companies.models import Company
from tests.console.visitor import sign_in
from tests.factories import NOW, add_actor, hold_post
from tests.factories_properties import add_project


@pytest.fixture(autouse=True)
def _english() -> Any:
    with translation.override("en"):
        yield


@pytest.fixture
def project(tenant: Company) -> Project:
    project = add_project("YL", "Yunlu Garden")
    actor = add_actor("zhaomin", "charging_director")
    properties.update_project(
        actor=access.SYSTEM, project_id=project.pk, changes={"city": "宁波"}, now=NOW
    )
    audit.record(
        actor=actor,
        event="billing.fee-item.changed",
        subject=project,
        now=NOW,
        before={"name": "物业费", "is_active": True},
        after={"name": "物业服务费", "is_active": None},
        on_behalf_of=actor.user_id,
        data={"reason": "renamed"},
    )
    return project


def test_the_record_is_told_in_words_newest_first(project: Project) -> None:
    page = sign_in("xujing", "company_admin").get(reverse("audit"))

    text = page.content.decode()
    assert "Project changed" in text
    assert "zhaomin (zhaomin) for zhaomin (zhaomin)" in text
    assert "Yunlu Garden" in text
    assert page.context["page"].object_list[0].pk == AuditEntry.objects.order_by("pk").last().pk  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"event": "properties.project.changed"}, ["properties.project.changed"]),
        ({"actor": "zhaomin", "event": "billing.fee-item.changed"}, ["billing.fee-item.changed"]),
        ({"actor": "nobody"}, []),
        ({"at_from": "2030-01-01"}, []),
        (
            {"at_from": "2026-11-09", "at_to": "2026-11-09", "event": "billing.fee-item.changed"},
            ["billing.fee-item.changed"],
        ),
        ({"at_to": "2026-11-08"}, []),
        ({"request": "none-such"}, []),
        ({"number": "999999"}, []),
        ({"number": "x"}, []),
        ({"post": "chairman"}, []),
        ({"q": "nobody"}, []),
    ],
)
def test_the_record_is_narrowed(
    project: Project, query: dict[str, str], expected: list[str]
) -> None:
    page = sign_in("xujing", "company_admin").get(reverse("audit"), query)

    assert [entry.event for entry in page.context["page"].object_list] == expected


def test_a_project_and_the_company_are_told_apart(project: Project) -> None:
    admin = sign_in("xujing", "company_admin")

    def found(value: object) -> set[int | None]:
        page = admin.get(reverse("audit"), {"project": str(value)})
        return {entry.project_id for entry in page.context["page"].object_list}

    assert found(project.pk) == {project.pk}
    assert found("company") == {None}


def test_who_may_read_it_in_one_project_sees_that_project_only(project: Project) -> None:
    other = add_project("HT", "Harbour Tower")
    visitor = sign_in("wangfang", "front_desk", project_id=project.pk)
    user = User.objects.get(username="wangfang")
    hold_post(user, "property_manager", project.pk)

    page = visitor.get(reverse("audit"))

    assert {entry.project_id for entry in page.context["page"].object_list} == {project.pk}
    hidden = AuditEntry.objects.filter(project_id=other.pk).first()
    assert hidden is not None
    assert visitor.get(reverse("audit-entry", args=[hidden.pk])).status_code == 404
    companys = AuditEntry.objects.filter(project_id=None).first()
    assert companys is not None
    assert visitor.get(reverse("audit-entry", args=[companys.pk])).status_code == 404


def test_an_entry_shows_what_changed_by_whom_and_leads_to_its_record(project: Project) -> None:
    entry = AuditEntry.objects.get(event="billing.fee-item.changed")

    page = sign_in("xujing", "company_admin").get(reverse("audit-entry", args=[entry.pk]))

    assert page.context["changes"] == [("Name", "物业费", "物业服务费"), ("In use", "Yes", "none")]
    assert page.context["facts"] == [("reason", "renamed")]
    assert page.context["object_url"] == reverse("overview", args=[project.pk])
    assert "not chained yet" in page.content.decode()  # the test's own transaction is open


def test_a_sheet_of_the_record_tells_what_changed(project: Project) -> None:
    visitor = sign_in("xujing", "company_admin")
    visitor.post(reverse("audit"), {"do": "columns", "column": ["event", "told"]})

    query = {"event": "billing.fee-item.changed", "export": "csv"}
    sent = visitor.get(reverse("audit"), query)

    lines = b"".join(sent.streaming_content).decode("utf-8-sig").splitlines()
    assert lines[0] == "What was done,What changed"
    assert lines[1] == (
        'Fee item changed,"Name: 物业费 → 物业服务费, In use: Yes → none, reason: renamed"'
    )


def test_the_list_costs_few_queries(project: Project) -> None:
    visitor = sign_in("xujing", "company_admin")
    visitor.get(reverse("audit"))
    with CaptureQueriesContext(connection) as few:
        visitor.get(reverse("audit"))
    for number in range(30):
        audit.record(
            actor=access.SYSTEM,
            event="properties.project.changed",
            subject=project,
            project_id=project.pk,
            now=NOW,
            data={"name": str(number)},
        )
    with CaptureQueriesContext(connection) as many:
        visitor.get(reverse("audit"))
    assert len(many) == len(few) <= 16


def test_the_page_says_when_the_record_was_last_verified(project: Project, tenant: Company) -> None:
    visitor = sign_in("xujing", "company_admin")
    assert "Verified" not in visitor.get(reverse("audit")).content.decode()

    records.check_record(company=tenant, now=NOW)

    # In the test's own open transaction nothing is chained yet: its entries are not in the chain.
    assert "not to be whole" in visitor.get(reverse("audit")).content.decode()


def test_a_collector_may_not_read_it(project: Project) -> None:
    visitor = sign_in("zhouting", "collector", project_id=project.pk)
    assert visitor.get(reverse("audit")).status_code == 403
    entry = AuditEntry.objects.first()
    assert entry is not None
    assert visitor.get(reverse("audit-entry", args=[entry.pk])).status_code == 403
