"""The comparison sheet: ten articles, four vendors, one of whom leaves two lines out."""

from collections.abc import Mapping
from decimal import Decimal
from statistics import median

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.procurement.rounds.rules import awards
from services.procurement.rounds.rules.comparison import (
    Bid,
    Cell,
    Comparison,
    Line,
    asks_ahead,
    compare,
)

WEIGHTS = {"price": 50, "quality": 20, "delivery": 15, "after_sales": 15}
# name, unit, quantity, last price, then the prices of Hengda, Lüyuan, Xinnuo, Anbang
LINES = (
    ("LED 感应吸顶灯 18W", "个", 240, "32.50", "30.80", "33.20", "28.90", "31.00"),
    ("消防应急照明灯 双头", "盏", 60, "58.00", "55.00", "59.50", "52.00", "57.00"),
    ("安全出口指示灯 单面", "块", 80, "36.00", "34.50", "37.00", "32.80", "35.00"),
    ("PPR 热水管 DN25", "米", 400, "9.80", "9.60", "8.60", "10.20", "8.90"),
    ("不锈钢角阀 DN15", "个", 120, "22.00", "20.50", "18.90", "23.00", "19.50"),
    ("编织下水软管 60cm", "根", 200, "12.50", "12.00", "11.20", "12.80", "7.20"),
    ("防霉密封胶 300ml", "支", 150, "16.80", "15.90", "14.80", "17.20", "15.20"),
    ("闭门器 45–65kg", "套", 45, "68.00", "66.00", "69.00", "64.50", "72.00"),
    ("门禁读卡器 IC/CPU", "台", 16, "285.00", "268.00", "289.00", "255.00", None),
    ("道闸弹簧 5.5mm", "根", 12, "145.00", "138.00", "150.00", "142.00", None),
)
HENGDA, LUYUAN, XINNUO, ANBANG = 1, 2, 3, 4
DAYS = {HENGDA: 5, LUYUAN: 7, XINNUO: 3, ANBANG: 10}
JUDGED = {
    HENGDA: {"quality": (92,), "after_sales": (92, 94, 94)},
    LUYUAN: {"quality": (86,), "after_sales": (75, 77, 78)},
    XINNUO: {"quality": (80,), "after_sales": (83, 83, 84)},
    ANBANG: {"quality": (67, 68), "after_sales": (60,)},
}


def lines() -> list[Line]:
    return [
        Line(place, place, name, "", unit, Decimal(quantity), Decimal(last), None)
        for place, (name, unit, quantity, last, *_prices) in enumerate(LINES, 1)
    ]


def bid(vendor_id: int, prices: Mapping[int, Decimal], **values: object) -> Bid:
    offer = awards.Offer(vendor_id, prices)
    wanted = [awards.Wanted(line.line_id, line.quantity) for line in lines()]
    return Bid(
        **{
            "quote_id": vendor_id * 10,
            "vendor_id": vendor_id,
            "vendor_name": f"V{vendor_id}",
            "prices": prices,
            "freight": Decimal(0),
            "delivery_days": DAYS.get(vendor_id),
            "total": awards.total_of(offer, wanted),
            "tax_percent": Decimal(13),
            "judged": JUDGED.get(vendor_id, {}),
            **values,
        }  # type: ignore[arg-type]
    )


def bids() -> list[Bid]:
    return [
        bid(
            vendor_id,
            {
                place: Decimal(str(line[3 + vendor_id]))
                for place, line in enumerate(LINES, 1)
                if line[3 + vendor_id] is not None
            },
        )
        for vendor_id in (HENGDA, LUYUAN, XINNUO, ANBANG)
    ]


@pytest.fixture
def sheet() -> Comparison:
    budget = sum((line.quantity * (line.last_price or 0) for line in lines()), Decimal(0))
    return compare(lines(), bids(), weights=WEIGHTS, budget=budget)


def test_the_totals_and_their_distance_from_the_budget(sheet: Comparison) -> None:
    assert sheet.budget == Decimal("35100.00")
    assert [(str(c.bid.total), str(c.against_budget)) for c in sheet.columns] == [
        ("33451.00", "-4.7"),
        ("34195.00", "-2.6"),
        ("33346.50", "-5.0"),
        ("26520.00", "-24.4"),
    ]


def test_points_places_and_who_is_recommended(sheet: Comparison) -> None:
    hengda, luyuan, xinnuo, anbang = sheet.columns

    assert [round(c.score, 1) if c.score else None for c in sheet.columns] == [
        Decimal("91.2"),
        Decimal("83.9"),
        Decimal("93.5"),
        None,
    ]
    assert [c.rank for c in sheet.columns] == [2, 3, 1, None]
    assert hengda.points["price"] == Decimal("49.84")
    assert luyuan.points["delivery"] == Decimal("6.43")
    assert anbang.points == {
        "price": None,
        "quality": Decimal("13.50"),
        "delivery": Decimal("4.50"),
        "after_sales": Decimal("9.00"),
    }
    assert (anbang.missing, anbang.is_complete) == (2, False)
    assert sheet.best is xinnuo
    assert sheet.cheapest is xinnuo


def test_the_split_costs_less_and_takes_three_orders(sheet: Comparison) -> None:
    assert sheet.split is not None
    without_anbang = compare(lines(), bids()[:3], weights=WEIGHTS)

    assert without_anbang.split is not None
    assert without_anbang.split.total == Decimal("31486.50")
    assert without_anbang.split.orders == 3
    assert sheet.split.total < without_anbang.split.total


def test_a_price_far_from_the_others_is_pointed_out(sheet: Comparison) -> None:
    assert [
        (line.position, column.bid.vendor_id, str(cell.deviation))
        for line, column, cell in sheet.abnormal
    ] == [(6, ANBANG, "-40.0")]


def test_a_cell_tells_the_lowest_and_the_change_since_the_last_purchase(sheet: Comparison) -> None:
    cells = sheet.rows[0].cells

    assert cells[2] == Cell(Decimal("28.90"), Decimal("-11.1"), is_lowest=True)
    assert cells[1] == Cell(Decimal("33.20"), Decimal("2.2"))
    assert sheet.rows[8].cells[3] == Cell(None)


def test_without_a_last_price_the_agreed_one_is_compared_with() -> None:
    line = Line(1, 1, "x", "", "个", Decimal(1), None, Decimal(8))
    sheet = compare([line], [bid(1, {1: Decimal(10)})], weights=WEIGHTS)

    assert sheet.rows[0].cells[0].change == Decimal("25.0")


def test_nobody_is_recommended_before_everybody_is_scored() -> None:
    unscored = [bids()[0], bid(XINNUO, bids()[2].prices, judged={"quality": (80,)})]
    sheet = compare(lines(), unscored, weights=WEIGHTS)

    assert sheet.columns[1].points["after_sales"] is None
    assert sheet.columns[1].score is None
    assert sheet.best is None
    assert sheet.cheapest is sheet.columns[1]


def test_who_names_no_time_has_no_points_for_it_and_is_compared_all_the_same() -> None:
    silent = bid(HENGDA, bids()[0].prices, delivery_days=None)
    sheet = compare(lines(), [silent, *bids()[1:]], weights=WEIGHTS)

    assert sheet.columns[0].points["delivery"] == 0
    assert sheet.columns[0].score is not None


def test_equal_points_go_to_the_cheaper() -> None:
    one, two = (
        bid(v, {1: Decimal(10)}, judged=JUDGED[HENGDA], delivery_days=3, freight=freight)
        for v, freight in ((1, Decimal(0)), (2, Decimal(0)))
    )
    line = [Line(1, 1, "x", "", "个", Decimal(1), None, None)]
    sheet = compare(line, [two, one], weights=WEIGHTS)

    assert {c.rank for c in sheet.columns} == {1}
    assert sheet.best is not None
    assert sheet.best.bid.vendor_id == 1


def test_no_quotes_make_an_empty_sheet() -> None:
    sheet = compare(lines(), [], weights=WEIGHTS)

    assert (sheet.columns, sheet.best, sheet.cheapest, sheet.split) == ((), None, None, None)
    assert len(sheet.rows) == 10


prices = st.decimals(min_value=1, max_value=999, places=2)


@given(st.lists(st.lists(prices, min_size=3, max_size=3), min_size=1, max_size=6))
def test_no_whole_award_is_below_the_cheapest_and_no_split_above_it(
    table: list[list[Decimal]],
) -> None:
    three = lines()[:3]
    offered = [
        bid(place, dict(enumerate(row, 1)), judged=JUDGED[HENGDA], delivery_days=place)
        for place, row in enumerate(table, 1)
    ]
    sheet = compare(three, offered, weights=WEIGHTS)

    assert sheet.cheapest is not None
    assert sheet.split is not None
    for column in sheet.columns:
        whole = sheet.whole(column.bid.vendor_id)
        assert (
            sheet.lowest_possible(whole) <= awards.simulate(whole, sheet.offers, sheet.wanted).total
        )
    cheapest = awards.simulate(
        sheet.whole(sheet.cheapest.bid.vendor_id), sheet.offers, sheet.wanted
    )
    assert sheet.split.total <= cheapest.total


@given(st.dictionaries(st.integers(1, 9), prices, max_size=8))
def test_a_deviation_is_from_the_median_of_the_others(by_vendor: dict[int, Decimal]) -> None:
    found = awards.deviations(by_vendor)

    assert set(found) == (set(by_vendor) if len(by_vendor) > 2 else set())
    for vendor_id, deviation in found.items():
        middle = median(price for other, price in by_vendor.items() if other != vendor_id)
        exact = (by_vendor[vendor_id] - middle) * 100 / middle
        assert abs(deviation - exact) <= Decimal("0.05")


@pytest.mark.parametrize(
    ("terms", "asks"),
    [
        ("预付 30%，货到付清", True),
        ("款到发货", True),
        ("先款后货", True),
        ("需付定金 20%", True),
        ("30% prepayment", True),
        ("Payment in advance", True),
        ("10% Down Payment, rest in 30 days", True),
        ("月结 30 天", False),
        ("货到付款", False),
        ("验收合格后付款", False),
        ("无预付款，月结 45 天", False),
        ("不需要预付", False),
        ("不收取定金，货到付款", False),
        ("No prepayment, 30 days net", False),
        ("", False),
    ],
)
def test_terms_that_ask_for_money_before_delivery(terms: str, asks: bool) -> None:  # noqa: FBT001
    assert asks_ahead(terms) is asks
