"""Fee items: seeded, added, renamed."""

from typing import Any

import pytest

from kernel import access
from kernel.access import Actor
from kernel.errors import DomainError
from services.billing.standards import operations
from services.billing.standards.models import (
    FeeItem,
)
from services.properties.models import Project
from tests import factories_billing as factories
from tests.factories import NOW
from tests.services.billing.standards.conftest import events


def test_new_company_has_items_with_accounts_twice_seeded_or_once(tenant: object) -> None:
    factories.seeded()
    factories.seeded()

    assert list(
        FeeItem.objects.order_by("sort_order").values_list("code", "is_agency", "account__code")
    ) == [
        ("WYF", False, "6001.01"),
        ("DTF", False, "6001.02"),
        ("CWF", False, "6001.03"),
        ("TCF", False, "6051.01"),
        ("SF", True, "2241.01"),
        ("DF", True, "2241.02"),
        ("RQF", True, "2241.03"),
        ("GRF", True, "2241.04"),
        ("QTF", False, "6051.99"),
    ]


def test_item_is_added_and_renamed(project: Project, admin: Actor) -> None:
    item = operations.create_item(
        actor=admin, code=" xxf ", name="装修垃圾费", kind="OTHER", account_code="6051.99", now=NOW
    )
    operations.change_item(
        actor=admin, item_id=item.pk, name="装修清运费", account_code="6051.01", now=NOW
    )

    item.refresh_from_db()
    assert (item.code, item.name, item.account.code) == ("XXF", "装修清运费", "6051.01")
    assert item.sort_order == 100
    assert events() == ["billing.fee-item.created", "billing.fee-item.changed"]


@pytest.mark.parametrize(
    ("values", "error", "field"),
    [
        ({"code": "wyf"}, operations.ItemCodeTaken, "code"),
        ({"name": "物业服务费"}, operations.ItemNameTaken, "name"),
        ({"name": "  "}, operations.NameMissing, "name"),
        ({"code": ""}, operations.NameMissing, "code"),
        ({"account_code": "9999"}, operations.ItemAccountInvalid, "account_code"),
        ({"account_code": "2241.01"}, operations.ItemAccountInvalid, "account_code"),
        ({"is_agency": True}, operations.ItemAccountInvalid, "account_code"),
    ],
)
def test_items_that_are_refused(
    project: Project, values: dict[str, Any], error: type[DomainError], field: str
) -> None:
    complete = {"code": "X", "name": "X", "kind": "OTHER", "account_code": "6051.99", **values}

    with pytest.raises(error) as refused:
        operations.create_item(actor=access.SYSTEM, now=NOW, **complete)

    assert refused.value.field == field
    assert FeeItem.objects.count() == 9
    assert events() == []


def test_items_are_the_company_admins(project: Project, manager: Actor) -> None:
    with pytest.raises(access.ActionDenied):
        operations.create_item(
            actor=manager, code="X", name="X", kind="OTHER", account_code="6051.99", now=NOW
        )
    assert FeeItem.objects.count() == 9
