"""November 2026 of the real ledger, from the files to the books, to the cent."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db.models import Count, Sum

from kernel import access
from kernel.imports import operations as imports
from services.billing.ledger import invariants, queries
from services.billing.ledger.models import Posting
from services.billing.runs import preview
from services.billing.runs.models import BillLine, BillRun, RunSkip, SkipReason
from tenants.companies.models import Company
from tests import factories_runs as factories
from tests.data import oracle
from tests.factories_billing import NOVEMBER
from tests.factories_runs import NOW, TODAY, Office

FILES = Path(__file__).parents[3] / "data" / "yunlu-garden"
ANSWERS: dict[str, Any] = json.loads((FILES / "answers.json").read_text())
ITEMS = {"WYF": "property_fee", "CWF": "parking", "SF": "water"}


@pytest.fixture
def office(tenant: Company) -> Office:
    office = factories.open_office()
    for kind, name, options in (
        ("unit-ledger", "房屋业主台账.xlsx", {}),
        ("meter-readings", "抄表记录_2026-10.csv", {"usage_month": "2026-10"}),
    ):
        batch = imports.upload(
            actor=access.SYSTEM,
            kind=kind,
            project_id=office.project.pk,
            file_name=name,
            content=(FILES / name).read_bytes(),
            options=options,
            now=NOW,
        )
        imports.commit(actor=access.SYSTEM, batch_id=batch.pk, now=NOW)
    return office


@pytest.fixture
def run(office: Office) -> BillRun:
    return factories.posted(office)


def test_the_month_comes_out_to_the_cent(office: Office, run: BillRun) -> None:
    totals = {
        row["item__code"]: (row["count"], row["amount"])
        for row in BillLine.objects.filter(run=run)
        .order_by()
        .values("item__code")
        .annotate(count=Count("pk"), amount=Sum("amount"))
    }

    assert totals == {
        "WYF": (951, Decimal("315255.53")),
        "CWF": (572, Decimal("34320.00")),
        "SF": (910, Decimal("29559.50")),
    }
    assert totals == {
        code: (ANSWERS["expected_counts"][name], Decimal(ANSWERS["expected"][name]))
        for code, name in ITEMS.items()
    }
    assert run.draft_lines == ANSWERS["expected"]["lines"] == 2433
    assert {row.item.code: row.amount for row in preview.item_totals(run)} == {
        code: amount for code, (_count, amount) in totals.items()
    }


def test_every_bill_is_what_the_files_say_by_themselves(office: Office, run: BillRun) -> None:
    """2,433 lines beside a second reckoning that knows nothing of this program."""
    billed = BillLine.objects.filter(run=run).values_list("unit__code", "item__code", "amount")

    assert sorted(billed) == oracle.bills()


def test_the_books_agree(office: Office, run: BillRun) -> None:
    assert invariants.check() == []

    balance = queries.trial_balance(
        actor=office.director,
        project_id=office.project.pk,
        first_day=NOVEMBER,
        last_day=TODAY,
    )
    assert {row.account.code: row.closing for row in balance.rows} == {
        "1122": Decimal("379135.03"),
        "2241.01": Decimal("-29559.50"),
        "6001.01": Decimal("-315255.53"),
        "6001.03": Decimal("-34320.00"),
    }
    assert balance.is_balanced
    assert Posting.objects.filter(household__isnull=False).count() == len(
        set(BillLine.objects.values_list("household_id", flat=True))
    )


def test_what_has_no_bill_is_named(office: Office, run: BillRun) -> None:
    """Seventeen readings wait to be resolved; nobody else is left out for his meter."""
    reasons = {
        (row.reason, row.item.code if row.item else None): row.count
        for row in preview.skip_counts(run)
    }

    assert reasons[SkipReason.READING_OPEN, "SF"] == len(ANSWERS["meter_exceptions"]) == 17
    assert set(reasons) == {(SkipReason.READING_OPEN, "SF"), (SkipReason.NO_METER, "SF")}
    assert RunSkip.objects.filter(run=run).count() == sum(reasons.values()) == run.skip_count


def test_the_same_month_again_bills_nothing(office: Office, run: BillRun) -> None:
    again = factories.preview(office)

    assert (again.draft_lines, again.billed_before) == (0, 2433)
    assert again.skip_count == run.skip_count
