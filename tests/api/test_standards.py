"""The endpoints of fee items and standards: drafted by one, confirmed by another."""

from collections.abc import Callable
from typing import Any

import pytest

from services.billing.standards.models import FeeAssignment, FeeItem, FeeStandard, FeeVersion
from services.properties.models import Project, Unit
from tenants.companies.models import Company
from tests import factories_billing as billing
from tests import factories_runs as factories
from tests.api.client import Api, Json, refusal, sign_in

FLAT = {"method": "PER_AREA", "valid_from": "2026-11-01", "price": "2.80"}
TIERS = [
    {"up_to": "14", "price": "2.90"},
    {"up_to": "24", "price": "3.85"},
    {"up_to": None, "price": "6.70"},
]
WATER = {
    "method": "TIERED_METER",
    "valid_from": "2026-11-01",
    "meter_kind": "COLD_WATER",
    "usage_lag_months": 1,
    "tiers": TIERS,
}


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    """The endpoints read the clock: it is 10:00 on the 22nd in Shanghai."""
    monkeypatch.setattr("api.views.timezone.now", lambda: factories.NOW)


@pytest.fixture
def project(tenant: Company) -> Project:
    billing.seeded()
    return billing.add_project()


@pytest.fixture
def home(project: Project) -> Unit:
    return billing.add_unit(project, "1-1-0101", area="100.00")


@pytest.fixture
def administrator(project: Project) -> Api:
    return sign_in("xujing", ("company_admin", None))


@pytest.fixture
def manager(project: Project) -> Api:
    return sign_in("fangqiming", ("property_manager", None))


@pytest.fixture
def standard(administrator: Api, project: Project) -> Json:
    body = {
        "project_id": project.pk,
        "item_id": billing.item("WYF").pk,
        "name": "住宅物业服务费",
    }
    made = administrator("POST", "fee-standards/", body)
    assert made.status_code == 201, made.json()
    answer: Json = made.json()
    return answer


def drafted(api: Api, standard: Json, **figures: Any) -> Json:
    made = api("POST", f"fee-standards/{standard['id']}/versions/", {**FLAT, **figures})
    assert made.status_code == 201, made.json()
    answer: Json = made.json()
    return answer


# ---- the whole way ------------------------------------------------------------------------------


def test_a_standard_is_drafted_by_one_and_confirmed_by_another(
    administrator: Api, manager: Api, standard: Json, home: Unit
) -> None:
    rule = {"kinds": ["RESIDENCE"], "valid_from": "2026-11-01"}
    version = drafted(administrator, standard, reduced_rate="0.7", reduced_states=["VACANT"])
    assigned = administrator("POST", f"fee-standards/{standard['id']}/assignments/", rule)
    assert (version["number"], version["state"], version["price"]) == (1, "DRAFT", "2.8000")
    assert (assigned.status_code, assigned.json()["state"]) == (201, "DRAFT")

    submitted = administrator("POST", f"fee-versions/{version['id']}/submit/")
    assert submitted.json()["submitted_at"] is not None
    own = administrator(
        "POST", f"fee-versions/{version['id']}/confirm/", {"seen_at": version["drafted_at"]}
    )
    assert refusal(own) == (403, "access.action-denied")
    confirmed = manager(
        "POST", f"fee-versions/{version['id']}/confirm/", {"seen_at": version["drafted_at"]}
    )

    assert confirmed.status_code == 200, confirmed.json()
    assert confirmed.json()["state"] == "CONFIRMED"
    assert confirmed.json()["confirmed_by_label"].startswith("fangqiming")
    (assignment,) = manager("GET", f"fee-standards/{standard['id']}/assignments/").json()["results"]
    assert (assignment["state"], assignment["kinds"]) == ("CONFIRMED", ["RESIDENCE"])
    (row,) = manager("GET", "fee-standards/?is_in_force=true").json()["results"]
    assert (row["version_id"], row["draft_count"], row["open_assignment_count"]) == (
        version["id"],
        0,
        0,
    )
    assert row["versions"][0]["reduced_rate"] == "0.7000"


def test_whoever_drafted_does_not_confirm(project: Project, standard: Json) -> None:
    both = sign_in("sun", ("company_admin", None), ("property_manager", None))
    version = drafted(both, standard)

    answer = both(
        "POST", f"fee-versions/{version['id']}/confirm/", {"seen_at": version["drafted_at"]}
    )

    assert refusal(answer) == (409, "standards.confirmed-by-drafter")
    assert FeeVersion.objects.get().state == "DRAFT"


def test_figures_changed_after_they_were_seen_are_not_confirmed(
    administrator: Api, manager: Api, standard: Json, monkeypatch: pytest.MonkeyPatch
) -> None:
    version = drafted(administrator, standard)
    later = factories.NOW.replace(minute=5)
    monkeypatch.setattr("api.views.timezone.now", lambda: later)
    changed = administrator("PATCH", f"fee-versions/{version['id']}/", {"price": "28.0"})
    assert changed.json()["price"] == "28.0000"

    answer = manager(
        "POST", f"fee-versions/{version['id']}/confirm/", {"seen_at": version["drafted_at"]}
    )

    assert refusal(answer) == (409, "standards.draft-changed")
    assert FeeVersion.objects.get().state == "DRAFT"


def test_an_unusual_price_is_confirmed_when_it_is_meant(
    administrator: Api, manager: Api, project: Project
) -> None:
    before = billing.confirm(billing.draft(billing.add_standard(project)))
    version = drafted(administrator, {"id": before.standard_id}, price="28.00")
    seen = {"seen_at": version["drafted_at"]}

    refused = manager("POST", f"fee-versions/{version['id']}/confirm/", seen)
    meant = manager(
        "POST", f"fee-versions/{version['id']}/confirm/", {**seen, "confirm_unusual": True}
    )

    assert refusal(refused) == (409, "standards.unusual-price")
    assert refused.json()["details"] == {"change": "9.0000", "number": 1}
    assert (meant.status_code, meant.json()["replaces_id"]) == (200, before.pk)
    answer = administrator("GET", f"fee-standards/{before.standard_id}/").json()
    assert [(v["number"], v["valid_to"]) for v in answer["versions"]] == [
        (1, "2026-11-01"),
        (2, None),
    ]


def test_a_version_is_ended_and_withdrawn(manager: Api, project: Project) -> None:
    version = billing.confirm(billing.draft(billing.add_standard(project)))
    reason = {"valid_to": "2026-12-01", "reason": "a new contract"}

    ended = manager("POST", f"fee-versions/{version.pk}/end/", reason)
    refused = manager("POST", f"fee-versions/{version.pk}/withdraw/", {})
    withdrawn = manager("POST", f"fee-versions/{version.pk}/withdraw/", {"reason": "never agreed"})

    assert (ended.status_code, ended.json()["valid_to"]) == (200, "2026-12-01")
    assert refusal(refused) == (422, "standards.reason-missing")
    assert withdrawn.json()["state"] == "WITHDRAWN"


def test_a_standard_without_anything_confirmed_is_renamed_and_deleted(
    administrator: Api, manager: Api, standard: Json
) -> None:
    path = f"fee-standards/{standard['id']}/"
    renamed = administrator("PATCH", path, {"name": "高层物业服务费"})
    denied = manager("DELETE", path)
    deleted = administrator("DELETE", path)

    assert renamed.json()["name"] == "高层物业服务费"
    assert denied.status_code == 403
    assert (deleted.status_code, deleted.content) == (204, b"")
    assert not FeeStandard.objects.exists()


# ---- to whom it applies -------------------------------------------------------------------------


def test_single_units_are_put_in_and_taken_out(
    administrator: Api, manager: Api, standard: Json, home: Unit
) -> None:
    path = f"fee-standards/{standard['id']}/unit-assignments/"
    body = {"unit_id": home.pk, "valid_from": "2026-11-01", "is_excluded": True}

    without_reason = administrator("POST", path, body)
    made = administrator("POST", path, {**body, "reason": "the office"})
    again = administrator("POST", path, {"unit_id": home.pk, "valid_from": "2026-12-01"})

    assert refusal(without_reason) == (422, "standards.reason-missing")
    assert made.status_code == 201
    assert (made.json()["unit_code"], made.json()["is_excluded"]) == ("1-1-0101", True)
    assert refusal(again) == (409, "standards.unit-assigned-already")
    (confirmed,) = manager("POST", f"fee-standards/{standard['id']}/assignments/confirm/").json()
    assert (confirmed["id"], confirmed["state"]) == (made.json()["id"], "CONFIRMED")
    ended = manager(
        "POST",
        f"fee-assignments/{confirmed['id']}/end/",
        {"valid_to": "2027-01-01", "reason": "let again"},
    )
    assert ended.json()["valid_to"] == "2027-01-01"


def test_a_draft_assignment_is_taken_back(administrator: Api, standard: Json) -> None:
    rule = {"kinds": [], "states": ["VACANT"], "valid_from": "2026-11-01"}
    made = administrator("POST", f"fee-standards/{standard['id']}/assignments/", rule).json()

    assert administrator("DELETE", f"fee-assignments/{made['id']}/").status_code == 204
    assert not FeeAssignment.objects.exists()
    assert administrator("DELETE", f"fee-assignments/{made['id']}/").status_code == 404


def test_a_rule_takes_buildings_of_the_project_only(
    administrator: Api, standard: Json, project: Project
) -> None:
    own = billing.add_building(project)
    other = billing.add_building(billing.add_project("HB", "湖滨"))
    path = f"fee-standards/{standard['id']}/assignments/"

    taken = administrator("POST", path, {"building_ids": [own.pk], "valid_from": "2026-11-01"})
    refused = administrator("POST", path, {"building_ids": [other.pk], "valid_from": "2026-11-01"})

    assert taken.json()["building_ids"] == [own.pk]
    assert refusal(refused) == (422, "standards.assignment-invalid")


# ---- trial --------------------------------------------------------------------------------------


def test_figures_are_tried_out_before_they_are_saved(
    administrator: Api, standard: Json, home: Unit
) -> None:
    rule = {"kinds": ["RESIDENCE"], "valid_from": "2026-11-01"}
    administrator("POST", f"fee-standards/{standard['id']}/assignments/", rule)

    answer = administrator(
        "POST",
        f"fee-standards/{standard['id']}/trial/",
        {"figures": FLAT, "unit_id": home.pk, "months": ["2026-10-01", "2026-11-01"]},
    )

    assert answer.status_code == 200, answer.json()
    impact, unit = answer.json()["impact"], answer.json()["unit"]
    assert (impact["units"], impact["area"], impact["amount"], impact["before"]) == (
        1,
        "100.00",
        "280.00",
        None,
    )
    assert [(m["amount"], m["problem"]) for m in unit["months"]] == [
        ("0.00", "NO_VERSION"),
        ("280.00", None),
    ]
    assert unit["months"][1]["steps"]["slabs"][0]["price"] == "2.8000"
    assert not FeeVersion.objects.exists()


def test_a_metered_version_is_tried_out_with_a_consumption(
    administrator: Api, standard: Json, home: Unit
) -> None:
    version = drafted(administrator, standard, **WATER, price=None)

    answer = administrator(
        "POST",
        f"fee-standards/{standard['id']}/trial/",
        {"version_id": version["id"], "unit_id": home.pk, "consumption": "30"},
    ).json()

    assert answer["unit"]["amount"] == "119.30"  # 14 × 2.90 + 10 × 3.85 + 6 × 6.70
    assert [slab["quantity"] for slab in answer["unit"]["months"][0]["steps"]["slabs"]] == [
        "14.00",
        "10.00",
        "6.00",
    ]


@pytest.mark.parametrize("body", [{}, {"figures": FLAT, "version_id": 1}], ids=["none", "both"])
def test_a_trial_is_of_figures_or_of_a_version(
    administrator: Api, standard: Json, body: Json
) -> None:
    answer = administrator("POST", f"fee-standards/{standard['id']}/trial/", body)

    assert refusal(answer) == (400, "invalid-input")
    assert list(answer.json()["errors"]) == ["figures"]


# ---- items --------------------------------------------------------------------------------------


def test_fee_items_are_made_for_the_whole_company(administrator: Api, project: Project) -> None:
    body = {"code": "ljf", "name": "垃圾清运费", "kind": "OTHER", "account_code": "6051.99"}

    made = administrator("POST", "fee-items/", body)
    changed = administrator(
        "PATCH", f"fee-items/{made.json()['id']}/", {"name_en": "Waste collection"}
    )

    assert (made.status_code, made.json()["code"]) == (201, "LJF")
    assert (changed.json()["name"], changed.json()["name_en"]) == ("垃圾清运费", "Waste collection")
    assert changed.json()["account_code"] == "6051.99"
    codes = [row["code"] for row in administrator("GET", "fee-items/?kind=OTHER").json()["results"]]
    assert codes == ["QTF", "LJF"]


def test_fee_items_are_not_for_whoever_only_confirms(manager: Api) -> None:
    body = {"code": "LJF", "name": "垃圾清运费", "kind": "OTHER", "account_code": "6051.99"}

    assert refusal(manager("POST", "fee-items/", body)) == (403, "access.action-denied")
    assert not FeeItem.objects.filter(code="LJF").exists()


# ---- what is not taken --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"price": 2.8}, "price"),
        ({"price": "2.80000"}, "price"),
        ({"price": "1e2"}, "price"),
        ({"valid_from": "20261101"}, "valid_from"),
        ({"usage_lag_months": "1"}, "usage_lag_months"),
        ({"reduced_states": ["HAUNTED"]}, "reduced_states"),
        ({"basis_note": 7}, "basis_note"),
        ({"pirce": "2.80"}, "pirce"),
        ({"tiers": [{"up_to": 14, "price": "2.90"}]}, "tiers"),
    ],
)
def test_a_value_of_another_type_is_refused_at_its_field(
    administrator: Api, standard: Json, change: Json, field: str
) -> None:
    answer = administrator("POST", f"fee-standards/{standard['id']}/versions/", {**FLAT, **change})

    assert refusal(answer) == (400, "invalid-input")
    assert list(answer.json()["errors"]) == [field]
    assert not FeeVersion.objects.exists()


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"valid_from": "2026-11-02"}, "standards.month-invalid"),
        ({"tiers": TIERS}, "standards.tiers-invalid"),
        ({"reduced_rate": "0.7"}, "standards.figures-invalid"),
    ],
)
def test_figures_that_do_not_go_together_are_refused(
    administrator: Api, standard: Json, change: Json, code: str
) -> None:
    answer = administrator("POST", f"fee-standards/{standard['id']}/versions/", {**FLAT, **change})

    assert refusal(answer) == (422, code)


# ---- who may ------------------------------------------------------------------------------------

Address = Callable[[FeeVersion], tuple[str, str, Json | None]]

DRAFTING: list[Address] = [
    lambda v: ("PATCH", f"fee-standards/{v.standard_id}/", {"name": "x"}),
    lambda v: ("DELETE", f"fee-standards/{v.standard_id}/", None),
    lambda v: ("POST", f"fee-standards/{v.standard_id}/versions/", FLAT),
    lambda v: ("POST", f"fee-standards/{v.standard_id}/assignments/", {"valid_from": "2026-11-01"}),
    lambda v: (
        "POST",
        f"fee-standards/{v.standard_id}/unit-assignments/",
        {"unit_id": 1, "valid_from": "2026-11-01"},
    ),
    lambda v: ("PATCH", f"fee-versions/{v.pk}/", {"price": "1.00"}),
    lambda v: ("POST", f"fee-versions/{v.pk}/submit/", None),
    lambda v: ("DELETE", f"fee-assignments/{v.standard.assignments.get().pk}/", None),
]
OTHERS: list[Address] = [
    lambda v: ("GET", f"fee-standards/{v.standard_id}/", None),
    lambda v: ("POST", f"fee-standards/{v.standard_id}/trial/", {"figures": FLAT}),
    lambda v: ("GET", f"fee-standards/{v.standard_id}/versions/", None),
    lambda v: ("GET", f"fee-standards/{v.standard_id}/assignments/", None),
    lambda v: ("POST", f"fee-standards/{v.standard_id}/assignments/confirm/", None),
    lambda v: ("GET", f"fee-versions/{v.pk}/", None),
    lambda v: ("POST", f"fee-versions/{v.pk}/confirm/", {"seen_at": "2026-11-22T10:00:00+08:00"}),
    lambda v: ("POST", f"fee-versions/{v.pk}/end/", {"valid_to": "2026-12-01", "reason": "x"}),
    lambda v: ("POST", f"fee-versions/{v.pk}/withdraw/", {"reason": "x"}),
    lambda v: (
        "POST",
        f"fee-assignments/{v.standard.assignments.get().pk}/end/",
        {"valid_to": "2026-12-01", "reason": "x"},
    ),
]


@pytest.fixture
def version(project: Project) -> FeeVersion:
    return billing.add_fee(project, "WYF", "RESIDENCE")


@pytest.mark.parametrize("address", OTHERS)
def test_another_projects_standards_do_not_exist(version: FeeVersion, address: Address) -> None:
    other = billing.add_project("HB", "湖滨")
    stranger = sign_in("sun", ("property_manager", other.pk))

    answer = stranger(*address(version))

    assert refusal(answer) == (404, "not-found")
    assert FeeVersion.objects.get().valid_to is None
    assert stranger("GET", "fee-standards/").json()["results"] == []


@pytest.mark.parametrize("address", DRAFTING)
def test_whoever_confirms_does_not_draft(
    version: FeeVersion, manager: Api, address: Address
) -> None:
    before = FeeVersion.objects.values().get(), FeeAssignment.objects.values().get()

    assert refusal(manager(*address(version))) == (403, "access.action-denied")

    assert (FeeVersion.objects.values().get(), FeeAssignment.objects.values().get()) == before


@pytest.mark.parametrize("address", [*DRAFTING, *OTHERS])
def test_a_meter_reader_has_no_business_here(version: FeeVersion, address: Address) -> None:
    reader = sign_in("lijianguo", ("meter_reader", version.standard.project_id))

    assert refusal(reader(*address(version))) == (403, "access.action-denied")
