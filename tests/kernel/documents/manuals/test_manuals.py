"""Controlled manuals: scenario S-56, and everything that is refused on the way."""

from operator import attrgetter
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from kernel import access
from kernel.access.actors import Actor
from kernel.approvals import operations as approvals
from kernel.approvals.models import StepState
from kernel.documents.manuals import copies, operations, papers, queries, rules
from kernel.documents.models import (
    Manual,
    ManualCopy,
    ManualPage,
    ManualRelease,
    ManualRevision,
    RevisionState,
)
from kernel.errors import NotFound
from kernel.identity import leaving
from kernel.notifications.models import Notification
from tenants.companies.models import Company
from tests import factories_manuals as factories
from tests import factories_properties as registry
from tests.factories import NOW, TODAY, add_actor, add_user
from tests.factories_approvals import case_named_by
from tests.factories_manuals import Desk
from tests.kernel.documents.printing.pdf import pages_of


@pytest.fixture
def desk(tenant: Company) -> Desk:
    return factories.open_desk()


@pytest.fixture
def manual(desk: Desk) -> Manual:
    """A manual whose A0 is in force."""
    return factories.in_force(desk, factories.draft(desk)).manual


def issue(desk: Desk, manual: Manual, holder_id: int, **values: Any) -> ManualCopy:
    return copies.issue_copy(
        actor=desk.preparer, manual_id=manual.pk, holder_id=holder_id, now=NOW, **values
    )


def next_revision(desk: Desk, manual: Manual) -> ManualRevision:
    revision = operations.draft_revision(actor=desk.preparer, manual_id=manual.pk, now=NOW)
    return factories.write(
        desk, revision, "## 5.2 回访\n　　24 小时内回访。", "5.2", "回访时限改为 24 小时"
    )


def test_s56_a_manual_goes_from_a0_to_a1_and_copy_7_comes_back(desk: Desk) -> None:
    factories.use_numbers_of("JYHT", taken=9)
    manual = factories.in_force(desk, factories.draft(desk)).manual
    holders = [add_user(f"holder{number}", name=f"持有人{number}") for number in range(1, 13)]
    held = [issue(desk, manual, holder.pk) for holder in holders]
    assert manual.number == "JYHT-KF-10"
    assert [copy.number for copy in held] == list(range(1, 13))

    # Prepared, reviewed, approved by three people; without the last signature not in force.
    revision = next_revision(desk, manual)
    case = operations.submit(actor=desk.preparer, revision_id=revision.pk, now=NOW)
    with pytest.raises(operations.NotApproved):
        operations.put_in_force(actor=desk.preparer, revision_id=revision.pk, now=NOW, today=TODAY)
    factories.sign(desk.reviewer, case)
    with pytest.raises(operations.NotApproved):
        operations.put_in_force(actor=desk.preparer, revision_id=revision.pk, now=NOW, today=TODAY)
    factories.sign(desk.approver, case)
    operations.put_in_force(actor=desk.preparer, revision_id=revision.pk, now=NOW, today=TODAY)

    revision.refresh_from_db()
    assert (revision.mark, revision.state) == ("A1", RevisionState.IN_FORCE)
    assert (revision.prepared_by, revision.reviewed_by, revision.approved_by) == (
        desk.preparer.user_id,
        desk.reviewer.user_id,
        desk.approver.user_id,
    )
    assert [(each.mark, each.state) for each in queries.revision_page(revision)] == [
        ("A0", RevisionState.SUPERSEDED),
        ("A1", RevisionState.IN_FORCE),
    ]

    # Twelve holders get the new pages, are told, and one puts them in.
    assert ManualPage.objects.filter(revision=revision).count() == 12
    assert Notification.objects.filter(kind="manuals.new-pages").count() == 12 * 2
    first = access.Actor(label=holders[0].label, user_id=holders[0].pk)
    copies.acknowledge(actor=add_viewer(holders[0].pk, first), copy_id=held[0].pk, now=NOW)
    assert ManualPage.objects.filter(revision=revision, acknowledged_at__isnull=False).count() == 1

    # Copy 7 comes back from a holder who transfers, and goes to his successor.
    copies.return_copy(actor=desk.preparer, copy_id=held[6].pk, note="调往湖滨项目", now=NOW)
    assert list(queries.copies_held_by(holders[6].pk)) == []
    successor = issue(desk, manual, add_user("successor").pk)
    register = queries.copies(actor=desk.preparer, manual=manual)
    assert successor.number == 7
    assert register.filter(returned_at__isnull=True).count() == 12
    returned = register.get(returned_at__isnull=False)
    assert (returned.number, returned.holder_label, returned.return_note) == (
        7,
        holders[6].label,
        "调往湖滨项目",
    )
    assert returned.returned_to_label == desk.preparer.label

    # To a vendor it goes only with an approval, his name across the pages.
    release = papers.request_release(
        actor=desk.preparer,
        revision_id=revision.pk,
        recipient="恒通保洁公司",
        purpose="驻场培训",
        now=NOW,
    )
    with pytest.raises(papers.ReleaseNotApproved):
        papers.send_outside(actor=desk.preparer, release_id=release.pk, language="zh-hans", now=NOW)
    factories.sign(desk.approver, case_named_by(release))
    _release, pdf = papers.send_outside(
        actor=desk.preparer, release_id=release.pk, language="zh-hans", now=NOW
    )
    pages = pages_of(pdf)
    assert all("恒通保洁公司" in page for page in pages)
    assert "JYHT-KF-10" in pages[0]


def add_viewer(user_id: int, actor: access.Actor) -> access.Actor:
    """Return the person with what everybody of the staff may."""
    return access.Actor(
        label=actor.label,
        user_id=user_id,
        grants=frozenset({access.Grant(access.Action.MANUAL_VIEW, None)}),
    )


def test_the_paper_bears_its_header_and_all_changes(desk: Desk, manual: Manual) -> None:
    factories.in_force(desk, next_revision(desk, manual))
    revision = ManualRevision.objects.get(state=RevisionState.IN_FORCE)

    _revision, pdf = papers.print_copy(
        actor=desk.preparer, revision_id=revision.pk, language="zh-hans", now=NOW
    )

    pages = pages_of(pdf)
    assert len(pages) == 2
    for page in pages:
        assert manual.number in page
        assert "版本：A修订：1" in page
        assert "编制：zhaomin审核：zonghe批准：fangqiming" in page
    assert "首次发布" in pages[1]
    assert "回访时限改为24小时" in pages[1]


def test_a_superseded_paper_is_readable_and_marked(desk: Desk, manual: Manual) -> None:
    old = ManualRevision.objects.get(manual=manual)
    factories.in_force(desk, next_revision(desk, manual))

    _revision, pdf = papers.print_copy(
        actor=desk.preparer, revision_id=old.pk, language="en", now=NOW
    )

    assert all("SUPERSEDED" in page for page in pages_of(pdf))


def test_only_holders_take_it_with_them_and_all_read_it(desk: Desk, manual: Manual) -> None:
    reader = add_actor("liu", "meter_reader")
    revision = ManualRevision.objects.get()

    assert queries.get_revision(actor=reader, revision_id=revision.pk) == revision
    with pytest.raises(papers.HoldersOnly):
        papers.print_copy(actor=reader, revision_id=revision.pk, language="en", now=NOW)

    assert reader.user_id is not None
    copy = issue(desk, manual, reader.user_id)
    _revision, pdf = papers.print_copy(
        actor=reader, revision_id=revision.pk, language="en", now=NOW
    )
    assert f"Copyno.{copy.number},liu" in pages_of(pdf)[0]


def test_nobody_signs_what_he_prepared(desk: Desk) -> None:
    revision = factories.draft(desk)
    case = operations.submit(actor=desk.preparer, revision_id=revision.pk, now=NOW)
    step = case.steps.get(state=StepState.ACTIVE)

    with pytest.raises(approvals.OwnPaper):
        approvals.approve(actor=desk.preparer, case_id=case.pk, step_id=step.pk, now=NOW)
    revision.refresh_from_db()
    assert revision.state == RevisionState.SUBMITTED


def test_a_rejected_revision_is_a_draft_again_and_may_be_submitted_anew(desk: Desk) -> None:
    revision = factories.draft(desk)
    case = operations.submit(actor=desk.preparer, revision_id=revision.pk, now=NOW)
    step = case.steps.get(state=StepState.ACTIVE)
    approvals.reject(
        actor=desk.reviewer, case_id=case.pk, step_id=step.pk, text="第2条有误", now=NOW
    )
    revision.refresh_from_db()
    assert revision.state == RevisionState.DRAFT

    factories.write(desk, revision, "## 1\n改", "全部", "首次发布")
    assert factories.approved(desk, revision).state == RevisionState.APPROVED


@pytest.mark.parametrize(
    ("edition", "revision", "is_new", "following"),
    [
        ("A", 0, False, ("A", 1)),
        ("A", 9, False, ("B", 0)),
        ("A", 3, True, ("B", 0)),
        ("Y", 9, False, ("Z", 0)),
    ],
)
def test_marks_follow_each_other(
    edition: str,
    revision: int,
    is_new: bool,  # noqa: FBT001 - of the table above
    following: tuple[str, int],
) -> None:
    assert rules.next_mark(edition, revision, is_new_edition=is_new) == following


def test_after_z9_there_is_none() -> None:
    with pytest.raises(rules.EditionsUsedUp):
        rules.next_mark("Z", 9, is_new_edition=False)


def test_one_revision_is_under_way_at_a_time(desk: Desk, manual: Manual) -> None:
    revision = next_revision(desk, manual)

    with pytest.raises(operations.RevisionUnderWay):
        operations.draft_revision(actor=desk.preparer, manual_id=manual.pk, now=NOW)

    operations.discard_draft(actor=desk.preparer, revision_id=revision.pk, now=NOW)
    again = operations.draft_revision(actor=desk.preparer, manual_id=manual.pk, now=NOW)
    assert again.mark == "A1"


def test_what_was_submitted_is_not_edited(desk: Desk) -> None:
    revision = factories.draft(desk)
    operations.submit(actor=desk.preparer, revision_id=revision.pk, now=NOW)

    with pytest.raises(operations.RevisionNotDraft):
        factories.write(desk, revision, "other", "1", "x")
    with pytest.raises(operations.RevisionNotDraft):
        operations.submit(actor=desk.preparer, revision_id=revision.pk, now=NOW)
    for statement in (
        "UPDATE documents_manualrevision SET body = 'x'",
        "DELETE FROM documents_manualrevision",
    ):
        with (
            pytest.raises(IntegrityError, match="not edited"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)


def test_the_database_wants_three_signatures(desk: Desk) -> None:
    revision = factories.draft(desk)

    with pytest.raises(IntegrityError, match="three_signatures"), transaction.atomic():
        ManualRevision.objects.filter(pk=revision.pk).update(
            state=RevisionState.IN_FORCE,
            in_force_on=TODAY,
            reviewed_by=desk.preparer.user_id,
            approved_by=desk.approver.user_id,
        )


def test_two_people_do_not_overwrite_a_draft(desk: Desk) -> None:
    revision = factories.draft(desk)
    stale = revision.prepared_at.replace(year=2020)

    with pytest.raises(operations.RevisionNotDraft):
        operations.save_draft(
            actor=desk.preparer,
            revision_id=revision.pk,
            body="x",
            chapter="1",
            change="y",
            seen_at=stale,
            now=NOW,
        )


def test_a_copy_is_held_once(desk: Desk, manual: Manual) -> None:
    issue(desk, manual, add_user("one").pk, number=7)

    with pytest.raises(copies.CopyHeld):
        issue(desk, manual, add_user("two").pk, number=7)
    with pytest.raises(copies.CopyHeld):
        issue(desk, manual, ManualCopy.objects.get().holder_id)
    with pytest.raises(copies.HolderUnknown):
        issue(desk, manual, 987654)
    assert ManualCopy.objects.count() == 1


def test_a_copy_is_returned_once_and_acknowledged_by_its_holder(desk: Desk, manual: Manual) -> None:
    holder = add_actor("liu", "meter_reader")
    assert holder.user_id is not None
    copy = issue(desk, manual, holder.user_id)

    with pytest.raises(copies.NotTheHolder):
        copies.acknowledge(actor=desk.preparer, copy_id=copy.pk, now=NOW)
    with pytest.raises(access.ActionDenied):
        copies.return_copy(actor=holder, copy_id=copy.pk, now=NOW)
    assert queries.my_copies(actor=holder)[0].waiting is not None
    copies.acknowledge(actor=holder, copy_id=copy.pk, now=NOW)
    copies.acknowledge(actor=holder, copy_id=copy.pk, now=NOW)
    assert queries.my_copies(actor=holder)[0].waiting is None

    copies.return_copy(actor=desk.preparer, copy_id=copy.pk, now=NOW)
    with pytest.raises(copies.CopyReturned):
        copies.return_copy(actor=desk.preparer, copy_id=copy.pk, now=NOW)
    with pytest.raises(copies.CopyReturned):
        copies.acknowledge(actor=holder, copy_id=copy.pk, now=NOW)


def test_a_leaver_holds_his_copy_until_the_register_has_it_back(desk: Desk, manual: Manual) -> None:
    leaver = add_user("liu")
    copy = issue(desk, manual, leaver.pk)
    check = leaving.check_of("documents.manuals")
    assert check is not None

    (held,) = check.find(user_id=leaver.pk, today=TODAY)
    assert (held.ref, held.ends_by_itself) == (str(copy.pk), False)
    copies.return_copy(actor=desk.preparer, copy_id=copy.pk, note="离职", now=NOW)

    assert list(check.find(user_id=leaver.pk, today=TODAY)) == []


def test_a_rejected_request_is_never_sent(desk: Desk, manual: Manual) -> None:
    revision = ManualRevision.objects.get()
    release = papers.request_release(
        actor=desk.preparer, revision_id=revision.pk, recipient="甲公司", purpose="x", now=NOW
    )
    case = case_named_by(release)
    step = case.steps.get(state=StepState.ACTIVE)
    approvals.reject(actor=desk.approver, case_id=case.pk, step_id=step.pk, text="不同意", now=NOW)

    with pytest.raises(papers.ReleaseNotApproved):
        papers.send_outside(actor=desk.preparer, release_id=release.pk, language="en", now=NOW)
    assert ManualRelease.objects.get().sent_at is None


def test_drafts_are_seen_by_those_who_make_them(desk: Desk, manual: Manual) -> None:
    reader = add_actor("liu", "meter_reader")
    revision = next_revision(desk, manual)

    with pytest.raises(NotFound):
        queries.get_revision(actor=reader, revision_id=revision.pk)
    assert [each.mark for each in queries.revisions(actor=reader, manual=manual)] == ["A0"]
    assert [each.mark for each in queries.revisions(actor=desk.preparer, manual=manual)] == [
        "A1",
        "A0",
    ]
    with pytest.raises(access.ActionDenied):
        operations.draft_revision(actor=reader, manual_id=manual.pk, now=NOW)
    with pytest.raises(access.ActionDenied):
        copies.issue_copy(actor=reader, manual_id=manual.pk, holder_id=1, now=NOW)


def test_a_projects_manual_is_unknown_in_another(desk: Desk) -> None:
    project, other = registry.add_project("YL", "云麓"), registry.add_project("HB", "湖滨")
    revision = factories.in_force(desk, factories.draft(desk, project_id=project.pk))
    stranger: Actor = add_actor("sun", "meter_reader", project_id=other.pk)
    neighbour: Actor = add_actor("li", "meter_reader", project_id=project.pk)

    assert list(queries.manuals(actor=stranger)) == []
    with pytest.raises(NotFound):
        queries.get_revision(actor=stranger, revision_id=revision.pk)
    assert list(map(attrgetter("mark_in_force"), queries.manuals(actor=neighbour))) == ["A0"]
    with pytest.raises(NotFound):
        operations.create_manual(
            actor=add_actor("wang", "mo_manager", project_id=other.pk),
            title="x",
            department="KF",
            project_id=project.pk,
            now=NOW,
            today=TODAY,
        )
    assert Manual.objects.count() == 1


@pytest.mark.parametrize("department", ["", "客服", "K-F", "KFKFKFKFK", "{N}"])
def test_a_department_is_given_by_letters(desk: Desk, department: str) -> None:
    with pytest.raises(rules.DepartmentInvalid):
        operations.create_manual(
            actor=desk.preparer,
            title="x",
            department=department,
            project_id=None,
            now=NOW,
            today=TODAY,
        )
    assert Manual.objects.count() == 0


def test_no_manual_is_numbered_in_a_project_there_is_not(desk: Desk) -> None:
    before = Manual.objects.count()

    with pytest.raises(NotFound):
        operations.create_manual(
            actor=desk.preparer,
            title="规程",
            department="KF",
            project_id=999_999,
            now=NOW,
            today=TODAY,
        )

    assert Manual.objects.count() == before
