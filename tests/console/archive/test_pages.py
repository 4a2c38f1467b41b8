"""The pages of protected files: ask, approve, register, look, copy, give back; the register."""

from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import translation

from kernel.access import SYSTEM
from kernel.approvals.models import Signature
from kernel.documents.models import Attachment
from kernel.policies.operations import set_value
from kernel.records.models import AccessLook, AccessRequest, AccessState
from kernel.security.models import SecurityEvent
from services.properties.operations import NewOwner, PartyDetails, transfer_ownership
from tenants.companies.models import Company
from tests.console.visitor import Visitor, sign_in
from tests.factories import NOW, TODAY
from tests.factories_approvals import case_named_by
from tests.kernel.records.test_access import Office, open_office, pdf


@pytest.fixture(autouse=True)
def _english() -> Any:
    with translation.override("en"):
        yield


@pytest.fixture
def office(tenant: Company) -> Office:
    return open_office()


FORM = {
    "purpose": "court order",
    "wanted": "contract",
    "mode": "VIEW",
    "receiver": "AUTHORITY",
    "receiver_name": "Lawyer Zhang",
    "paper": "No. 8",
}


def ask(visitor: Visitor, office: Office, **values: str) -> Any:
    address = reverse("archive-new", args=[office.project.pk, office.household.pk])
    return visitor.post(address, FORM | values)


def page_of(request: AccessRequest, route: str = "archive-request", *more: int) -> str:
    return reverse(route, args=[request.project_id, request.pk, *more])


def sign(visitor: Visitor, request: AccessRequest, step: int | None = None) -> Any:
    """Sign the step that the page shows, or the one given."""
    shown = step or visitor.get(page_of(request)).context["step_id"]
    return visitor.post(page_of(request, "archive-sign"), {"text": "", "step": shown})


@pytest.fixture
def granted(office: Office) -> AccessRequest:
    """A request through the pages, from the front desk to the front desk."""
    desk, manager, colleague = (sign_in(name) for name in ("wangfang", "sunqiang", "liuyan"))
    assert ask(desk, office).status_code == 302
    request = AccessRequest.objects.get()
    assert not desk.get(page_of(request)).context["is_waited_for"]
    assert manager.get(page_of(request)).context["is_waited_for"]
    assert "Approve" in manager.get(page_of(request)).content.decode()
    assert sign(manager, request).status_code == 302
    assert "Register the access" in colleague.get(page_of(request)).content.decode()
    assert sign(colleague, request).status_code == 302
    request.refresh_from_db()
    assert request.state == AccessState.GRANTED
    return request


def test_a_paper_is_shown_with_the_viewers_name_and_the_look_is_in_the_log(
    office: Office, granted: AccessRequest
) -> None:
    desk = sign_in("wangfang")
    page = desk.get(page_of(granted))
    assert [(paper.name, since) for paper, _can_stamp, since in page.context["papers"]] == [
        ("购房合同.pdf", None),
        ("资料.csv", None),
    ]

    shown = desk.post(page_of(granted, "archive-paper", office.paper.pk))

    assert shown.status_code == 200
    assert shown.headers["Content-Type"] == "application/pdf"
    assert shown.headers["Content-Disposition"].startswith("inline")
    assert shown.content.startswith(b"%PDF")
    assert shown.content != pdf()
    assert AccessLook.objects.get().user_id == office.desk.user_id
    log = sign_in("sunqiang").get(reverse("archive-looks", args=[office.project.pk]))
    assert "购房合同.pdf" in log.content.decode()


def test_a_copy_is_refused_with_its_reason(office: Office, granted: AccessRequest) -> None:
    desk = sign_in("wangfang")

    answer = desk.post(page_of(granted, "archive-paper", office.paper.pk), {"mode": "COPY"})

    assert answer.status_code == 403
    assert "for viewing only" in answer.content.decode()
    assert not AccessLook.objects.exists()
    noted = SecurityEvent.objects.get()
    assert (noted.user_id, noted.code) == (office.desk.user_id, "records.grant-missing")
    assert noted.project_id == office.project.pk


def test_a_stranger_is_refused_and_nothing_is_kept(office: Office) -> None:
    answer = ask(sign_in("wangfang"), office, receiver="STRANGER")

    assert answer.status_code == 403
    assert "never be told to third parties" in answer.content.decode()
    assert not AccessRequest.objects.exists()


def test_a_form_without_the_lawyers_paper_comes_back(office: Office) -> None:
    answer = ask(sign_in("wangfang"), office, paper="")
    assert answer.status_code == 422
    assert not AccessRequest.objects.exists()


def test_what_is_given_back_is_closed(office: Office, granted: AccessRequest) -> None:
    desk = sign_in("wangfang")
    assert desk.post(page_of(granted, "archive-end")).status_code == 302
    answer = desk.post(page_of(granted, "archive-paper", office.paper.pk))
    assert answer.status_code == 403
    assert desk.post(page_of(granted, "archive-end")).status_code == 409


def test_anothers_file_is_not_given_back_for_him(office: Office, granted: AccessRequest) -> None:
    """The manager sees the request and keeps no files: the refusal is in the security log."""
    answer = sign_in("sunqiang").post(page_of(granted, "archive-end"))

    assert answer.status_code == 403
    assert SecurityEvent.objects.get().code == "records.not-yours"
    granted.refresh_from_db()
    assert granted.state == AccessState.GRANTED


def test_the_list_shows_ones_own_or_the_register(office: Office, granted: AccessRequest) -> None:
    address = reverse("archive", args=[office.project.pk])
    assert sign_in("liuyan").get(address).context["page"].paginator.count == 1
    assert sign_in("chenjie").get(address).context["page"].paginator.count == 0
    assert sign_in("chenjie").get(page_of(granted)).status_code == 404
    assert (
        sign_in("chenjie").get(reverse("archive-looks", args=[office.project.pk])).status_code
        == 403
    )


def test_the_desk_puts_papers_in_and_does_not_see_them_again(office: Office) -> None:
    desk = sign_in("wangfang")
    address = reverse("archive-owner", args=[office.project.pk, office.household.pk])
    before = desk.get(address)
    assert before.context["complete"] == 1  # the two papers are of no kind

    upload = SimpleUploadedFile("身份证.pdf", pdf(1))
    assert desk.post(address, {"kind": "id-copy", "file": upload}).status_code == 302

    assert desk.get(address).context["complete"] == 2
    kept = Attachment.objects.latest("pk")
    assert (kept.is_secret, kept.kind) == (True, "id-copy")
    assert desk.post(reverse("files-open", args=[kept.pk])).status_code == 403
    assert sign_in("chenjie").get(address).status_code == 403
    assert desk.post(address, {"kind": "id-copy"}).status_code == 422


def test_with_the_title_the_former_owners_papers_move_aside(
    office: Office, granted: AccessRequest
) -> None:
    """SH-23: a new file is opened, which holds nothing yet; a lawyer still sees whose is what."""
    desk = sign_in("wangfang")
    address = reverse("archive-owner", args=[office.project.pk, office.household.pk])
    transfer_ownership(
        actor=SYSTEM,
        unit_ids=[unit.pk for unit in office.household.units.all()],
        owners=[NewOwner(party=PartyDetails(name="林晓"))],
        effective_on=date(2026, 11, 10),
        now=NOW,
    )

    page = desk.get(address)

    assert page.context["complete"] == 0
    assert [(file.name, since) for file, since in page.context["former"]] == [
        ("购房合同.pdf", date(2026, 11, 10)),
        ("资料.csv", date(2026, 11, 10)),
    ]
    assert "A former owner’s since" in page.content.decode()
    shown = desk.get(page_of(granted))
    assert [since for _paper, _stamp, since in shown.context["papers"]] == [date(2026, 11, 10)] * 2
    assert "a former owner’s, since 2026-11-10" in shown.content.decode()


def test_what_a_file_holds_is_the_projects_own_list(office: Office) -> None:
    desk = sign_in("wangfang")
    address = reverse("archive-owner", args=[office.project.pk, office.household.pk])
    long = "购房合同及其全部补充协议、附件、图纸、交付清单和双方签字确认的其他书面材料之复印件一份"
    set_value(
        actor=SYSTEM,
        key="archive.owner_file_checklist",
        text=f"Copies of identity papers\n{long}\n钥匙领取单",
        project_id=office.project.pk,
        now=NOW,
        today=TODAY,
    )

    before = desk.get(address)
    kinds = [key for key, _name in before.context["form"].fields["kind"].choices if key]
    assert [name for name, _files in before.context["rows"]] == [
        "Copies of identity papers", long, "钥匙领取单",
    ]  # fmt: skip
    assert (kinds[0], kinds[2]) == ("id-copy", "钥匙领取单")
    assert len(kinds[1]) == 40
    assert len(before.context["unlisted"]) == 2  # there are no other papers any more
    for kind in kinds:
        upload = SimpleUploadedFile("件.pdf", pdf(1))
        assert desk.post(address, {"kind": kind, "file": upload}).status_code == 302
    refused = desk.post(address, {"kind": "agreement", "file": SimpleUploadedFile("x.pdf", pdf(1))})

    assert refused.status_code == 422
    assert desk.get(address).context["complete"] == 3


def test_a_second_click_on_sign_counts_once(office: Office, granted: AccessRequest) -> None:
    registered = Signature.objects.get(case=case_named_by(granted), act="DONE")

    answer = sign(sign_in("liuyan"), granted, registered.step_id)

    assert answer.status_code == 302
    assert Signature.objects.get(case=case_named_by(granted), act="DONE") == registered


def test_what_is_signed_is_the_step_that_was_shown(office: Office) -> None:
    desk, manager, colleague = (sign_in(name) for name in ("wangfang", "sunqiang", "liuyan"))
    ask(desk, office)
    request = AccessRequest.objects.get()
    shown = manager.get(page_of(request)).context["step_id"]
    sign(manager, request)

    answer = sign(colleague, request, shown)

    assert answer.status_code == 409
    assert "not being signed any more" in answer.content.decode()
    assert manager.post(page_of(request, "archive-sign"), {"text": ""}).status_code == 404
    assert not Signature.objects.filter(case=case_named_by(request), act="DONE").exists()


def test_history_of_a_request_names_every_act_of_its_approval(
    office: Office, granted: AccessRequest
) -> None:
    history = sign_in("wangfang").get(page_of(granted)).context["history"]

    told = [(words, entry.actor) for words, entry in reversed(history)]
    assert [words for words, _who in told] == [
        "Access to a file asked for",
        "submitted the case",
        "approved step 1",
        "carried out step 2",
        "Access to a file registered",
        "the case is approved and takes effect",
    ]
    assert told[2][1].startswith("sunqiang")
    assert told[3][1].startswith("liuyan")
