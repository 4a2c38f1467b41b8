"""Every record tells what was done to it, by whom."""

from typing import Any

import pytest
from django.urls import reverse
from django.utils import translation

from kernel import access
from kernel.imports import operations as imports
from services.billing.runs.models import BillLine
from services.properties import operations as properties
from tenants.companies.models import Company
from tests import factories_billing, factories_runs
from tests.console.visitor import sign_in
from tests.factories import NOW
from tests.factories_runs import Office


@pytest.fixture(autouse=True)
def _english() -> Any:
    with translation.override("en"):
        yield


@pytest.fixture
def office(tenant: Company) -> Office:
    return factories_runs.open_office()


def test_company_tells_who_changed_it(tenant: Company) -> None:
    admin = sign_in("xujing", "company_admin")
    before = admin.get(reverse("company")).content.decode()

    facts = {"name": "Alpha Care", "name_en": "", "time_zone": "Asia/Shanghai"}
    assert admin.post(reverse("company"), facts).status_code == 302

    after = admin.get(reverse("company"))
    assert "Company changed" not in before
    assert "Company changed" in after.content.decode()
    assert [entry.actor for entry in after.context["history"]] == ["xujing (xujing)"]


def test_fee_item_tells_its_changes_in_its_sheet(office: Office) -> None:
    admin = sign_in("xujing", "company_admin")
    address = reverse("fee-items-item", args=[factories_billing.item("WYF").pk])
    form = {"name": "物业费", "name_en": "Fee", "account_code": "6001.01"}

    assert admin.post(address, form).status_code == 302

    page = admin.get(address, htmx=True)
    words, entry = page.context["history"][0]
    assert (str(words), entry.actor) == ("Fee item changed", "xujing (xujing)")


def test_project_tells_its_changes(office: Office) -> None:
    properties.update_project(
        actor=access.SYSTEM, project_id=office.project.pk, changes={"city": "宁波"}, now=NOW
    )

    page = sign_in("fangqiming").get(reverse("overview", args=[office.project.pk]))

    (event,) = page.context["log"]
    assert (event.title, event.by) == ("Project changed", "system")


def test_bill_tells_its_run_and_its_reversal(office: Office) -> None:
    factories_runs.add_homes(office.project, 1)
    factories_runs.posted(office)
    line = BillLine.objects.get()
    director = sign_in("zhaomin")
    reason = {"reason": "moved out"}
    director.post(reverse("bills-reverse", args=[line.project_id, line.pk]), reason)

    page = director.get(reverse("bills-bill", args=[line.project_id, line.pk]))

    told = [str(words) for words, _icon, _tone, _entry in page.context["history"]]
    # Newest first; the reversal was made by the clock, the run before it by the test's own day.
    assert told == ["Reversed", "Posted", "Checked", "Prepared"]
    assert "moved out" in page.content.decode()


def test_import_tells_its_upload(office: Office) -> None:
    director = sign_in("zhaomin")
    batch = imports.upload(
        actor=office.director,
        kind="unit-ledger",
        project_id=office.project.pk,
        file_name="ledger.csv",
        content="楼栋,单元,房号,建筑面积,业主姓名\n5栋,1,101,90,陈志远\n".encode(),
        options={},
        now=NOW,
    )

    page = director.get(reverse("imports-batch", args=[office.project.pk, batch.pk]))

    told = [str(words) for words, _icon, _tone, _entry in page.context["history"]]
    assert told == ["Uploaded"]
