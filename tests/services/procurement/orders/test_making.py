"""Where orders come from: awards, agreements, emergencies; and what keeps them from being sent."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core import mail

from kernel import access
from kernel.access import ActionDenied
from kernel.approvals import operations as approvals
from kernel.approvals.models import Case
from kernel.audit.models import AuditEntry
from kernel.duties import DutiesMeet
from kernel.errors import NotFound
from kernel.outbox.models import Event
from services.procurement.catalogue.models import Item
from services.procurement.contracts.models import Contract
from services.procurement.contracts.operations import (
    AwardNotApproved,
    ContractStateWrong,
    sign_contract,
)
from services.procurement.orders import operations, queries, rules
from services.procurement.orders.models import AgreedPrice, OrderLetter, OrderState, PurchaseOrder
from services.procurement.orders.operations import Price
from services.procurement.requests.models import PurchaseRequest, RequestLine, RequestState
from services.procurement.requests.operations import LineTaken
from services.procurement.rounds.models import AwardState, RoundSource
from services.procurement.vendors.operations import VendorNotFit
from tests import factories_procurement_contracts as contracts
from tests import factories_procurement_orders as factories
from tests.factories import NOW, TODAY
from tests.factories_approvals import person
from tests.factories_procurement_contracts import Company
from tests.factories_procurement_orders import Wanted
from tests.factories_procurement_requests import add_request
from tests.factories_procurement_vendors import add_hold, add_vendor
from tests.factories_properties import add_project

pytestmark = pytest.mark.usefixtures("tenant")


@pytest.fixture
def company(tenant: object) -> Company:
    return contracts.open_company()


def make(company: Company, award_id: int) -> list[PurchaseOrder]:
    return operations.order_award(actor=company.buyer, award_id=award_id, now=NOW, today=TODAY)


class TestAward:
    def test_one_order_for_each_vendor_and_project(self, company: Company) -> None:
        other_project, other = add_project("B", "乙苑"), add_vendor("V002", "绿源")
        one = factories.asked(
            company.project, "CG-1", ("洗洁精", "10", "20"), ("灯", "3", "50")
        ).lines.order_by("position")
        two = factories.asked(other_project, "CG-2", ("洗洁精", "5.5", "20")).lines.get()
        award = factories.award(
            [Wanted("洗洁精", [one[0], two]), Wanted("灯", [one[1]])],
            {company.vendor: {"洗洁精": "19.9"}, other: {"灯": "45.1234"}},
            freight={company.vendor: "31.00"},
        )

        made = make(company, award.pk)

        assert [
            (
                order.vendor_id,
                order.project_id,
                order.freight,
                order.amount,
                [(line.name, line.quantity, line.request_line_id) for line in order.lines.all()],
            )
            for order in made
        ] == [
            (
                company.vendor.pk,
                company.project.pk,
                Decimal("20.00"),
                Decimal("219.00"),
                [("洗洁精", Decimal(10), one[0].pk)],
            ),
            (
                company.vendor.pk,
                other_project.pk,
                Decimal("11.00"),
                Decimal("120.45"),
                [("洗洁精", Decimal("5.5"), two.pk)],
            ),
            (
                other.pk,
                company.project.pk,
                Decimal("0.00"),
                Decimal("135.37"),
                [("灯", Decimal(3), one[1].pk)],
            ),
        ]
        assert {order.state for order in made} == {OrderState.DRAFT}
        # What the round has bound stays bound: nothing is bound twice.
        assert RequestLine.objects.get(pk=two.pk).bound_quantity == Decimal("5.5")
        assert AuditEntry.objects.filter(event="procurement.order.made").count() == 3

    def test_only_once(self, company: Company) -> None:
        award = factories.simple_award(company)
        make(company, award.pk)

        with pytest.raises(operations.AwardOrdered):
            make(company, award.pk)
        assert PurchaseOrder.objects.count() == 1

    @pytest.mark.parametrize("state", [AwardState.SUBMITTED, AwardState.REFUSED])
    def test_only_what_is_approved(self, company: Company, state: AwardState) -> None:
        award = factories.simple_award(company, state=state)

        with pytest.raises(AwardNotApproved):
            make(company, award.pk)

    def test_what_the_requests_ask_for_is_what_is_ordered(self, company: Company) -> None:
        award = factories.simple_award(company)
        RoundSource.objects.update(quantity=Decimal(9))

        with pytest.raises(operations.SourcesDiffer):
            make(company, award.pk)
        assert not PurchaseOrder.objects.exists()

    def test_whoever_does_not_buy_orders_nothing(self, company: Company) -> None:
        award = factories.simple_award(company)

        with pytest.raises(ActionDenied):
            operations.order_award(actor=company.office, award_id=award.pk, now=NOW, today=TODAY)

    def test_who_approved_the_request_does_not_order_it(self, company: Company) -> None:
        """SoD-21."""
        award = factories.simple_award(company)
        request = PurchaseRequest.objects.get()
        case = _approved_by(company, request, company.buyer.require_person())
        assert case.pk

        with pytest.raises(DutiesMeet) as refusal:
            make(company, award.pk)
        assert refusal.value.details["rule"] == "SoD-21"
        assert not PurchaseOrder.objects.exists()


def _approved_by(company: Company, request: PurchaseRequest, user_id: int) -> Case:
    """Return a case of a request in whose record somebody signed as its approver."""
    case = approvals.submit(
        actor=company.asker,
        kind="purchase",
        chain_key="purchase.A",
        subject=request,
        project_id=request.project_id,
        title=request.number,
        facts={
            "amount": request.amount,
            "unit_price": Decimal(1),
            "is_fixed_asset": False,
            "class": "A",
        },
        summary={},
        now=NOW,
    )
    case.signatures.create(
        version=case.version, act="APPROVED", at=NOW, user_id=user_id, label="x", lap=1, facts={}
    )
    return case


class TestAgreement:
    def lines(self, company: Company, quantity: str = "10") -> RequestLine:
        item = factories.add_item()
        line = add_request(company.project, ("洗洁精", quantity, "20")).lines.get()
        RequestLine.objects.filter(pk=line.pk).update(item=item)
        line.refresh_from_db()
        return line

    def call(
        self, company: Company, contract_id: int, line: RequestLine, quantity: str
    ) -> PurchaseOrder:
        return operations.call_off(
            actor=company.buyer,
            contract_id=contract_id,
            quantities={line.pk: Decimal(quantity)},
            deliver_by=None,
            now=NOW,
            today=TODAY,
        )

    def price(self, line: RequestLine, **values: str) -> dict[Item, Price]:
        assert line.item is not None
        return {
            line.item: Price(
                unit_price=Decimal("18.5"),
                minimum_quantity=Decimal(values.get("least", "2")),
                maximum_quantity=Decimal(values.get("most", "8")),
            )
        }

    def test_goods_are_called_off_at_its_price(self, company: Company) -> None:
        line = self.lines(company)
        contract = factories.agreement(company, self.price(line))

        order = self.call(company, contract.pk, line, "6")

        assert (order.amount, order.contract_id) == (Decimal("111.00"), contract.pk)
        line.refresh_from_db()
        assert line.bound_quantity == Decimal(6)
        assert AgreedPrice.objects.get().called_quantity == Decimal(6)

    @pytest.mark.parametrize("quantity", ["1", "8.001"])
    def test_within_the_least_and_the_most(self, company: Company, quantity: str) -> None:
        line = self.lines(company)
        contract = factories.agreement(company, self.price(line))

        with pytest.raises(rules.PriceLimits):
            self.call(company, contract.pk, line, quantity)
        line.refresh_from_db()
        assert line.bound_quantity == 0

    def test_the_most_holds_for_all_call_offs(self, company: Company) -> None:
        line = self.lines(company)
        contract = factories.agreement(company, self.price(line))
        self.call(company, contract.pk, line, "6")

        with pytest.raises(rules.PriceLimits) as refusal:
            self.call(company, contract.pk, line, "3")
        assert refusal.value.details == {"left": "2.000"}

    def test_cancelled_it_may_be_called_off_again(self, company: Company) -> None:
        line = self.lines(company)
        contract = factories.agreement(company, self.price(line))
        order = self.call(company, contract.pk, line, "6")

        operations.cancel_order(actor=company.buyer, order_id=order.pk, reason="误操作", now=NOW)

        line.refresh_from_db()
        assert line.bound_quantity == 0
        assert AgreedPrice.objects.get().called_quantity == 0

    def test_not_before_it_is_signed_nor_after_its_end(self, company: Company) -> None:
        line = self.lines(company)
        contract = factories.agreement(company, self.price(line), is_signed=False)
        with pytest.raises(operations.AgreementNotInForce):
            self.call(company, contract.pk, line, "6")
        contracts.signed(company, contract)

        with pytest.raises(operations.AgreementNotInForce):
            operations.call_off(
                actor=company.buyer,
                contract_id=contract.pk,
                quantities={line.pk: Decimal(6)},
                deliver_by=None,
                now=NOW,
                today=contract.valid_to + timedelta(days=1),
            )

    def test_not_what_has_no_price_nor_more_than_is_asked_for(self, company: Company) -> None:
        line = self.lines(company, "5")
        free = add_request(company.project, ("灯", "1", "20"), number="CG-2").lines.get()
        contract = factories.agreement(company, self.price(line))

        with pytest.raises(operations.NotAgreed):
            self.call(company, contract.pk, free, "1")
        with pytest.raises(LineTaken):
            self.call(company, contract.pk, line, "6")

    def test_one_order_is_for_one_project(self, company: Company) -> None:
        line = self.lines(company)
        other = add_request(add_project("B", "乙苑"), ("洗洁精", "5", "20"), number="CG-2")
        RequestLine.objects.filter(request=other).update(item=line.item)
        contract = factories.agreement(company, self.price(line))

        with pytest.raises(operations.SeveralProjects):
            operations.call_off(
                actor=company.buyer,
                contract_id=contract.pk,
                quantities={line.pk: Decimal(2), other.lines.get().pk: Decimal(2)},
                deliver_by=None,
                now=NOW,
                today=TODAY,
            )

    def test_no_more_than_the_agreement_comes_to(self, company: Company) -> None:
        line = self.lines(company)
        contract = factories.agreement(company, self.price(line, least="0"))
        Contract.objects.filter(pk=contract.pk).update(amount=Decimal("111.00"))
        first = self.call(company, contract.pk, line, "5")  # 92.50

        with pytest.raises(rules.PriceLimits) as refusal:
            self.call(company, contract.pk, line, "1.001")
        assert refusal.value.details == {"left": "18.50", "amount": "18.52"}
        self.call(company, contract.pk, line, "1")
        operations.cancel_order(actor=company.buyer, order_id=first.pk, reason="误操作", now=NOW)
        assert self.call(company, contract.pk, line, "5").amount == Decimal("92.50")

    def test_nor_does_a_change_exceed_it(self, company: Company) -> None:
        line = self.lines(company)
        contract = factories.agreement(company, self.price(line))
        Contract.objects.filter(pk=contract.pk).update(amount=Decimal("111.00"))
        order = self.call(company, contract.pk, line, "5")
        PurchaseOrder.objects.filter(pk=order.pk).update(state="SENT", declared_by=1)

        with pytest.raises(rules.PriceLimits, match=r"111\.00"):
            operations.propose_change(
                actor=company.buyer,
                order_id=order.pk,
                lines={order.lines.get().pk: rules.NewFigures(quantity=Decimal(7))},
                deliver_by=None,
                reason="不够用",
                now=NOW,
                today=TODAY,
            )
        line.refresh_from_db()
        assert line.bound_quantity == 5

    def test_another_projects_agreement_is_not_called_off(self, company: Company) -> None:
        line = self.lines(company)
        other = add_project("B", "乙苑")
        contract = factories.agreement(company, self.price(line))
        Contract.objects.filter(pk=contract.pk).update(project=other)

        with pytest.raises(operations.NotAgreed):
            self.call(company, contract.pk, line, "5")
        line.refresh_from_db()
        assert line.bound_quantity == 0

    def test_prices_stand_once_it_is_reviewed(self, company: Company) -> None:
        line = self.lines(company)
        contract = factories.agreement(company, self.price(line))

        with pytest.raises(ContractStateWrong):
            operations.set_prices(actor=company.buyer, contract_id=contract.pk, prices={}, now=NOW)
        assert AgreedPrice.objects.count() == 1


class TestSending:
    def test_it_is_declared_and_sent(self, company: Company) -> None:
        factories.contact_of(company.vendor)
        order = factories.sent(company)

        order.refresh_from_db()
        assert (order.state, order.sent_at) == (OrderState.SENT, NOW)
        assert order.declared_by == company.buyer.user_id
        assert Event.objects.get(name="procurement.order.sent").data["amount"] == "1000.00"
        assert OrderLetter.objects.get().kind == "SENT"

    def test_the_vendor_gets_a_mail_that_leads_to_the_order(self, company: Company) -> None:
        contact = factories.contact_of(company.vendor)
        order = factories.sent(company)

        assert operations.deliver_due(now=NOW) == 1

        [letter] = mail.outbox
        assert order.number in letter.subject
        assert f".{contact.contact_id}/orders/{order.pk}/" in letter.body

    def test_not_without_the_declaration(self, company: Company) -> None:
        """PR-80."""
        order = factories.ordered(company)

        with pytest.raises(operations.DeclarationMissing):
            operations.send(actor=company.buyer, order_id=order.pk, now=NOW, today=TODAY)

    def test_nobody_sends_by_another_s_declaration(self, company: Company) -> None:
        order = factories.ordered(company)
        operations.declare(actor=company.buyer, order_id=order.pk, now=NOW)

        with pytest.raises(operations.DeclarationMissing):
            operations.send(
                actor=person("second", "buyer"), order_id=order.pk, now=NOW, today=TODAY
            )

    def test_not_to_a_vendor_who_is_not_fit(self, company: Company) -> None:
        """PR-66."""
        order = factories.ordered(company)
        add_hold(company.vendor)

        with pytest.raises(VendorNotFit):
            factories.sent(company, order)
        order.refresh_from_db()
        assert order.state == OrderState.DRAFT

    def test_not_when_a_request_was_cancelled(self, company: Company) -> None:
        order = factories.ordered(company)
        PurchaseRequest.objects.update(state=RequestState.CANCELLED)

        with pytest.raises(approvals.NotApproved):
            factories.sent(company, order)

    def test_a_bulk_purchase_waits_for_its_contract(self, company: Company) -> None:
        """PR-50, S-38: 60 000.00."""
        order = factories.ordered(company, "600", "100.00")
        with pytest.raises(operations.ContractMissing):
            factories.sent(company, order)
        contract = contracts.permitted(company, award_id=order.award_id)
        with pytest.raises(operations.ContractMissing):
            factories.sent(company, order)
        sign_contract(
            actor=company.delegate,
            contract_id=contract.pk,
            signed_on=TODAY,
            seal="CONTRACT",
            now=NOW,
            today=TODAY,
        )

        order = factories.sent(company, order)

        assert (order.state, order.contract_id) == (OrderState.SENT, contract.pk)

    def test_one_cent_below_it_goes_without(self, company: Company) -> None:
        order = factories.ordered(company, "1", "19999.99")

        assert factories.sent(company, order).state == OrderState.SENT

    def test_a_contract_of_less_does_not_cover_it(self, company: Company) -> None:
        order = factories.ordered(company, "601", "100.00")
        contracts.signed(company, award_id=order.award_id)

        with pytest.raises(operations.ContractMissing) as refusal:
            factories.sent(company, order)
        assert refusal.value.details == {"amount": "60100.00", "signed": "60000.00"}

    def test_whoever_holds_nothing_there_finds_no_order(self, company: Company) -> None:
        order = factories.ordered(company)
        stranger = person("stranger", "mo_manager", project_id=add_project("B", "乙苑").pk)

        with pytest.raises(NotFound):
            operations.send(actor=stranger, order_id=order.pk, now=NOW, today=TODAY)
        with pytest.raises(NotFound):
            queries.get_order(actor=stranger, order_id=order.pk)
        assert queries.get_order(actor=access.SYSTEM, order_id=order.pk) == order
