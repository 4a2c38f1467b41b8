"""What of the modules there are is due when, and what goes with it (handbook 03 G)."""

import io
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest

from kernel import access
from kernel.approvals import operations as approvals
from kernel.approvals.models import Case
from kernel.documents import operations as documents
from kernel.documents import storage, tasks
from kernel.documents.models import Attachment
from kernel.imports import operations as imports
from kernel.imports.models import ImportBatch, ImportFile
from kernel.imports.rehearsal import SheetGone, open_file
from kernel.jobs import runner
from kernel.jobs.models import Job
from kernel.notifications.models import Delivery, Notification
from kernel.policies.operations import set_value
from kernel.records import operations, retention
from kernel.records.models import Disposal, DisposalState
from kernel.records.queries.retention import Due, due
from services.properties.models import Occupancy, Project, Unit
from services.properties.operations import NewOwner, PartyDetails, transfer_ownership
from services.properties.queries import papers_set_aside
from tenants.companies.models import Company
from tests.factories import NOW, TODAY, add_user
from tests.factories_approvals import (
    approve,
    case_named_by,
    line,
    paper_kind,
    person,
    publish,
    step,
)
from tests.factories_approvals import submit as submit_paper
from tests.factories_properties import add_home, add_party, add_project

ADDED = datetime(2026, 11, 9, 2, 0, tzinfo=UTC)
OVER_3, OVER_10 = date(2029, 11, 9), date(2036, 11, 9)


@pytest.fixture
def home(tenant: Company) -> Unit:
    assert tasks.discard_content is not None  # registers the work
    approvals.seed_chains(NOW)
    return add_home(add_project("YL", "云麓花园"), "101")


def due_of(project: Project, today: date, key: str) -> list[Due]:
    rows = due(actor=access.SYSTEM, project_id=project.pk, today=today)
    return [row for row in rows if row.record_class.key == key]


def on(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 2, 0, tzinfo=UTC)


def dispose(project: Project, row: Due, today: date) -> Disposal:
    """Put one record on a list and have it approved, as people do."""
    desk = person("wangfang", "front_desk", project_id=project.pk)
    manager = person("sunqiang", "mo_manager", project_id=project.pk)
    disposal = operations.list_for_disposal(
        actor=desk, project_id=project.pk, keys=(row.key,), note="到期", now=on(today), today=today
    )
    approve(manager, case_named_by(disposal), now=on(today))
    disposal.refresh_from_db()
    assert disposal.state == DisposalState.DONE
    return disposal


def attach(unit: Unit, kind: str, *, is_secret: bool = False, now: datetime = ADDED) -> Attachment:
    return documents.attach(
        actor=access.SYSTEM,
        subject=unit.household,
        project_id=unit.project_id,
        upload=io.BytesIO(b"%PDF-1.7\n%%EOF\n"),
        name="notice.pdf",
        kind=kind,
        is_secret=is_secret,
        now=now,
    )


def test_every_class_says_what_goes_and_how_long_it_is_kept() -> None:
    kept = {one.key: one.setting for one in retention.classes()}

    assert kept == {
        "books": "",
        "case-file": "retention.finance_years",
        "claim-file": "retention.finance_years",
        "contracts": "",
        "former-owner": "retention.former_owner_years",
        "former-owner-paper": "retention.former_owner_years",
        "goods-file": "retention.finance_years",
        "import-sheet": "retention.default_years",
        "invoice-file": "retention.finance_years",
        "notice-log": "retention.default_years",
        "objection-file": "retention.finance_years",
        "order-file": "retention.finance_years",
        "owner-file": "archive.owner_file_retention",
        "payment-notice": "retention.finance_years",
        "purchases": "",
        "quote-file": "retention.finance_years",
        "receipt-file": "retention.finance_years",
        "registers": "",
        "request-file": "retention.finance_years",
        "round-file": "retention.finance_years",
        "stock-books": "",
    }
    for one in retention.classes():
        assert str(one.goes)
        assert not one.setting or (one.ended is not None and one.dispose is not None)


def test_a_current_owners_papers_are_kept_for_ever_unless_the_company_says_otherwise(
    home: Unit,
) -> None:
    """SH-26: permanent; a company may choose 30, 20 or 10 years."""
    paper, open_paper = attach(home, "id-copy", is_secret=True), attach(home, "floor-plan")
    of_former = attach(home, "id-copy", is_secret=True, now=datetime(2020, 1, 1, tzinfo=UTC))
    Occupancy.objects.create(
        unit=home, party=add_party("陈旧"), role="OWNER", valid_to=date(2021, 1, 1)
    )
    far = date(2199, 1, 1)
    assert due_of(home.project, far, "owner-file") == []

    set_value(
        actor=access.SYSTEM, key="archive.owner_file_retention", text="10_years", now=NOW,
        today=TODAY,
    )  # fmt: skip

    assert due_of(home.project, OVER_10 - timedelta(days=1), "owner-file") == []
    (row,) = due_of(home.project, OVER_10, "owner-file")
    assert (row.object_id, row.years) == (paper.pk, 10)
    (former,) = due_of(home.project, OVER_10, "former-owner-paper")
    assert former.object_id == of_former.pk

    dispose(home.project, row, OVER_10)
    paper.refresh_from_db()
    open_paper.refresh_from_db()
    assert paper.withdrawn_at == on(OVER_10)
    assert open_paper.withdrawn_at is None


def test_a_payment_notice_is_kept_ten_years_then_its_content_goes(home: Unit) -> None:
    notice, other = attach(home, "payment-notice"), attach(home, "id-copy")
    project = home.project

    assert due_of(project, OVER_10 - timedelta(days=1), "payment-notice") == []
    (row,) = due_of(project, OVER_10, "payment-notice")
    assert (row.object_id, row.ended_on, row.due_on, row.years) == (
        notice.pk, date(2026, 11, 9), OVER_10, 10,
    )  # fmt: skip

    dispose(project, row, OVER_10)
    assert storage.read(notice.storage_key)  # until the job has run
    runner.run(Job.objects.get(kind="documents.discard-content").pk, lambda: NOW)

    notice.refresh_from_db()
    assert notice.withdrawn_at == on(OVER_10)
    with pytest.raises(FileNotFoundError):
        storage.read(notice.storage_key)
    assert storage.read(other.storage_key)
    assert due_of(project, OVER_10, "payment-notice") == []


def test_a_former_owners_papers_go_three_years_after_he_sold_and_the_new_ones_stay(
    home: Unit,
) -> None:
    """SH-23: the former owner's file is moved aside and kept three years; the rest for ever."""
    sold = date(2026, 12, 1)
    old = attach(home, "id-copy", is_secret=True)
    open_paper = attach(home, "floor-plan")
    transfer_ownership(
        actor=access.SYSTEM,
        unit_ids=[home.pk],
        owners=[NewOwner(party=PartyDetails(name="林晓"))],
        effective_on=sold,
        now=ADDED,
    )
    new = attach(home, "id-copy", is_secret=True, now=on(sold))
    project, over = home.project, date(2029, 12, 1)

    assert papers_set_aside(household_id=home.household_id, today=sold - timedelta(days=1)) == {}
    assert papers_set_aside(household_id=home.household_id, today=sold) == {old.pk: sold}
    assert due_of(project, over - timedelta(days=1), "former-owner-paper") == []
    (row,) = due_of(project, over, "former-owner-paper")
    assert (row.object_id, row.ended_on, row.due_on) == (old.pk, sold, over)

    dispose(project, row, over)
    runner.run(Job.objects.get(kind="documents.discard-content").pk, lambda: NOW)

    with pytest.raises(FileNotFoundError):
        storage.read(old.storage_key)
    for kept in (open_paper, new):
        kept.refresh_from_db()
        assert kept.withdrawn_at is None
        assert storage.read(kept.storage_key)
    assert due_of(project, over, "former-owner-paper") == []


def test_a_file_withdrawn_before_goes_as_well_and_once(home: Unit) -> None:
    notice = attach(home, "payment-notice")
    documents.withdraw(actor=access.SYSTEM, attachment_id=notice.pk, reason="wrong", now=ADDED)
    (row,) = due_of(home.project, OVER_10, "payment-notice")

    dispose(home.project, row, OVER_10)
    job = Job.objects.get(kind="documents.discard-content")
    runner.run(job.pk, lambda: NOW)
    tasks.discard_content(runner.Progress(job, lambda: NOW))  # sent twice

    notice.refresh_from_db()
    assert notice.withdrawal_reason == "wrong"
    assert due_of(home.project, OVER_10, "payment-notice") == []


def test_a_rejected_list_removes_nothing(home: Unit) -> None:
    notice = attach(home, "payment-notice")
    (row,) = due_of(home.project, OVER_10, "payment-notice")
    desk = person("wangfang", "front_desk", project_id=home.project_id)
    manager = person("sunqiang", "mo_manager", project_id=home.project_id)
    disposal = operations.list_for_disposal(
        actor=desk,
        project_id=home.project_id,
        keys=(row.key,),
        note="到期",
        now=NOW,
        today=OVER_10,
    )
    approvals.reject(
        actor=manager,
        case_id=case_named_by(disposal).pk,
        step_id=case_named_by(disposal).steps.get(state="ACTIVE").pk,
        text="还要用",
        now=NOW,
    )

    notice.refresh_from_db()
    assert notice.withdrawn_at is None
    assert not Job.objects.filter(kind="documents.discard-content").exists()
    assert [row.object_id for row in due_of(home.project, OVER_10, "payment-notice")] == [notice.pk]


def test_an_uploaded_sheet_is_kept_three_years(home: Unit) -> None:
    batch = imports.upload(
        actor=access.SYSTEM,
        kind="unit-ledger",
        project_id=home.project_id,
        file_name="ledger.csv",
        content="房号,业主姓名,建筑面积\n1-1-101,陈志远,90.5\n".encode(),
        options={},
        now=ADDED,
    )
    (row,) = due_of(home.project, OVER_3, "import-sheet")
    assert due_of(home.project, OVER_3 - timedelta(days=1), "import-sheet") == []

    dispose(home.project, row, OVER_3)

    assert not ImportFile.objects.exists()
    assert ImportBatch.objects.get() == batch
    with pytest.raises(SheetGone):
        open_file(ImportBatch.objects.get())
    assert due_of(home.project, OVER_3, "import-sheet") == []


def test_the_log_of_notices_goes_by_whole_months(home: Unit) -> None:
    user = add_user("chen")
    other = add_project("HB", "湖滨")
    for project_id, moment in (
        (home.project_id, datetime(2026, 10, 31, 15, 59, tzinfo=UTC)),  # 23:59 in Shanghai
        (home.project_id, datetime(2026, 10, 31, 16, 0, tzinfo=UTC)),  # November there
        (other.pk, datetime(2026, 10, 5, tzinfo=UTC)),
        (None, datetime(2026, 10, 5, tzinfo=UTC)),
    ):
        notice = Notification.objects.create(
            user=user, kind="x", subject="x", project_id=project_id, created_at=moment
        )
        Delivery.objects.create(notification=notice, channel="mail", due_at=moment)
    today = date(2029, 11, 9)  # October is over three years ago, November is not

    (row,) = due_of(home.project, today, "notice-log")
    assert (row.label, row.ended_on) == ("2026-10", date(2026, 10, 31))
    dispose(home.project, row, today)

    assert Notification.objects.filter(created_at__lt=ADDED).count() == 3
    assert Delivery.objects.filter(notification__created_at__lt=ADDED).count() == 3
    assert due_of(home.project, today, "notice-log") == []


@pytest.fixture
def kind() -> Iterator[None]:
    with paper_kind():
        yield


@pytest.mark.usefixtures("kind")
def test_a_cases_file_counts_from_its_end(home: Unit) -> None:
    publish(line(step("property_manager")))
    clerk = person("zhouting", "collector", project_id=home.project_id)
    manager = person("fangqiming", "property_manager", project_id=home.project_id)
    case = submit_paper(clerk, project_id=home.project_id)
    file = documents.attach(
        actor=clerk,
        subject=case,
        project_id=home.project_id,
        upload=io.BytesIO(b"%PDF-1.7\n%%EOF\n"),
        name="reason.pdf",
        now=ADDED,
    )
    assert due_of(home.project, OVER_10, "case-file") == []

    approve(manager, case, now=ADDED + timedelta(days=30))

    assert due_of(home.project, OVER_10, "case-file") == []
    (row,) = due_of(home.project, OVER_10 + timedelta(days=30), "case-file")
    assert row.object_id == file.pk
    assert Case.objects.get(pk=case.pk).state == "APPROVED"


def test_another_projects_files_are_not_due_here(home: Unit) -> None:
    attach(home, "payment-notice")

    assert due_of(add_project("HB", "湖滨"), OVER_10, "payment-notice") == []
