from datetime import timedelta
from typing import Any

import pytest
from django.db.models import ForeignObjectRel

from kernel.access import ActionDenied
from kernel.access.actors import Actor
from kernel.audit.models import AuditEntry
from kernel.errors import NotFound
from kernel.imports import operations, queries
from kernel.imports.importer import importers
from kernel.imports.models import BatchState, ImportBatch, ImportChange, ImportProblem
from kernel.jobs import operations as jobs
from kernel.jobs import runner
from kernel.jobs.models import Job
from services.properties.models import Building, Household, Project, Unit
from tests.data import bad_files
from tests.factories import NOW, add_actor
from tests.kernel.imports.buildings import BuildingImporter, PrefixTooLong

LEDGER = "楼号,名称,层数\n1,一号楼,18\n2,,18\n3,三号楼,many\n合计,2\n"
LATER = NOW + timedelta(minutes=5)


def upload(actor: Actor, project: Project, text: str = LEDGER, **options: Any) -> ImportBatch:
    return operations.upload(
        actor=actor,
        kind="test-buildings",
        project_id=project.pk,
        file_name="台账.csv",
        content=text.encode("gb18030"),
        options=options,
        now=NOW,
    )


def commit(actor: Actor, batch: ImportBatch) -> ImportBatch:
    return operations.commit(actor=actor, batch_id=batch.pk, now=NOW)


def undo(actor: Actor, batch: ImportBatch) -> ImportBatch:
    return operations.undo(actor=actor, batch_id=batch.pk, now=LATER)


def test_a_rehearsal_counts_and_explains_and_writes_nothing_else(
    director: Actor, project: Project
) -> None:
    batch = upload(director, project)

    assert batch.state == BatchState.REHEARSED
    assert batch.mapping == {"code": 0, "name": 1, "floors": 2}
    assert batch.counts == {
        "rows": 3, "accepted": 2, "rejected": 1, "created": 2, "changed": 0, "unchanged": 0,
        "noted": 1, "ignored": 1, "ignored_rows": [5], "objects": {"buildings": 2},
    }  # fmt: skip
    assert (batch.encoding, batch.file_kind, batch.header_rows) == ("gb18030", "csv", [1])
    assert queries.sample_of(batch=batch)[0] == ["1", "一号楼", "18"]
    assert list(
        queries.problems(batch=batch).values_list("row_number", "field", "code", "severity", "raw")
    ) == [(3, "name", "missing", "ERROR", ""), (4, "floors", "not-a-number", "WARNING", "many")]
    assert not Building.objects.exists()


def test_a_commit_writes_what_was_shown_and_says_who(director: Actor, project: Project) -> None:
    batch = commit(director, upload(director, project))

    assert batch.state == BatchState.COMMITTED
    assert (batch.committed_by, batch.committed_at) == (director.user_id, NOW)
    assert list(Building.objects.order_by("code").values_list("code", "name")) == [
        ("1", "一号楼"),
        ("3", "三号楼"),
    ]
    events = AuditEntry.objects.filter(
        object_type="imports.importbatch", object_id=batch.pk
    ).order_by("pk")
    assert list(events.values_list("event", flat=True)) == [
        "imports.batch.uploaded",
        "imports.batch.committed",
    ]


def test_a_second_commit_does_nothing(director: Actor, project: Project) -> None:
    batch = commit(director, upload(director, project))

    assert commit(director, batch).state == BatchState.COMMITTED
    assert Building.objects.count() == 2
    assert AuditEntry.objects.filter(event="imports.batch.committed").count() == 1


def test_the_same_file_again_changes_nothing(director: Actor, project: Project) -> None:
    commit(director, upload(director, project))

    again = commit(director, upload(director, project))

    assert (again.counts["created"], again.counts["unchanged"]) == (0, 2)
    assert Building.objects.count() == 2
    assert not ImportChange.objects.exists()


def test_what_cannot_be_imported_is_refused(director: Actor, project: Project) -> None:
    batch = upload(director, project, "楼号,名称\n1,\n")

    with pytest.raises(operations.NothingToImport):
        commit(director, batch)
    assert not Building.objects.exists()


def test_a_result_other_than_the_one_shown_is_refused(director: Actor, project: Project) -> None:
    batch = upload(director, project)
    Building.objects.create(project=project, code="1", name="别名", sort_key="1")

    with pytest.raises(operations.OutcomeChanged):
        commit(director, batch)
    assert Building.objects.count() == 1

    checked = operations.rehearse(actor=director, batch_id=batch.pk, now=LATER)
    assert (checked.counts["created"], checked.counts["changed"]) == (1, 1)
    assert commit(director, checked).state == BatchState.COMMITTED


def test_a_concurrent_insert_of_the_same_is_a_conflict(
    director: Actor, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = upload(director, project)
    honest = BuildingImporter.apply

    def beaten(self: BuildingImporter, plan: Any, context: Any) -> None:
        Building.objects.create(project=project, code="1", name="快一步", sort_key="1")
        honest(self, plan, context)

    monkeypatch.setattr(BuildingImporter, "apply", beaten)

    with pytest.raises(operations.OutcomeChanged):
        commit(director, batch)
    assert not Building.objects.exists()
    batch.refresh_from_db()
    assert batch.state == BatchState.REHEARSED


def test_undo_deletes_what_was_made_and_restores_what_was_changed(
    director: Actor, project: Project
) -> None:
    old = Building.objects.create(project=project, code="1", name="旧名", sort_key="1")
    batch = commit(director, upload(director, project))
    assert set(Building.objects.values_list("name", flat=True)) == {"一号楼", "三号楼"}

    undone = undo(director, batch)

    assert undone.state == BatchState.UNDONE
    assert list(Building.objects.values_list("pk", "name")) == [(old.pk, "旧名")]
    assert undo(director, batch).undone_at == LATER
    assert AuditEntry.objects.filter(event="imports.batch.undone").count() == 1


def test_undo_is_refused_while_something_points_at_what_was_made(
    director: Actor, project: Project
) -> None:
    batch = commit(director, upload(director, project))
    household = Household.objects.create(project=project, label="1", code="1", sort_key="1")
    Unit.objects.create(
        project=project, building=Building.objects.get(code="1"), household=household,
        kind="RESIDENCE", state="VACANT", number="0101", code="1-0101", label="1", sort_key="1",
    )  # fmt: skip

    with pytest.raises(operations.InUse) as refusal:
        undo(director, batch)

    assert list(refusal.value.details["dependents"].values()) == [1]
    assert Building.objects.count() == 2
    assert ImportBatch.objects.get().state == BatchState.COMMITTED


def test_undo_is_refused_when_a_record_was_edited_since(director: Actor, project: Project) -> None:
    Building.objects.create(project=project, code="1", name="旧名", sort_key="1")
    batch = commit(director, upload(director, project))
    Building.objects.filter(code="1").update(name="手改")

    with pytest.raises(operations.InUse) as refusal:
        undo(director, batch)
    assert refusal.value.details["dependents"] == {"records edited since": 1}


def test_undo_is_refused_when_a_later_import_changed_the_same(
    director: Actor, project: Project
) -> None:
    first = commit(director, upload(director, project))
    second = commit(director, upload(director, project, "楼号,名称\n1,新名\n"))

    with pytest.raises(operations.InUse) as refusal:
        undo(director, first)
    assert refusal.value.details["dependents"] == {"changes by later imports": 1}

    undo(director, second)
    undo(director, first)
    assert not Building.objects.exists()


def test_undo_of_what_was_never_imported_is_refused(director: Actor, project: Project) -> None:
    with pytest.raises(operations.NotCommitted):
        undo(director, upload(director, project))


def test_columns_are_matched_by_hand_when_the_header_says_nothing(
    director: Actor, project: Project
) -> None:
    batch = upload(director, project, "甲,乙\n1,一号楼\n")
    assert batch.state == BatchState.NEEDS_MAPPING
    with pytest.raises(operations.NotRehearsed):
        commit(director, batch)

    matched = operations.rehearse(
        actor=director, batch_id=batch.pk, header_row=1, mapping={"code": 0, "name": 1}, now=NOW
    )

    assert (matched.state, matched.counts["created"]) == (BatchState.REHEARSED, 1)
    assert matched.columns == ["甲", "乙"]


def test_a_saved_mapping_serves_the_next_file_of_the_form(
    director: Actor, project: Project
) -> None:
    batch = upload(director, project, "楼号,名称,曾用名\n1,一号楼,壹号\n")
    operations.rehearse(actor=director, batch_id=batch.pk, mapping={"code": 0, "name": 2}, now=NOW)
    operations.save_mapping(actor=director, batch_id=batch.pk, now=NOW)

    following = upload(director, project, "标题\n楼号,名称,曾用名\n2,二号楼,贰号\n")

    assert following.mapping == {"code": 0, "name": 2}
    commit(director, following)
    assert Building.objects.get().name == "贰号"


@pytest.mark.parametrize(
    "mapping",
    [{"code": 0, "name": 0}, {"code": 0, "roof": 1}, {"code": -1, "name": 1}],
    ids=["one column twice", "unknown field", "negative column"],
)
def test_a_senseless_mapping_is_refused(
    director: Actor, project: Project, mapping: dict[str, int]
) -> None:
    batch = upload(director, project)

    with pytest.raises(operations.MappingInvalid):
        operations.rehearse(actor=director, batch_id=batch.pk, mapping=mapping, now=NOW)


def test_a_person_chooses_the_sheet(director: Actor, project: Project) -> None:
    content = bad_files.workbook(
        {"新": [["楼号", "名称"], ["1", "一号楼"]], "旧": [["楼号", "名称"], ["9", "九号楼"]]}
    )
    batch = operations.upload(
        actor=director, kind="test-buildings", project_id=project.pk, file_name="a.xlsx",
        content=content, options={}, now=NOW,
    )  # fmt: skip
    assert (batch.sheet, [item["name"] for item in batch.sheets]) == ("新", ["新", "旧"])

    other = operations.rehearse(actor=director, batch_id=batch.pk, sheet="旧", now=NOW)

    assert queries.sample_of(batch=other) == [["9", "九号楼"]]
    commit(director, other)
    assert Building.objects.get().code == "9"


def test_options_are_checked_and_kept(director: Actor, project: Project) -> None:
    with pytest.raises(PrefixTooLong):
        upload(director, project, prefix="much too long")
    assert not ImportBatch.objects.exists()

    commit(director, upload(director, project, prefix="A"))
    assert Building.objects.get(code="1").name == "A一号楼"


def test_a_refused_file_leaves_nothing_behind(director: Actor, project: Project) -> None:
    with pytest.raises(operations.ImportFileRefused) as refusal:
        operations.upload(
            actor=director, kind="test-buildings", project_id=project.pk, file_name="台账.xlsx",
            content=bad_files.png(), options={}, now=NOW,
        )  # fmt: skip

    assert refusal.value.details == {"reason": "file.not-a-table", "format": "png"}
    assert "png" in str(refusal.value)
    assert not ImportBatch.objects.exists()


def test_an_imported_batch_is_not_checked_again(director: Actor, project: Project) -> None:
    batch = commit(director, upload(director, project))

    with pytest.raises(operations.NotOpen):
        operations.rehearse(actor=director, batch_id=batch.pk, now=NOW)


def test_only_those_who_may_import_do(director: Actor, project: Project) -> None:
    elsewhere = Project.objects.create(code="QH", name="青禾苑", created_at=NOW)
    reader = add_actor("li", "meter_reader", project_id=project.pk)
    batch = upload(director, project)

    with pytest.raises(ActionDenied):
        upload(reader, project)
    with pytest.raises(ActionDenied):
        upload(director, elsewhere)
    with pytest.raises(NotFound):
        commit(reader, batch)
    with pytest.raises(NotFound):
        queries.get_batch(actor=reader, batch_id=batch.pk)
    assert not queries.batches(actor=reader).exists()
    assert queries.batches(actor=director).count() == 1
    assert not Building.objects.exists()


def test_a_project_that_does_not_exist_is_not_found(tenant: object) -> None:
    admin = add_actor("chen", "company_admin")

    with pytest.raises(NotFound):
        operations.upload(
            actor=admin, kind="test-buildings", project_id=10**9, file_name="x.csv",
            content=b"a", options={}, now=NOW,
        )  # fmt: skip
    with pytest.raises(operations.KindUnknown):
        operations.upload(
            actor=admin, kind="nonsense", project_id=1, file_name="x.csv", content=b"a",
            options={}, now=NOW,
        )  # fmt: skip


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../etc/台账.xlsx", "台账.xlsx"),
        ("C:\\temp\\a.csv", "a.csv"),
        ("evil\u202excl.exe", "evilxcl.exe"),
        ("a\r\nSet-Cookie: x", "a Set-Cookie: x"),
        ("", "file"),
        ("名" * 300 + ".xlsx", "名" * 195 + ".xlsx"),
    ],
)
def test_file_names_are_made_fit_to_show(name: str, shown: str) -> None:
    assert operations.safe_name(name) == shown


def test_a_large_file_is_left_to_jobs(
    director: Actor, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(operations, "DIRECT_BYTES", 10)
    batch = upload(director, project)
    assert (batch.state, batch.counts) == (BatchState.UPLOADED, {})

    runner.run(Job.objects.get().pk, lambda: NOW)
    batch.refresh_from_db()
    assert (batch.state, batch.counts["created"]) == (BatchState.REHEARSED, 2)

    assert commit(director, batch).state == BatchState.COMMITTING
    assert commit(director, batch).state == BatchState.COMMITTING
    with pytest.raises(operations.NotOpen):
        operations.rehearse(actor=director, batch_id=batch.pk, now=NOW)
    job = Job.objects.get(kind="imports.commit")
    runner.run(job.pk, lambda: NOW)

    batch.refresh_from_db()
    assert (batch.state, batch.committed_by) == (BatchState.COMMITTED, director.user_id)
    assert Building.objects.count() == 2


def test_a_job_that_fails_leaves_the_batch_open_with_the_reason(
    director: Actor, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = upload(director, project)
    monkeypatch.setattr(operations, "DIRECT_BYTES", 10)
    commit(director, batch)
    Building.objects.create(project=project, code="1", name="快一步", sort_key="1")

    runner.run(Job.objects.get().pk, lambda: NOW)

    batch.refresh_from_db()
    assert (batch.state, batch.failure_code) == (BatchState.FAILED, "imports.outcome-changed")
    assert Building.objects.count() == 1


def test_a_stopped_job_does_not_block_the_batch(
    director: Actor, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(operations, "DIRECT_BYTES", 10)
    batch = upload(director, project)
    jobs.request_stop(job_id=Job.objects.get().pk)
    monkeypatch.setattr(operations, "DIRECT_BYTES", 10**6)

    checked = operations.rehearse(actor=director, batch_id=batch.pk, now=NOW)

    assert checked.state == BatchState.REHEARSED


def test_problems_of_an_earlier_rehearsal_are_replaced(director: Actor, project: Project) -> None:
    batch = upload(director, project)

    operations.rehearse(
        actor=director, batch_id=batch.pk, mapping={"code": 0, "name": 1}, now=LATER
    )

    assert ImportProblem.objects.count() == 1


def test_everything_that_may_depend_on_an_import_has_a_name_for_people() -> None:
    for importer in importers():
        for model in importer.creates:
            for relation in model._meta.get_fields(include_hidden=True):
                if isinstance(relation, ForeignObjectRel) and not relation.many_to_many:
                    related = relation.related_model
                    assert not isinstance(related, str)
                    owner = related._meta.auto_created or related
                    if related._meta.app_label != "tests":
                        assert getattr(owner, "plural", ""), owner
