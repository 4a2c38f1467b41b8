"""Procurement in the demo: vendors with their people, a request, an opened round and one that asks.

What the first company buys for 云麓花园; its vendors' sign-ins also serve the second company.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from django.db import transaction

from config.demo import people
from kernel.access import Actor
from kernel.approvals import operations as approvals
from kernel.approvals import queries as approval_queries
from kernel.approvals.models import StepState
from kernel.tenancy import company_day, current_company, public
from services.procurement.catalogue import operations as catalogue
from services.procurement.catalogue.models import Category, Item
from services.procurement.requests import operations as requests
from services.procurement.requests.models import PurchaseRequest
from services.procurement.rounds import operations as rounds
from services.procurement.rounds.models import OpenerKey, Quote, Round
from services.procurement.rounds.rules.drafts import Draft, Line
from services.procurement.rounds.rules.sheets import Sheet, SheetLine
from services.procurement.stock import operations as stock
from services.procurement.stock.models import Warehouse
from services.procurement.vendors import door
from services.procurement.vendors import operations as vendors
from services.procurement.vendors.models import Contact, PaperKind, SupplyRole, Vendor
from services.procurement.vendors.operations import VendorFacts
from services.procurement.vendors.operations.joining import actor_of
from services.properties.models import Project
from tenants.vendors import operations as logins
from tenants.vendors.models import VendorLogin

PASSPHRASE: Final = "kaibiao-demo-2026"  # noqa: S105 - printed at every start
WEIGHTS: Final = {
    "price": 50,
    "quality": 15,
    "delivery": 15,
    "after_sales": 10,
    "qualification": 10,
}


@dataclass(frozen=True)
class Seller:
    """A vendor of the demo with the person who quotes for him."""

    name: str
    credit_code: str
    person: str
    email: str
    delivery_days: int
    warranty_months: int
    payment_terms: str
    prices: tuple[str | None, ...]


# name, unit, quantity, what it cost last time; then what each vendor asks
GOODS: Final = (
    ("LED 感应吸顶灯", "18W", "个", 240, "32.50", "WX-DG"),
    ("消防应急照明灯", "双头", "盏", 60, "58.00", "XF"),
    ("安全出口指示灯", "单面", "块", 80, "36.00", "XF"),
    ("PPR 热水管", "DN25", "米", 400, "9.80", "WX-SN"),
    ("不锈钢角阀", "DN15", "个", 120, "22.00", "WX-SN"),
    ("编织下水软管", "60cm", "根", 200, "12.50", "WX-SN"),
    ("防霉密封胶", "300ml", "支", 150, "16.80", "WX-TJ"),
    ("闭门器", "45–65kg", "套", 45, "68.00", "WX-WJ"),
    ("门禁读卡器", "IC/CPU", "台", 16, "285.00", "WX-DG"),
    ("道闸弹簧", "5.5mm", "根", 12, "145.00", "JD-BJ"),
)
SELLERS: Final = (
    Seller(
        "杭州恒达机电设备", "91330110MA2KHD001X", "钱立群", "hengda@example.com",
        5, 24, "月结 30 天",
        ("30.80", "55.00", "34.50", "9.60", "20.50", "12.00", "15.90", "66.00", "268.00", "138"),
    ),
    Seller(
        "浙江绿源建材", "91330100MA2LYJ002W", "吕薇", "lvyuan@example.com",
        7, 12, "月结 45 天",
        ("33.20", "59.50", "37.00", "8.60", "18.90", "11.20", "14.80", "69.00", "289.00", "150"),
    ),
    Seller(
        "宁波信诺电气", "91330200MA2XND003A", "邵东", "xinnuo@example.com",
        3, 18, "预付 30%",
        ("28.90", "52.00", "32.80", "10.20", "23.00", "12.80", "17.20", "64.50", "255.00", "142"),
    ),
    Seller(
        "湖州安邦五金商行", "91330500MA2ABW0043", "沈阿根", "anbang@example.com",
        10, 12, "货到付款",
        ("31.00", "57.00", "35.00", "8.90", "19.50", "7.20", "15.20", "72.00", None, None),
    ),
)  # fmt: skip


def fill(project: Project, now: datetime) -> list[str]:
    """Do what buyers and vendors would have done by now; return what was said.

    Each step is left as it is where it was done before.
    """
    with transaction.atomic():
        _register_vendors(SELLERS, now - timedelta(days=30))
        items = _enter_goods(now - timedelta(days=30))
    if Round.objects.exists():
        return []
    with transaction.atomic():
        _make_keys(now - timedelta(days=20))
        request = _ask_for_goods(project, items, now - timedelta(days=9))
        done = _hold_a_round(project, request, now)
        asking = _ask_for_quotes(items, now)
        _stock_a_store(project, items, now)
    return [
        f"采购: 询价 {done.number} 已开标待定标, {asking.number} 报价中",
        f"采购: 供应商 {len(SELLERS)} 家, 开标口令 {PASSPHRASE}",
    ]


def fill_second(now: datetime) -> None:
    """Register three of the vendors in the second company: the same people, one sign-in each."""
    with transaction.atomic():
        _register_vendors(SELLERS[:3], now - timedelta(days=30))


def _register_vendors(sellers: Sequence[Seller], now: datetime) -> None:
    buyer, office = _actor("hewei", now), _actor("tangwan", now)
    category = Category.objects.get(code="WX")
    for number, seller in enumerate(sellers):
        if Vendor.objects.filter(credit_code=seller.credit_code).exists():
            continue
        vendor = vendors.create_vendor(
            actor=buyer,
            facts=VendorFacts(
                name=seller.name,
                credit_code=seller.credit_code,
                contact_name=seller.person,
                email=seller.email,
            ),
            now=now,
        )
        role = SupplyRole.CONTRACT if number == 0 else SupplyRole.BACKUP
        vendors.set_supply(
            actor=buyer, vendor_id=vendor.pk, category_id=category.pk, role=role, now=now
        )
        for kind in PaperKind.objects.filter(is_required=True, is_active=True).order_by("pk"):
            paper = vendors.add_paper(
                actor=buyer,
                vendor_id=vendor.pk,
                kind_id=kind.pk,
                number=seller.credit_code,
                valid_from=company_day(now) - timedelta(days=400),
                valid_to=company_day(now) + timedelta(days=400 + 200 * number),
                now=now,
            )
            vendors.decide_paper(actor=office, paper_id=paper.pk, is_accepted=True, now=now)
        contact = vendors.invite_contact(
            actor=buyer, vendor_id=vendor.pk, name=seller.person, email=seller.email, now=now
        )
        _let_in(contact, seller, now)


def _let_in(contact: Contact, seller: Seller, now: datetime) -> None:
    """Take up the invitation, as its mail would have him do."""
    company_id = current_company().pk
    with public():
        key = logins.invite(
            company_id=company_id, contact_id=contact.pk, email=contact.email, now=now
        )
        login = VendorLogin.objects.filter(email=seller.email).first()
        if login is None:
            door.take_up_new(
                key=key, name=seller.person, password=people.PASSWORD, language="zh-hans", now=now
            )
        else:
            door.take_up(key=key, login=login, now=now)


def _enter_goods(now: datetime) -> list[Item]:
    buyer = _actor("hewei", now)
    categories = {category.code: category.pk for category in Category.objects.all()}
    found = []
    for name, spec, unit, _quantity, price, code in GOODS:
        item = Item.objects.filter(name=name, spec=spec).first()
        found.append(
            item
            or catalogue.create_item(
                actor=buyer,
                facts=catalogue.ItemFacts(
                    category_id=categories[code],
                    name=name,
                    spec=spec,
                    unit=unit,
                    reference_price=Decimal(price),
                ),
                now=now,
            )
        )
    return found


def _make_keys(now: datetime) -> None:
    for username in ("hejing", "tangwan", "shenyue", "fangqiming", "zhoulan"):
        actor = _actor(username, now)
        made = OpenerKey.objects.filter(user_id=actor.require_person(), ended_at__isnull=True)
        if not made.exists():
            rounds.make_key(actor=actor, passphrase=PASSPHRASE, now=now)


def _ask_for_goods(project: Project, items: Sequence[Item], now: datetime) -> PurchaseRequest:
    """Let the management office ask for the goods; the property and the company manager sign."""
    asker = _actor("zhoulan", now)
    request = requests.create_request(
        actor=asker,
        project_id=project.pk,
        values=requests.RequestValues(
            unit="工程维修部",
            title="第四季度工程物资",
            reason="季度公共区域维修与更换",
            place=f"{project.name}工程库",
        ),
        lines=[
            requests.LineValues(
                item_id=item.pk, quantity=Decimal(row[3]), unit_price=Decimal(row[4])
            )
            for item, row in zip(items, GOODS, strict=True)
        ],
        now=now,
        today=company_day(now),
    )
    requests.submit_request(actor=asker, request_id=request.pk, now=now)
    for hours, username in ((2, "fangqiming"), (5, "shenyue")):
        _sign(request, username, now + timedelta(hours=hours))
    request.refresh_from_db()
    return request


def _sign(request: PurchaseRequest, username: str, now: datetime) -> None:
    case = approval_queries.open_case_of(kind="purchase", subject=request)
    if case is None:
        return
    approvals.approve(
        actor=_actor(username, now),
        case_id=case.pk,
        step_id=case.steps.get(state=StepState.ACTIVE).pk,
        text="同意",
        now=now,
    )


def _hold_a_round(project: Project, request: PurchaseRequest, now: datetime) -> Round:
    """Ask the vendors, let them quote, open the quotes two days ago, and let two score them."""
    asked_at, closed_at = now - timedelta(days=6), now - timedelta(days=2)
    buyer = _actor("hewei", now)
    made = rounds.create_round(
        actor=buyer,
        draft=Draft(
            title="第四季度工程物资集中采购",
            project_id=project.pk,
            lines=[
                Line(
                    name=line.name,
                    spec=line.spec,
                    unit=line.unit,
                    quantity=line.quantity,
                    item_id=line.item_id,
                    sources={line.pk: line.quantity},
                )
                for line in request.lines.order_by("position")
            ],
            vendor_ids=[_vendor(seller).pk for seller in SELLERS],
            weights=WEIGHTS,
            place=f"{project.name}工程库",
            terms="含税含运费，送货上门；质保期内免费更换。",
            closes_at=closed_at,
        ),
        now=asked_at,
        today=company_day(asked_at),
    )
    rounds.publish(actor=buyer, round_id=made.pk, now=asked_at, today=company_day(asked_at))
    for seller in SELLERS:
        _quote(seller, made, asked_at + timedelta(days=1))
    _open(made, closed_at + timedelta(hours=2))
    _score(made, closed_at + timedelta(hours=6))
    made.refresh_from_db()
    return made


def _quote(seller: Seller, asked: Round, now: datetime) -> None:
    contact = Contact.objects.select_related("vendor").get(vendor=_vendor(seller))
    lines = asked.lines.order_by("position").values_list("pk", flat=True)
    rounds.submit(
        actor=actor_of(contact),
        round_id=asked.pk,
        sheet=Sheet(
            lines=tuple(
                SheetLine(line_id=pk, unit_price=Decimal(price))
                for pk, price in zip(lines, seller.prices, strict=True)
                if price is not None
            ),
            delivery_days=seller.delivery_days,
            warranty_months=seller.warranty_months,
            payment_terms=seller.payment_terms,
            valid_to=company_day(now) + timedelta(days=60),
        ),
        now=now,
        today=company_day(now),
    )


def _open(closed: Round, now: datetime) -> None:
    """Let one person of each side release the key."""
    for side in (1, 2):
        share = closed.shares.filter(side=side).select_related("opener_key").order_by("pk")[0]
        person = next(
            actor
            for username in ("hejing", "tangwan", "shenyue", "fangqiming", "zhoulan")
            if (actor := _actor(username, now)).user_id == share.opener_key.user_id
        )
        rounds.release(actor=person, round_id=closed.pk, passphrase=PASSPHRASE, now=now)


def _score(opened: Round, now: datetime) -> None:
    evaluators = [_actor("zhoulan", now), _actor("fangqiming", now)]
    rounds.name_evaluators(
        actor=_actor("hewei", now),
        round_id=opened.pk,
        user_ids=[one.require_person() for one in evaluators],
        now=now,
    )
    marks = {"quality": (92, 86, 80, 68), "after_sales": (94, 77, 84, 60)}
    quotes = list(Quote.objects.filter(invitation__round=opened).order_by("invitation_id"))
    for place, evaluator in enumerate(evaluators):
        rounds.score(
            actor=evaluator,
            round_id=opened.pk,
            marks={
                (quote.pk, criterion): (marks.get(criterion, (90, 85, 85, 70))[index] - place, "")
                for index, quote in enumerate(quotes)
                for criterion in ("quality", "after_sales", "qualification")
            },
            is_finished=True,
            now=now + timedelta(hours=place + 1),
        )


def _ask_for_quotes(items: Sequence[Item], now: datetime) -> Round:
    """Ask for quotes that can still be given."""
    asked_at = now - timedelta(hours=20)
    buyer = _actor("hewei", now)
    made = rounds.create_round(
        actor=buyer,
        draft=Draft(
            title="冬季照明与门禁备件",
            lines=[
                Line(
                    name=item.name,
                    spec=item.spec,
                    unit=item.unit,
                    quantity=Decimal(quantity),
                    item_id=item.pk,
                )
                for item, quantity in ((items[0], 120), (items[7], 20), (items[8], 10))
            ],
            vendor_ids=[_vendor(seller).pk for seller in SELLERS[:3]],
            weights=WEIGHTS,
            place="公司总仓",
            closes_at=now + timedelta(days=3),
        ),
        now=asked_at,
        today=company_day(asked_at),
    )
    return rounds.publish(actor=buyer, round_id=made.pk, now=asked_at, today=company_day(asked_at))


def _stock_a_store(project: Project, items: Sequence[Item], now: datetime) -> None:
    keeper = _actor("sunli", now)
    if Warehouse.objects.exists():
        return
    store = stock.create_warehouse(
        actor=keeper, project_id=project.pk, code=f"{project.code}-GC", name="工程库", now=now
    )
    for item, quantity in zip(items[:5], (36, 8, 12, 60, 5), strict=True):
        assert item.reference_price is not None
        stock.enter_opening(
            actor=keeper,
            warehouse_id=store.pk,
            item_id=item.pk,
            quantity=Decimal(quantity),
            value=item.reference_price * quantity,
            today=company_day(now),
            now=now,
        )
    stock.set_minimum(
        actor=keeper, warehouse_id=store.pk, item_id=items[4].pk, minimum=Decimal(20), now=now
    )


def _vendor(seller: Seller) -> Vendor:
    return Vendor.objects.get(credit_code=seller.credit_code)


def _actor(username: str, now: datetime) -> Actor:
    person = next(one for one in people.EVERYBODY if one.username == username)
    return people.acting(person, company_day(now))
