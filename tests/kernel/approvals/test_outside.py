"""Other systems are told what becomes of a case, once each, and not what it is about."""

import pytest

from kernel.approvals import operations
from kernel.approvals.models import Case
from kernel.outbox.models import Event, EventDelivery
from kernel.outbox.operations import add_endpoint
from tests.factories import NOW
from tests.factories_approvals import (
    Effects,
    add_paper,
    approve,
    line,
    person,
    publish,
    step,
    step_under_way,
    submit,
)

pytestmark = pytest.mark.usefixtures("tenant")


def told(case: Case) -> list[str]:
    found = Event.objects.filter(object_type="approvals.case", object_id=case.pk)
    return [name.rpartition(".")[2] for name in found.order_by("pk").values_list("name", flat=True)]


def test_an_approval_is_told_at_its_beginning_and_at_its_end(effects: Effects) -> None:
    add_endpoint(
        actor=person("x", "company_admin"),
        name="OA",
        url="https://oa.example.com/hook",
        events=["approvals.case.approved"],
        now=NOW,
    )
    publish(line(step("property_manager"), step("company_gm")))
    manager, gm = person("m", "property_manager"), person("g", "company_gm")
    case = submit(person("a", "internal_clerk"))

    approve(manager, case)
    assert told(case) == ["submitted"]
    approve(gm, case)

    assert told(case) == ["submitted", "approved"]
    sent = EventDelivery.objects.get().event
    assert sent.name == "approvals.case.approved"
    assert sent.data == {
        "number": case.number,
        "kind": case.kind,
        "of": {"type": case.subject_type, "id": case.subject_id},
    }


def test_a_rejection_a_new_try_and_a_withdrawal_are_told(effects: Effects) -> None:
    publish(line(step("property_manager")))
    clerk, manager = person("a", "internal_clerk"), person("m", "property_manager")
    paper = add_paper()
    case = submit(clerk, subject=paper)

    operations.reject(
        actor=manager, case_id=case.pk, step_id=step_under_way(case).pk, text="no", now=NOW
    )
    assert told(case) == ["submitted", "rejected"]
    submit(clerk, subject=paper)
    assert told(case) == ["submitted", "rejected", "submitted"]
    operations.withdraw(actor=clerk, case_id=case.pk, now=NOW)

    assert told(case) == ["submitted", "rejected", "submitted", "withdrawn"]
