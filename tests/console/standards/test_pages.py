"""Fee standards through the pages: what each person sees, does, and is refused."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from kernel import access
from services.billing.standards import operations
from services.billing.standards.models import (
    FeeAssignment,
    FeeItem,
    FeeStandard,
    FeeVersion,
)
from services.properties.models import Project
from tests import factories_billing as factories
from tests.console.visitor import Visitor, sign_in
from tests.factories import NOW
from tests.factories_billing import JANUARY

FIGURES = {
    "method": "PER_AREA",
    "area_basis": "BUILT",
    "price": "3.10",
    "valid_from": "2027-02",
    "basis_note": "业主大会决议",
}


@pytest.fixture(autouse=True)
def _english() -> Any:
    with translation.override("en"):
        yield


@pytest.fixture
def project(tenant: object) -> Project:
    factories.seeded()
    return factories.add_project()


@pytest.fixture
def admin(project: Project) -> Visitor:
    return sign_in("xujing", "company_admin")


@pytest.fixture
def manager(project: Project) -> Visitor:
    return sign_in("fangqiming", "property_manager")


def page_of(standard: FeeStandard) -> str:
    return reverse("fee-standards-standard", args=[standard.project_id, standard.pk])


def drafted_by(visitor: Visitor, standard: FeeStandard, **figures: Any) -> FeeVersion:
    visitor.post(page_of(standard), {**FIGURES, "version": "", "do": "save", **figures})
    return standard.versions.get(number=standard.versions.count())


# ---- the list -----------------------------------------------------------------------------------


def test_list_shows_price_units_and_what_waits(project: Project, admin: Visitor) -> None:
    factories.add_unit(project, "3-1")
    factories.add_unit(project, "3-2")
    factories.tariff(project)

    page = admin.get(reverse("fee-standards", args=[project.pk])).content.decode()

    assert "住宅物业服务费" in page
    assert "2.80" in page
    assert "2.90 / 3.85 / 6.70" in page
    assert page.count("In force") >= 4


def test_list_takes_the_same_queries_however_many_standards(
    project: Project, admin: Visitor, django_assert_max_num_queries: Any
) -> None:
    for number in range(12):
        factories.add_fee(project, "WYF", "SHOP", name=f"standard {number}")

    admin.get(reverse("fee-standards", args=[project.pk]))  # the project is remembered

    with django_assert_max_num_queries(14):
        admin.get(reverse("fee-standards", args=[project.pk]))


def test_list_is_narrowed_to_what_waits_for_the_manager(
    project: Project, admin: Visitor, manager: Visitor
) -> None:
    waiting, resting = (
        factories.add_standard(project, name="waiting"),
        factories.add_standard(project, name="resting"),
    )
    drafted_by(admin, resting)
    admin.post(page_of(waiting), {**FIGURES, "version": "", "do": "submit"})

    address = reverse("fee-standards", args=[project.pk])
    page = manager.get(address, {"submitted": "1"}).content.decode()

    assert "waiting" in page
    assert "resting" not in page


# ---- drafting -----------------------------------------------------------------------------------


def test_standard_is_made_in_the_sheet(project: Project, admin: Visitor) -> None:
    address = reverse("fee-standards-new", args=[project.pk])
    fragment = admin.get(address, htmx=True).content.decode()
    assert "<html" not in fragment

    response = admin.post(
        address, {"item": factories.item("WYF").pk, "name": "住宅物业费"}, htmx=True
    )

    standard = FeeStandard.objects.get()
    assert response.headers["HX-Redirect"] == page_of(standard)
    refused = admin.post(address, {"item": standard.item_id, "name": "住宅物业费"}, htmx=True)
    assert refused.status_code == 422
    assert "There is a standard of this name in the project." in refused.content.decode()
    assert FeeStandard.objects.count() == 1


def test_figures_are_saved_as_a_draft_and_shown_again(project: Project, admin: Visitor) -> None:
    standard = factories.add_standard(project)

    response = admin.post(
        page_of(standard),
        {
            **FIGURES,
            "version": "",
            "do": "save",
            "price": "３．１０",
            "reduced_percent": "70",
            "reduced_states": ["VACANT", "UNSOLD"],
            "valid_to": "2027-12",
        },
    )

    version = standard.versions.get()
    assert response.status_code == 302
    assert response.headers["Location"] == f"{page_of(standard)}?version={version.pk}"
    assert (version.price, version.reduced_rate) == (Decimal("3.10"), Decimal("0.70"))
    assert (version.valid_from, version.valid_to) == (date(2027, 2, 1), date(2028, 1, 1))
    page = admin.get(response.headers["Location"]).content.decode()
    assert 'value="3.10"' in page
    assert 'value="2027-12"' in page


def test_wrong_figures_come_back_as_typed(project: Project, admin: Visitor) -> None:
    standard = factories.add_standard(project)

    response = admin.post(
        page_of(standard),
        {**FIGURES, "version": "", "do": "save", "price": "-1", "valid_from": "soon"},
    )

    page = response.content.decode()
    assert response.status_code == 422
    assert 'value="-1"' in page
    assert 'value="soon"' in page
    assert not standard.versions.exists()


def test_refusal_of_the_operation_names_its_field(project: Project, admin: Visitor) -> None:
    standard = factories.add_standard(project)

    response = admin.post(
        page_of(standard),
        {**FIGURES, "version": "", "do": "save", "reduced_percent": "70"},
    )

    assert response.status_code == 422
    assert "Say for which states of a unit the reduced rate is." in response.content.decode()
    assert not standard.versions.exists()


def test_tiers_are_added_dropped_and_saved(project: Project, admin: Visitor) -> None:
    standard = factories.add_standard(project, "SF")
    water = {
        **FIGURES,
        "version": "",
        "method": "TIERED_METER",
        "meter_kind": "COLD_WATER",
        "usage_lag_months": "1",
        "price": "2.90",
    }

    begun = admin.post(page_of(standard), {**water, "do": "tier-add"}).content.decode()
    assert begun.count('name="tier_up_to"') == 2
    assert not standard.versions.exists()
    rows = {"tier_up_to": ["14", "24", ""], "tier_price": ["2.90", "3.85", "6.70"]}
    dropped = admin.post(page_of(standard), {**water, **rows, "do": "tier-drop-1"})
    assert dropped.content.decode().count('name="tier_up_to"') == 2

    admin.post(page_of(standard), {**water, **rows, "do": "save"})
    version = standard.versions.get()
    assert version.price is None
    assert version.tiers == [
        {"up_to": "14", "price": "2.90"},
        {"up_to": "24", "price": "3.85"},
        {"up_to": None, "price": "6.70"},
    ]
    wrong = {"tier_up_to": ["24", "14", ""], "tier_price": ["2.90", "3.85", "6.70"]}
    refused = admin.post(page_of(standard), {**water, **wrong, "do": "save"})
    assert refused.status_code == 422
    assert "Tier 2: Each limit must be greater" in refused.content.decode()


def test_rearranging_answers_htmx_with_the_figures_only(project: Project, admin: Visitor) -> None:
    standard = factories.add_standard(project)

    response = admin.client.post(
        page_of(standard),
        {**FIGURES, "version": "", "do": "method", "method": "FIXED"},
        headers={"HX-Request": "true", "HX-Target": "div#figures-body"},
    )

    assert response.content.decode().strip().startswith('<div id="figures-body">')
    assert "figures" in response.headers["HX-Trigger"]


def test_version_in_force_is_copied_into_a_new_draft(project: Project, admin: Visitor) -> None:
    version = factories.add_fee(project, "WYF", price="2.80")

    page = admin.post(page_of(version.standard), {"version": version.pk, "do": "copy"})

    assert 'value="2.80"' in page.content.decode()
    assert version.standard.versions.count() == 1  # nothing is saved yet


# ---- trying out ---------------------------------------------------------------------------------


def test_trial_computes_on_the_server(project: Project, admin: Visitor) -> None:
    factories.add_unit(project, "3-2-1602", area="118.36")
    factories.add_unit(project, "3-2-1603", area=None)
    version = factories.add_fee(project, "WYF", "RESIDENCE", price="2.80")

    response = admin.post(
        reverse("fee-standards-trial", args=[project.pk, version.standard_id]),
        {**FIGURES, "trial_unit": "3栋2单元1602", "trial_months": "2027-01-Q"},
        htmx=True,
    )

    page = response.content.decode()
    assert "331.41" in page  # January by the version in force
    assert page.count("<b>366.92</b>") == 2
    assert "1,065.25" in page
    assert "+71.02" in page
    assert "1 unit: Area missing" in page


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"trial_unit": "9-9-9999"}, "There is no room “9-9-9999” in this project."),
        ({"trial_unit": ""}, "Choose a room to try the figures on."),
        ({"price": "x"}, "Enter a number."),
        ({"price": "0"}, "A price must be greater than zero."),
    ],
)
def test_trial_says_what_is_missing(
    project: Project, admin: Visitor, data: dict[str, str], words: str
) -> None:
    standard = factories.add_standard(project)

    response = admin.post(
        reverse("fee-standards-trial", args=[project.pk, standard.pk]), {**FIGURES, **data}
    )

    assert response.status_code == 200
    assert words in response.content.decode()


# ---- confirming ---------------------------------------------------------------------------------


def confirm(visitor: Visitor, version: FeeVersion, **values: str) -> Any:
    return visitor.post(
        page_of(version.standard),
        {
            "do": "confirm",
            "version": version.pk,
            "seen_at": version.drafted_at.isoformat(),
            **values,
        },
    )


def test_manager_confirms_and_is_named(project: Project, admin: Visitor, manager: Visitor) -> None:
    standard = factories.add_standard(project)
    version = drafted_by(admin, standard)

    response = confirm(manager, version)

    version.refresh_from_db()
    assert version.state == "CONFIRMED"
    page = manager.get(response.headers["Location"]).content.decode()
    assert "Confirmed by fangqiming (fangqiming)" in page
    assert "confirmed V1" in page


def test_unusual_price_is_asked_about(project: Project, admin: Visitor, manager: Visitor) -> None:
    first = factories.add_fee(project, "WYF", price="2.80")
    version = drafted_by(admin, first.standard, price="4.10")

    asked = confirm(manager, version)
    assert asked.status_code == 409
    assert "It is meant: confirm" in asked.content.decode()
    version.refresh_from_db()
    assert version.state == "DRAFT"

    assert confirm(manager, version, confirm_unusual="1").status_code == 302
    version.refresh_from_db()
    assert version.state == "CONFIRMED"


def test_figures_that_changed_under_the_managers_eyes_are_not_confirmed(
    project: Project, admin: Visitor, manager: Visitor
) -> None:
    standard = factories.add_standard(project)
    version = drafted_by(admin, standard)

    response = confirm(manager, version, seen_at="2026-01-01T00:00:00+00:00")

    assert response.status_code == 409
    assert "The draft has been changed meanwhile." in response.content.decode()
    version.refresh_from_db()
    assert version.state == "DRAFT"


def test_drafter_has_no_button_to_confirm(project: Project, admin: Visitor) -> None:
    standard = factories.add_standard(project)
    version = drafted_by(admin, standard)

    assert "Confirm this version" not in admin.get(page_of(standard)).content.decode()
    assert confirm(admin, version).status_code == 403
    version.refresh_from_db()
    assert version.state == "DRAFT"


def test_version_is_ended_and_withdrawn_in_sheets(
    project: Project, admin: Visitor, manager: Visitor
) -> None:
    version = factories.add_fee(project, "WYF")
    arguments = [project.pk, version.standard_id, version.pk]

    ended = manager.post(
        reverse("fee-standards-end", args=arguments),
        {"valid_to": "2027-03", "reason": "合同到期"},
        htmx=True,
    )
    assert ended.status_code == 200
    version.refresh_from_db()
    assert version.valid_to == date(2027, 4, 1)

    refused = manager.post(reverse("fee-standards-withdraw", args=arguments), {}, htmx=True)
    assert refused.status_code == 422
    manager.post(reverse("fee-standards-withdraw", args=arguments), {"reason": "录错"}, htmx=True)
    version.refresh_from_db()
    assert version.state == "WITHDRAWN"


# ---- who is charged -----------------------------------------------------------------------------


def test_rule_and_unit_are_drafted_then_confirmed(
    project: Project, admin: Visitor, manager: Visitor
) -> None:
    building = factories.add_building(project, "3")
    factories.add_unit(project, "3-2-1602", building=building)
    standard = factories.add_fee(project, "WYF", "SHOP").standard
    arguments = [project.pk, standard.pk]

    admin.post(
        reverse("fee-standards-rule", args=arguments),
        {
            "kinds": ["RESIDENCE"],
            "building_ids": [building.pk],
            "valid_from": "2026-12",
        },
        htmx=True,
    )
    admin.post(
        reverse("fee-standards-unit", args=arguments),
        {
            "direction": "out",
            "room": "3栋2单元1602",
            "valid_from": "2026-12",
            "reason": "物业用房",
        },
        htmx=True,
    )
    waiting = FeeAssignment.objects.filter(state="DRAFT")
    assert waiting.count() == 2
    page = admin.get(page_of(standard)).content.decode()
    assert "2 wait to be confirmed" in page
    assert "物业用房" in page

    manager.post(reverse("fee-standards-assignments-confirm", args=arguments))
    assert waiting.count() == 0


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"room": "9-9-9999"}, "room"),
        ({"direction": "out", "reason": ""}, "reason"),
        ({"valid_from": "later"}, "valid_from"),
    ],
)
def test_unit_that_cannot_be_named_is_told_at_its_field(
    project: Project, admin: Visitor, data: dict[str, str], field: str
) -> None:
    factories.add_unit(project, "3-2-1602")
    standard = factories.add_standard(project)

    response = admin.post(
        reverse("fee-standards-unit", args=[project.pk, standard.pk]),
        {"direction": "in", "room": "3-2-1602", "valid_from": "2026-12", **data},
        htmx=True,
    )

    assert response.status_code == 422
    assert f'id="id_{field}_error"' in response.content.decode()
    assert not FeeAssignment.objects.exists()


def test_assignments_are_taken_back_and_ended(
    project: Project, admin: Visitor, manager: Visitor
) -> None:
    confirmed = factories.add_fee(project, "WYF").standard.assignments.get()
    waiting = operations.assign_by_rule(
        actor=access.SYSTEM,
        standard_id=confirmed.standard_id,
        valid_from=JANUARY,
        now=NOW,
    )

    def address(name: str, assignment: FeeAssignment) -> str:
        return reverse(name, args=[project.pk, assignment.standard_id, assignment.pk])

    admin.post(address("fee-standards-assignment-remove", waiting))
    manager.post(
        address("fee-standards-assignment-end", confirmed),
        {"valid_to": "2026-12", "reason": "改由开发商承担"},
    )

    confirmed.refresh_from_db()
    assert confirmed.valid_to == date(2027, 1, 1)
    assert list(FeeAssignment.objects.all()) == [confirmed]


# ---- items --------------------------------------------------------------------------------------


def test_item_is_added_and_its_account_changed(project: Project, admin: Visitor) -> None:
    admin.post(
        reverse("fee-items-new"),
        {"code": "zxf", "name": "装修清运费", "kind": "OTHER", "account_code": "6051.99"},
        htmx=True,
    )
    item = FeeItem.objects.get(code="ZXF")
    admin.post(
        reverse("fee-items-item", args=[item.pk]),
        {"name": "装修垃圾清运费", "account_code": "6051.01"},
        htmx=True,
    )

    item.refresh_from_db()
    assert (item.name, item.account.code) == ("装修垃圾清运费", "6051.01")
    refused = admin.post(
        reverse("fee-items-item", args=[item.pk]),
        {"name": "x", "account_code": "2241.01"},
        htmx=True,
    )
    assert refused.status_code == 422
    page = admin.get(reverse("fee-items")).content.decode()
    assert "装修垃圾清运费" in page


# ---- who may ------------------------------------------------------------------------------------


def routes(project: Project, version: FeeVersion) -> dict[str, tuple[str, list[int]]]:
    """Return each page of a project: the method that it is called by, and its arguments."""
    assignment = version.standard.assignments.get()
    standard = [project.pk, version.standard_id]
    return {
        "fee-standards": ("get", [project.pk]),
        "fee-standards-new": ("get", [project.pk]),
        "fee-standards-standard": ("get", standard),
        "fee-standards-rename": ("get", standard),
        "fee-standards-delete": ("post", standard),
        "fee-standards-trial": ("post", standard),
        "fee-standards-end": ("get", [*standard, version.pk]),
        "fee-standards-withdraw": ("get", [*standard, version.pk]),
        "fee-standards-rule": ("get", standard),
        "fee-standards-unit": ("get", standard),
        "fee-standards-assignments-confirm": ("post", standard),
        "fee-standards-assignment-end": ("get", [*standard, assignment.pk]),
        "fee-standards-assignment-remove": ("post", [*standard, assignment.pk]),
    }


OPEN = {"fee-standards", "fee-standards-standard", "fee-standards-trial", "fee-standards-withdraw"}
DRAFTING = {
    "fee-standards-new",
    "fee-standards-rename",
    "fee-standards-delete",
    "fee-standards-rule",
    "fee-standards-unit",
    "fee-standards-assignment-remove",
}


@pytest.mark.parametrize(
    ("post", "allowed"),
    [
        ("company_admin", OPEN | DRAFTING),
        (
            "property_manager",
            OPEN
            | {
                "fee-standards-end",
                "fee-standards-assignments-confirm",
                "fee-standards-assignment-end",
            },
        ),
        ("charging_director", OPEN),
        ("meter_reader", set()),
    ],
)
def test_pages_are_for_the_posts_that_use_them(
    project: Project, post: str, allowed: set[str]
) -> None:
    version = factories.add_fee(project, "WYF")
    visitor = sign_in("somebody", post)

    for name, (method, arguments) in routes(project, version).items():
        response = getattr(visitor, method)(reverse(name, args=arguments))
        assert (response.status_code == 403) == (name not in allowed), name


def test_pages_of_another_project_do_not_exist(project: Project) -> None:
    version = factories.add_fee(project, "WYF")
    other = factories.add_project("HX", "海西苑")
    stranger = sign_in("stranger", "collector", project_id=other.pk)
    director = sign_in("zhaomin", "charging_director")

    for name, (method, arguments) in routes(project, version).items():
        address = reverse(name, args=arguments)
        assert getattr(stranger, method)(address).status_code == 404, name
        assert Client(headers={"host": "alpha.test"}).get(address).status_code == 302, name
    # A standard shown under the address of another project.
    mixed = reverse("fee-standards-standard", args=[other.pk, version.standard_id])
    assert director.get(mixed).status_code == 404


def test_meter_reader_sees_no_items_and_manager_cannot_set_them(
    project: Project, manager: Visitor
) -> None:
    reader = sign_in("lijianguo", "meter_reader", project_id=project.pk)

    assert reader.get(reverse("fee-items")).status_code == 403
    assert manager.get(reverse("fee-items")).status_code == 200
    assert manager.get(reverse("fee-items-new")).status_code == 403


def test_states_of_versions_follow_the_day(project: Project, admin: Visitor) -> None:
    standard = factories.add_standard(project)
    this_month = timezone.localdate().replace(day=1)
    factories.confirm(factories.draft(standard, valid_from=date(2020, 1, 1), price="2.50"))
    factories.confirm(factories.draft(standard, valid_from=this_month, price="2.80"))
    factories.confirm(factories.draft(standard, valid_from=date(2199, 1, 1), price="3.10"))

    page = admin.get(page_of(standard)).content.decode()

    assert "V1 No longer in force" in page
    assert "V2 In force" in page
    assert "V3 Not yet in force" in page
