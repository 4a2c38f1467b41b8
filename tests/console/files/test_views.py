"""The section of files on a page, and a file as a browser gets it."""

import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from kernel import access
from kernel.audit.models import AuditEntry
from kernel.documents import operations
from kernel.documents.models import Attachment
from services.properties.models import Household, Unit
from tenants.companies.models import Company
from tests import factories_properties as registry
from tests.console.visitor import Visitor, sign_in
from tests.factories import NOW
from tests.kernel.documents.samples import EXE, PDF, png


@pytest.fixture
def household(tenant: Company) -> Household:
    return registry.add_unit(registry.add_project(), "1602").household


@pytest.fixture
def director(household: Household) -> Visitor:
    return sign_in("zhaomin", "charging_director")


def address(household: Household) -> str:
    return f"/c/files/properties.household/{household.pk}/"


def attach(
    household: Household, content: bytes = PDF, name: str = "合同.pdf", **values: Any
) -> int:
    return operations.attach(
        actor=access.SYSTEM,
        subject=values.pop("subject", household),
        project_id=household.project_id,
        upload=io.BytesIO(content),
        name=name,
        now=NOW,
        **values,
    ).pk


def test_several_files_are_dropped_at_once(household: Household, director: Visitor) -> None:
    uploads = [SimpleUploadedFile("合同.pdf", PDF), SimpleUploadedFile("客厅.png", png())]

    answer = director.post(address(household), {"file": uploads}, htmx=True)

    assert answer.status_code == 200
    assert list(Attachment.objects.order_by("pk").values_list("name", flat=True)) == [
        "合同.pdf",
        "客厅.png",
    ]
    assert "客厅.png" in answer.content.decode()


def test_a_wrong_one_is_named_and_the_others_are_kept(
    household: Household, director: Visitor
) -> None:
    uploads = [SimpleUploadedFile("发票.pdf", EXE), SimpleUploadedFile("客厅.png", png())]

    answer = director.post(address(household), {"file": uploads}, htmx=True)

    assert answer.status_code == 422
    assert "<b>发票.pdf</b>" in answer.content.decode()
    assert [each.name for each in Attachment.objects.all()] == ["客厅.png"]


def test_without_a_file_nothing_is_sent(household: Household, director: Visitor) -> None:
    assert director.post(address(household), {}, htmx=True).status_code == 422
    assert Attachment.objects.count() == 0


@pytest.mark.parametrize(
    ("name", "content", "disposition", "sandboxed"),
    [
        ("合同.pdf", PDF, "inline", False),
        ("客厅.png", png(), "inline", True),
        ("页.html", b"<script>alert(1)</script>", "attachment", True),
        ("图.svg", b"<svg onload='alert(1)'/>", "attachment", True),
        ("表.csv", b"=1+1", "attachment", True),
    ],
)
def test_a_file_is_shown_only_if_it_cannot_run(
    household: Household,
    director: Visitor,
    name: str,
    content: bytes,
    disposition: str,
    sandboxed: bool,  # noqa: FBT001 - of the table above
) -> None:
    answer = director.get(f"/c/files/{attach(household, content, name)}/")

    assert answer.status_code == 200
    assert answer.content == content
    assert answer.headers["Content-Disposition"].startswith(f"{disposition}; filename*=utf-8''")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'")
    assert policy.endswith("sandbox") is sandboxed
    assert answer.headers["Cache-Control"] == "private, no-store"


def test_download_is_never_shown_in_place(household: Household, director: Visitor) -> None:
    answer = director.get(f"/c/files/{attach(household)}/", {"download": ""})

    assert answer.headers["Content-Disposition"].startswith("attachment")


def test_a_name_is_escaped_where_it_is_shown(household: Household, director: Visitor) -> None:
    attach(household, name='"><img src=x onerror=alert(1)>.pdf')

    page = director.get(address(household)).content.decode()

    assert "<img src=x" not in page
    assert "onerror=alert(1)&gt;.pdf" in page


def test_a_secret_file_is_opened_by_a_button_and_the_look_is_kept(
    household: Household, director: Visitor
) -> None:
    unit = Unit.objects.filter(household=household).earliest("pk")
    secret = attach(household, subject=unit, is_secret=True)

    asked = director.get(f"/c/files/{secret}/")
    assert PDF not in asked.content
    assert not AuditEntry.objects.filter(event="documents.secret-file.opened").exists()

    opened = director.post(f"/c/files/{secret}/")
    assert opened.content == PDF
    assert AuditEntry.objects.filter(event="documents.secret-file.opened").count() == 1


def test_withdrawing_takes_a_reason_and_leaves_the_page(
    household: Household, director: Visitor
) -> None:
    attachment_id = attach(household)
    path = f"/c/files/{attachment_id}/withdraw/"

    assert director.post(path, {"reason": " "}, htmx=True).status_code == 422
    done = director.post(path, {"reason": "扫错了"}, htmx=True)

    assert done.status_code == 204
    assert "fileschanged" in done.headers["HX-Trigger"]
    assert director.get(f"/c/files/{attachment_id}/").status_code == 404
    assert "扫错了" in director.get(address(household)).content.decode()


def test_who_may_only_look_sees_no_place_to_drop(household: Household) -> None:
    reader = sign_in("liu", "meter_reader", project_id=household.project_id)
    attach(household)

    page = reader.get(address(household)).content.decode()

    assert "合同.pdf" in page
    assert "data-drop" not in page
    answer = reader.post(address(household), {"file": SimpleUploadedFile("a.pdf", PDF)})
    assert answer.status_code == 403
    assert Attachment.objects.count() == 1


def test_files_of_another_project_or_of_no_carrier_do_not_exist(household: Household) -> None:
    other = registry.add_project("HB", "湖滨")
    stranger = sign_in("sun", "charging_director", project_id=other.pk)
    attachment_id = attach(household)

    for path in (
        address(household),
        f"/c/files/{attachment_id}/",
        f"/c/files/{attachment_id}/withdraw/",
        f"/c/files/properties.project/{household.project_id}/",
        "/c/files/access.user/1/",
    ):
        assert stranger.get(path).status_code == 404, path
        assert stranger.post(path, {"reason": "x"}).status_code in {404, 405}, path


def test_pages_have_a_place_for_files(household: Household, director: Visitor) -> None:
    page = director.get(f"/p/{household.project_id}/households/{household.pk}/", {"tab": "files"})

    assert f'hx-get="{address(household)}"' in page.content.decode()
