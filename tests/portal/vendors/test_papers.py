"""A vendor's papers: put in with their file or not at all, and told of before they run out."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from django_tenants.utils import tenant_context

from kernel.audit.models import AuditEntry
from kernel.documents.models import Attachment
from services.procurement.vendors.models import PaperKind, PaperState, VendorPaper
from tenants.companies.models import Company
from tests import factories_portal as portal
from tests.factories import NOW
from tests.factories_portal import Person

PDF = b"%PDF-1.4\n%%EOF\n"


@pytest.fixture
def kind(alpha: Company) -> PaperKind:
    with tenant_context(alpha):
        found: PaperKind = PaperKind.objects.create(
            key="test-licence", name="营业执照", name_en="Business licence", is_required=True
        )
    return found


def form(kind: PaperKind, **changed: Any) -> dict[str, Any]:
    return {
        "kind_id": kind.pk,
        "number": "91330100MA27XXXXXX",
        "valid_from": "2026-01-01",
        "valid_to": "2036-12-31",
        "file": SimpleUploadedFile("licence.pdf", PDF),
        **changed,
    }


def test_a_paper_is_put_in_with_its_file_and_waits_to_be_checked(
    alpha: Company, dai: Person, kind: PaperKind
) -> None:
    client = portal.client_of(dai.login)

    answer = client.post("/v/alpha/papers/new/", form(kind))

    assert (answer.status_code, answer.headers["Location"]) == (302, "/v/alpha/papers/")
    with tenant_context(alpha):
        paper = VendorPaper.objects.get()
        attachment = Attachment.objects.get()
        entries = list(AuditEntry.objects.order_by("-pk").values_list("event", "actor")[:2])
    assert (paper.vendor_id, paper.state, paper.is_added_by_vendor) == (
        dai.vendor_id,
        PaperState.SUBMITTED,
        True,
    )
    assert (paper.valid_from, paper.valid_to) == (date(2026, 1, 1), date(2036, 12, 31))
    assert (attachment.subject_id, attachment.name) == (paper.pk, "licence.pdf")
    assert attachment.added_by is None
    assert entries == [
        ("documents.file.attached", "宁波信诺电气 戴立群"),
        ("procurement.paper.added", "宁波信诺电气 戴立群"),
    ]
    page = client.get("/v/alpha/papers/").content.decode()
    assert "Business licence" in page
    file = client.get(f"/v/alpha/files/{attachment.pk}/")
    assert file.content == PDF
    assert file.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"file": SimpleUploadedFile("licence.pdf", b"<script>alert(1)</script>")}, "file"),
        ({"file": SimpleUploadedFile("licence.exe", b"MZ")}, "file"),
        ({"file": ""}, "file"),
        ({"valid_to": "2025-12-31"}, "valid_to"),
        ({"valid_from": "soon"}, "valid_from"),
        ({"kind_id": "999"}, "kind_id"),
    ],
)
def test_what_is_refused_leaves_nothing(
    alpha: Company, dai: Person, kind: PaperKind, changed: dict[str, Any], field: str
) -> None:
    answer = portal.client_of(dai.login).post("/v/alpha/papers/new/", form(kind, **changed))

    assert answer.status_code == 422
    assert f'id="id_{field}_error"' in answer.content.decode()
    with tenant_context(alpha):
        assert VendorPaper.objects.count() == 0
        assert Attachment.objects.count() == 0


def checked(dai: Person, kind: PaperKind, last: date, state: str = PaperState.CHECKED) -> None:
    VendorPaper.objects.create(
        vendor_id=dai.vendor_id,
        kind=kind,
        valid_from=date(2020, 1, 1),
        valid_to=last,
        state=state,
        added_by_label="test",
        added_at=NOW,
        checked_at=NOW,
    )


def test_the_start_page_tells_of_what_is_missing_or_runs_out(
    alpha: Company, dai: Person, kind: PaperKind
) -> None:
    client = portal.client_of(dai.login)
    today = timezone.localdate()
    assert "Business licence: none that is valid" in client.get("/v/alpha/").content.decode()

    with tenant_context(alpha):
        checked(dai, kind, today + timedelta(days=20))
    soon = client.get("/v/alpha/").content.decode()
    assert f"Business licence ends on {today + timedelta(days=20)}" in soon

    with tenant_context(alpha):  # its successor is there, to be checked
        checked(dai, kind, today + timedelta(days=400), PaperState.SUBMITTED)
    assert "Nothing waits for you" in client.get("/v/alpha/").content.decode()
