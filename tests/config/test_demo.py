"""The demo is the main job done through the operations, on the real-looking ledger."""

import json
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.db.models import Count, F, Sum
from django_tenants.utils import tenant_context

from config.celery import app
from config.demo import main_job
from kernel import seeds
from kernel.approvals.models import Case, CaseState
from kernel.identity.models import HeldItem
from kernel.imports.models import ImportBatch, ImportProblem
from kernel.tenancy import company_day, public, tenant_connection
from services.billing.cashier.models import Receipt
from services.billing.ledger import invariants
from services.billing.metering.models import Reading
from services.billing.runs.models import BillLine, BillRun
from services.procurement.rounds.models import Round, RoundState
from services.procurement.rounds.queries.comparison import comparison_of
from services.properties.models import Building, Unit
from tenants.companies.models import Company

ANSWERS: dict[str, Any] = json.loads(
    (Path(main_job.DATA) / "yunlu-garden" / "answers.json").read_text(encoding="utf-8")
)
# In April before collection opens the latest bills are March's, with February's readings: the days
# 29 and 30 of the file are not in it.
NOW = datetime.fromisoformat("2026-04-09T10:00:00+08:00")
BILLED, USED = date(2026, 3, 1), date(2026, 2, 1)


@pytest.fixture(scope="module")
def said(django_db_setup: None, django_db_blocker: Any) -> Iterator[list[str]]:
    """Do the demo of the first company once for this module, in a transaction rolled back."""
    words: list[str] = []
    with django_db_blocker.unblock():
        app.loader.import_default_modules()
        with transaction.atomic():
            tenant_connection.set_tenant(Company.objects.get(slug="alpha"))
            seeds.run_all(NOW)
            main_job.run_first(desk_of(NOW, words))
            yield words
            transaction.set_rollback(True)
        tenant_connection.set_schema_to_public()


def desk_of(now: datetime, words: list[str]) -> main_job.Desk:
    return main_job.Desk(lambda: now, company_day(now), words.append)


@pytest.fixture(autouse=True)
def _in_alpha(said: list[str]) -> None:
    """Put the company in force again: other fixtures leave the public schema behind."""
    with public():
        alpha = Company.objects.get(slug="alpha")
    tenant_connection.set_tenant(alpha)


def test_the_ledger_is_imported_but_for_the_rows_that_cannot_be(said: list[str]) -> None:
    batch = ImportBatch.objects.get(kind=main_job.LEDGER)
    rejected = set(
        ImportProblem.objects.filter(batch=batch, severity="ERROR").values_list(
            "row_number", flat=True
        )
    )

    assert Unit.objects.exclude(kind="PARKING").count() == ANSWERS["imported"]
    assert rejected == {row["row"] for row in ANSWERS["rejected"]}
    assert batch.counts["ignored_rows"] == [ANSWERS["footer_row_to_ignore"]]
    assert Building.objects.count() == ANSWERS["buildings"]
    assert Unit.objects.filter(kind="PARKING").count() == ANSWERS["parking_spaces"]


def test_papers_wait_on_the_desks_and_things_are_handed_out(said: list[str]) -> None:
    waiting = Case.objects.filter(state=CaseState.RUNNING)

    assert sorted(waiting.values_list("kind", flat=True)) == [
        "archive.access",
        "controlled_document",
        "fee_standard.change",
        "purchase",
    ]
    assert not Case.objects.filter(state=CaseState.STUCK).exists()
    assert HeldItem.objects.filter(holder__isnull=False).count() == 4


def test_exactly_the_faulty_readings_are_exceptions(said: list[str]) -> None:
    batch = ImportBatch.objects.get(kind=main_job.READINGS)
    noted = set(ImportProblem.objects.filter(batch=batch).values_list("row_number", flat=True))

    assert Reading.objects.count() == ANSWERS["meter_rows"]
    assert noted == {row["row"] for row in ANSWERS["meter_exceptions"]}
    states = Counter(Reading.objects.values_list("state", flat=True))
    assert states == {"ACCEPTED": 910, "EXCEPTION": 17}


def test_the_bills_of_the_month_are_right_to_the_cent(said: list[str]) -> None:
    totals = {
        row["item__code"]: (row["total"], row["count"])
        for row in BillLine.objects.values("item__code").annotate(
            total=Sum("amount"), count=Count("pk")
        )
    }

    expected, counts = ANSWERS["expected"], ANSWERS["expected_counts"]
    assert totals["WYF"] == (Decimal(expected["property_fee"]), counts["property_fee"])
    assert totals["CWF"] == (Decimal(expected["parking"]), counts["parking"])
    assert totals["SF"] == (Decimal(expected["water"]), counts["water"])


def test_the_latest_month_that_is_open_is_billed(said: list[str]) -> None:
    assert BillRun.objects.get().period == BILLED
    assert set(Reading.objects.values_list("usage_month", flat=True)) == {USED}


def test_whoever_computed_the_run_did_not_check_it(said: list[str]) -> None:
    run = BillRun.objects.get()

    assert run.state == "POSTED"
    assert run.prepared_by_label.startswith("周婷")
    assert run.checked_by_label.startswith("赵敏")


def test_money_was_taken_in_full_in_part_and_one_receipt_is_void(said: list[str]) -> None:
    numbers = sorted(Receipt.objects.values_list("number", flat=True))

    assert numbers == list(range(1, 46))
    assert Receipt.objects.filter(is_void=True).count() == 1
    assert BillLine.objects.filter(paid_amount__gt=0, paid_amount__lt=F("amount")).exists()


def test_the_ledger_agrees(said: list[str]) -> None:
    assert invariants.check() == []
    assert "the ledger agrees" in said[-1]


def test_a_second_start_even_months_later_changes_nothing(said: list[str]) -> None:
    def figures() -> list[int]:
        models = (Unit, Reading, BillLine, Receipt, BillRun, ImportBatch)
        return [model.objects.count() for model in models]

    before = figures()
    main_job.run_first(desk_of(NOW + timedelta(days=100), []))

    assert figures() == before


def test_a_second_start_shows_what_is_there(said: list[str]) -> None:
    words: list[str] = []

    main_job.show(desk_of(NOW, words))

    assert words[0] == "云麓花园"
    assert words[1:] == said[said.index("  物业服务费  951 笔  315,255.53 元") :]


def test_the_other_company_sees_nothing_of_it(said: list[str]) -> None:
    with public():
        beta = Company.objects.get(slug="beta")

    with tenant_context(beta):
        assert not Unit.objects.exists()
        assert not BillLine.objects.exists()


def test_vendors_have_quoted_and_the_quotes_are_compared(said: list[str]) -> None:
    opened = Round.objects.get(state=RoundState.OPENED)
    sheet = comparison_of(opened)

    assert {column.bid.vendor_name: str(column.bid.total) for column in sheet.columns} == {
        "杭州恒达机电设备": "33451.00",
        "浙江绿源建材": "34195.00",
        "宁波信诺电气": "33346.50",
        "湖州安邦五金商行": "26520.00",
    }
    assert str(sheet.budget) == "35100.00"
    assert sheet.best is not None
    assert Round.objects.filter(state=RoundState.OPEN).count() == 1
