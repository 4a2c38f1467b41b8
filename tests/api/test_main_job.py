"""The main job of a property company, done by programs that know only the OpenAPI document.

From an empty company to the arrears list: a project, its real ledger, the tariff, the readings,
November's bills, a payment, its receipt. Five people, each with his own token; amounts to the cent.
"""

import json
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from kernel import access
from kernel.access import operations as accounts
from kernel.access.models import User
from kernel.jobs import runner
from kernel.jobs.models import Job
from tenants.companies.models import Company
from tests import factories_billing as billing
from tests import factories_runs as factories
from tests.api.client import Json, sign_in
from tests.api.openapi import DocumentClient, Refused, Unpromised

FILES = Path(__file__).parent.parent / "data" / "yunlu-garden"
ANSWERS: Json = json.loads((FILES / "answers.json").read_text())
JANUARY, OCTOBER, NOVEMBER = "2026-01-01", "2026-10-01", "2026-11-01"

# item, name, kinds of unit, figures
TARIFF: list[tuple[str, str, list[str], Json]] = [
    (
        "WYF",
        "住宅物业服务费",
        ["RESIDENCE"],
        {
            "method": "PER_AREA",
            "price": "2.80",
            "reduced_rate": "0.7",
            "reduced_states": ["VACANT", "UNSOLD"],
        },
    ),
    ("WYF", "商铺物业服务费", ["SHOP"], {"method": "PER_AREA", "price": "6.50"}),
    ("CWF", "车位管理费", ["PARKING"], {"method": "FIXED", "price": "60"}),
    (
        "SF",
        "居民生活用水",
        ["RESIDENCE", "SHOP"],
        {
            "method": "TIERED_METER",
            "meter_kind": "COLD_WATER",
            "usage_lag_months": 1,
            "tiers": [
                {"up_to": "14", "price": "2.90"},
                {"up_to": "24", "price": "3.85"},
                {"up_to": None, "price": "6.70"},
            ],
        },
    ),
]


class Staff(NamedTuple):
    """The people of the company, each a program with a token of his own."""

    administrator: DocumentClient
    manager: DocumentClient
    director: DocumentClient
    collector: DocumentClient
    reader: DocumentClient


@pytest.fixture
def staff(tenant: Company, monkeypatch: pytest.MonkeyPatch) -> Staff:
    """Five people of a company that has nothing yet but what provisioning seeds."""
    monkeypatch.setattr("api.views.timezone.now", lambda: factories.NOW)
    billing.seeded()
    administrator = DocumentClient(sign_in("xujing", ("company_admin", None)))
    document = administrator.document
    return Staff(
        administrator,
        manager=DocumentClient(sign_in("fangqiming", ("property_manager", None)), document),
        director=DocumentClient(sign_in("zhaomin", ("charging_director", None)), document),
        collector=DocumentClient(sign_in("zhouting"), document),
        reader=DocumentClient(sign_in("lijianguo"), document),
    )


def test_a_program_bills_a_first_month_from_the_document_alone(staff: Staff) -> None:
    project = staff.administrator("projects_create", {"code": "YL", "name": "云麓花园"})
    _give_posts(project["id"])

    ledger = _import(staff.director, project, "unit-ledger", "房屋业主台账.xlsx")
    assert ledger["counts"]["accepted"] == ANSWERS["imported"] == 951
    assert ledger["counts"]["rejected"] == 12
    rejected = staff.director.pages("imports_problems_list", batch_id=ledger["id"])
    assert {row["row"] for row in ANSWERS["rejected"]} == {
        problem["row_number"] for problem in rejected if problem["severity"] == "ERROR"
    }
    units = staff.collector.pages("units_list", project_id=project["id"], page_size=200)
    assert Counter(unit["kind"] for unit in units)["PARKING"] == ANSWERS["parking_spaces"]

    for standard in TARIFF:
        _set(staff, project, *standard)
    in_force = staff.manager.pages("fee_standards_list", is_in_force=True)
    assert [standard["name"] for standard in in_force] == [name for _item, name, *_ in TARIFF]

    _import(
        staff.reader,
        project,
        "meter-readings",
        "抄表记录_2026-10.csv",
        usage_month="2026-10",
        meter_kind="COLD_WATER",
    )
    exceptions = staff.director.pages(
        "meter_readings_list",
        project_id=project["id"],
        usage_month=OCTOBER,
        state="EXCEPTION",
    )
    assert len(exceptions) == len(ANSWERS["meter_exceptions"]) == 17

    run = _bill(staff, project)
    items = {
        row["item"]["code"]: (row["lines"], row["amount"])
        for row in staff.manager("bill_runs_preview_retrieve", run_id=run["id"])["items"]
    }
    assert items == {
        "WYF": (951, "315255.53"),
        "CWF": (572, "34320.00"),
        "SF": (910, "29559.50"),
    }
    assert items["WYF"][1] == ANSWERS["expected"]["property_fee"]
    run = _check_and_post(staff, run)
    assert (run["draft_lines"], run["state"]) == (ANSWERS["expected"]["lines"], "POSTED")

    paid = _take_money(staff, project)
    _look_who_owes(staff, project, paid)
    books = staff.director("ledger_invariants_retrieve", project_id=project["id"])
    assert books["agrees"] is True
    assert {row["count"] for row in books["invariants"]} == {0}


def test_an_exception_is_resolved_and_billed_from_the_document_alone(staff: Staff) -> None:
    project = billing.add_project()
    _give_posts(project.pk)
    meter = billing.add_meter(billing.add_unit(project, "1-1-0101"), opening_reading="100.00")
    month = {
        "project_id": project.pk,
        "usage_month": OCTOBER,
        "readings": [{"meter_id": meter.pk, "current": "90.00", "read_on": "2026-10-28"}],
    }

    recorded = staff.reader("meter_readings_create", month)
    (reading,) = staff.director.pages("meter_readings_list", state="EXCEPTION")
    with pytest.raises(Refused) as refused:
        staff.reader(
            "meter_readings_resolve",
            {"resolution": "DO_NOT_BILL", "reason": "x"},
            reading_id=reading["id"],
        )
    resolved = staff.director(
        "meter_readings_resolve",
        {"resolution": "CORRECT", "current": "109.00", "reason": "misread"},
        reading_id=reading["id"],
    )

    assert recorded["exceptions"] == 1
    assert (refused.value.status, refused.value.code) == (403, "access.action-denied")
    assert (resolved["state"], resolved["consumption"]) == ("RESOLVED", "9.00")


@pytest.mark.parametrize(
    ("operation", "values"),
    [
        ("projects_create", {"body": {"code": 7, "name": "x"}}),
        ("projects_create", {"body": {"code": "YL", "nmae": "云麓花园"}}),
        ("bills_list", {"state": "UNPAID"}),
        ("bills_list", {"unit": 1}),
        ("payments_create", {"body": {}}),
        ("bills_retrieve", {"bill_id": "one"}),
    ],
)
def test_the_client_sends_nothing_that_the_document_forbids(
    staff: Staff, operation: str, values: Json
) -> None:
    """The teeth of this module: what it checks against the document, it does check."""
    with pytest.raises(Unpromised):
        staff.administrator(operation, **values)


# ---- the steps ----------------------------------------------------------------------------------


def _give_posts(project_id: int) -> None:
    """Give the two who work in one project only their posts there, as the administrator does."""
    for username, post in (("zhouting", "collector"), ("lijianguo", "meter_reader")):
        accounts.give_post(
            actor=access.SYSTEM,
            user_id=User.objects.get(username=username).pk,
            post=post,
            project_id=project_id,
            valid_from=date(2026, 1, 1),
            now=factories.NOW,
        )


def _work(client: DocumentClient, job_id: int | None) -> None:
    """Wait for a job: a worker does what waits, the client asks how it ended."""
    if job_id is None:
        return
    for waiting in Job.objects.filter(state="QUEUED").order_by("pk"):
        runner.run(waiting.pk, lambda: factories.NOW)
    job = client("jobs_retrieve", job_id=job_id)
    assert (job["state"], job["percent"]) == ("DONE", 100), job


def _import(client: DocumentClient, project: Json, kind: str, name: str, **options: str) -> Json:
    """Rehearse a file, look at what it would do, commit it."""
    file = SimpleUploadedFile(name, (FILES / name).read_bytes())
    batch = client(
        "imports_create", {"kind": kind, "project_id": project["id"], **options}, file=file
    )
    _work(client, batch["job_id"])
    rehearsed = client("imports_retrieve", batch_id=batch["id"])
    assert rehearsed["state"] == "REHEARSED", rehearsed
    _work(client, client("imports_commit", batch_id=batch["id"])["job_id"])
    committed: Json = client("imports_retrieve", batch_id=batch["id"])
    assert committed["state"] == "COMMITTED", committed
    return committed


def _set(
    staff: Staff, project: Json, item_code: str, name: str, kinds: list[str], figures: Json
) -> None:
    """Draft a standard as the administrator, confirm it as the property manager."""
    (item,) = staff.administrator("fee_items_list", code=item_code)["results"]
    standard = staff.administrator(
        "fee_standards_create",
        {"project_id": project["id"], "item_id": item["id"], "name": name},
    )
    staff.administrator(
        "fee_standards_assignments_create",
        {"kinds": kinds, "valid_from": JANUARY},
        standard_id=standard["id"],
    )
    version = staff.administrator(
        "fee_standards_versions_create",
        {"valid_from": JANUARY, **figures},
        standard_id=standard["id"],
    )
    staff.administrator("fee_versions_submit", version_id=version["id"])
    confirmed = staff.manager(
        "fee_versions_confirm", {"seen_at": version["drafted_at"]}, version_id=version["id"]
    )
    assert confirmed["state"] == "CONFIRMED"


def _bill(staff: Staff, project: Json) -> Json:
    run = staff.collector("bill_runs_create", {"project_id": project["id"], "period": NOVEMBER})
    _work(staff.collector, run["job_id"])
    computed: Json = staff.collector("bill_runs_retrieve", run_id=run["id"])
    assert computed["state"] == "PREVIEW", computed
    return computed


def _check_and_post(staff: Staff, run: Json) -> Json:
    """Check as the property manager, post as the charging director."""
    seen = {"expected_lines": run["draft_lines"], "expected_amount": run["draft_amount"]}
    with pytest.raises(Refused) as refused:
        staff.collector("bill_runs_check", seen, run_id=run["id"])
    assert refused.value.status == 403
    staff.manager("bill_runs_check", seen, run_id=run["id"])
    posting = staff.director("bill_runs_post", run_id=run["id"])
    _work(staff.director, posting["job_id"])
    posted: Json = staff.director("bill_runs_retrieve", run_id=run["id"])
    return posted


def _take_money(staff: Staff, project: Json) -> Any:
    """Find a household by its room, take what it owes in cash, twice by the same key."""
    (flat, *_) = staff.collector("households_list", project_id=project["id"])["results"]
    found = staff.collector("households_search_list", text=flat["code"], project_id=project["id"])
    household_id = found[0]["household"]["id"]
    owed = staff.collector("households_open_bills_retrieve", household_id=household_id)
    quote = staff.collector("payments_quote", {"household_id": household_id, "method": "CASH"})
    assert quote["open_total"] == owed["open_total"] != "0.00"
    body = {
        "household_id": household_id,
        "method": "CASH",
        "expected_total": quote["open_total"],
        "tendered": quote["amount"],
    }
    payment = staff.collector("payments_create", body, idempotency_key="counter-1-0001")
    again = staff.collector("payments_create", body, idempotency_key="counter-1-0001")
    assert again == payment
    with pytest.raises(Refused) as refused:
        staff.collector("payments_create", body, idempotency_key="counter-1-0002")
    assert (refused.value.status, refused.value.code) == (409, "cashier.bills-changed")

    paper = staff.collector("receipts_print", receipt_id=payment["receipt"]["id"])
    assert (paper["code"], paper["printed_count"]) == ("SJ-YL-202611-00001", 1)
    assert paper["amount_in_capitals"] == quote["amount_in_capitals"]
    assert len(paper["lines"]) == len(owed["bills"])
    return payment


def _look_who_owes(staff: Staff, project: Json, paid: Json) -> None:
    """Compare the arrears, the rate and what came in with what was billed and paid."""
    owing = staff.collector.pages("arrears_list", project_id=project["id"], page_size=200)
    assert paid["household_id"] not in {row["id"] for row in owing}
    rates = staff.manager("collection_rates_retrieve", project_id=project["id"])
    assert rates["total"]["receivable"] == "379135.03"
    assert rates["total"]["received"] == paid["amount"]
    summary = staff.manager("arrears_summary_retrieve", project_id=project["id"])
    (not_due, *ages) = summary["ages"]  # posted on the 22nd, nothing is overdue yet
    assert not_due == {
        "age": "not_due",
        "amount": rates["total"]["open_amount"],
        "households": len(owing),
    }
    assert {age["amount"] for age in ages} == {"0.00"}
    takings = staff.collector("takings_retrieve", project_id=project["id"])
    assert (takings["count"], takings["amount"]) == (1, paid["amount"])
