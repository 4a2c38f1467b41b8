from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.tabular import clean
from kernel.tabular.cells import Cell
from kernel.tabular.problems import CellProblem
from kernel.tabular.text import squeeze, tidy

MIDNIGHT = datetime(2023, 1, 5)  # noqa: DTZ001 - a sheet knows no time zone

Clean = Callable[[Cell], object]
D = Decimal

VALUES: list[tuple[Clean, Cell, object]] = [
    (clean.text, None, None),
    (clean.text, " \u3000\u200b", None),
    (clean.text, "１８０１　室 ", "1801 室"),
    (clean.text, "\ufeff房号", "房号"),
    (clean.text, "a\u202eb", "ab"),
    (clean.text, "a\x00b\x01\x1b", "ab"),
    (clean.text, "a\r\n\tb", "a b"),
    (clean.text, 101, "101"),
    (clean.text, D("1.50"), "1.5"),
    (clean.text, D("1E+2"), "100"),
    (clean.text, date(2023, 1, 5), "2023-01-05"),
    (clean.text, "（Ａ座）－１", "(A座)-1"),
    (clean.person_name, "蒋梓 ", "蒋梓"),
    (clean.person_name, "蒋 梓", "蒋梓"),
    (clean.person_name, "㐂 𠮷﨑", "㐂𠮷﨑"),
    (clean.person_name, "阿依古丽•买买提", "阿依古丽·买买提"),
    (clean.person_name, "John  Smith", "John Smith"),
    (clean.number, "", None),
    (clean.number, "  ", None),
    (clean.number, 7, D(7)),
    (clean.number, D("90.5"), D("90.5")),
    (clean.number, "９０.５", D("90.5")),
    (clean.number, "1,234,567.89", D("1234567.89")),
    (clean.number, " 1 234.5 ", D("1234.5")),
    (clean.number, "-0.5", D("-0.5")),
    (clean.number, "1e3", D(1000)),
    (clean.number, ".5", D("0.5")),
    (clean.number, "5.", D(5)),
    (clean.whole_number, "1,024", 1024),
    (clean.whole_number, D("3.0"), 3),
    (clean.area, None, None),
    (clean.area, "㎡", None),
    (clean.area, "90.5㎡", D("90.50")),
    (clean.area, "90.5 m²", D("90.50")),
    (clean.area, "90.5M2", D("90.50")),
    (clean.area, "90.5平方米", D("90.50")),
    (clean.area, "90.5平", D("90.50")),
    (clean.area, "９０.５", D("90.50")),
    (clean.area, D("90.505"), D("90.51")),
    (clean.area, D("90.504999"), D("90.50")),
    (clean.money, "¥1,280.5", D("1280.50")),
    (clean.money, "￥１２", D("12.00")),
    (clean.money, "300元", D("300.00")),
    (clean.money, 0, D("0.00")),
    (clean.reading, "626", D("626.000")),
    (clean.reading, D("626.125"), D("626.125")),
    (clean.reading, 0, D("0.000")),
    (clean.day, None, None),
    (clean.day, date(2023, 1, 5), date(2023, 1, 5)),
    (clean.day, MIDNIGHT, date(2023, 1, 5)),
    (clean.day, "2023-01-05", date(2023, 1, 5)),
    (clean.day, "2023/1/5", date(2023, 1, 5)),
    (clean.day, "2023.1.5", date(2023, 1, 5)),
    (clean.day, "2023年1月5日", date(2023, 1, 5)),
    (clean.day, "２０２３年１月５日", date(2023, 1, 5)),
    (clean.day, "2023 年 1 月 5 日", date(2023, 1, 5)),
    (clean.day, "20230105", date(2023, 1, 5)),
    (clean.day, 20230105, date(2023, 1, 5)),
    (clean.day, "2023-01-05 10:20:30", date(2023, 1, 5)),
    (clean.day, "2023-01-05T10:20", date(2023, 1, 5)),
    (clean.day, 44931, date(2023, 1, 5)),
    (clean.day, "44931", date(2023, 1, 5)),
    (clean.day, D("44931.5"), date(2023, 1, 5)),
    (clean.day, "2024-02-29", date(2024, 2, 29)),
    (clean.phone, None, None),
    (clean.phone, " 198 4017 0011", "19840170011"),
    (clean.phone, "198-4017-0011", "19840170011"),
    (clean.phone, "+86 19840170011", "19840170011"),
    (clean.phone, "+86-198-4017-0011", "19840170011"),
    (clean.phone, "008619840170011", "19840170011"),
    (clean.phone, "+86-0571-88001234", "0571-88001234"),
    (clean.phone, "8619840170011", "19840170011"),
    (clean.phone, 16396401757, "16396401757"),
    (clean.phone, "16396401757.0", "16396401757"),
    (clean.phone, "１９８４０１７００１１", "19840170011"),
    (clean.phone, "0571-88001234", "0571-88001234"),
    (clean.phone, "(0571)88001234", "0571-88001234"),
    (clean.phone, "0571 8800 1234", "0571-88001234"),
    (clean.phone, "010-62001234-801", "010-62001234-801"),
    (clean.phone, "88001234", "88001234"),
    (clean.phone, "400-820-8820", "4008208820"),
    (clean.identity_number, None, None),
    (clean.identity_number, "99999919690901972x", "99999919690901972X"),
    (clean.identity_number, "'999999 19690901 9720", "999999196909019720"),
    (clean.identity_number, "999999690901972", "999999690901972"),
    (clean.identity_number, 999999690901972, "999999690901972"),
    (clean.plate, None, None),
    (clean.plate, "浙A·V1SMJ", "浙AV1SMJ"),
    (clean.plate, "浙a v1smj", "浙AV1SMJ"),
    (clean.plate, "浙ＡＤ１２３４５", "浙AD12345"),
    (clean.plate, "粤Z1234港", "粤Z1234港"),
]

REFUSED: list[tuple[Clean, Cell, str]] = [
    (clean.text, "x" * 201, "too-long"),
    (clean.person_name, "名" * 101, "too-long"),
    (clean.number, "约90", "not-a-number"),
    (clean.number, "九十", "not-a-number"),
    (clean.number, "٣٫٥", "not-a-number"),
    (clean.number, "１2٣", "not-a-number"),
    (clean.number, "1_000", "not-a-number"),
    (clean.number, "5,00", "not-a-number"),
    (clean.number, "1,23,456", "not-a-number"),
    (clean.number, "NaN", "not-a-number"),
    (clean.number, "Infinity", "not-a-number"),
    (clean.number, "--5", "not-a-number"),
    (clean.number, ".", "not-a-number"),
    (clean.number, "+", "not-a-number"),
    (clean.number, "1e400", "not-a-number"),
    (clean.number, "9" * 400, "too-large"),
    (clean.number, True, "not-a-number"),
    (clean.number, date(2023, 1, 5), "not-a-number"),
    (clean.number, time(1, 2), "not-a-number"),
    (clean.whole_number, D("1.5"), "not-whole"),
    (clean.area, "约90", "approximate"),
    (clean.area, "90左右", "approximate"),
    (clean.area, "90多", "approximate"),
    (clean.area, "90x12", "not-a-number"),
    (clean.area, D("-88.5"), "negative"),
    (clean.area, "-88.5㎡", "negative"),
    (clean.area, 0, "zero"),
    (clean.area, D("0.001"), "zero"),
    (clean.area, 10**8, "too-large"),
    (clean.area, "1e90", "too-large"),
    (clean.money, "0.001", "too-many-decimals"),
    (clean.money, 10**12, "too-large"),
    (clean.money, -1, "negative"),
    (clean.reading, "0.0001", "too-many-decimals"),
    (clean.reading, -1, "negative"),
    (clean.day, "2023-02-30", "impossible-date"),
    (clean.day, "2023-02-29", "impossible-date"),
    (clean.day, "0000-00-00", "impossible-date"),
    (clean.day, "20231332", "impossible-date"),
    (clean.day, 20230230, "impossible-date"),
    (clean.day, "1066-10-14", "impossible-date"),
    (clean.day, "9999-12-31", "impossible-date"),
    (clean.day, date(9999, 12, 31), "impossible-date"),
    (clean.day, "去年", "not-a-date"),
    (clean.day, "2023-01", "not-a-date"),
    (clean.day, "05/01/2023", "not-a-date"),
    (clean.day, "10000-01-01", "not-a-date"),
    (clean.day, "٢٠٢٣", "not-a-date"),
    (clean.day, 12, "not-a-date"),
    (clean.day, -44931, "not-a-date"),
    (clean.day, 10**30, "not-a-date"),
    (clean.day, True, "not-a-date"),
    (clean.day, time(1, 2), "not-a-date"),
    (clean.day, timedelta(days=3), "not-a-date"),
    (clean.phone, "1984017001", "phone-invalid"),
    (clean.phone, "198401700111", "phone-invalid"),
    (clean.phone, "12840170011", "phone-invalid"),
    (clean.phone, "无", "phone-invalid"),
    (clean.phone, "١٣٨٠٠٠٠٠٠٠٠", "phone-invalid"),
    (clean.identity_number, "٩" * 18, "id-number-invalid"),
    (clean.day, "٢٠٢٣-٠١-٠٥", "not-a-date"),
    (clean.phone, D("1.5"), "phone-invalid"),
    (clean.phone, date(2023, 1, 5), "phone-invalid"),
    (clean.identity_number, 999999195706075866, "id-number-lost-digits"),
    (clean.identity_number, D("9.99999195706076E+17"), "id-number-lost-digits"),
    (clean.identity_number, "9.99999E+17", "id-number-lost-digits"),
    (clean.identity_number, "99999919690901972", "id-number-length"),
    (clean.identity_number, "9999991969090197200", "id-number-length"),
    (clean.identity_number, "护照E12345678", "id-number-invalid"),
    (clean.plate, "V1SMJ", "plate-invalid"),
    (clean.plate, "浙AV1SMJ99", "plate-invalid"),
    (clean.plate, "浙A V1SMJ/浙A12345", "plate-invalid"),
]


def name_of(value: object) -> str:
    return getattr(value, "__name__", None) or repr(value)[:40]


@pytest.mark.parametrize(("function", "cell", "expected"), VALUES, ids=name_of)
def test_cells_become_what_they_mean(function: Clean, cell: Cell, expected: object) -> None:
    value = function(cell)

    assert value == expected
    assert type(value) is type(expected)


@pytest.mark.parametrize(("function", "cell", "code"), REFUSED, ids=name_of)
def test_cells_that_mean_nothing_say_why(function: Clean, cell: Cell, code: str) -> None:
    with pytest.raises(CellProblem) as problem:
        function(cell)

    assert problem.value.code == code
    assert problem.value.raw == str(cell)[:80]


@pytest.mark.parametrize(
    ("identity", "is_valid"),
    [
        ("11010519491231002X", True),
        ("440524188001010014", True),
        ("440524188001010015", False),
        ("999999690901972", True),
    ],
)
def test_the_check_digit_follows_from_the_other_seventeen(identity: str, is_valid: bool) -> None:  # noqa: FBT001
    assert clean.has_valid_check_digit(identity) is is_valid


CELLS = st.one_of(
    st.none(),
    st.text(max_size=60),
    st.from_regex(r"[0-9０-９,.+\-年月日 ㎡eE]{1,20}", fullmatch=True),
    st.integers(),
    st.decimals(allow_nan=False, allow_infinity=False),
    st.booleans(),
    st.dates(),
    st.times(),
    st.timedeltas(),
)


@given(CELLS)
def test_no_cell_raises_anything_but_its_problem(cell: Cell) -> None:
    for function in (
        clean.text, clean.person_name, clean.number, clean.whole_number, clean.area, clean.money,
        clean.reading, clean.day, clean.phone, clean.identity_number, clean.plate,
    ):  # fmt: skip
        try:
            function(cell)
        except CellProblem as problem:
            assert problem.code  # noqa: PT017 - most cells raise nothing


@given(st.text())
def test_tidying_twice_changes_nothing(text: str) -> None:
    assert tidy(tidy(text)) == tidy(text)
    assert squeeze(squeeze(text)) == squeeze(text)


@given(st.dates(date(1927, 5, 18), date(2199, 12, 31)))
def test_every_spelling_of_a_day_is_the_same_day(day: date) -> None:
    serial = (day - date(1899, 12, 30)).days
    spellings: list[Cell] = [
        day, f"{day:%Y-%m-%d}", f"{day.year}/{day.month}/{day.day}",
        f"{day.year}年{day.month}月{day.day}日", f"{day:%Y%m%d}", int(f"{day:%Y%m%d}"),
        serial, str(serial),
    ]  # fmt: skip

    assert {clean.day(spelling) for spelling in spellings} == {day}


@given(st.decimals("0.01", "99999999.99", places=2))
def test_every_spelling_of_an_area_is_the_same_area(area: Decimal) -> None:
    wide = str(area).translate({48 + digit: 0xFF10 + digit for digit in range(10)})

    spellings: list[Cell] = [area, str(area), f"{area:,}", f"{area}㎡", f" {area} 平方米", wide]

    assert {clean.area(spelling) for spelling in spellings} == {area}


@pytest.mark.parametrize("cell", ["90 5", "9 0.5", "90 .5", "1 09.5", "128 90"])
def test_a_blank_between_digits_makes_two_numbers_not_a_greater_one(cell: str) -> None:
    for function in (clean.number, clean.area, clean.reading):
        with pytest.raises(CellProblem) as problem:
            function(cell)
        assert (problem.value.code, problem.value.raw) == ("not-a-number", cell)


@pytest.mark.parametrize(
    ("cell", "area"),
    [("1 090.5", "1090.50"), ("90.5 ㎡", "90.50"), ("90。5", "90.50"), (" 90.5 ", "90.50")],
)
def test_blanks_that_divide_nothing(cell: str, area: str) -> None:
    assert clean.area(cell) == Decimal(area)


@pytest.mark.parametrize("cell", [2026, "2026", Decimal("2026.01"), 1, "0", 9999])
def test_a_year_is_no_serial_of_a_day(cell: Cell) -> None:
    with pytest.raises(CellProblem) as problem:
        clean.day(cell)
    assert problem.value.code == "not-a-date"
