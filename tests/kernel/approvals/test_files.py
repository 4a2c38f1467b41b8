"""Files on cases: a step that asks for one, who sees, adds and withdraws them."""

import io
from datetime import timedelta

import pytest

from kernel.access.actors import Actor
from kernel.approvals import files, operations
from kernel.approvals.models import Case, Signature
from kernel.documents import operations as documents
from kernel.documents import queries
from kernel.documents.models import Attachment
from kernel.errors import DomainError, NotFound
from tests import factories_properties as registry
from tests.factories import NOW
from tests.factories_approvals import (
    Effects,
    approve,
    line,
    person,
    publish,
    step,
    step_under_way,
    submit,
)
from tests.kernel.documents.samples import PDF

pytestmark = pytest.mark.usefixtures("tenant")


def attach(actor: Actor, case: Case) -> Attachment:
    return documents.attach(
        actor=actor,
        subject=case,
        project_id=case.project_id,
        upload=io.BytesIO(PDF),
        name="报价.pdf",
        now=NOW,
    )


def test_a_step_that_asks_for_a_file_is_signed_once_one_hangs_on_the_case(
    effects: Effects,
) -> None:
    publish(line(step("property_manager", attachment_required=True)))
    manager, clerk = person("m", "property_manager"), person("a", "steward")
    case = submit(clerk)
    with pytest.raises(operations.AttachmentMissing):
        approve(manager, case)
    assert not Signature.objects.filter(act="APPROVED").exists()

    file = attach(clerk, case)
    approve(manager, case)

    assert effects.of(case) == ["approved"]
    assert Signature.objects.get(act="APPROVED").attachment_ids == [file.pk]


def test_a_file_on_the_record_counts_and_a_withdrawn_one_does_not(effects: Effects) -> None:
    publish(line(step("property_manager", attachment_required=True)))
    manager, clerk = person("m", "property_manager"), person("a", "steward")
    unit = registry.add_unit(registry.add_project(), "1602")
    case = submit(clerk, subject=unit.household, project_id=unit.project_id)
    spoilt = attach(clerk, case)
    documents.withdraw(actor=clerk, attachment_id=spoilt.pk, reason="wrong", now=NOW)
    with pytest.raises(operations.AttachmentMissing):
        approve(manager, case)

    on_record = documents.attach(
        actor=person("f", "front_desk"),
        subject=unit.household,
        project_id=unit.project_id,
        upload=io.BytesIO(PDF),
        name="合同.pdf",
        now=NOW,
    )
    approve(manager, case)

    assert Signature.objects.get(act="APPROVED").attachment_ids == [on_record.pk]


def test_who_sees_the_case_sees_its_files_and_nobody_else(effects: Effects) -> None:
    publish(line(step("property_manager")))
    here, there = registry.add_project(), registry.add_project("HB", "湖滨")
    manager = person("m", "property_manager", project_id=here.pk)
    deputy = person("d", "property_manager", project_id=there.pk)
    clerk = person("a", "steward", project_id=here.pk)
    case = submit(clerk, project_id=here.pk)
    file = attach(clerk, case)
    with pytest.raises(NotFound):
        queries.open_attachment(actor=deputy, attachment_id=file.pk, now=NOW)
    with pytest.raises(NotFound):
        attach(deputy, case)

    operations.delegate(
        actor=manager,
        deputy_id=deputy.user_id or 0,
        valid_from=NOW.date(),
        valid_to=NOW.date() + timedelta(days=3),
        reason="away",
        now=NOW,
    )

    for actor in (clerk, manager, deputy):
        assert queries.open_attachment(actor=actor, attachment_id=file.pk, now=NOW)[1] == PDF
        attach(actor, case)
    assert Attachment.objects.count() == 4


def test_a_reader_adds_nothing_and_a_finished_case_takes_nothing(effects: Effects) -> None:
    publish(line(step("property_manager")))
    manager, clerk = person("m", "property_manager"), person("a", "steward")
    reader = person("x", "company_admin")
    case = submit(clerk)
    with pytest.raises(files.NotASigner):
        attach(reader, case)
    approve(manager, case)
    with pytest.raises(files.CaseClosed):
        attach(clerk, case)
    assert Attachment.objects.count() == 0


def test_a_file_on_which_a_signature_rests_stays(effects: Effects) -> None:
    publish(line(step("property_manager", attachment_required=True), step("company_gm")))
    manager, clerk = person("m", "property_manager"), person("a", "steward")
    person("g", "company_gm")
    case = submit(clerk)
    file = attach(clerk, case)

    def withdraw(actor: Actor, expected: type[DomainError]) -> None:
        with pytest.raises(expected):
            documents.withdraw(actor=actor, attachment_id=file.pk, reason="no", now=NOW)

    withdraw(manager, files.FileOfAnother)
    approve(manager, case)
    withdraw(clerk, files.FileSigned)
    file.refresh_from_db()
    assert file.withdrawn_at is None
    assert step_under_way(case).key == "company_gm"
