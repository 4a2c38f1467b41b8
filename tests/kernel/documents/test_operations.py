"""Files on a household: kept, opened, withdrawn; refused before anything is written."""

import hashlib
import io
from typing import Any

import pytest
from django.core.files.storage import storages
from django.db import IntegrityError, connection, transaction
from django_tenants.utils import tenant_context

from kernel import access
from kernel.access.actors import Actor
from kernel.audit import operations as audit
from kernel.audit.models import AuditEntry
from kernel.crypto import NotReadable
from kernel.documents import kinds, operations, queries, storage
from kernel.documents.models import Attachment
from kernel.errors import NotFound
from kernel.models import ForeignObject
from services.properties.models import Household, Unit
from tenants.companies.models import Company
from tests import factories_properties as registry
from tests.factories import NOW, add_actor
from tests.kernel.documents.samples import EXE, PDF, png


@pytest.fixture
def household(tenant: Company) -> Household:
    return registry.add_unit(registry.add_project(), "1602").household


@pytest.fixture
def director(household: Household) -> Actor:
    return add_actor("zhaomin", "charging_director")


def attach(actor: Actor, household: Household, content: bytes = PDF, **values: Any) -> Attachment:
    return operations.attach(
        **{
            "actor": actor,
            "subject": household,
            "project_id": household.project_id,
            "upload": io.BytesIO(content),
            "name": "入住合同.pdf",
            "now": NOW,
            **values,
        }
    )


def kept(company: Company) -> set[str]:
    """Return the keys under which something of the company lies."""
    found: set[str] = set()
    folder = company.schema_name
    store = storages["attachments"]
    if not store.exists(folder):
        return found
    for part in store.listdir(folder)[0]:
        found |= {f"{folder}/{part}/{name}" for name in store.listdir(f"{folder}/{part}")[1]}
    return found


def test_a_file_is_kept_and_opened_as_it_came(
    tenant: Company, household: Household, director: Actor
) -> None:
    attachment = attach(director, household, kind="contract")

    assert list(queries.attachments_of(household)) == [attachment]
    assert attachment.sha256 == hashlib.sha256(PDF).hexdigest()
    assert (attachment.size_bytes, attachment.content_type) == (len(PDF), "application/pdf")
    assert (attachment.is_shown, attachment.is_image, attachment.is_scanned) == (True, False, False)
    row, content = queries.open_attachment(actor=director, attachment_id=attachment.pk, now=NOW)
    assert (row.name, content) == ("入住合同.pdf", PDF)
    entry = AuditEntry.objects.get(event="documents.file.attached")
    assert (entry.object_type, entry.object_id) == ("properties.household", household.pk)


def test_what_lies_in_the_store_is_sealed_and_names_nothing(
    tenant: Company, household: Household, director: Actor
) -> None:
    attachment = attach(director, household)

    with storages["attachments"].open(attachment.storage_key) as file:
        raw = file.read()
    assert PDF not in raw
    assert attachment.storage_key.startswith(f"{tenant.schema_name}/")
    assert "合同" not in attachment.storage_key


def test_another_companys_file_opens_nowhere_else(
    companies: dict[str, Company], household: Household, director: Actor
) -> None:
    attachment = attach(director, household)
    with storages["attachments"].open(attachment.storage_key) as file:
        raw = file.read()

    with tenant_context(companies["beta"]):
        with pytest.raises(ForeignObject):
            storage.read(attachment.storage_key)
        stolen = storages["attachments"].save(
            f"{companies['beta'].schema_name}/00/stolen", io.BytesIO(raw)
        )
        with pytest.raises(NotReadable):
            storage.read(stolen)


@pytest.mark.parametrize(
    ("content", "name", "refusal"),
    [
        (EXE, "合同.pdf", kinds.TypeRefused),
        (png(), "合同.pdf", kinds.ContentMismatch),
        (b"", "合同.pdf", kinds.FileEmpty),
        (PDF, "合同.exe", kinds.TypeRefused),
    ],
)
def test_what_is_refused_leaves_nothing(
    tenant: Company,
    household: Household,
    director: Actor,
    content: bytes,
    name: str,
    refusal: type[Exception],
) -> None:
    before = kept(tenant)

    with pytest.raises(refusal):
        attach(director, household, content, name=name)

    assert Attachment.objects.count() == 0
    assert AuditEntry.objects.filter(event__startswith="documents.").count() == 0
    assert kept(tenant) == before


def test_a_file_over_the_limit_is_refused(
    tenant: Company, household: Household, director: Actor, settings: Any
) -> None:
    settings.ATTACHMENT_MAX_BYTES = len(PDF)
    attach(director, household)

    with pytest.raises(operations.FileTooLarge):
        attach(director, household, PDF + b" ")
    assert Attachment.objects.count() == 1


def test_nothing_stays_in_the_store_when_the_row_is_refused(
    tenant: Company, household: Household, director: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = kept(tenant)

    def fail(**_values: Any) -> None:
        raise RuntimeError("the record cannot be written")

    monkeypatch.setattr(audit, "record", fail)
    with pytest.raises(RuntimeError):
        attach(director, household)

    assert Attachment.objects.count() == 0
    assert kept(tenant) == before


def test_only_who_may_change_the_record_adds_files(household: Household) -> None:
    reader = add_actor("liu", "meter_reader", project_id=household.project_id)

    with pytest.raises(access.ActionDenied):
        attach(reader, household)
    assert Attachment.objects.count() == 0


def test_files_of_another_project_do_not_exist(household: Household, director: Actor) -> None:
    other = registry.add_project("HB", "湖滨")
    stranger = add_actor("sun", "charging_director", project_id=other.pk)
    attachment = attach(director, household)

    with pytest.raises(NotFound):
        queries.open_attachment(actor=stranger, attachment_id=attachment.pk, now=NOW)
    with pytest.raises(NotFound):
        attach(stranger, household)
    with pytest.raises(NotFound):
        operations.withdraw(actor=stranger, attachment_id=attachment.pk, reason="wrong", now=NOW)
    attachment.refresh_from_db()
    assert attachment.withdrawn_at is None


def test_every_look_at_a_secret_file_is_written_down(household: Household, director: Actor) -> None:
    reader = add_actor("liu", "meter_reader", project_id=household.project_id)
    unit = Unit.objects.filter(household=household).earliest("pk")
    attachment = attach(director, household, subject=unit, is_secret=True)

    queries.open_attachment(actor=director, attachment_id=attachment.pk, now=NOW)
    with pytest.raises(access.ActionDenied):
        queries.open_attachment(actor=reader, attachment_id=attachment.pk, now=NOW)

    looks = AuditEntry.objects.filter(event="documents.secret-file.opened")
    assert [look.actor_id for look in looks] == [director.user_id]


def test_a_withdrawn_file_is_opened_by_nobody_and_its_row_stays(
    household: Household, director: Actor
) -> None:
    attachment = attach(director, household)

    operations.withdraw(
        actor=director, attachment_id=attachment.pk, reason=" wrong  household ", now=NOW
    )

    with pytest.raises(NotFound):
        queries.open_attachment(actor=director, attachment_id=attachment.pk, now=NOW)
    assert list(queries.attachments_of(household)) == []
    (row,) = queries.all_attachments_of(household)
    assert (row.withdrawal_reason, row.withdrawn_by_label) == ("wrong household", director.label)
    with pytest.raises(operations.AlreadyWithdrawn):
        operations.withdraw(actor=director, attachment_id=attachment.pk, reason="again", now=NOW)


@pytest.mark.parametrize("reason", ["", "  ", "x" * 201])
def test_withdrawing_takes_a_reason(household: Household, director: Actor, reason: str) -> None:
    attachment = attach(director, household)

    with pytest.raises(operations.ReasonNeeded):
        operations.withdraw(actor=director, attachment_id=attachment.pk, reason=reason, now=NOW)
    assert Attachment.objects.get().withdrawn_at is None


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE documents_attachment SET sha256 = 'x'",
        "UPDATE documents_attachment SET name = 'other.pdf'",
        "DELETE FROM documents_attachment",
    ],
)
def test_the_database_refuses_to_edit_or_remove_a_file(
    household: Household, director: Actor, statement: str
) -> None:
    attach(director, household)

    with (
        pytest.raises(IntegrityError, match="not edited"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


def test_a_record_that_carries_no_files_is_a_bug(household: Household, director: Actor) -> None:
    with pytest.raises(LookupError):
        operations.attach(
            actor=director,
            subject=household.project,
            project_id=household.project_id,
            upload=io.BytesIO(PDF),
            name="a.pdf",
            now=NOW,
        )
