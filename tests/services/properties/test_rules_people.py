from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pypinyin import lazy_pinyin

from services.properties import rules
from services.properties.rules import names


@pytest.mark.parametrize(
    ("name", "initials", "key"),
    [
        ("陈志远", "czy", "chen zhi yuan"),
        ("单伟", "sw", "shan wei"),
        ("曾小贤", "zxx", "zeng xiao xian"),
        ("仇建国", "qjg", "qiu jian guo"),
        ("解晓东", "xxd", "xie xiao dong"),
        ("任重", "rz", "ren zhong"),
        ("尉迟恭", "ycg", "yu chi gong"),
        ("单于明", "sym", "shan yu ming"),
        ("万俟雪", "mqx", "mo qi xue"),
        ("吕布", "lb", "lv bu"),
        ("阿依古丽·买买提", "ayglmmt", "a yi gu li mai mai ti"),
        ("John Smith", "js", "john smith"),
        ("John 王", "jw", "john wang"),
        # 解 is xiè as a surname only; companies have none.
        ("解放路物业公司", "jflwygs", "jie fang lu wu ye gong si"),
        ("陈𠮷", "c", "chen 𠮷"),
        ("", "", ""),
        ("··", "", ""),
    ],
)
def test_pinyin(name: str, initials: str, key: str) -> None:
    assert rules.initials(name) == initials
    assert rules.name_key(name) == key


def test_names_sort_by_pinyin() -> None:
    names = ["赵敏", "陈志远", "曾小贤", "方安", "范甘", "安娜"]

    assert sorted(names, key=rules.name_key) == ["安娜", "陈志远", "范甘", "方安", "曾小贤", "赵敏"]


@pytest.mark.parametrize(
    ("typed", "phone", "head", "tail"),
    [
        ("13812346027", "13812346027", "138", "6027"),
        (" 138 1234 6027", "13812346027", "138", "6027"),
        ("+86 138-1234-6027", "13812346027", "138", "6027"),
        ("１３８１２３４６０２７", "13812346027", "138", "6027"),
        ("0571-88001234", "0571-88001234", "0571", "1234"),
        ("057188001234", "0571-88001234", "0571", "1234"),
        ("010-62345678", "010-62345678", "010", "5678"),
        ("88001234", "88001234", "", "1234"),
        ("", "", "", ""),
    ],
)
def test_phone(typed: str, phone: str, head: str, tail: str) -> None:
    assert rules.phone_number(typed) == phone
    assert rules.phone_parts(phone) == (head, tail)


@pytest.mark.parametrize("typed", ["1381234602", "12345", "abc", "23812346027", "138123460277"])
def test_no_phone(typed: str) -> None:
    with pytest.raises(rules.PhoneInvalid) as refusal:
        rules.phone_number(typed)
    assert refusal.value.field == "phone"


PERSON, COMPANY = False, True


@pytest.mark.parametrize(
    ("typed", "organisation", "value"),
    [
        ("11010519491231002X", PERSON, "11010519491231002X"),
        ("11010519491231002x", PERSON, "11010519491231002X"),
        ("110105 19491231 002x", PERSON, "11010519491231002X"),
        ("110105491231002", PERSON, "110105491231002"),
        ("E12345678", PERSON, "E12345678"),
        ("H1234567801", PERSON, "H1234567801"),
        ("01234567", PERSON, "01234567"),
        ("91350100M000100Y43", COMPANY, "91350100M000100Y43"),
        ("330106000123456", COMPANY, "330106000123456"),
        ("", PERSON, ""),
        ("", COMPANY, ""),
    ],
)
def test_id_number(typed: str, organisation: bool, value: str) -> None:  # noqa: FBT001
    assert rules.id_number(typed, organisation=organisation) == value


@pytest.mark.parametrize(
    ("typed", "organisation"),
    [
        ("110105194912310021", PERSON),  # the check sign is X
        ("11010519491231", PERSON),
        ("11010519491231002XX", PERSON),
        ("张三", PERSON),
        ("91350100M000100Y44", COMPANY),
        ("9135", COMPANY),
    ],
)
def test_no_id_number(typed: str, organisation: bool) -> None:  # noqa: FBT001
    with pytest.raises(rules.IdNumberInvalid) as refusal:
        rules.id_number(typed, organisation=organisation)
    assert refusal.value.field == "id_number"


def test_short_numbers_show_nothing() -> None:
    assert rules.id_tail("11010519491231002X") == "002X"
    assert rules.id_tail("E1234567") == ""


@pytest.mark.parametrize("typed", ["浙A12345", "浙a·12345", " 浙A 12345", "浙Ａ１２３４５"])
def test_plate(typed: str) -> None:
    assert rules.plate(typed) == "浙A12345"


@pytest.mark.parametrize("typed", ["", "A12345", "浙12345", "浙A1234"])
def test_no_plate(typed: str) -> None:
    with pytest.raises(rules.PlateInvalid):
        rules.plate(typed)


@pytest.mark.parametrize(
    ("typed", "part"),
    [
        ("浙A·7K3M2", "浙A7K3M2"),
        ("a7k3m2", "A7K3M2"),
        ("7K3M2", "7K3M2"),
        ("3m2", "3M2"),
        ("浙AD12345", "浙AD12345"),
        ("m2", ""),
        ("陈志远", ""),
        ("3-2-1602", "321602"),
        ("A7K3M2XXX", ""),
    ],
)
def test_part_of_a_plate(typed: str, part: str) -> None:
    assert rules.plate_like(typed) == part


@given(st.text(max_size=30))
def test_any_name_has_initials(name: str) -> None:
    assert rules.initials(name).isascii()
    assert rules.name_key(name) == rules.name_key(name).strip()


@given(st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=1, max_size=4))
@example("单长春")
@example("重庆")
@example("长江重庆")
def test_the_short_way_reads_as_the_dictionary_does(name: str) -> None:
    assert names._read(name) == lazy_pinyin(name)


def test_shares_come_to_the_whole_at_most() -> None:
    rules.check_shares([Decimal("33.33"), Decimal("66.67"), None])

    with pytest.raises(rules.SharesOverWhole) as refusal:
        rules.check_shares([Decimal("50"), Decimal("50.01")])
    assert refusal.value.details == {"total_percent": "100.01"}


@pytest.mark.parametrize(
    ("before", "after", "note", "error"),
    [
        ("UNSOLD", "SOLD", "", None),
        ("UNSOLD", "VACANT", "", None),
        ("VACANT", "OWNER_OCCUPIED", "", None),
        ("OWNER_OCCUPIED", "VACANT", "", None),
        ("LEASED", "CUSTODY", "", None),
        ("VACANT", "VACANT", "", rules.StateUnchanged),
        ("VACANT", "SOLD", "", rules.StateChangeUnexplained),
        ("SOLD", "UNSOLD", " ", rules.StateChangeUnexplained),
        ("SOLD", "UNSOLD", "contract withdrawn", None),
    ],
)
def test_state_changes(before: str, after: str, note: str, error: type[Exception] | None) -> None:
    if error is None:
        rules.check_state_change(before, after, note)
    else:
        with pytest.raises(error):
            rules.check_state_change(before, after, note)
