"""The inbox: what waits, signing in one click, what is refused."""

import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from kernel.access.models import User
from kernel.approvals.models import Assignment, Case, Signature
from kernel.audit.models import AuditEntry
from kernel.security.models import SecurityEvent
from tests import factories_approvals as approvals
from tests import factories_properties as registry
from tests.console.approvals.conftest import Office
from tests.console.visitor import Visitor, sign_in
from tests.kernel.documents.samples import PDF

INBOX = "/approvals/"


def act_url(case: Case, act: str, step: int | None = None) -> str:
    """Return the address of an act's sheet, opened while ``step`` was under way."""
    shown = step if step is not None else approvals.step_under_way(case).pk
    return f"{reverse('approvals-act', args=[case.pk, act])}?step={shown}"


def sign(visitor: Visitor, case: Case, do: str, opinion: str = "", step: int | None = None) -> Any:
    given = step if step is not None else approvals.step_under_way(case).pk
    data = {"case": case.pk, "step": given, "do": do, "opinion": opinion}
    return visitor.post(INBOX, data, htmx=True)


def test_case_waits_for_its_signer_with_the_facts_in_sight(office: Office) -> None:
    case = office.submit()

    page = office.checker.get(INBOX).content.decode()

    for words in ("161.06", "Refund for 1602", "He paid twice.", case.number, "3-2-1602"):
        assert words in page
    assert "Nothing waits for you" in office.manager.get(INBOX).content.decode()
    assert "Nothing waits for you" in office.admin.get(INBOX).content.decode()
    own = office.applicant.get(INBOX, {"tab": "mine"}).content.decode()
    assert case.title in own
    assert 'value="urge"' in own
    assert 'value="approve"' not in own


def test_one_click_signs_tells_it_and_goes_on_to_the_next(office: Office) -> None:
    first, second = office.submit("First"), office.submit("Second")

    response = sign(office.checker, first, "approve", "All right")

    assert response.status_code == 200
    assert first.number in json.loads(response.headers["HX-Trigger"])["toast"]["text"]
    assert f"case={second.pk}" in response.headers["HX-Push-Url"]
    assert "<html" not in response.content.decode()
    signature = Signature.objects.get(case=first, act="APPROVED")
    assert signature.user is not None
    assert (signature.text, signature.user.username) == ("All right", "zhaomin")
    waiting = Assignment.objects.get(state="OPEN", step__case=first)
    assert waiting.user.username == "fangqiming"


def test_last_signature_finishes_the_case(office: Office) -> None:
    case = office.submit()
    sign(office.checker, case, "approve")

    sign(office.manager, case, "approve")

    case.refresh_from_db()
    assert case.state == "APPROVED"
    page = office.applicant.get(f"{INBOX}{case.pk}/").content.decode()
    assert "Approved; nothing is left to do." in page or "Takes effect" in page


@pytest.mark.parametrize("opinion", ["", "   "])
def test_rejection_without_a_reason_is_refused(office: Office, opinion: str) -> None:
    case = office.submit()

    response = sign(office.checker, case, "reject", opinion)

    assert response.status_code == 422
    assert "Give the reason." in response.content.decode()
    case.refresh_from_db()
    assert case.state == "RUNNING"
    assert not Signature.objects.filter(case=case, act="REJECTED").exists()


def test_rejected_case_says_why_and_can_be_submitted_again(office: Office) -> None:
    case = office.submit()
    sign(office.checker, case, "reject", "No invoice")

    page = office.applicant.get(INBOX, {"tab": "mine", "case": case.pk}).content.decode()
    assert "No invoice" in page
    sheet = reverse("approvals-act", args=[case.pk, "resubmit"])
    response = office.applicant.post(sheet, {"text": "Invoice attached"}, htmx=True)

    assert response.status_code == 204
    case.refresh_from_db()
    assert (case.state, case.lap) == ("RUNNING", 2)


@pytest.mark.parametrize("who", ["applicant", "manager", "admin"])
@pytest.mark.parametrize("do", ["approve", "reject"])
def test_nobody_else_signs_a_step(office: Office, who: str, do: str) -> None:
    case = office.submit()

    response = sign(getattr(office, who), case, do, "Because")

    assert response.status_code in {404, 409}
    assert set(Signature.objects.filter(case=case).values_list("act", flat=True)) == {"SUBMITTED"}


def test_step_that_was_signed_meanwhile_is_not_signed_by_the_same_click(office: Office) -> None:
    case = office.submit()
    step = approvals.step_under_way(case).pk
    sign(office.checker, case, "approve")

    response = sign(office.manager, case, "approve", step=step)

    assert response.status_code == 409
    assert Signature.objects.filter(case=case, act="APPROVED").count() == 1


@pytest.mark.parametrize(
    ("act", "values", "state"),
    [
        ("hand-over", {"text": "On leave"}, {"fangqiming"}),
        ("add-signer", {"text": "Please look", "where": "beside"}, {"zhaomin", "fangqiming"}),
    ],
)
def test_sheet_brings_somebody_else_in(
    office: Office, act: str, values: dict[str, str], state: set[str]
) -> None:
    case = office.submit()
    manager = User.objects.get(username="fangqiming")
    address = act_url(case, act)

    empty = office.checker.post(address, {}, htmx=True)
    response = office.checker.post(address, {**values, "user_id": manager.pk}, htmx=True)

    assert empty.status_code == 422
    assert response.status_code == 204
    assert "approvals:changed" in response.headers["HX-Trigger"]
    waiting = Assignment.objects.filter(step__case=case, state="OPEN")
    assert set(waiting.values_list("user__username", flat=True)) == state


def test_case_is_returned_to_a_step_signed_before(office: Office) -> None:
    case = office.submit()
    sign(office.checker, case, "approve")
    done = case.steps.get(state="DONE")
    address = act_url(case, "return")

    response = office.manager.post(
        address, {"to_step_id": done.pk, "text": "Look again"}, htmx=True
    )

    assert response.status_code == 204
    assert approvals.step_under_way(case).key == "charging_director"


def test_applicant_withdraws(office: Office) -> None:
    case = office.submit()
    address = reverse("approvals-act", args=[case.pk, "withdraw"])

    assert office.checker.post(address, {}, htmx=True).status_code == 422
    assert office.applicant.post(address, {"text": "Mistake"}, htmx=True).status_code == 204

    case.refresh_from_db()
    assert case.state == "WITHDRAWN"


# ---- many at once -------------------------------------------------------------------------------


def test_many_of_a_kind_are_signed_with_their_total_in_sight(office: Office) -> None:
    cases = [office.submit(f"No. {number}", f"{number}00.50") for number in (1, 2, 3)]
    ids = [case.pk for case in cases]

    sheet = office.checker.get("/approvals/together/", {"pick": ids}, htmx=True).content.decode()
    steps = {f"step-{case.pk}": approvals.step_under_way(case).pk for case in cases}
    response = office.checker.post("/approvals/together/", {"pick": ids, **steps}, htmx=True)

    assert "601.50" in sheet
    assert json.loads(response.headers["HX-Trigger"])["toast"]["text"] == "3 of 3 signed"
    assert Signature.objects.filter(act="APPROVED").count() == 3


def test_one_of_many_that_is_refused_stops_no_other(office: Office) -> None:
    first, second = office.submit("First"), office.submit("Second")
    steps = {f"step-{case.pk}": approvals.step_under_way(case).pk for case in (first, second)}
    sign(office.checker, first, "reject", "No")

    response = office.checker.post(
        "/approvals/together/", {"pick": [first.pk, second.pk], **steps}, htmx=True
    )

    assert "1 of 2 signed" in response.headers["HX-Trigger"]
    assert Signature.objects.get(act="APPROVED").case == second


# ---- lists --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"q": "first"}, {"First"}),
        ({"q": "zhouting"}, {"First", "Second"}),
        ({"q": "nothing of it"}, set()),
        ({"kind": "test.paper"}, {"First", "Second"}),
        ({"kind": "leave"}, set()),
        ({"project": "999999"}, set()),
        ({"project": "²"}, {"First", "Second"}),
    ],
)
def test_list_is_narrowed_on_the_server(
    office: Office, query: dict[str, str], found: set[str]
) -> None:
    for title in ("First", "Second"):
        office.submit(title)

    page = office.checker.get(INBOX, query).content.decode()

    assert {title for title in ("First", "Second") if f">{title}<" in page} == found


def test_what_is_filtered_is_exported_and_noted(office: Office) -> None:
    office.submit("First")
    office.submit("Second")

    response = office.checker.get(INBOX, {"q": "first", "export": "csv"})

    text = b"".join(response.streaming_content).decode("utf-8-sig")
    assert "First" in text
    assert "Second" not in text
    assert AuditEntry.objects.filter(event__contains="export").exists()


def test_count_is_told_to_the_menu(office: Office) -> None:
    office.submit()

    assert ">1</span>" in office.checker.get("/approvals/count/").content.decode()
    assert ">1</span>" not in office.manager.get("/approvals/count/").content.decode()


def test_inbox_costs_the_same_however_long_it_is(
    office: Office, django_assert_max_num_queries: Any
) -> None:
    for number in range(12):
        office.submit(f"No. {number}")

    with django_assert_max_num_queries(44):
        office.checker.get(INBOX)


def test_files_of_a_case_are_on_its_page_and_added_there(office: Office) -> None:
    case = office.submit()
    files = reverse("files", args=["approvals.case", case.pk])
    for visitor in (office.applicant, office.checker):
        assert files in visitor.get(reverse("approvals-case", args=[case.pk])).content.decode()
    assert files in office.checker.get(INBOX).content.decode()

    upload = {"file": SimpleUploadedFile("报价.pdf", PDF)}
    added = office.applicant.post(files, upload, htmx=True)

    assert added.status_code == 200
    seen = office.checker.get(files).content.decode()
    assert "报价.pdf" in seen
    assert "multipart/form-data" in seen
    assert "multipart/form-data" not in office.admin.get(files).content.decode()
    stranger = sign_in("sun", "collector", project_id=registry.add_project("HB", "湖滨").pk)
    assert stranger.get(files).status_code == 404


@pytest.mark.parametrize("page", ["inbox", "case", "bulk"])
def test_refused_signature_is_in_the_security_log(office: Office, page: str) -> None:
    case = office.submit()
    step = approvals.step_under_way(case).pk
    if page == "bulk":
        data: dict[str, Any] = {"pick": [case.pk], f"step-{case.pk}": step}
    else:
        data = {"case": case.pk, "step": step, "do": "approve", "opinion": ""}
    one = reverse("approvals-case", args=[case.pk])
    address = {"inbox": INBOX, "case": one, "bulk": "/approvals/together/"}[page]

    office.applicant.post(address, data, htmx=True)

    assert [event.code for event in SecurityEvent.objects.all()] == ["approvals.own-paper"]
    assert not Signature.objects.filter(act="APPROVED").exists()
