"""Budgets: set once seen, bound by what is submitted, gone beyond with a reason alone."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from kernel import access
from kernel.approvals import operations as approvals
from kernel.approvals.models import Case
from services.procurement.catalogue.models import Category
from services.procurement.requests import operations, queries
from services.procurement.requests.models import Budget, BudgetUse, RequestState
from services.procurement.requests.operations.papers import checks_of
from services.procurement.requests.rules import OverBudget
from tests.factories import NOW, add_actor
from tests.factories_approvals import step_under_way
from tests.factories_procurement_requests import (
    Office,
    case_of,
    category,
    consented,
    draft,
    line,
    open_office,
    set_budget,
    sign,
    submit,
    submitted,
)

pytestmark = pytest.mark.usefixtures("tenant")


@pytest.fixture
def office() -> Office:
    return open_office()


@pytest.fixture
def finance() -> access.Actor:
    return add_actor("finance", "finance_head")


def used(office: Office) -> tuple[Decimal, Decimal, Decimal]:
    budget = queries.budgets(actor=office.manager, year=2026).get()
    return budget.committed, budget.spent, budget.left  # type: ignore[attr-defined]  # annotated


def test_a_budget_is_bound_spent_and_left(office: Office, finance: access.Actor) -> None:
    set_budget(finance, "10000.00", office.project)
    request = submitted(office)  # 3,600.00
    assert used(office) == (Decimal(3600), Decimal(0), Decimal(6400))

    sign(request, office.manager, office.gm)
    operations.spend(request.lines.get().pk, Decimal("1200.00"))
    assert used(office) == (Decimal(2400), Decimal(1200), Decimal(6400))

    operations.spend(request.lines.get().pk, Decimal("2300.00"), is_last=True)
    assert used(office) == (Decimal(0), Decimal(3500), Decimal(6500))


def test_beyond_the_budget_it_takes_a_reason_that_signers_see(
    office: Office, finance: access.Actor
) -> None:
    set_budget(finance, "5000.00", office.project)
    submitted(office)
    second = draft(office, line("硒鼓", "10", "150.00"))

    with pytest.raises(OverBudget) as refusal:
        submit(office, second, reason="  ")
    assert refusal.value.details == {"free": "1400.00", "wanted": "1500.00"}
    second.refresh_from_db()
    assert (second.state, Case.objects.count()) == (RequestState.DRAFT, 1)

    submit(office, second, reason="年底集中更换")

    second.refresh_from_db()
    assert (second.is_over_budget, second.budget_reason) == (True, "年底集中更换")
    case = case_of(second)
    assert case.facts["over_budget"] is True
    assert "年底集中更换" in dict(case.summary).values()
    assert [is_ok for is_ok, text in checks_of(case) if "年底集中更换" in str(text)] == [False]
    assert used(office) == (Decimal(5100), Decimal(0), Decimal(-100))


def test_just_within_takes_none(office: Office, finance: access.Actor) -> None:
    set_budget(finance, "3600.00", office.project)
    assert not submitted(office, reason="unused").is_over_budget


def test_each_place_category_and_year_has_its_own(office: Office, finance: access.Actor) -> None:
    """A budget of the company, of another project, category or year does not count."""
    other = open_office("B2", "别处", prefix="b-")
    set_budget(finance, "0", None)
    set_budget(finance, "0", other.project)
    set_budget(finance, "0", office.project, year=2027)
    set_budget(finance, "0", office.project, category_id=category("QJ", "清洁").pk)

    assert not submitted(office).is_over_budget
    assert BudgetUse.objects.get().budget is None


def test_a_request_of_two_categories_is_held_against_both(
    office: Office, finance: access.Actor
) -> None:
    cleaning = category("QJ", "清洁")
    set_budget(finance, "9999.00", office.project)
    set_budget(finance, "100.00", office.project, category_id=cleaning.pk)
    mops = line("拖把", "10", "20.00", category_id=cleaning.pk)

    with pytest.raises(OverBudget):
        submitted(office, line(), mops)

    request = submitted(office, line(), mops, reason="换季")
    places = queries.budget_places(request, list(queries.lines_of(request)), year=2026)
    assert [(one.category, one.wanted, one.left, one.is_over) for one in places] == [
        ("办公用品", Decimal(3600), Decimal(6399), False),
        ("清洁", Decimal(200), Decimal(-100), True),
    ]


@pytest.fixture
def below() -> dict[str, Category]:
    """Return a tree: office supplies, computers below it, cartridges below those."""
    top = category()
    computers = Category.objects.create(code="BG-DN", name="电脑耗材", parent=top)
    cartridges = Category.objects.create(code="BG-DN-XG", name="硒鼓", parent=computers)
    return {"top": top, "computers": computers, "cartridges": cartridges}


def test_a_budget_covers_what_is_below_its_category(
    office: Office, finance: access.Actor, below: dict[str, Category]
) -> None:
    """Lines of two categories below it take of it together: neither slips past alone."""
    set_budget(finance, "5000.00", office.project)
    lines = (
        line("鼠标", "10", "260.00", category_id=below["computers"].pk),
        line("硒鼓", "10", "240.01", category_id=below["cartridges"].pk),
    )

    with pytest.raises(OverBudget) as refusal:
        submitted(office, *lines)
    assert refusal.value.details == {"free": "5000.00", "wanted": "5000.10"}
    assert not BudgetUse.objects.exists()

    request = submitted(office, *lines, reason="年底集中更换")
    assert request.is_over_budget
    [place] = queries.budget_places(request, list(queries.lines_of(request)), year=2026)
    assert (place.category, place.wanted, place.is_over) == ("办公用品", Decimal("5000.10"), True)
    assert used(office) == (Decimal("5000.10"), Decimal(0), Decimal("-0.10"))


def test_the_nearest_budget_counts_and_no_other(
    office: Office, finance: access.Actor, below: dict[str, Category]
) -> None:
    set_budget(finance, "0", office.project)
    near = set_budget(finance, "3000.00", office.project, category_id=below["computers"].pk)

    request = submitted(office, line("硒鼓", "10", "240", category_id=below["cartridges"].pk))

    assert not request.is_over_budget
    assert BudgetUse.objects.get().budget == near
    with pytest.raises(OverBudget):
        submitted(office, line("鼠标", "10", "60.01", category_id=below["computers"].pk))
    with pytest.raises(OverBudget):
        submitted(office, line("信封", "1", "0.01"))


def test_a_nearer_budget_set_late_takes_over_what_lay_on_the_one_above(
    office: Office, finance: access.Actor, below: dict[str, Category]
) -> None:
    """But neither what lies on one still nearer, nor what is of a sibling, place or year."""
    top = set_budget(finance, "9000.00", office.project)
    nearest = set_budget(finance, "3000.00", office.project, category_id=below["cartridges"].pk)
    for code in ("computers", "cartridges", "top"):
        submitted(office, line("货", "1", "100.00", category_id=below[code].pk))

    near = set_budget(finance, "5000.00", office.project, category_id=below["computers"].pk)

    assert dict(BudgetUse.objects.values_list("line__category__code", "budget_id")) == {
        "BG": top.pk,
        "BG-DN": near.pk,
        "BG-DN-XG": nearest.pk,
    }


def test_a_budget_above_set_late_counts_what_is_below_and_lies_on_none(
    office: Office, finance: access.Actor, below: dict[str, Category]
) -> None:
    other = open_office("B2", "别处", prefix="b-")
    submitted(other, line("货", "1", "50.00", category_id=below["cartridges"].pk))
    submitted(office, line("货", "1", "100.00", category_id=below["cartridges"].pk))

    set_budget(finance, "9000.00", office.project)

    assert used(office) == (Decimal(100), Decimal(0), Decimal(8900))


def test_submitted_again_from_the_inbox_it_is_held_against_the_budget_anew(
    office: Office, finance: access.Actor
) -> None:
    """Rejected, made dearer and sent again: neither way round goes past the check."""
    request = submitted(office)
    approvals.reject(
        actor=office.manager,
        case_id=case_of(request).pk,
        step_id=step_under_way(case_of(request)).pk,
        text="太多",
        now=NOW,
    )
    set_budget(finance, "3599.99", office.project)

    with pytest.raises(OverBudget):
        approvals.resubmit(actor=office.asker, case_id=case_of(request).pk, now=NOW)
    with pytest.raises(OverBudget):
        submit(office, request)

    request.refresh_from_db()
    assert (request.state, BudgetUse.objects.count()) == (RequestState.DRAFT, 0)


def test_an_emergency_is_held_against_it_at_the_consent_and_again_with_its_paper(
    office: Office, finance: access.Actor
) -> None:
    set_budget(finance, "1000.00", office.project)
    pump = line("水泵", "1", "1850.00")

    with pytest.raises(OverBudget):
        consented(office, pump, at=NOW, now=NOW)
    request = consented(office, pump, at=NOW, now=NOW, budget_reason="抢修")
    assert (request.is_over_budget, request.budget_reason) == (True, "抢修")

    assert submit(office, request).is_over_budget


def test_a_budget_set_late_counts_what_was_submitted_before(
    office: Office, finance: access.Actor
) -> None:
    """Of its own year: the last evening of 2025 in Shanghai is not in 2026."""
    submitted(office, now=datetime(2025, 12, 31, 15, 59, tzinfo=UTC))
    submitted(office, line(price="100"), now=datetime(2025, 12, 31, 16, 0, tzinfo=UTC))

    set_budget(finance, "10000.00", office.project)

    assert used(office) == (Decimal(3000), Decimal(0), Decimal(7000))


def test_a_budget_is_changed_as_it_was_seen(office: Office, finance: access.Actor) -> None:
    set_budget(finance, "10000.00", office.project)

    for seen in (None, Decimal("9000.00")):
        with pytest.raises(operations.BudgetChanged):
            set_budget(finance, "12000.00", office.project, seen=seen)
    set_budget(finance, "12000.00", office.project, seen=Decimal("10000.00"))

    assert Budget.objects.get().amount == 12000


@pytest.mark.parametrize(
    ("amount", "year"),
    [("-0.01", 2026), ("NaN", 2026), ("0.001", 2026), ("1E+20", 2026), ("1", 1999), ("1", 2101)],
)
def test_what_is_no_budget_is_refused(
    office: Office, finance: access.Actor, amount: str, year: int
) -> None:
    with pytest.raises(operations.BudgetInvalid):
        set_budget(finance, amount, office.project, year=year)
    assert not Budget.objects.exists()


def test_only_the_head_of_finance_sets_it(office: Office) -> None:
    for actor in (office.asker, office.manager, office.gm, office.buyer):
        with pytest.raises(access.ActionDenied):
            set_budget(actor, "1.00", office.project)
    assert not Budget.objects.exists()
