"""PR-39: goods go out to a unit, a person and a purpose, and what is unused comes back."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from kernel.access.actors import ActionDenied, Actor
from kernel.audit.models import AuditEntry
from kernel.errors import DomainError, NotFound
from services.billing.ledger.models import Journal
from services.procurement.stock import operations, queries, rules
from services.procurement.stock.models import Issue, IssueReturn, Lot, StockMove, Warehouse
from services.procurement.texts import TextInvalid
from tests.factories import NOW, TODAY, add_actor, add_user
from tests.factories_procurement_stock import (
    Shop,
    add_item,
    add_warehouse,
    broken_rules,
    day,
    held,
    issue,
    lay_in,
    posted,
    transfer,
)
from tests.factories_properties import add_project


def give_back(shop: Shop, made: Issue, quantity: str, **values: Any) -> IssueReturn:
    return operations.give_back(
        **{
            "actor": shop.keeper,
            "line_id": made.lines.get().pk,
            "quantity": Decimal(quantity),
            "reason": "未用完",
            "today": TODAY,
            "now": NOW,
            **values,
        }
    )


def test_what_is_issued_becomes_cost_of_the_project(shop: Shop) -> None:
    lay_in(shop.keeper, shop.store, shop.broom, "10", "100.00")
    lay_in(shop.keeper, shop.store, shop.glove, "3", "10.00")

    made = issue(shop.keeper, shop.store, (shop.broom, "4"), (shop.glove, "1"))

    assert made.number == "LL-202611-0001"
    assert (made.unit, made.person_label, made.purpose) == ("保洁部", "王梅", "大堂清洁")
    assert [line.value for line in made.lines.order_by("pk")] == [Decimal(40), Decimal("3.33")]
    assert held(shop.store, shop.broom) == ("6", "60.00")
    journal = Journal.objects.get(kind="ISSUE")
    assert (journal.project_id, journal.source_id) == (shop.project.pk, made.pk)
    assert posted("6401.01", journal=journal) == Decimal("43.33")
    assert posted("1405") == Decimal("66.67")
    assert broken_rules() == []
    assert AuditEntry.objects.get(event="procurement.issue.made").data["value"] == "43.33"


def test_the_company_s_goods_are_cost_of_the_project_that_uses_them(shop: Shop) -> None:
    lay_in(shop.company_keeper, shop.main, shop.broom, "2", "20.00")

    issue(shop.company_keeper, shop.main, (shop.broom, "1"), project_id=shop.project.pk)
    issue(shop.company_keeper, shop.main, (shop.broom, "1"), project_id=None)

    projects = Journal.objects.filter(kind="ISSUE").order_by("pk")
    assert list(projects.values_list("project_id", flat=True)) == [shop.project.pk, None]


def test_one_short_article_leaves_all_of_the_slip_on_the_shelf(shop: Shop) -> None:
    lay_in(shop.keeper, shop.store, shop.broom, "10", "100.00")
    lay_in(shop.keeper, shop.store, shop.glove, "3", "10.00")

    with pytest.raises(rules.StockTooSmall) as refusal:
        issue(shop.keeper, shop.store, (shop.broom, "4"), (shop.glove, "3.5"))

    assert refusal.value.details == {"stock": "3.000", "item_id": shop.glove.pk}
    assert "手套" in str(refusal.value)
    assert not Issue.objects.exists()
    assert held(shop.store, shop.broom) == ("10", "100.00")


@pytest.mark.parametrize(
    ("values", "error"),
    [
        ({"unit": " "}, TextInvalid),
        ({"purpose": ""}, TextInvalid),
        ({"person_label": " "}, operations.PersonInvalid),
        ({"person_id": 0}, operations.PersonInvalid),
        ({"lines": []}, operations.LinesInvalid),
    ],
)
def test_unit_person_and_purpose_are_asked_for(
    shop: Shop, values: dict[str, Any], error: type[DomainError]
) -> None:
    lay_in(shop.keeper, shop.store, shop.broom, "10", "100.00")

    with pytest.raises(error):
        issue(shop.keeper, shop.store, (shop.broom, "1"), **values)

    assert not StockMove.objects.filter(kind="ISSUE").exists()


def test_a_person_of_the_staff_is_named_by_his_account(shop: Shop) -> None:
    lay_in(shop.keeper, shop.store, shop.broom, "10", "100.00")
    cleaner = add_user("wangmei", name="王梅")

    made = issue(shop.keeper, shop.store, (shop.broom, "1"), person_id=cleaner.pk, person_label="")

    assert (made.person_id, made.person_label) == (cleaner.pk, cleaner.label)


def test_what_is_set_aside_is_not_issued(shop: Shop) -> None:
    quarantine = add_warehouse("Q", project=shop.project, kind="QUARANTINE")
    lay_in(shop.keeper, quarantine, shop.broom, "1", "10.00")

    with pytest.raises(operations.SetAside):
        issue(shop.keeper, quarantine, (shop.broom, "1"))


def test_only_the_keeper_issues_and_only_from_what_he_keeps(shop: Shop) -> None:
    lay_in(shop.keeper, shop.store, shop.broom, "10", "100.00")
    lay_in(shop.company_keeper, shop.main, shop.broom, "10", "100.00")
    other = add_project("HB", "湖滨")
    stranger = add_actor("liu", "materials_keeper", project_id=other.pk)
    manager = add_actor("ren", "mo_manager", project_id=shop.project.pk)

    with pytest.raises(NotFound):
        issue(stranger, shop.store, (shop.broom, "1"))
    with pytest.raises(ActionDenied):
        issue(manager, shop.store, (shop.broom, "1"))
    with pytest.raises(ActionDenied):  # the company's shelf
        issue(shop.keeper, shop.main, (shop.broom, "1"))
    with pytest.raises(NotFound):  # for another project
        issue(shop.keeper, shop.store, (shop.broom, "1"), project_id=other.pk)

    assert not Issue.objects.exists()


def test_what_is_unused_comes_back_in_parts_at_what_it_was_issued_for(shop: Shop) -> None:
    lay_in(shop.keeper, shop.store, shop.broom, "3", "10.00")
    made = issue(shop.keeper, shop.store, (shop.broom, "3"))

    values = [give_back(shop, made, "1").value for _part in range(3)]

    assert values == [Decimal("3.33"), Decimal("3.34"), Decimal("3.33")]
    assert held(shop.store, shop.broom) == ("3", "10.00")
    assert posted("6401.01") == posted("6401.01", journal__kind="STOCK_OPENING") == Decimal(-10)
    assert broken_rules() == []
    with pytest.raises(rules.StockTooSmall):
        give_back(shop, made, "0.001")


def test_what_comes_back_is_of_the_lots_it_came_from(shop: Shop) -> None:
    milk = add_item("MILK", has_expiry=True)
    for number, expires_on in (("A", day(5)), ("B", day(9))):
        operations.enter_opening(
            actor=shop.keeper,
            warehouse_id=shop.store.pk,
            item_id=milk.pk,
            quantity=Decimal(2),
            value=Decimal(20),
            lot_number=number,
            expires_on=expires_on,
            today=TODAY,
            now=NOW,
        )
    made = issue(shop.keeper, shop.store, (milk, "3"))

    give_back(shop, made, "2")

    lots = Lot.objects.order_by("number").values_list("number", "quantity")
    assert list(lots) == [("A", Decimal(1)), ("B", Decimal(2))]
    assert broken_rules() == []


def test_a_give_back_says_why_and_is_the_keeper_s(shop: Shop) -> None:
    lay_in(shop.keeper, shop.store, shop.broom, "3", "10.00")
    made = issue(shop.keeper, shop.store, (shop.broom, "3"))
    manager = add_actor("ren", "mo_manager", project_id=shop.project.pk)

    with pytest.raises(TextInvalid):
        give_back(shop, made, "1", reason=" ")
    with pytest.raises(ActionDenied):
        give_back(shop, made, "1", actor=manager)

    assert not IssueReturn.objects.exists()


class TestOwnStock:
    """A technician's own stock: he issues from it himself, and from no other."""

    @pytest.fixture
    def technician(self, shop: Shop) -> Actor:
        return add_actor("laoma", "technician", project_id=shop.project.pk)

    @pytest.fixture
    def own(self, shop: Shop, technician: Actor) -> Warehouse:
        own = add_warehouse(
            "T1", kind="TECHNICIAN", holder_id=technician.user_id, project=shop.project
        )
        lay_in(shop.keeper, shop.store, shop.broom, "5", "400.00")
        transfer(shop.keeper, shop.store, own, (shop.broom, "2"))
        return own

    def test_he_issues_to_a_paid_repair_and_takes_back_what_was_not_used(
        self, shop: Shop, technician: Actor, own: Warehouse
    ) -> None:
        made = issue(
            technician,
            own,
            (shop.broom, "2"),
            unit="工程部",
            person_id=technician.user_id,
            purpose="有偿维修",
            reference_type="workorder",
            reference_id=7,
        )

        assert (made.issued_by, made.reference_type, made.reference_id) == (
            technician.user_id,
            "workorder",
            7,
        )
        assert posted("6401.01", journal__kind="ISSUE", journal__project=shop.project) == Decimal(
            160
        )
        assert list(queries.own_stock(actor=technician)) == []

        operations.give_back(
            actor=technician,
            line_id=made.lines.get().pk,
            quantity=Decimal(1),
            reason="未使用",
            today=TODAY,
            now=NOW,
        )

        assert held(own, shop.broom) == ("1", "80.00")
        assert [row.quantity for row in queries.own_stock(actor=technician)] == [Decimal(1)]
        assert posted("6401.01", journal__kind="ISSUE_RETURN") == Decimal("-80.00")
        assert broken_rules() == []

    def test_from_no_other_and_for_no_other_project(
        self, shop: Shop, technician: Actor, own: Warehouse
    ) -> None:
        other = add_project("B2", "别处")
        colleague = add_actor("laoli", "technician", project_id=shop.project.pk)
        from_store = issue(shop.keeper, shop.store, (shop.broom, "1"))

        for actor, warehouse, values in (
            (technician, shop.store, {}),
            (colleague, own, {}),
            (technician, own, {"project_id": None}),
        ):
            with pytest.raises(ActionDenied):
                issue(actor, warehouse, (shop.broom, "1"), **values)
        with pytest.raises(NotFound):
            issue(technician, own, (shop.broom, "1"), project_id=other.pk)
        with pytest.raises(ActionDenied):
            operations.give_back(
                actor=technician,
                line_id=from_store.lines.get().pk,
                quantity=Decimal(1),
                reason="x",
                today=TODAY,
                now=NOW,
            )
        assert held(own, shop.broom) == ("2", "160.00")

    def test_of_the_company_s_he_issues_where_he_works(self, shop: Shop, technician: Actor) -> None:
        own = add_warehouse("T2", kind="TECHNICIAN", holder_id=technician.user_id)
        lay_in(shop.company_keeper, own, shop.broom, "2", "160.00")
        other = add_project("B2", "别处")

        issue(technician, own, (shop.broom, "1"), project_id=shop.project.pk)

        with pytest.raises(NotFound):
            issue(technician, own, (shop.broom, "1"), project_id=other.pk)
        assert held(own, shop.broom) == ("1", "80.00")

    def test_who_works_there_no_more_issues_nothing(
        self, shop: Shop, technician: Actor, own: Warehouse
    ) -> None:
        gone = replace(technician, grants=frozenset())

        with pytest.raises(NotFound):
            issue(gone, own, (shop.broom, "1"))
        assert held(own, shop.broom) == ("2", "160.00")
