"""A vendor's pages of rounds: see, draft, check, send sealed, take back, ask, decline."""

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile, TemporaryUploadedFile
from django.test import Client
from django.utils import timezone
from django_tenants.utils import tenant_context

from services.procurement.rounds import operations
from services.procurement.rounds.models import (
    Invitation,
    Question,
    QuoteDraft,
    QuoteRevision,
    Round,
    RoundLine,
    SealedFile,
)
from services.procurement.vendors.models import Vendor
from tenants.companies.models import Company
from tests.factories import TODAY
from tests.factories_portal import Person, client_of, join
from tests.factories_procurement_rounds import (
    add_buyer,
    add_openers,
    add_quoter,
    draft_of,
)

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


@dataclass
class Scene:
    company: Company
    round: Round
    person: Person
    client: Client

    @property
    def url(self) -> str:
        return f"/v/alpha/rounds/{self.round.pk}/"

    def prices(self, *prices: str, **more: Any) -> dict[str, Any]:
        with tenant_context(self.company):
            ids = RoundLine.objects.filter(round=self.round).order_by("position")
            cells = {f"line-{line.pk}-price": p for line, p in zip(ids, prices, strict=True)}
        return {**cells, "tax_percent": "13", "freight": "", **more}


@pytest.fixture
def scene(companies: dict[str, Company]) -> Scene:
    alpha = companies["alpha"]
    now = timezone.now()
    with tenant_context(alpha):
        quoters = [add_quoter(code) for code in ("V1", "V2", "V3")]
        buyer = add_buyer()
        add_openers()
        vendor = Vendor.objects.get(code="V1")
    person = join(alpha, vendor, "dai@xinnuo.example", name="戴立群")
    with tenant_context(alpha):
        made = operations.create_round(
            actor=buyer,
            draft=draft_of(quoters, closes_at=now + timedelta(days=2)),
            now=now,
            today=TODAY,
        )
        published = operations.publish(actor=buyer, round_id=made.pk, now=now, today=TODAY)
    return Scene(alpha, published, person, client_of(person.login))


def test_a_round_is_listed_and_shown_with_its_grid(scene: Scene) -> None:
    listed = scene.client.get("/v/alpha/rounds/")
    page = scene.client.get(scene.url)

    assert scene.round.title in listed.content.decode()
    text = page.content.decode()
    assert page.status_code == 200
    assert len(re.findall(r'name="line-\d+-price"', text)) == 2
    assert "供应商V2" not in text


def test_a_quote_is_drafted_checked_and_sent_sealed(scene: Scene) -> None:
    typed = scene.prices("￥２８．90", "64.5", freight="8")
    assert scene.client.post(scene.url, {**typed, "do": "draft"}).status_code == 302
    assert "￥２８．90" in scene.client.get(scene.url).content.decode()

    checked = scene.client.post(scene.url, {**typed, "do": "check"})
    assert "9,846.50" in checked.content.decode()
    sent = scene.client.post(
        scene.url,
        {**typed, "do": "send", "files": SimpleUploadedFile("报价单.pdf", PDF)},
    )

    assert sent.headers["Location"] == f"{scene.url}receipts/"
    with tenant_context(scene.company):
        revision = QuoteRevision.objects.get()
        assert (SealedFile.objects.count(), QuoteDraft.objects.count()) == (1, 0)
    receipts = scene.client.get(f"{scene.url}receipts/").content.decode()
    assert revision.receipt in receipts
    again = scene.client.get(scene.url).content.decode()
    assert 'value="28.90"' in again
    assert "报价单.pdf" in again


def test_what_is_wrong_stands_at_its_line_and_nothing_is_sent(scene: Scene) -> None:
    refused = scene.client.post(scene.url, {**scene.prices("abc", "64.5"), "do": "send"})
    too_fine = scene.client.post(scene.url, {**scene.prices("1.00001", "1"), "do": "send"})

    assert (refused.status_code, too_fine.status_code) == (422, 422)
    assert 'value="abc"' in refused.content.decode()
    assert "at most four decimals" in too_fine.content.decode()
    with tenant_context(scene.company):
        assert not QuoteRevision.objects.exists()


def test_the_draft_is_kept_in_passing(scene: Scene) -> None:
    saved = scene.client.post(scene.url, scene.prices("1", "2"), headers={"HX-Request": "true"})

    assert "Draft saved" in saved.content.decode()
    assert "form" not in saved.content.decode()


def test_a_quote_is_taken_back_and_a_round_declined(scene: Scene) -> None:
    scene.client.post(scene.url, {**scene.prices("1", "2"), "do": "send"})
    assert scene.client.post(f"{scene.url}withdraw/").status_code == 302
    assert scene.client.post(f"{scene.url}decline/", {"reason": "缺货"}).status_code == 302

    with tenant_context(scene.company):
        assert [one.is_withdrawal for one in QuoteRevision.objects.order_by("pk")] == [False, True]
        assert Invitation.objects.filter(decline_reason="缺货").count() == 1


def test_a_question_is_asked_and_the_look_is_noted(scene: Scene) -> None:
    assert scene.client.post(f"{scene.url}seen/").status_code == 302
    assert scene.client.post(f"{scene.url}ask/", {"text": "带安装吗？"}).status_code == 302

    assert "带安装吗？" in scene.client.get(scene.url).content.decode()
    with tenant_context(scene.company):
        assert Question.objects.get().asked_at is not None
        assert Invitation.objects.filter(seen_at__isnull=False).count() == 1


def test_another_vendor_and_a_closed_round(scene: Scene) -> None:
    with tenant_context(scene.company):
        stranger = Vendor.objects.create(
            code="V9", name="外人", created_by_label="x", created_at=timezone.now()
        )
    other = client_of(join(scene.company, stranger, "li@other.example").login)

    for path in (scene.url, f"{scene.url}receipts/"):
        assert other.get(path).status_code == 404
    assert other.post(scene.url, {**scene.prices("1", "2"), "do": "send"}).status_code == 404
    assert other.get("/v/alpha/rounds/").status_code == 200
    assert scene.round.title not in other.get("/v/alpha/rounds/").content.decode()


def test_no_file_of_a_quote_touches_the_disk_before_it_is_sealed(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Django puts what is larger than ``FILE_UPLOAD_MAX_MEMORY_SIZE`` into /tmp, in clear."""
    written: list[str] = []
    begin = TemporaryUploadedFile.__init__

    def note(self: TemporaryUploadedFile, name: str, *args: Any, **kwargs: Any) -> None:
        written.append(name)
        begin(self, name, *args, **kwargs)

    monkeypatch.setattr(TemporaryUploadedFile, "__init__", note)
    large = PDF + b"%" * (settings.FILE_UPLOAD_MAX_MEMORY_SIZE + 1)
    file = SimpleUploadedFile("prices.pdf", large, content_type="application/pdf")

    answer = scene.client.post(
        scene.url, scene.prices("28.90", "645.00", do="send", files=[file], tax_percent="13")
    )

    assert answer.status_code == 302
    with tenant_context(scene.company):
        assert SealedFile.objects.count() == 1
    assert written == []


def test_a_body_beyond_the_limit_is_refused_before_it_is_read(scene: Scene) -> None:
    answer = scene.client.post(scene.url, CONTENT_LENGTH=str(settings.MAX_BODY_BYTES + 1))

    assert answer.status_code == 413
