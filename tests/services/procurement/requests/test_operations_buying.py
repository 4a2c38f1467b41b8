"""What is bought of requests: at most what was asked for, by whom did not sign it."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from kernel import access
from kernel.access import Action
from kernel.approvals import operations as approvals
from kernel.errors import NotFound
from kernel.policies.operations import set_value
from services.procurement.requests import operations, queries
from services.procurement.requests.models import BudgetUse, RequestLine, RequestState
from services.properties.models import Project
from tests import factories_properties as registry
from tests.factories import NOW, TODAY, add_actor
from tests.factories_procurement_requests import add_request

pytestmark = pytest.mark.usefixtures("tenant")
PAPER, TONER = ("复印纸", "30", "120.00"), ("硒鼓", "4", "260.00")


@pytest.fixture
def project() -> Project:
    return registry.add_project()


def bound(*lines: RequestLine) -> list[Decimal]:
    return [RequestLine.objects.get(pk=line.pk).bound_quantity for line in lines]


def test_lines_are_bound_and_given_back(project: Project) -> None:
    paper, toner = add_request(project, PAPER, TONER).lines.order_by("position")

    locked = operations.bind_lines({toner.pk: Decimal(4), paper.pk: Decimal("10.5")})
    assert [line.pk for line in locked] == [paper.pk, toner.pk]
    assert bound(paper, toner) == [Decimal("10.500"), Decimal(4)]

    operations.free_lines({paper.pk: Decimal("0.5")})
    assert bound(paper, toner) == [Decimal(10), Decimal(4)]


@pytest.mark.parametrize("quantity", ["30.001", "0", "-1"])
def test_no_more_is_bound_than_is_left(project: Project, quantity: str) -> None:
    paper, toner = add_request(project, PAPER, TONER).lines.order_by("position")

    with pytest.raises(operations.LineTaken) as refusal:
        operations.bind_lines({toner.pk: Decimal(1), paper.pk: Decimal(quantity)})

    assert refusal.value.details == {"left": {str(paper.pk): "30.000"}}
    assert bound(paper, toner) == [0, 0]


def test_no_more_is_given_back_than_is_bound(project: Project) -> None:
    (paper,) = add_request(project, PAPER).lines.all()
    operations.bind_lines({paper.pk: Decimal(2)})

    with pytest.raises(operations.LineTaken):
        operations.free_lines({paper.pk: Decimal("2.001")})
    with pytest.raises(NotFound):
        operations.free_lines({paper.pk: Decimal(1), paper.pk + 1: Decimal(1)})

    assert bound(paper) == [2]


@pytest.mark.parametrize(
    ("state", "values"),
    [
        (RequestState.DRAFT, {}),
        (RequestState.SUBMITTED, {}),
        (RequestState.CANCELLED, {}),
        # An emergency that nobody consented to.
        (RequestState.SUBMITTED, {"purchase_class": "C", "purchase_month": None}),
    ],
)
def test_nothing_is_bought_before_it_is_approved(
    project: Project, state: str, values: dict[str, Any]
) -> None:
    request = add_request(project, PAPER, state=state, **values)
    line = request.lines.get()

    with pytest.raises(operations.NotToBuy):
        operations.bind_lines({line.pk: Decimal(1)})

    assert bound(line) == [0]
    buyer = add_actor("caigou", "buyer")
    assert list(queries.lines_to_buy(actor=buyer)) == []


def test_what_is_left_is_to_be_bought_by_its_month(project: Project) -> None:
    buyer = add_actor("caigou", "buyer")
    june = add_request(project, PAPER, TONER, number="1", purchase_month=date(2026, 6, 1))
    add_request(None, ("台历", "5", "30.00"), number="2", purchase_month=date(2026, 7, 1))
    paper, toner = june.lines.order_by("position")
    operations.bind_lines({toner.pk: Decimal(4), paper.pk: Decimal(10)})

    def left(**values: Any) -> list[tuple[str, Decimal]]:
        found = queries.lines_to_buy(actor=buyer, **values)
        return [(line.name, line.left) for line in found]  # type: ignore[attr-defined]

    assert left(month=date(2026, 5, 1)) == []
    assert left(month=date(2026, 6, 1)) == [("复印纸", Decimal(20))]
    assert left(month=date(2026, 7, 1)) == [("台历", Decimal(5)), ("复印纸", Decimal(20))]
    assert left(project_id=project.pk) == [("复印纸", Decimal(20))]


def test_only_a_buyer_sees_what_is_to_be_bought(project: Project) -> None:
    add_request(project, PAPER)
    keeper = add_actor("cangguan", "materials_keeper", project_id=project.pk)

    assert not keeper.may(Action.PURCHASE_BUY)
    with pytest.raises(access.ActionDenied):
        queries.lines_to_buy(actor=keeper)


@pytest.mark.parametrize(
    ("amounts", "is_last", "left"),
    [
        (["1000.00"], False, ("2600.00", "1000.00")),
        (["4000.00"], False, ("0.00", "4000.00")),  # dearer than it was estimated
        (["3000.00"], True, ("0.00", "3000.00")),  # cheaper: the rest is free again
        (["3600.00", "-100.00"], False, ("0.00", "3500.00")),  # something came back
    ],
)
def test_what_is_spent_binds_no_budget_any_more(
    project: Project, amounts: list[str], *, is_last: bool, left: tuple[str, str]
) -> None:
    line = add_request(project, PAPER).lines.get()

    for amount in amounts:
        operations.spend(line.pk, Decimal(amount), is_last=is_last)

    use = BudgetUse.objects.get(line=line)
    assert (use.committed, use.spent) == (Decimal(left[0]), Decimal(left[1]))


def test_no_more_comes_back_than_was_spent(project: Project) -> None:
    line = add_request(project, PAPER).lines.get()
    operations.spend(line.pk, Decimal(100))

    with pytest.raises(operations.SpentTooMuchBack):
        operations.spend(line.pk, Decimal("-100.01"))
    with pytest.raises(NotFound):
        operations.spend(line.pk + 1, Decimal(1))

    assert BudgetUse.objects.get(line=line).spent == 100


def test_money_is_paid_for_what_is_approved(project: Project) -> None:
    approved = add_request(project, PAPER, number="1")
    drafted = add_request(project, PAPER, number="2", state=RequestState.DRAFT)
    cancelled = add_request(project, PAPER, number="3", state=RequestState.CANCELLED)

    assert operations.require_effective(approved.pk, now=NOW) == approved
    with pytest.raises(approvals.ConsentMissing):
        operations.require_effective(drafted.pk, now=NOW)
    with pytest.raises(approvals.NotApproved):
        operations.require_effective(cancelled.pk, now=NOW)
    with pytest.raises(NotFound):
        operations.require_effective(cancelled.pk + 1, now=NOW)


def test_the_company_s_buyer_buys_and_is_remembered(project: Project) -> None:
    buyer = add_actor("caigou", "buyer")
    request = add_request(project, PAPER)
    line = request.lines.get()

    for _again in range(2):
        operations.require_buyer(actor=buyer, line_ids=[line.pk], now=NOW)

    request.refresh_from_db()
    assert request.buyer_ids == [buyer.user_id]
    with pytest.raises(NotFound):
        operations.require_buyer(actor=buyer, line_ids=[line.pk, line.pk + 1], now=NOW)


@pytest.mark.parametrize(
    ("purchase_class", "is_central", "may"),
    [("A", True, False), ("A", False, True), ("B", False, False), ("C", False, False)],
)
def test_a_project_s_buyer_buys_class_a_if_purchasing_is_not_central(
    project: Project, purchase_class: str, *, is_central: bool, may: bool
) -> None:
    """PR-01, ``purchase.central``."""
    own = access.Actor(
        label="own",
        user_id=1,
        grants=frozenset({access.Grant(Action.PURCHASE_BUY, project.pk)}),
    )
    if not is_central:
        set_value(
            actor=access.SYSTEM,
            key="purchase.central",
            text="off",
            is_decided=True,
            now=NOW,
            today=TODAY,
        )
    request = add_request(
        project, PAPER, purchase_class=purchase_class, needed_on=TODAY, reallocation_note="无"
    )

    def buy() -> None:
        operations.require_buyer(
            actor=own, line_ids=request.lines.values_list("pk", flat=True), now=NOW
        )

    if may:
        buy()
    else:
        with pytest.raises(access.ActionDenied):
            buy()
    request.refresh_from_db()
    assert request.buyer_ids == ([1] if may else [])


def test_an_overdue_paper_is_told_by_the_day(project: Project) -> None:
    """Without a case there was no consent, however the request came to its state."""
    request = add_request(
        project, PAPER, purchase_class="C", state=RequestState.CONSENTED, approved_on=None
    )

    with pytest.raises(approvals.ConsentMissing):
        operations.require_effective(request.pk, now=NOW + timedelta(days=30))
