"""Which pages of fee standards each post opens."""

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from services.billing.standards.models import (
    FeeVersion,
)
from services.properties.models import Project
from tests import factories_billing as factories
from tests.console.standards.conftest import page_of
from tests.console.visitor import Visitor, sign_in


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
