"""S-24: looking at an owner's file. Asked for, approved, registered, stamped, written down."""

import io
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.db import DatabaseError, ProgrammingError, connection, transaction
from pypdf import PdfReader, PdfWriter

from kernel import access
from kernel.access.actors import Actor
from kernel.approvals import operations as approvals
from kernel.approvals.models import CaseState
from kernel.audit.models import AuditEntry
from kernel.documents import operations as documents
from kernel.documents import queries as files
from kernel.documents.models import Attachment
from kernel.errors import DomainError, NotFound
from kernel.policies.operations import set_value
from kernel.records import operations, queries
from kernel.records.models import AccessLook, AccessRequest, AccessState, Mode, Receiver
from kernel.records.stamping import NotStampable, stamp
from services.properties.models import Household, Project
from tenants.companies.models import Company
from tests.factories import NOW, TODAY
from tests.factories_approvals import approve, case_named_by, person, step_under_way
from tests.factories_properties import add_home, add_project
from tests.kernel.documents.samples import png_head

LATER = NOW + timedelta(hours=1)


def pdf(pages: int = 2, width: int = 300, height: int = 400) -> bytes:
    writer, content = PdfWriter(), io.BytesIO()
    for _ in range(pages):
        writer.add_blank_page(width, height)
    writer.write(content)
    return content.getvalue()


@dataclass
class Office:
    """A management office with an owner's file that holds two secret papers."""

    project: Project
    household: Household
    desk: Actor
    colleague: Actor  # the other shift of the front desk
    steward: Actor
    manager: Actor
    other_manager: Actor
    paper: Attachment
    sheet: Attachment

    def ask(self, actor: Actor, **values: Any) -> AccessRequest:
        return operations.request_access(
            actor=actor,
            now=values.pop("now", NOW),
            **{
                "subject_type": "properties.household",
                "subject_id": self.household.pk,
                "purpose": "法院调查令",
                "wanted": "购房合同、身份证复印件",
                **values,
            },
        )

    def granted(self, actor: Actor, **values: Any) -> AccessRequest:
        request = self.ask(actor, **values)
        case = case_named_by(request)
        approve(self.manager if actor is not self.manager else self.other_manager, case)
        approve(self.colleague, case)
        request.refresh_from_db()
        return request


def open_office() -> Office:
    approvals.seed_chains(NOW)
    project = add_project()
    household = add_home(project).household

    def keep(name: str, content: bytes) -> Attachment:
        return documents.attach(
            actor=access.SYSTEM,
            subject=household,
            project_id=project.pk,
            upload=io.BytesIO(content),
            name=name,
            is_secret=True,
            now=NOW,
        )

    def add(username: str, post: str) -> Actor:
        return person(username, post, project_id=project.pk)

    return Office(
        project,
        household,
        add("wangfang", "front_desk"),
        add("liuyan", "front_desk"),
        add("chenjie", "steward"),
        add("sunqiang", "mo_manager"),
        add("gaoming", "mo_manager"),
        keep("购房合同.pdf", pdf()),
        keep("资料.csv", b"a,b\n1,2\n"),
    )


@pytest.fixture
def office(tenant: Company) -> Office:
    return open_office()


def looks() -> list[tuple[str, str]]:
    return list(AccessLook.objects.order_by("pk").values_list("user_label", "mode"))


def refused(error: type[DomainError], call: Callable[[], object]) -> None:
    """Expect a refusal that writes nothing."""
    before = (AccessRequest.objects.count(), AccessLook.objects.count(), AuditEntry.objects.count())
    with pytest.raises(error), transaction.atomic():
        call()
    assert before == (
        AccessRequest.objects.count(),
        AccessLook.objects.count(),
        AuditEntry.objects.count(),
    )


def test_s24_a_lawyers_request_is_registered_approved_and_every_look_logged(
    office: Office,
) -> None:
    request = office.ask(
        office.desk,
        receiver=Receiver.AUTHORITY,
        receiver_name="浙江某律师事务所 张律师",
        paper="调查令 (2026)浙0212字第8号",
    )
    case = case_named_by(request)
    assert (request.state, case.state) == (AccessState.WAITING, CaseState.RUNNING)
    assert request.registered_by is None

    approve(office.manager, case)
    request.refresh_from_db()
    assert request.state == AccessState.WAITING  # the front desk has yet to register it
    approve(office.colleague, case)

    request.refresh_from_db()
    assert request.state == AccessState.GRANTED
    assert request.registered_by == office.colleague.user_id
    assert (request.granted_at, request.expires_at) == (NOW, NOW + timedelta(hours=24))

    shown = operations.open_file(
        actor=office.desk, request_id=request.pk, attachment_id=office.paper.pk, now=LATER
    )

    assert (shown.name, shown.content_type) == ("购房合同.pdf", "application/pdf")
    pages = PdfReader(io.BytesIO(shown.content)).pages
    assert len(pages) == 2
    for page in pages:
        text = "".join(page.extract_text().split())
        assert "wangfang(wangfang)2026-11-0911:00" in text  # his name, the time in Shanghai
    assert looks() == [("wangfang (wangfang)", "VIEW")]
    told = AuditEntry.objects.filter(event__startswith="records.").order_by("pk")
    assert [entry.event for entry in told] == [
        "records.access.requested",
        "records.access.granted",
        "records.file.viewed",
    ]
    assert {entry.project_id for entry in told} == {office.project.pk}


def test_s24_a_steward_copies_nothing_without_approval(office: Office) -> None:
    request = office.ask(office.steward, mode=Mode.COPY)

    refused(
        operations.GrantMissing,
        lambda: operations.open_file(
            actor=office.steward,
            request_id=request.pk,
            attachment_id=office.paper.pk,
            mode=Mode.COPY,
            now=NOW,
        ),
    )
    # Nor by the way that other files are opened.
    refused(
        files.RequestNeeded,
        lambda: files.open_attachment(actor=office.steward, attachment_id=office.paper.pk, now=NOW),
    )


def test_s24_who_may_view_does_not_copy(office: Office) -> None:
    request = office.granted(office.steward)

    refused(
        operations.GrantMissing,
        lambda: operations.open_file(
            actor=office.steward,
            request_id=request.pk,
            attachment_id=office.paper.pk,
            mode=Mode.COPY,
            now=LATER,
        ),
    )


def test_s24_the_manager_does_not_approve_his_own_request(office: Office) -> None:
    request = office.ask(office.manager)
    case = case_named_by(request)
    before = AuditEntry.objects.count()

    with pytest.raises(DomainError), transaction.atomic():
        approve(office.manager, case)

    request.refresh_from_db()
    assert request.state == AccessState.WAITING
    assert AuditEntry.objects.count() == before
    approve(office.other_manager, case)  # another manager may
    approve(office.desk, case)
    request.refresh_from_db()
    assert request.state == AccessState.GRANTED


@pytest.mark.parametrize("receiver", ["VENDOR", "OUTSIDER", ""])
def test_s24_a_stranger_is_told_nothing(office: Office, receiver: str) -> None:
    refused(
        operations.ThirdParty,
        lambda: office.ask(
            office.desk,
            receiver=receiver,
            receiver_name="某装修公司",
            wanted="业主电话",
            paper="名片",
        ),
    )


def test_no_post_opens_a_protected_file_without_a_request(office: Office) -> None:
    director = person("zhaomin", "charging_director")  # may reveal personal data
    for actor in (office.desk, office.manager, director):
        refused(
            files.RequestNeeded,
            partial(files.open_attachment, actor=actor, attachment_id=office.paper.pk, now=NOW),
        )


@pytest.mark.parametrize(
    "values",
    [
        {"purpose": " "},
        {"wanted": ""},
        {"receiver": Receiver.AUTHORITY, "paper": "调查令"},
        {"receiver": Receiver.AUTHORITY, "receiver_name": "张律师"},
        {"receiver": Receiver.OWNER, "receiver_name": "陈志远"},
    ],
)
def test_a_request_says_why_what_and_for_whom(office: Office, values: dict[str, str]) -> None:
    refused(operations.DetailsMissing, lambda: office.ask(office.desk, **values))


def test_a_grant_is_for_who_asked_and_for_a_day(office: Office) -> None:
    request = office.granted(office.steward)

    def look(actor: Actor, **values: Any) -> object:
        return operations.open_file(
            actor=actor,
            request_id=request.pk,
            now=values.pop("now", LATER),
            **{"attachment_id": office.paper.pk, **values},
        )

    refused(operations.NotYours, lambda: look(office.desk))
    refused(NotFound, lambda: look(person("x", "steward", project_id=office.project.pk)))
    refused(NotFound, lambda: look(office.steward, attachment_id=999_999))
    refused(operations.GrantExpired, lambda: look(office.steward, now=NOW + timedelta(hours=24)))
    look(office.steward, now=NOW + timedelta(hours=24) - timedelta(seconds=1))
    assert looks() == [("chenjie (chenjie)", "VIEW")]


def test_how_long_a_grant_is_open_the_company_says(office: Office) -> None:
    set_value(actor=access.SYSTEM, key="archive.grant_hours", text="2", now=NOW, today=TODAY)

    request = office.granted(office.steward)

    assert request.expires_at == NOW + timedelta(hours=2)
    set_value(actor=access.SYSTEM, key="archive.grant_hours", text="100", now=NOW, today=TODAY)
    request.refresh_from_db()
    assert request.expires_at == NOW + timedelta(hours=2)  # what is granted stays as it is


def test_what_cannot_be_stamped_is_only_copied(office: Office) -> None:
    viewing = office.granted(office.steward)
    refused(
        NotStampable,
        lambda: operations.open_file(
            actor=office.steward, request_id=viewing.pk, attachment_id=office.sheet.pk, now=LATER
        ),
    )
    copying = office.granted(office.desk, mode=Mode.COPY)

    shown = operations.open_file(
        actor=office.desk,
        request_id=copying.pk,
        attachment_id=office.sheet.pk,
        mode=Mode.COPY,
        now=LATER,
    )

    assert (shown.name, shown.content) == ("资料.csv", b"a,b\n1,2\n")
    assert looks() == [("wangfang (wangfang)", "COPY")]
    assert AuditEntry.objects.filter(event="records.file.copied").count() == 1


def test_a_file_that_was_given_back_is_closed(office: Office) -> None:
    request = office.granted(office.steward)
    refused(
        operations.NotYours,
        lambda: operations.end_access(actor=office.manager, request_id=request.pk, now=LATER),
    )

    operations.end_access(actor=office.desk, request_id=request.pk, now=LATER)

    refused(
        operations.GrantExpired,
        lambda: operations.open_file(
            actor=office.steward, request_id=request.pk, attachment_id=office.paper.pk, now=LATER
        ),
    )
    refused(
        operations.NotGranted,
        lambda: operations.end_access(actor=office.steward, request_id=request.pk, now=LATER),
    )


def test_a_rejected_and_a_withdrawn_request_open_nothing(office: Office) -> None:
    rejected, withdrawn = office.ask(office.steward), office.ask(office.desk)
    case = case_named_by(rejected)
    approvals.reject(
        actor=office.manager,
        case_id=case.pk,
        step_id=step_under_way(case).pk,
        text="无调查令",
        now=NOW,
    )
    approvals.withdraw(actor=office.desk, case_id=withdrawn.case_id or 0, text="不需要了", now=NOW)

    rejected.refresh_from_db()
    withdrawn.refresh_from_db()
    assert (rejected.state, withdrawn.state) == (AccessState.REJECTED, AccessState.WITHDRAWN)
    refused(
        operations.GrantMissing,
        lambda: operations.open_file(
            actor=office.steward, request_id=rejected.pk, attachment_id=office.paper.pk, now=NOW
        ),
    )


def test_who_sees_the_register_sees_his_project_only(office: Office) -> None:
    request = office.granted(office.steward)
    operations.open_file(
        actor=office.steward, request_id=request.pk, attachment_id=office.paper.pk, now=LATER
    )
    elsewhere = person("y", "front_desk", project_id=add_project("HT", "江湾").pk)
    colleague = person("z", "steward", project_id=office.project.pk)

    assert list(queries.requests(actor=office.desk)) == [request]
    assert queries.looks(actor=office.desk).count() == 1
    assert list(queries.requests(actor=office.steward)) == [request]
    assert not queries.looks(actor=office.steward).exists()
    for stranger in (elsewhere, colleague):
        assert not queries.requests(actor=stranger).exists()
        with pytest.raises(NotFound):
            queries.get_request(actor=stranger, request_id=request.pk)


def test_a_post_without_the_action_does_not_ask(office: Office) -> None:
    reader = person("lijianguo", "meter_reader", project_id=office.project.pk)
    refused(access.ActionDenied, lambda: office.ask(reader))
    elsewhere = person("y", "front_desk", project_id=add_project("HT", "江湾").pk)
    refused(NotFound, lambda: office.ask(elsewhere))


def test_a_look_is_not_taken_back(office: Office) -> None:
    request = office.granted(office.steward)
    look = operations.open_file(
        actor=office.steward, request_id=request.pk, attachment_id=office.paper.pk, now=LATER
    ).look
    for attempt in (look.delete, look.save):
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            attempt()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE records_accessrequest SET expires_at = expires_at + interval '1 year'",
        "UPDATE records_accessrequest SET state = 'WAITING'",
        "UPDATE records_accessrequest SET mode = 'COPY'",
        "UPDATE records_accessrequest SET registered_by_label = 'x', registered_by = 1",
        "DELETE FROM records_accessrequest",
    ],
)
def test_the_register_is_not_rewritten_even_by_sql(office: Office, statement: str) -> None:
    office.granted(office.steward)
    with (
        pytest.raises(DatabaseError, match=r"is not edited: ask anew"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


def test_what_was_given_back_is_not_opened_again_by_sql(office: Office) -> None:
    request = office.granted(office.steward)
    operations.end_access(actor=office.steward, request_id=request.pk, now=LATER)
    with pytest.raises(DatabaseError, match="is not edited"), transaction.atomic():
        AccessRequest.objects.filter(pk=request.pk).update(state=AccessState.GRANTED)


@pytest.mark.parametrize(
    ("width", "height"),
    [
        (595, 842),
        (842, 595),
        (2480, 3508),  # an A4 page of a scanner that says 72 dots an inch and means 300
        (2384, 3370),  # A0
        (200, 9000),  # a long picture of a telephone's screen
        (2000, 300),
    ],
)
def test_the_stamp_reaches_every_part_of_a_page(width: int, height: int) -> None:
    stamped = stamp(pdf(1, width, height), content_type="application/pdf", mark="王芳 #7")

    (page,) = PdfReader(io.BytesIO(stamped)).pages
    places: list[tuple[float, float]] = []

    def note(text: str, matrix: Any, place: Any, *_font: Any) -> None:
        if text.strip():
            x, y = place[4], place[5]
            places.append((
                (matrix[0] * x + matrix[2] * y + matrix[4]) / width,
                (matrix[1] * x + matrix[3] * y + matrix[5]) / height,
            ))  # fmt: skip

    page.extract_text(visitor_text=note)

    assert (page.mediabox.width, page.mediabox.height) == (width, height)
    for across in range(2):
        for up in range(3):
            assert any(
                across / 2 <= x <= (across + 1) / 2 and up / 3 <= y <= (up + 1) / 3
                for x, y in places
            ), (across, up)


def test_a_picture_that_takes_too_much_memory_is_not_stamped() -> None:
    with pytest.raises(NotStampable):
        stamp(png_head(20_000, 20_000), content_type="image/png", mark="x")
