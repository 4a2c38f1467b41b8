"""The columns of a room-and-owner ledger (房屋业主台账), and the words used in them."""

import re
from datetime import date

from kernel.imports.importer import ImportField
from kernel.tabular import clean
from kernel.tabular.cells import Cell
from kernel.tabular.problems import CellProblem
from kernel.tabular.text import squeeze
from kernel.text import _
from services.properties.models import UnitKind, UnitState


def _field(
    key: str,
    label: object,
    names: str,
    *,
    unlike: str = "",
    is_required: bool = False,
    is_personal: bool = False,
) -> ImportField:
    """Build a field from texts whose parts are set off by bars."""
    return ImportField(
        key,
        label,
        tuple(names.split("|")),
        is_required,
        tuple(part for part in unlike.split("|") if part),
        is_personal,
    )


_HANDOVERS = ("交付", "交房", "收房", "接房", "领房", "入伙", "收楼", "交楼", "入住", "移交")

FIELDS = (
    _field(
        "building",
        _("Building"),
        "楼栋|楼栋号|楼号|幢号|栋号|楼幢|座号|楼座|楼宇|幢|栋|座|所属楼栋|楼|大楼|building|block|tower",
        unlike="单元|层",
    ),
    _field("entrance", _("Entrance"), "单元|单元号|梯号|门栋|门洞|梯|门|entrance|stair"),
    _field(
        "room",
        _("Room number"),
        "房号|室号|房间号|房屋编号|房屋号|房间编号|房产编号|门牌号|铺号|商铺号|房间|室|户室号|资源编号|"
        "房屋名称|房产名称|房间名称|房屋|房屋信息|房屋坐落|坐落|门牌|房|户号|"
        "room|room no|room number|unit|unit no|flat",
        unlike="电话|面积|状态|类型|性质|用途|单价|总价|交付|日期",
        is_required=True,
    ),
    _field(
        "built_area",
        _("Built area"),
        "建筑面积|面积|产权面积|计费面积|收费面积|房屋面积|建面|建筑总面积|房屋建筑面积|"
        "built area|area|gross area",
        unlike="套内|公摊|分摊|使用|实用|阳台|地下|车位|花园|inner|net",
        is_required=True,
    ),
    _field(
        "inner_area",
        _("Inner area"),
        "套内面积|套内建筑面积|使用面积|实用面积|套内使用面积|inner area|net area",
    ),
    _field(
        "kind",
        _("Use"),
        "用途|房屋用途|房屋类型|房屋性质|使用性质|物业类型|业态|房产类型|类型|性质|房屋类别|"
        "use|kind|type",
        unlike="车位|证件|客户|户型|结构",
    ),
    _field(
        "owner",
        _("Owner"),
        "业主姓名|业主|户主|户主姓名|产权人|产权人姓名|业主名称|客户名称|客户姓名|姓名|所有权人|"
        "购房人|业户|业户姓名|户名|住户姓名|客户|"
        "owner|owner name|name",
        unlike="联系|紧急|备用|电话|证|租|家属|contact",
    ),
    _field(
        "id_number",
        _("Identity number"),
        "身份证号|身份证号码|证件号码|证件号|身份证|业主身份证号|统一社会信用代码|"
        "id number|id no|identity number",
        unlike="租|类型",
        is_personal=True,
    ),
    _field(
        "phone",
        _("Phone"),
        "联系电话|手机号|手机号码|手机|业主电话|电话|电话号码|联系方式|移动电话|"
        "phone|mobile|telephone",
        unlike="紧急|备用|租|家属|座机",
        is_personal=True,
    ),
    _field(
        "handed_over_on",
        _("Handed over on"),
        "|".join(f"{event}{day}" for event in _HANDOVERS for day in ("日期", "时间", "日"))
        + "|handed over on|handover date|delivery date",
        unlike="合同|约定|通知",
    ),
    _field(
        "state",
        _("State"),
        "房屋状态|使用状态|入住状态|居住状态|入住情况|使用情况|房态|状态|state|status",
        unlike="车位|交费|缴费|收费",
    ),
    _field(
        "parking",
        _("Parking space"),
        "车位号|车位|车位编号|停车位|车位号码|停车位号|parking space|parking",
        unlike="面积|费|类型|数|状态|性质|日期|到期",
    ),
    _field(
        "plate",
        _("Plate"),
        "车牌号|车牌|车牌号码|车辆号牌|车号|plate|plate number|licence plate",
    ),
    _field("note", _("Note"), "备注|说明|附注|note|remarks|comment"),
)

_KINDS: dict[str, str] = {
    UnitKind.RESIDENCE: "住宅 普通住宅 商品房 高层 高层住宅 小高层 多层 多层住宅 洋房 别墅 公寓"
    " 居住 住房 民用 民宅 安置房 回迁房 保障房 经济适用房 复式 跃层 叠墅 叠拼 联排 双拼 独栋 合院"
    " 排屋 住 residence residential flat"
    " apartment house dwelling",
    UnitKind.SHOP: "商铺 商业 店铺 底商 门面 门面房 门市 门市房 商业用房 营业房 营业用房 网点 商用"
    " 沿街商铺 门店 铺面 商业网点 商 铺 shop retail commercial store",
    UnitKind.OFFICE: "写字楼 办公 办公楼 办公用房 办公室 商务办公 office",
    UnitKind.PARKING: "车位 停车位 地下车位 地上车位 机动车位 产权车位 人防车位 parking"
    " parkingspace parkinglot",
    UnitKind.GARAGE: "车库 地下车库 garage",
    UnitKind.STORAGE: "储藏室 储藏间 储物间 储物室 杂物间 杂物房 地下室 仓库 仓储 storage storeroom"
    " storageroom basement",
    UnitKind.OTHER: "其他 其它 会所 幼儿园 配套 配套用房 公建 物业用房 管理用房 other",
}
_STATES: dict[str, str] = {
    UnitState.UNSOLD: "未售 待售 未销售 未出售 未售出 在售 空置未售 unsold",
    UnitState.SOLD: "已售未交付 已售未交 未交付 未交房 未收房 未接房 未领房 待交付 已售 sold"
    " soldnothandedover",
    UnitState.VACANT: "空置 空房 空关 空 闲置 未入住 无人居住 毛坯 空置房 已交付未入住 已交房未入住"
    " 长期空置 空置中 无人住 无人 未住 待租 招租 招租中 vacant empty",
    UnitState.RENOVATION: "装修 装修中 在装修 正在装修 renovation underrenovation",
    UnitState.OWNER_OCCUPIED: "自住 已入住 入住 业主自住 在住 居住 常住 自用 已住 自营 居住中"
    " 入住中 已入伙 入伙 业主居住 本人居住 自住房 owneroccupied occupied",
    UnitState.LEASED: "出租 租赁 已租 已出租 出租中 租住 在租 租 租户 租客 租户使用 出租房 转租"
    " leased let rented tenanted",
    UnitState.CUSTODY: "托管 托管中 代管 委托管理 custody incustody",
}


def _by_word(words: dict[str, str]) -> dict[str, str]:
    return {word: code for code, listed in words.items() for word in listed.split()}


# Words of a building's form or a space's, before or behind the word of use: 联排别墅, 机械车位.
_KIND_PARTS = (
    (re.compile(r".*(?:车位)"), UnitKind.PARKING),
    (re.compile(r"(?:住宅|高层|小高层|多层).*|.*(?:别墅|公寓|住宅)"), UnitKind.RESIDENCE),
    (re.compile(r".*(?:商铺|底商|商业用房|门面房)"), UnitKind.SHOP),
    (re.compile(r".*(?:储藏室|储藏间|储物间|储物室|杂物间)"), UnitKind.STORAGE),
)
# They deny or mix uses: somebody has to say which.
_UNCLEAR_KIND = re.compile(r"非|商住|住商|或|兼|/|、")
# Delivered, but whether anybody lives there is not said.
_UNTOLD_STATES = frozenset({"交付", *(f"已{event}" for event in _HANDOVERS if event[0] != "入")})
_NOT_HANDED_OVER = frozenset(
    {"未售", "待售", *(f"{word}{event}" for word in "未待" for event in _HANDOVERS)}
)

_KIND_WORDS, _STATE_WORDS = _by_word(_KINDS), _by_word(_STATES)
_NO_OWNER_WORDS = frozenset(
    word
    for word, code in _STATE_WORDS.items()
    if code in {UnitState.UNSOLD, UnitState.VACANT, UnitState.SOLD} and len(word) > 1
)
_BRACKETS = re.compile(r"\(.*?\)|\[.*?\]|【.*?】")
_NOTHING = re.compile(
    r"[-/\\_.]+|无|暂无|没有|未知|不详|空白|none|n/?a|null|nil|#n/a", re.IGNORECASE
)


def is_nothing(text: str) -> bool:
    """Tell whether a cell says in words that it is empty: 无, 暂无, /, -, N/A."""
    return not text or bool(_NOTHING.fullmatch(text))


def kind(cell: Cell) -> str | None:
    """Return the unit's kind for a word of use.

    :raises CellProblem: ``unknown-word``.
    """
    try:
        return _word(cell, _KIND_WORDS)
    except CellProblem:
        text = squeeze(str(cell))
        if not _UNCLEAR_KIND.search(text):
            for shape, code in _KIND_PARTS:
                if shape.fullmatch(text):
                    return code
        raise


def state(cell: Cell) -> str | None:
    """Return the unit's state for a word.

    :raises CellProblem: ``unknown-word``.
    """
    if isinstance(cell, str) and squeeze(cell) in _UNTOLD_STATES:
        return None
    return _word(cell, _STATE_WORDS)


def says_nobody(text: str) -> bool:
    """Tell whether a name is none but says that there is no owner: 未售, 空置."""
    return squeeze(text) in _NO_OWNER_WORDS


def handover_day(cell: Cell) -> date | None:
    """Return the day of handover; none for 未交付 and its like.

    :raises CellProblem: as :func:`kernel.tabular.clean.day`.
    """
    if isinstance(cell, str) and squeeze(cell) in _NOT_HANDED_OVER:
        return None
    return clean.day(cell)


def _word(cell: Cell, words: dict[str, str]) -> str | None:
    text = re.sub(r"[-_]", "", squeeze(str("" if cell is None else cell))).casefold()
    if is_nothing(text):
        return None
    found = words.get(text) or words.get(_BRACKETS.sub("", text))
    if found is None:
        raise CellProblem("unknown-word", cell)
    return found


def implied_kind(building: str, number: str) -> str:
    """Return the kind that a name gives away where the ledger says nothing: 商业街, 商铺12."""
    name = building + number
    for word, code in (("车位", UnitKind.PARKING), ("车库", UnitKind.GARAGE)):
        if word in name:
            return code
    if re.search(r"储藏|储物|杂物|地下室", name):
        return UnitKind.STORAGE
    if re.search(r"商|铺|店|门面|shop", name, re.IGNORECASE):
        return UnitKind.SHOP
    return UnitKind.RESIDENCE
