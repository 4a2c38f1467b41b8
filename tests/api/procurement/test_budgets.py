"""One purchasing budget for programs; answers are held against the document."""

import pytest

from kernel import access
from tenants.companies.models import Company
from tests.api.client import refusal, sign_in
from tests.api.exact import Exact
from tests.factories import NOW
from tests.factories_procurement_requests import open_office, set_budget
from tests.factories_properties import add_project

pytestmark = pytest.mark.usefixtures("tenant")


def test_a_budget_tells_its_history_where_it_is_in_sight(
    tenant: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.views.timezone.now", lambda: NOW)
    office = open_office()
    budget = set_budget(access.SYSTEM, "5000.00", office.project)
    path = f"purchase-budgets/{budget.pk}/"
    reader = Exact(sign_in("reader", ("property_manager", office.project.pk)))
    elsewhere = add_project("HB2", "湖滨").pk
    stranger = Exact(sign_in("stranger", ("property_manager", elsewhere)))

    assert (reader("GET", path).json()["amount"], reader("GET", path).json()["left"]) == (
        "5000.00",
        "5000.00",
    )
    (entry,) = reader("GET", f"{path}history/").json()["results"]
    assert entry["event"] == "procurement.budget.set"
    assert refusal(stranger("GET", path)) == (404, "not-found")
    assert refusal(stranger("GET", f"{path}history/")) == (404, "not-found")
