"""Requests are written, changed, copied and given up by who asked for them."""

from decimal import Decimal
from typing import Any

import pytest

from kernel import access
from kernel.access import Action
from kernel.approvals.models import CaseState
from kernel.audit.models import AuditEntry
from kernel.errors import DomainError, NotFound
from services.procurement.catalogue.models import Item
from services.procurement.requests import operations, queries, rules
from services.procurement.requests.models import BudgetUse, PurchaseRequest, RequestState
from tests.factories import NOW, TODAY, add_actor
from tests.factories_procurement_requests import (
    Office,
    approved,
    case_of,
    category,
    draft,
    line,
    open_office,
    sign,
    submit,
    submitted,
    values,
)

pytestmark = pytest.mark.usefixtures("tenant")


@pytest.fixture
def office() -> Office:
    return open_office()


def create(office: Office, *lines: Any, **more: Any) -> PurchaseRequest:
    return operations.create_request(
        **{
            "actor": office.asker,
            "project_id": office.project.pk,
            "values": values(),
            "lines": lines or (line(),),
            "now": NOW,
            "today": TODAY,
            **more,
        }
    )


def events(request: PurchaseRequest) -> list[str]:
    found = AuditEntry.objects.filter(
        object_type="procurement.purchaserequest", object_id=request.pk
    )
    return list(found.order_by("pk").values_list("event", flat=True))


def test_amounts_are_the_server_s(office: Office) -> None:
    request = create(office, line(quantity="2.5", price="0.3333"), line("硒鼓", "3", "10"))

    assert [one.amount for one in queries.lines_of(request)] == [
        Decimal("0.83"),
        Decimal("30.00"),
    ]
    assert request.amount == Decimal("30.83")
    assert events(request) == ["procurement.request.created"]


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"lines": ()}, operations.RequestInvalid),
        ({"values": values(reason=" ")}, operations.RequestInvalid),
        ({"values": values(title="x" * 101)}, operations.RequestInvalid),
        ({"values": values(purchase_class="B")}, operations.ClassWrong),
    ],
)
def test_what_is_missing_is_refused(
    office: Office, changed: dict[str, Any], error: type[DomainError]
) -> None:
    with pytest.raises(error):
        create(office, **changed)

    assert not PurchaseRequest.objects.exists()


@pytest.mark.parametrize(
    ("one", "error"),
    [
        ({"quantity": Decimal(0)}, rules.LineInvalid),
        ({"quantity": Decimal("NaN")}, rules.LineInvalid),
        ({"unit_price": Decimal("-1")}, rules.LineInvalid),
        ({"category_id": None}, operations.RequestInvalid),
        ({"category_id": 999_999}, operations.RequestInvalid),
        ({"item_id": 999_999}, operations.RequestInvalid),
        ({"name": ""}, operations.RequestInvalid),
        ({"unit": "x" * 11}, operations.RequestInvalid),
    ],
)
def test_a_line_that_is_none_is_refused(
    office: Office, one: dict[str, Any], error: type[DomainError]
) -> None:
    with pytest.raises(error):
        create(office, line(**one))

    assert not PurchaseRequest.objects.exists()


def test_an_article_is_what_the_catalogue_says(office: Office) -> None:
    article = Item.objects.create(
        category=category(), code="DYJ", name="打印机", unit="台", is_fixed_asset=True
    )

    request = create(office, line("金条", "1", "80", item_id=article.pk, unit="根"))

    found = request.lines.get()
    assert (found.name, found.unit, found.is_fixed_asset) == ("打印机", "台", True)
    assert request.purchase_class == "B"

    Item.objects.update(is_active=False)
    with pytest.raises(operations.RequestInvalid):
        create(office, line(item_id=article.pk))
    # A copy of it still comes, in the words of then.
    copy = operations.copy_request(actor=office.asker, request_id=request.pk, now=NOW, today=TODAY)
    assert (copy.lines.get().item_id, copy.lines.get().name) == (None, "打印机")


def test_it_is_asked_for_where_one_may(office: Office) -> None:
    """PR-09: the manager of the management office, in his own project."""
    collector = add_actor("collector", "collector", project_id=office.project.pk)
    elsewhere = open_office("B2", "别处", prefix="b-")

    with pytest.raises(access.ActionDenied):
        create(office, actor=collector)
    with pytest.raises(NotFound):
        create(elsewhere, actor=office.asker)
    with pytest.raises(access.ActionDenied):
        create(office, project_id=None)
    with pytest.raises(operations.PersonNeeded):
        create(office, actor=access.SYSTEM)
    assert not PurchaseRequest.objects.exists()

    own = create(office, actor=office.manager, project_id=None)
    assert own.place_name in {"The company itself", "公司本部"}
    with pytest.raises(NotFound):
        queries.get_request(actor=office.asker, request_id=own.pk)


def test_only_who_asked_changes_and_submits(office: Office) -> None:
    request = create(office)
    colleague = add_actor("colleague", "mo_manager", project_id=office.project.pk)
    calls: list[Any] = [
        lambda: operations.change_request(
            actor=colleague, request_id=request.pk, values=values(), lines=[line()], now=NOW
        ),
        lambda: operations.submit_request(actor=colleague, request_id=request.pk, now=NOW),
        lambda: operations.cancel_request(
            actor=colleague, request_id=request.pk, reason="x", now=NOW
        ),
    ]

    for call in calls:
        with pytest.raises(operations.NotYourRequest):
            call()

    request.refresh_from_db()
    assert request.state == RequestState.DRAFT
    assert events(request) == ["procurement.request.created"]


def test_lines_change_places_and_strange_ones_are_refused(office: Office) -> None:
    request = create(office, line("甲"), line("乙"))
    other = create(office, line("丙")).lines.get()
    first, second = request.lines.order_by("position")

    operations.change_request(
        actor=office.asker,
        request_id=request.pk,
        values=values(),
        lines=[line("乙", id=second.pk), line("甲", id=first.pk), line("丁")],
        now=NOW,
    )
    assert [one.name for one in queries.lines_of(request)] == ["乙", "甲", "丁"]

    with pytest.raises(NotFound):
        operations.change_request(
            actor=office.asker,
            request_id=request.pk,
            values=values(),
            lines=[line("丙", id=other.pk)],
            now=NOW,
        )
    other.refresh_from_db()
    assert other.request_id != request.pk


def test_a_submitted_request_stands(office: Office) -> None:
    request = submitted(office)

    with pytest.raises(operations.RequestStateWrong):
        operations.change_request(
            actor=office.asker, request_id=request.pk, values=values(), lines=[line()], now=NOW
        )
    with pytest.raises(operations.RequestStateWrong):
        operations.note_reallocation(actor=office.asker, request_id=request.pk, note="x", now=NOW)
    with pytest.raises(operations.RequestStateWrong):
        submit(office, request)


def test_what_is_taken_back_binds_nothing_and_goes_again(office: Office) -> None:
    request = submitted(office)
    assert BudgetUse.objects.get().committed == request.amount

    operations.take_back(actor=office.asker, request_id=request.pk, now=NOW)

    request.refresh_from_db()
    assert request.state == RequestState.DRAFT
    assert not BudgetUse.objects.exists()
    assert case_of(request).state == CaseState.WITHDRAWN
    submit(office, request)
    assert sign(request, office.manager, office.gm).state == RequestState.APPROVED


def test_of_another_class_it_goes_another_way(office: Office) -> None:
    """Rejected as class A, changed to class B: the chain of class A is not that of class B."""
    request = submitted(office)
    first = case_of(request)
    assert first.version.chain.key == "purchase.A"
    from_a = first.pk
    operations.take_back(actor=office.asker, request_id=request.pk, now=NOW)
    operations.change_request(
        actor=office.asker,
        request_id=request.pk,
        values=values(needed_on=TODAY.replace(month=12)),
        lines=[line(price="500")],
        now=NOW,
    )

    submit(office, request)

    case = case_of(request)
    assert case.pk != from_a
    assert case.version.chain.key == "purchase.B"


@pytest.mark.parametrize("state", ["draft", "submitted", "approved"])
def test_it_is_given_up_with_what_it_binds(office: Office, state: str) -> None:
    made: dict[str, Any] = {"draft": draft, "submitted": submitted, "approved": approved}
    request = made[state](office)

    operations.cancel_request(actor=office.asker, request_id=request.pk, reason="不需要了", now=NOW)

    request.refresh_from_db()
    assert request.state == RequestState.CANCELLED
    assert not BudgetUse.objects.exists()
    assert list(queries.lines_to_buy(actor=office.buyer)) == []
    assert events(request)[-1] == "procurement.request.cancelled"


def test_what_is_in_an_order_is_not_given_up(office: Office) -> None:
    request = approved(office)
    operations.bind_lines({request.lines.get().pk: Decimal(1)})

    with pytest.raises(operations.LineTaken):
        operations.cancel_request(
            actor=office.asker, request_id=request.pk, reason="不需要了", now=NOW
        )

    request.refresh_from_db()
    assert request.state == RequestState.APPROVED
    assert BudgetUse.objects.get().committed == request.amount


def test_the_keeper_and_the_buyer_may_have_looked(office: Office) -> None:
    request = create(office)
    keeper = add_actor("keeper", "materials_keeper", project_id=office.project.pk)
    gm = office.gm
    assert keeper.may(Action.STOCK_KEEP)

    operations.note_reallocation(actor=keeper, request_id=request.pk, note="库存 2 台", now=NOW)
    request.refresh_from_db()
    assert (request.reallocation_note, request.reallocation_by) == ("库存 2 台", keeper.user_id)

    with pytest.raises(access.ActionDenied):
        operations.note_reallocation(actor=gm, request_id=request.pk, note="x", now=NOW)
