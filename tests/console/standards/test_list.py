"""The list of fee standards."""

from typing import Any

from django.urls import reverse

from services.properties.models import Project
from tests import factories_billing as factories
from tests.console.standards.conftest import FIGURES, drafted_by, page_of
from tests.console.visitor import Visitor


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
