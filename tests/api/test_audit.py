"""The record by the API: in words, narrowed, and only of what the caller may read."""

import pytest

from kernel import access
from kernel.access.models import User
from kernel.access.operations import set_preferences
from kernel.audit import operations as audit
from kernel.audit.models import AuditEntry
from services.properties.models import Project
from tenants.companies.models import Company
from tests.api.client import Api, sign_in
from tests.factories import NOW
from tests.factories_properties import add_project


@pytest.fixture
def project(tenant: Company) -> Project:
    project = add_project("YL", "Yunlu Garden")
    add_project("HT", "Harbour Tower")
    audit.record(
        actor=access.SYSTEM,
        event="properties.project.changed",
        subject=project,
        project_id=project.pk,
        now=NOW,
        before={"city": ""},
        after={"city": "宁波"},
    )
    return project


@pytest.fixture
def admin(project: Project) -> Api:
    api = sign_in("xujing", ("company_admin", None))
    set_preferences(user_id=User.objects.get(username="xujing").pk, language="en")
    return api


def test_the_record_is_told_newest_first(admin: Api, project: Project) -> None:
    rows = admin("GET", "audit-entries/?page_size=200").json()["results"]

    assert [row["id"] for row in rows] == sorted((row["id"] for row in rows), reverse=True)
    (entry,) = [row for row in rows if row["event"] == "properties.project.changed"]
    assert entry["event_words"] == "Project changed"
    assert entry["object_words"] == "Project"
    assert (entry["object_type"], entry["object_id"]) == ("properties.project", project.pk)
    assert (entry["actor"], entry["post"], entry["on_behalf_of"]) == ("system", "", "")
    assert entry["data"] == {"before": {"city": ""}, "after": {"city": "宁波"}}
    assert admin("GET", f"audit-entries/{entry['id']}/").json() == entry


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("event=properties.project.changed", 1),
        ("event=properties.project.changed&from_day=2026-11-09&to_day=2026-11-09", 1),
        ("event=properties.project.changed&from_day=2026-11-10", 0),
        ("event=properties.project.changed&to_day=2026-11-08", 0),
        ("event=properties.project.changed&actor=SYS", 1),
        ("event=properties.project.changed&post=chairman", 0),
        ("event=properties.project.changed&request_id=none", 0),
        ("object_type=properties.project&object_id=999999", 0),
        ("actor_id=999999", 0),
        ("project=999999", 0),
    ],
)
def test_the_record_is_narrowed(admin: Api, query: str, count: int) -> None:
    assert len(admin("GET", f"audit-entries/?{query}").json()["results"]) == count


@pytest.mark.parametrize("query", ["event=", "from_day=soon", "object_id=x", "color=red"])
def test_what_makes_no_sense_is_refused(admin: Api, query: str) -> None:
    assert admin("GET", f"audit-entries/?{query}").status_code == 400


def test_only_the_own_project_is_read(project: Project) -> None:
    reader = sign_in("wangfang", ("property_manager", project.pk))

    rows = reader("GET", "audit-entries/?page_size=200").json()["results"]

    assert {row["project_id"] for row in rows} == {project.pk}
    other = AuditEntry.objects.exclude(project_id=project.pk).first()
    assert other is not None
    assert reader("GET", f"audit-entries/{other.pk}/").status_code == 404


def test_who_may_not_read_it_is_refused(project: Project) -> None:
    collector = sign_in("zhouting", ("collector", project.pk))
    assert collector("GET", "audit-entries/").status_code == 403
    entry = AuditEntry.objects.first()
    assert entry is not None
    assert collector("GET", f"audit-entries/{entry.pk}/").status_code == 403
