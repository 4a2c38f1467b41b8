"""Orders on their way, and the people who receive, match, approve and pay, for tests."""

import io
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from itertools import count
from typing import Any, Final

from kernel.access import Action, Actor, Grant
from kernel.approvals import operations as approvals
from kernel.approvals import queries as approval_queries
from kernel.documents import operations as documents
from services.billing.ledger.operations import seed_chart
from services.procurement.catalogue.models import Item
from services.procurement.contracts.models import Contract, PaymentPlanLine
from services.procurement.orders.models import OrderLine, PurchaseOrder
from services.procurement.payments import operations as payments
from services.procurement.payments.models import AssessmentState, Claim, ServiceAssessment
from services.procurement.receiving import operations as receiving
from services.procurement.receiving.models import GoodsReceipt, SealedSample
from services.procurement.receiving.operations import Counted, receive_goods
from services.procurement.requests.models import PurchaseRequest
from services.procurement.stock.models import Warehouse
from services.procurement.vendors.models import AccountState, BankAccount, Contact, Vendor
from services.properties.models import Project
from tests import factories_approvals as signing
from tests.factories import NOW, TODAY, add_user
from tests.factories_procurement_stock import add_item, add_warehouse
from tests.factories_procurement_vendors import add_vendor

_numbers: Final = count(1)
PNG: Final = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f"
    b"\x15\xc4\x89\x00\x00\x00\rIDATx\x9cc\xf8\xcf\xc0\xf0\x1f\x00\x05\x00\x01\xff\x89\x99=\x1d"
    b"\x00\x00\x00\x00IEND\xaeB`\x82"
)


@dataclass(frozen=True)
class People:
    """One for each duty: nobody takes two steps of one purchase."""

    buyer: Actor
    keeper: Actor
    finance: Actor
    gm: Actor
    cashier: Actor
    manager: Actor


def add_people() -> People:
    return People(
        buyer=signing.person("buyer", "buyer"),
        keeper=signing.person("keeper", "materials_keeper"),
        finance=signing.person("finance", "finance_head"),
        gm=signing.person("gm", "company_gm"),
        cashier=signing.person("cashier", "cashier"),
        manager=signing.person("manager", "property_manager"),
    )


def prepare() -> People:
    """Return the people of a company with its chart and chains."""
    seed_chart(NOW)
    approvals.seed_chains(NOW)
    return add_people()


def add_order(
    people: People,
    lines: Sequence[tuple[Item | None, str, str]],
    *,
    vendor: Vendor | None = None,
    project: Project | None = None,
    warehouse: Warehouse | None = None,
    **values: Any,
) -> PurchaseOrder:
    """Make an order that was sent: article, quantity and price with tax of each line."""
    amounts = [Decimal(quantity) * Decimal(price) for _item, quantity, price in lines]
    vendor = vendor or Vendor.objects.first() or add_vendor()
    if "request" not in values:
        values.setdefault("contract", add_contract(people, vendor=vendor))
    order = PurchaseOrder.objects.create(
        number=f"PO-{next(_numbers):04}",
        vendor=vendor,
        project=project,
        warehouse=warehouse,
        amount=sum(amounts, Decimal(values.get("freight", 0))),
        declared_by=people.buyer.user_id,
        declared_by_label="buyer",
        declared_at=NOW,
        created_by=people.buyer.require_person(),
        created_by_label="buyer",
        created_at=NOW,
        sent_at=NOW,
        **{"state": "SENT", **values},
    )
    for position, ((item, quantity, price), amount) in enumerate(
        zip(lines, amounts, strict=True), start=1
    ):
        OrderLine.objects.create(
            order=order,
            position=position,
            item=item,
            name=item.name if item is not None else "零星材料",
            unit=item.unit if item is not None else "项",
            is_fixed_asset=item is not None and item.is_fixed_asset,
            quantity=Decimal(quantity),
            unit_price=Decimal(price),
            amount=round(amount, 2),
        )
    return order


def add_goods_order(people: People, quantity: str = "30", price: str = "56.50") -> PurchaseOrder:
    """Make an order of one article that goes into the warehouse."""
    item = Item.objects.filter(code="TONER").first() or add_item("TONER", name="硒鼓")
    warehouse = Warehouse.objects.filter(code="MAIN").first() or add_warehouse("MAIN")
    return add_order(people, [(item, quantity, price)], warehouse=warehouse)


def line_of(order: PurchaseOrder) -> OrderLine:
    return order.lines.get()


def receive(
    people: People, order: PurchaseOrder, arrived: str, accepted: str | None = None, **values: Any
) -> GoodsReceipt:
    """Take in what arrived of an order's only line."""
    counted = {name: values.pop(name) for name in ("fault", "agrees_with_sample") if name in values}
    return receive_goods(
        **{
            "actor": people.keeper,
            "order_id": order.pk,
            "counted": [
                Counted(
                    order_line_id=line_of(order).pk,
                    arrived=Decimal(arrived),
                    accepted=Decimal(accepted or arrived),
                    reason=values.pop("reason", "受潮" if accepted else ""),
                    **counted,
                )
            ],
            "is_rest_to_come": True,
            "now": NOW,
            "today": TODAY,
            **values,
        }
    )


def add_account(
    vendor: Vendor, tail: str = "8899", state: str = AccountState.ACTIVE
) -> BankAccount:
    return BankAccount.objects.create(
        vendor=vendor,
        holder=vendor.name,
        bank="工商银行城西支行",
        number_encrypted="x",
        number_index=tail,
        number_tail=tail,
        state=state,
        asked_by_label="buyer",
        asked_at=NOW,
    )


def add_request(people: People, amount: str = "2400.00", **values: Any) -> PurchaseRequest:
    """Make a request that is approved."""
    return PurchaseRequest.objects.create(
        number=f"PR-{next(_numbers):04}",
        unit="客服部",
        reason="补充库存",
        amount=Decimal(amount),
        asked_by=people.manager.require_person(),
        asked_by_label="manager",
        created_at=NOW,
        **{
            "title": "办公用品",
            "purchase_class": "A",
            "state": "APPROVED",
            "approved_on": TODAY,
            "purchase_month": TODAY.replace(day=1),
            **values,
        },
    )


def add_contract(people: People, *, vendor: Vendor, **values: Any) -> Contract:
    """Make a signed contract: a framework agreement unless it is said otherwise."""
    return Contract.objects.create(
        number=f"HT-{next(_numbers):04}",
        vendor=vendor,
        valid_from=date(2026, 1, 1),
        valid_to=date(2026, 12, 31),
        using_unit="客服部",
        asked_by=people.manager.require_person(),
        asked_by_label="manager",
        drafted_by=people.buyer.require_person(),
        drafted_by_label="buyer",
        drafted_at=NOW,
        permitted_at=NOW,
        signed_on=date(2026, 1, 1),
        signed_by=people.gm.user_id,
        seal="CONTRACT",
        remind_on=date(2026, 12, 1),
        **{
            "state": "SIGNED",
            "title": "框架协议",
            "kind": "FRAMEWORK",
            "amount": Decimal("100000.00"),
            **values,
        },
    )


def add_service_contract(
    people: People, *, vendor: Vendor, amount: str = "12000.00", months: int = 1, **values: Any
) -> Contract:
    """Make a signed contract of an outsourced service, with a payment for each month."""
    contract = add_contract(
        people,
        vendor=vendor,
        kind="SERVICE",
        title="保洁外包",
        amount=Decimal(amount) * months,
        **values,
    )
    for position in range(1, months + 1):
        PaymentPlanLine.objects.create(
            contract=contract,
            position=position,
            condition="按月考核",
            due_on=date(2026, 10, 28),
            amount=Decimal(amount),
        )
    return contract


def attach(actor: Actor, claim: Claim, *kinds: str) -> None:
    """Attach papers to a draft of a claim."""
    for kind in kinds:
        documents.attach(
            actor=actor,
            subject=claim,
            project_id=claim.receipt.order.project_id,
            upload=io.BytesIO(PNG),
            name=f"{kind}.png",
            kind=kind,
            now=NOW,
        )


def sign(kind: str, record: Any, *signers: Actor) -> None:
    """Sign the case of a record, step by step."""
    for signer in signers:
        case = approval_queries.case_of(kind=kind, subject=record)
        assert case is not None
        signing.approve(signer, case)


def _somebody(username: str, *actions: Action) -> Actor:
    return Actor(
        label=username,
        user_id=add_user(f"of-money-{next(_numbers)}").pk,
        grants=frozenset(Grant(action, None) for action in actions),
    )


def add_rows(project: Project, mark: str) -> dict[str, int]:
    """Return one of each record of a project, for tests that visit every page."""
    buyer = _somebody(f"{mark}-buyer", Action.PURCHASE_BUY, Action.FILE_ADD)
    keeper = _somebody(f"{mark}-keeper", Action.GOODS_RECEIVE)
    finance = _somebody(
        f"{mark}-finance", Action.INVOICE_MATCH, Action.VENDOR_PAYMENT_ASK, Action.SERVICE_ASSESS
    )
    people = People(buyer, keeper, finance, finance, finance, finance)
    # Vendors, articles and samples are the company's: one of each for all its projects.
    vendor = Vendor.objects.filter(code="V-ROW").first() or add_vendor("V-ROW")
    item = Item.objects.filter(code="GLOVES").first() or add_item("GLOVES", is_sampled=True)
    store = add_warehouse(f"{mark[:12]}-M", name=f"{mark} goods", project=project)
    if not SealedSample.objects.exists():
        receiving.seal_sample(
            actor=keeper,
            item_id=item.pk,
            vendor_id=vendor.pk,
            description="线手套 10 针",
            place="封样柜",
            now=NOW,
            today=TODAY,
        )
    request = add_request(people, project=project, purchase_class="C", title=f"{mark} request")

    def order_of(request: PurchaseRequest | None) -> PurchaseOrder:
        values = {"request": request} if request is not None else {}
        return add_order(
            people,
            [(item, "10", "11.30")],
            vendor=vendor,
            project=project,
            warehouse=store,
            **values,
        )

    order, claimed = order_of(None), order_of(request)
    receipt = receive(people, order, "8", agrees_with_sample=True, note=f"{mark} note")
    receive(people, claimed, "10", agrees_with_sample=True)
    objection = receiving.object_in_use(
        actor=keeper,
        receipt_line_id=receipt.lines.get().pk,
        quantity=Decimal(1),
        text=f"{mark} fault",
        now=NOW,
        today=TODAY,
    )
    billed = payments.BilledLine(
        order_line_id=line_of(order).pk, quantity=Decimal(8), unit_price=Decimal("11.30")
    )
    figures = payments.Figures(
        number=f"{mark} invoice",
        invoiced_on=TODAY,
        net_amount=Decimal("80.00"),
        tax_amount=Decimal("10.40"),
    )
    invoice = payments.enter_invoice(
        actor=finance, order_id=order.pk, figures=figures, lines=[billed], now=NOW, today=TODAY
    )
    payments.book_invoice(actor=finance, invoice_id=invoice.pk, now=NOW, today=TODAY)
    if not vendor.accounts.exists():
        add_account(vendor)
    payment = payments.ask_payment(
        actor=finance,
        vendor_id=vendor.pk,
        shares=[payments.Share(invoice_id=invoice.pk, amount=Decimal("10.00"))],
        idempotency_key=f"{mark} payment",
        now=NOW,
    )
    advance = payments.ask_advance(
        actor=buyer,
        request_id=request.pk,
        amount=Decimal("2400.00"),
        purpose=f"{mark} purpose",
        now=NOW,
    )
    claim = payments.draft_claim(
        actor=buyer,
        receipt_id=claimed.receipts.get().pk,
        sales_slip=f"{mark} slip",
        figures=replace(
            figures,
            number=f"{mark} paper",
            net_amount=Decimal("100.00"),
            tax_amount=Decimal("13.00"),
        ),
        now=NOW,
        today=TODAY,
    )
    if not vendor.statements.exists():
        payments.send_statement(
            actor=finance, vendor_id=vendor.pk, to_day=date(2026, 10, 31), now=NOW, today=TODAY
        )
    contract = add_service_contract(people, vendor=vendor, project=project)
    assessment = payments.assess_service(
        actor=finance,
        plan_line_id=contract.plan.get().pk,
        project_id=project.pk,
        month=date(2026, 10, 1),
        score=92,
        deduction=Decimal(0),
        text=f"{mark} remarks",
        now=NOW,
        today=TODAY,
    )
    return {
        "incoming_order_id": order.pk,
        "goods_receipt_id": receipt.pk,
        "receipt_line_id": receipt.lines.get().pk,
        "objection_id": objection.pk,
        "vendor_invoice_id": invoice.pk,
        "vendor_payment_id": payment.pk,
        "advance_id": advance.pk,
        "claim_id": claim.pk,
        "assessment_id": assessment.pk,
    }


def company_rows() -> dict[str, int]:
    """Return what of ``add_rows`` is the company's and of no project."""
    vendor = Vendor.objects.get(code="V-ROW")
    return {
        "sample_id": SealedSample.objects.get(vendor=vendor).pk,
        "statement_id": vendor.statements.get().pk,
    }


def add_delivered_rows(vendor: Vendor, mark: str, *, order_id: int, **_rows: int) -> None:
    """Let a vendor's goods be here and billed by himself, and a month wait for its bill."""
    seed_chart(NOW)
    buyer = _somebody(f"{mark}-buyer", Action.PURCHASE_BUY)  # the first user: the order is his
    keeper = _somebody(f"{mark}-keeper", Action.GOODS_RECEIVE)
    people = People(buyer, keeper, buyer, buyer, buyer, buyer)
    order = PurchaseOrder.objects.get(pk=order_id)
    receive(people, order, "4", "3", reason=f"{mark} broken", sales_slip=f"{mark} slip")
    contact = Contact.objects.filter(vendor=vendor).latest("pk")
    payments.put_in_invoice(
        actor=Actor(label=f"{mark} contact", vendor_id=vendor.pk, contact_id=contact.pk),
        order_id=order.pk,
        figures=payments.Figures(
            number=f"{mark} invoice",
            invoiced_on=TODAY,
            net_amount=Decimal("88.50"),
            tax_amount=Decimal("11.50"),
        ),
        lines=[
            payments.BilledLine(
                order_line_id=line_of(order).pk,
                quantity=Decimal(1),
                unit_price=line_of(order).unit_price,
            )
        ],
        upload=io.BytesIO(PNG),
        name=f"{mark}.png",
        now=NOW,
        today=TODAY,
    )
    contract = add_service_contract(people, vendor=vendor, project=order.project)
    assert order.project is not None
    ServiceAssessment.objects.create(
        contract=contract,
        project=order.project,
        month=date(2026, 10, 1),
        plan_line=contract.plan.get(),
        score=92,
        amount=Decimal("12000.00"),
        text=f"{mark} remarks",
        state=AssessmentState.APPROVED,
        scored_by=1,
        scored_by_label="test",
        scored_at=NOW,
    )
