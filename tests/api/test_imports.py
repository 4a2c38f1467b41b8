"""The import through the API: rehearse, reasons, commit, undo."""

from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from kernel import access
from kernel.access import tokens
from kernel.tenancy import tenant_connection
from services.properties.models import Project, Unit
from tenants.companies.models import Company
from tests import factories

LEDGER = Path(__file__).parent.parent / "data" / "yunlu-garden" / "房屋业主台账.xlsx"


@pytest.fixture
def project(tenant: Company) -> Project:
    return Project.objects.create(code="YL", name="云麓花园", created_at=factories.NOW)


@pytest.fixture
def client(project: Project) -> Client:
    actor = factories.add_actor("robot", "charging_director")
    assert actor.user_id is not None
    _token, text = tokens.create_token(
        actor=access.SYSTEM, user_id=actor.user_id, name="test", now=timezone.now()
    )
    return Client(headers={"host": "alpha.test", "authorization": f"Bearer {text}"})


def test_a_program_imports_a_ledger_and_takes_it_back(
    client: Client, project: Project, tenant: Company
) -> None:
    file = SimpleUploadedFile(LEDGER.name, LEDGER.read_bytes())
    created = client.post(
        "/api/v1/imports/", {"kind": "unit-ledger", "project_id": project.pk, "file": file}
    )
    assert created.status_code == 201, created.content
    address = f"/api/v1/imports/{created.json()['id']}/"
    assert (created.json()["state"], created.json()["counts"]["accepted"]) == ("REHEARSED", 951)
    problems = client.get(f"{address}problems/").json()["results"]
    assert len(problems) == 12
    assert set(problems[0]["reasons"]) == {"zh-hans", "en"}
    assert client.get(f"{address}annotated/").content[:2] == b"PK"

    assert client.post(f"{address}commit/").json()["state"] == "COMMITTED"
    tenant_connection.set_tenant(tenant)
    assert Unit.objects.count() == 951 + 572
    assert client.post(f"{address}undo/").json()["state"] == "UNDONE"
    tenant_connection.set_tenant(tenant)
    assert not Unit.objects.exists()


def test_a_file_that_is_no_table_is_a_problem_document(client: Client, project: Project) -> None:
    file = SimpleUploadedFile("台账.xlsx", b"\x89PNG\r\n\x1a\n")
    refused = client.post(
        "/api/v1/imports/", {"kind": "unit-ledger", "project_id": project.pk, "file": file}
    )

    assert refused.status_code == 422
    assert refused.json()["code"] == "imports.file-refused"
    assert refused.json()["details"]["reason"] == "file.not-a-table"
