"""Controlled manuals for tests, by the operations that people use."""

from dataclasses import dataclass

from kernel.access.actors import Actor
from kernel.approvals import operations as approvals
from kernel.approvals.models import Case, StepState
from kernel.approvals.operations import seed_chains
from kernel.documents import numbers
from kernel.documents.manuals import operations
from kernel.documents.models import ManualRevision, NumberSeries
from tests.factories import NOW, TODAY, add_actor


@dataclass
class Desk:
    """Who prepares and keeps manuals, who reviews and who approves them."""

    preparer: Actor
    reviewer: Actor
    approver: Actor


def open_desk() -> Desk:
    seed_chains(NOW)
    return Desk(
        add_actor("zhaomin", "charging_director"),
        add_actor("zonghe", "general_office"),
        add_actor("fangqiming", "property_manager"),
    )


def sign(actor: Actor, case: Case) -> None:
    """Sign the step that waits."""
    step = case.steps.get(state=StepState.ACTIVE)
    approvals.approve(actor=actor, case_id=case.pk, step_id=step.pk, now=NOW)


def draft(
    desk: Desk, *, title: str = "客户投诉处理规程", project_id: int | None = None
) -> ManualRevision:
    revision = operations.create_manual(
        actor=desk.preparer,
        title=title,
        department="KF",
        project_id=project_id,
        now=NOW,
        today=TODAY,
    )
    return write(desk, revision, "## 1 目的\n　　规范客户投诉。", "全部", "首次发布")


def write(
    desk: Desk, revision: ManualRevision, body: str, chapter: str, change: str
) -> ManualRevision:
    return operations.save_draft(
        actor=desk.preparer,
        revision_id=revision.pk,
        body=body,
        chapter=chapter,
        change=change,
        now=NOW,
    )


def approved(desk: Desk, revision: ManualRevision) -> ManualRevision:
    case = operations.submit(actor=desk.preparer, revision_id=revision.pk, now=NOW)
    sign(desk.reviewer, case)
    sign(desk.approver, case)
    revision.refresh_from_db()
    return revision


def in_force(desk: Desk, revision: ManualRevision) -> ManualRevision:
    approved(desk, revision)
    return operations.put_in_force(
        actor=desk.preparer, revision_id=revision.pk, now=NOW, today=TODAY
    )


def use_numbers_of(company: str, taken: int) -> None:
    """Let manuals be called JYHT-KF-nn, the first ``taken`` of them given already."""
    NumberSeries.objects.create(key="manual", pattern=f"{company}-{{DEPT}}-{{NN}}", is_gapless=True)
    for _number in range(taken):
        numbers.next_number(series="manual", project_id=None, on=TODAY, values={"DEPT": "KF"})
