"""SoD-18 to SoD-22 where several people buy, sign, receive and pay.

Also those whom no chain names: who bought of a request otherwise, proposed the award, or changed
the order. Of the joint review (SoD-23) tells ``contracts/test_scenario_s38``.
"""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import pytest

from kernel.access import Actor
from kernel.approvals import operations as approvals
from kernel.approvals import queries as approval_queries
from kernel.approvals.models import Act, Case, CaseState
from kernel.duties import DutiesMeet
from services.procurement.orders import operations as orders
from services.procurement.orders.models import ChangeState, OrderState, PurchaseOrder
from services.procurement.orders.queries import KIND as CHANGE
from services.procurement.orders.queries import buyers_of
from services.procurement.orders.rules import NewFigures
from services.procurement.payments import operations as payments
from services.procurement.payments.models import AdvanceState, PaymentState, VendorPayment
from services.procurement.payments.operations.advances import KIND as ADVANCE
from services.procurement.payments.operations.payments import KIND as PAYMENT
from services.procurement.payments.operations.payments import Share
from services.procurement.receiving.models import GoodsReceipt
from services.procurement.requests.models import PurchaseRequest, RequestState
from services.procurement.rounds.models import Award
from tenants.companies.models import Company
from tests import factories_procurement_contracts as contracts
from tests import factories_procurement_orders as ordering
from tests import factories_procurement_requests as requesting
from tests.factories import NOW, TODAY
from tests.factories_approvals import approve, person
from tests.factories_procurement_money import (
    People,
    add_account,
    add_goods_order,
    add_request,
    line_of,
    prepare,
    receive,
    sign,
)
from tests.services.procurement.payments.billing import owed

pytestmark = pytest.mark.usefixtures("tenant")
Marks = Callable[[PurchaseOrder, int], None]


@pytest.fixture
def people(tenant: Company) -> People:
    return prepare()


@pytest.fixture
def company(tenant: Company) -> contracts.Company:
    return contracts.open_company()


def acting(person: Actor, as_one: Actor) -> Actor:
    """Return a person with all that another one may do besides."""
    return replace(person, grants=person.grants | as_one.grants)


def bought_of_its_request(order: PurchaseOrder, user_id: int) -> None:
    lines = order.lines.filter(request_line__isnull=False)
    asked_for = PurchaseRequest.objects.filter(pk__in=lines.values("request_line__request"))
    if asked_for.update(buyer_ids=[user_id]):
        return
    request = PurchaseRequest.objects.create(
        number="PR-B",
        title="x",
        unit="x",
        reason="x",
        purchase_class="C",
        state="CONSENTED",
        asked_by=1,
        asked_by_label="x",
        created_at=NOW,
        buyer_ids=[user_id],
    )
    PurchaseOrder.objects.filter(pk=order.pk).update(request=request, contract=None)


def made_it(order: PurchaseOrder, user_id: int) -> None:
    PurchaseOrder.objects.filter(pk=order.pk).update(created_by=user_id)


def declared_it(order: PurchaseOrder, user_id: int) -> None:
    PurchaseOrder.objects.filter(pk=order.pk).update(declared_by=user_id)


def proposed_a_change(order: PurchaseOrder, user_id: int) -> None:
    order.changes.create(
        number=1,
        changes={"lines": {}},
        reason="x",
        proposed_by=user_id,
        proposed_by_label="x",
        proposed_at=NOW,
        amount_before=order.amount,
        amount_after=order.amount,
        state=ChangeState.REFUSED,
        decided_at=NOW,
    )


ALL = (made_it, declared_it, bought_of_its_request, proposed_a_change)


class TestReceiving:
    """SoD-18."""

    @pytest.mark.parametrize("bought", ALL)
    def test_whoever_bought_takes_nothing_in(self, people: People, bought: Marks) -> None:
        order = add_goods_order(people)
        bought(order, people.keeper.require_person())

        with pytest.raises(DutiesMeet) as refusal:
            receive(people, order, "30")

        assert refusal.value.details["rule"] == "SoD-18"
        assert not GoodsReceipt.objects.exists()

    def test_who_took_goods_in_changes_and_ends_the_order_no_more(self, people: People) -> None:
        order = add_goods_order(people)
        receive(people, order, "10")
        keeper = acting(people.keeper, people.buyer)
        new = {line_of(order).pk: NewFigures(quantity=Decimal(20))}

        for act in (
            lambda: orders.close_short(actor=keeper, order_id=order.pk, reason="x", now=NOW),
            lambda: orders.propose_change(
                actor=keeper,
                order_id=order.pk,
                lines=new,
                deliver_by=None,
                reason="x",
                now=NOW,
                today=TODAY,
            ),
        ):
            with pytest.raises(DutiesMeet) as refusal:
                act()
            assert refusal.value.details["rule"] == "SoD-18"

        order.refresh_from_db()
        assert order.state == OrderState.DELIVERING
        assert not order.changes.exists()
        orders.close_short(actor=people.buyer, order_id=order.pk, reason="不再需要", now=NOW)


class TestRequests:
    """SoD-19 and SoD-20."""

    @pytest.fixture
    def office(self) -> requesting.Office:
        return requesting.open_office()

    def test_who_asks_approves_neither_step(self, office: requesting.Office) -> None:
        for asker in (office.manager, office.gm):
            both = acting(asker, office.asker)
            request = requesting.draft(office, actor=both)
            requesting.submit(replace(office, asker=both), request)
            with pytest.raises((approvals.OwnPaper, DutiesMeet)):
                requesting.sign(request, *((office.manager,) if asker is office.gm else ()), asker)
            request.refresh_from_db()
            assert request.state == RequestState.SUBMITTED

    def test_nor_consents_to_his_own_emergency(self, office: requesting.Office) -> None:
        manager = acting(office.manager, office.asker)
        own = replace(office, asker=manager)

        with pytest.raises((approvals.ConsentInvalid, approvals.OwnPaper, DutiesMeet)):
            requesting.consented(own, requesting.line("水泵", "1", "1850.00"))

        assert not Case.objects.exists()

    def test_one_person_gives_one_of_the_two_approvals(self, office: requesting.Office) -> None:
        both = person("both", "property_manager", "company_gm")
        request = requesting.submitted(office)
        requesting.sign(request, both)

        with pytest.raises(DutiesMeet) as refusal:
            requesting.sign(request, both)

        assert refusal.value.details["rule"] == "SoD-20"
        request.refresh_from_db()
        assert request.state == RequestState.SUBMITTED
        assert requesting.sign(request, office.gm).state == RequestState.APPROVED


class TestBuying:
    """SoD-21."""

    @pytest.mark.parametrize("is_deputy", [True, False])
    def test_who_signed_the_award_does_not_order_it(
        self, company: contracts.Company, *, is_deputy: bool
    ) -> None:
        """Nor for whom it was signed."""
        award = ordering.simple_award(company)
        by, for_whom = company.property_manager.require_person(), company.leader.require_person()
        signed(award, user_id=by, for_user_id=for_whom)
        approver = company.leader if is_deputy else company.property_manager

        with pytest.raises(DutiesMeet) as refusal:
            orders.order_award(
                actor=acting(approver, company.buyer), award_id=award.pk, now=NOW, today=TODAY
            )

        assert refusal.value.details["rule"] == "SoD-21"
        assert not PurchaseOrder.objects.exists()
        made = orders.order_award(actor=company.buyer, award_id=award.pk, now=NOW, today=TODAY)
        assert len(made) == 1

    def test_nor_who_allowed_fewer_quotes(self, company: contracts.Company) -> None:
        award = ordering.simple_award(company)
        manager = company.property_manager
        signed(award, kind="purchase.fewer_quotes", user_id=manager.require_person())

        with pytest.raises(DutiesMeet) as refusal:
            orders.order_award(
                actor=acting(manager, company.buyer), award_id=award.pk, now=NOW, today=TODAY
            )

        assert refusal.value.details["rule"] == "SoD-21"
        assert not PurchaseOrder.objects.exists()

    @pytest.mark.parametrize("bought", [made_it, declared_it, bought_of_its_request])
    def test_who_bought_does_not_approve_a_change_of_the_order(
        self, company: contracts.Company, bought: Marks
    ) -> None:
        order = ordering.sent(company)
        change = orders.propose_change(
            actor=company.buyer,
            order_id=order.pk,
            lines={order.lines.get().pk: NewFigures(quantity=Decimal(9))},
            deliver_by=None,
            reason="少要",
            now=NOW,
            today=TODAY,
        )
        bought(order, company.property_manager.require_person())
        case = approval_queries.case_of(kind=CHANGE, subject=change)
        assert case is not None

        with pytest.raises(DutiesMeet) as refusal:
            approve(company.property_manager, case)

        assert refusal.value.details["rule"] == "SoD-21"
        change.refresh_from_db()
        case.refresh_from_db()
        assert (change.state, case.state) == (ChangeState.PROPOSED, CaseState.RUNNING)

    def test_everybody_who_bought_is_known(self, company: contracts.Company) -> None:
        order = ordering.ordered(company)
        Award.objects.update(proposed_by=701)
        declared_it(order, 702)
        bought_of_its_request(order, 703)
        proposed_a_change(order, 704)
        order.refresh_from_db()

        assert buyers_of(order) == {company.buyer.user_id, 701, 702, 703, 704}


class TestPaying:
    """SoD-22."""

    @pytest.fixture
    def payment(self, people: People) -> VendorPayment:
        """Return what is asked for of an invoice that is booked."""
        invoice = owed(people)
        add_account(invoice.vendor)
        return payments.ask_payment(
            actor=people.finance,
            vendor_id=invoice.vendor_id,
            shares=[Share(invoice_id=invoice.pk, amount=Decimal("1.00"))],
            idempotency_key="k",
            now=NOW,
        )

    @pytest.mark.parametrize("bought", ALL)
    def test_whoever_bought_does_not_approve_the_payment(
        self, people: People, payment: VendorPayment, bought: Marks
    ) -> None:
        bought(PurchaseOrder.objects.get(), people.gm.require_person())

        with pytest.raises(DutiesMeet) as refusal:
            sign(PAYMENT, payment, people.gm)

        assert refusal.value.details["rule"] == "SoD-22"
        payment.refresh_from_db()
        assert payment.state == PaymentState.SUBMITTED

    @pytest.mark.parametrize("bought", ALL)
    def test_nor_pays_it(self, people: People, payment: VendorPayment, bought: Marks) -> None:
        sign(PAYMENT, payment, people.gm)
        bought(PurchaseOrder.objects.get(), people.cashier.require_person())

        with pytest.raises(DutiesMeet) as refusal:
            payments.pay_vendor(
                actor=people.cashier, payment_id=payment.pk, reference="1", paid_on=TODAY, now=NOW
            )

        assert refusal.value.details["rule"] == "SoD-22"
        payment.refresh_from_db()
        assert (payment.state, payment.journal_id) == (PaymentState.APPROVED, None)

    def test_nor_an_advance_for_what_he_bought(self, people: People) -> None:
        request = add_request(people)
        advance = payments.ask_advance(
            actor=people.buyer,
            request_id=request.pk,
            amount=Decimal("2400.00"),
            purpose="采购办公用品",
            now=NOW,
        )
        PurchaseRequest.objects.update(buyer_ids=[people.finance.require_person()])
        with pytest.raises(DutiesMeet) as refusal:
            sign(ADVANCE, advance, people.finance)
        assert refusal.value.details["rule"] == "SoD-22"
        PurchaseRequest.objects.update(buyer_ids=[people.cashier.require_person()])
        sign(ADVANCE, advance, people.finance)

        with pytest.raises(DutiesMeet):
            payments.pay_advance(
                actor=people.cashier, advance_id=advance.pk, paid_from="CASH", now=NOW
            )
        advance.refresh_from_db()
        assert (advance.state, advance.journal_id) == (AdvanceState.APPROVED, None)


def signed(
    award: Award, *, kind: str = "purchase.award", user_id: int, for_user_id: int | None = None
) -> None:
    """Let a case of an award's round bear somebody's signature."""
    facts: dict[str, object] = (
        {"amount": award.total, "quotes": 3, "is_cheapest": True, "is_split": False}
        | {"over_budget": False}
        if kind == "purchase.award"
        else {"vendors": 2, "least": 3, "decider": "property_gm"}
    )
    case = approvals.submit(
        actor=person("proposer", "buyer"),
        kind=kind,
        subject=award.round,
        project_id=None,
        title="x",
        facts=facts,
        summary={},
        now=NOW,
    )
    case.signatures.create(
        version=case.version,
        act=Act.APPROVED,
        at=NOW,
        user_id=user_id,
        for_user_id=for_user_id,
        label="x",
        lap=1,
        facts={},
    )
