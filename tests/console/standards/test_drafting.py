"""Drafting, trying out and confirming a version on the page."""

import re
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse

from kernel import access
from kernel.policies import operations as policies
from services.billing.standards.models import (
    FeeStandard,
    FeeVersion,
)
from services.properties.models import Project
from tests import factories_billing as factories
from tests.console.standards.conftest import FIGURES, drafted_by, page_of
from tests.console.visitor import Visitor
from tests.factories import NOW, TODAY

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


def test_refused_submission_keeps_one_draft_that_the_next_one_completes(
    project: Project, admin: Visitor
) -> None:
    standard = factories.add_standard(project)
    incomplete = {**FIGURES, "version": "", "do": "submit", "price": ""}

    refused = admin.post(page_of(standard), incomplete)

    draft = standard.versions.get()
    assert refused.status_code == 422
    assert draft.submitted_at is None
    assert f'name="version" value="{draft.pk}"' in refused.content.decode()
    admin.post(page_of(standard), {**FIGURES, "version": draft.pk, "do": "submit"})
    completed = standard.versions.get()
    assert completed.submitted_at is not None
    assert completed.price == Decimal("3.10")


def test_fields_of_the_sheet_are_not_mistaken_for_those_below_it(
    project: Project, admin: Visitor
) -> None:
    standard = factories.add_standard(project)
    address = reverse("fee-standards-rule", args=[project.pk, standard.pk])

    page = admin.get(page_of(standard)).content.decode()
    sheet = admin.get(address, htmx=True).content.decode()

    ids = [set(re.findall(r' id="([^"]+)"', html)) for html in (page, sheet)]
    assert ids[0] & ids[1] == set()


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


@pytest.mark.parametrize(("item", "price"), [("WYF", "2.35"), ("CWF", "")])
def test_first_version_of_the_management_fee_starts_from_the_list_price(
    project: Project, admin: Visitor, item: str, price: str
) -> None:
    policies.set_value(
        actor=access.SYSTEM,
        key="fee.management.price",
        text="2.35",
        valid_from=TODAY,
        now=NOW,
        today=TODAY,
    )
    standard = factories.add_standard(project, item)

    page = admin.get(page_of(standard)).context["form"]

    assert (page["price"].value() or "") == price
