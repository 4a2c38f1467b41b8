"""Who is charged, and the fee items, through their sheets."""

from datetime import date

import pytest
from django.urls import reverse

from kernel import access
from services.billing.standards import operations
from services.billing.standards.models import (
    FeeAssignment,
    FeeItem,
)
from services.properties.models import Project
from tests import factories_billing as factories
from tests.console.standards.conftest import page_of
from tests.console.visitor import Visitor
from tests.factories import NOW
from tests.factories_billing import JANUARY

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
    assert f'id="sheet_{field}_error"' in response.content.decode()
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
