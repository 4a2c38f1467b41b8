"""An import is taken back, a run is computed from it: one of the two sees the other."""

from collections.abc import Callable
from threading import Event
from typing import Any

import pytest

from kernel.imports import operations as imports
from kernel.imports import undoing
from kernel.imports.models import ImportBatch
from services.billing.metering.imports import MeterReadingsImporter
from services.billing.runs import chunks, computing
from services.billing.runs.models import BillRun, BillRunChunk, DraftLine
from services.properties.imports.importer import UnitLedgerImporter
from services.properties.models import Unit
from tenants.companies.models import Company
from tests import factories_billing as billing
from tests import factories_runs as factories
from tests.factories_runs import NOW, Office
from tests.threads import PATIENCE, at_once, until_another_waits

ROOMS = "楼栋,单元,房号,建筑面积,业主\n1栋,1,101,100,张三\n1栋,1,102,100,李四\n".encode()
READINGS = "表号,房号,上次读数,本次读数,抄表日期\n1-1-101-W,1-1-101,0,10,2026-10-26\n".encode()


@pytest.fixture
def office(committed_tenant: Company) -> Office:
    return factories.open_office()


def imported(office: Office, kind: str, content: bytes, **options: str) -> ImportBatch:
    batch = imports.upload(
        actor=office.director,
        kind=kind,
        project_id=office.project.pk,
        file_name="a.csv",
        content=content,
        options=options,
        now=NOW,
    )
    return imports.commit(actor=office.director, batch_id=batch.pk, now=NOW)


def planned(office: Office) -> tuple[BillRun, int]:
    run = factories.prepare(office)
    chunks.plan(run)
    return run, BillRunChunk.objects.get(run=run).pk


@pytest.fixture
def compute_in_between(monkeypatch: pytest.MonkeyPatch) -> tuple[Event, Event]:
    """Let the undo, having looked for what depends on it, wait for the computing to be done.

    Or, under the lock, until the computing waits for it.
    """
    looked, computed = Event(), Event()
    honest = undoing.dependents

    def dependents(*args: Any) -> dict[str, int]:
        found = honest(*args)
        looked.set()
        until_another_waits(unless=computed)
        return found

    monkeypatch.setattr(undoing, "dependents", dependents)
    return looked, computed


def race(office: Office, company: Company, batch: ImportBatch, signals: Any) -> list[Any]:
    looked, computed = signals
    run, chunk_id = planned(office)

    def undo() -> str:
        return imports.undo(actor=office.director, batch_id=batch.pk, now=NOW).state

    def compute() -> bool:
        assert looked.wait(timeout=PATIENCE)
        done = computing.compute_chunk(run_id=run.pk, chunk_id=chunk_id)
        computed.set()
        return done

    calls: list[Callable[[], Any]] = [undo, compute]
    return at_once(company, calls)


def test_a_run_bills_no_unit_of_an_import_that_is_taken_back(
    committed_tenant: Company, office: Office, compute_in_between: Any
) -> None:
    batch = imported(office, "unit-ledger", ROOMS)

    outcomes = race(office, committed_tenant, batch, compute_in_between)

    assert outcomes == ["UNDONE", True]
    assert (Unit.objects.count(), DraftLine.objects.count()) == (0, 0)


def test_without_the_lock_the_draft_has_lines_of_units_that_are_gone(
    committed_tenant: Company,
    office: Office,
    compute_in_between: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The teeth of the test above."""
    monkeypatch.setattr(UnitLedgerImporter, "hold", lambda self, project_id: None)
    batch = imported(office, "unit-ledger", ROOMS)

    outcomes = race(office, committed_tenant, batch, compute_in_between)

    assert outcomes == ["UNDONE", True]
    assert (Unit.objects.count(), DraftLine.objects.count()) == (0, 2)


def test_a_run_bills_no_reading_of_an_import_that_is_taken_back(
    committed_tenant: Company, office: Office, compute_in_between: Any
) -> None:
    billing.add_unit(office.project, "1-1-101")
    batch = imported(office, "meter-readings", READINGS, usage_month="2026-10-01")

    outcomes = race(office, committed_tenant, batch, compute_in_between)

    assert outcomes == ["UNDONE", True]
    assert not DraftLine.objects.filter(item__code="SF").exists()


def test_without_the_lock_the_readings_trigger_still_refuses(
    committed_tenant: Company,
    office: Office,
    compute_in_between: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The lock saves the failure; the trigger decides, and the refusal names what it found."""
    monkeypatch.setattr(MeterReadingsImporter, "hold", lambda self, project_id: None)
    billing.add_unit(office.project, "1-1-101")
    batch = imported(office, "meter-readings", READINGS, usage_month="2026-10-01")

    outcomes = race(office, committed_tenant, batch, compute_in_between)

    assert isinstance(outcomes[0], imports.InUse)
    assert DraftLine.objects.filter(item__code="SF").count() == 1


def test_what_a_run_has_in_its_draft_is_named_where_an_undo_is_refused(
    committed_tenant: Company, office: Office
) -> None:
    batch = imported(office, "unit-ledger", ROOMS)
    factories.preview(office)

    with pytest.raises(imports.InUse) as refusal:
        imports.undo(actor=office.director, batch_id=batch.pk, now=NOW)

    assert refusal.value.details["dependents"] == {
        "Lines of a bill run that is open": 2,
        "Units that a bill run left out": 2,
    }
    assert Unit.objects.count() == 2
