"""The accounts a new company starts with, by the codes of the Chinese accounting standard.

Sub-accounts of 6001 and 6051 take income by kind of fee. Money collected for somebody else is a
liability and stands under 2241 (BL-59).
"""

from typing import Final, NamedTuple

from services.billing.ledger.models import AccountKind, AccountRole


class ChartEntry(NamedTuple):
    """One account: its code, its names, what it is and what the system uses it for."""

    code: str
    name: str
    name_en: str
    kind: AccountKind
    role: AccountRole | None = None


CHART: Final = (
    ChartEntry("1001", "库存现金", "Cash on hand", AccountKind.ASSET, AccountRole.CASH),
    ChartEntry("1002", "银行存款", "Cash at bank", AccountKind.ASSET, AccountRole.BANK),
    ChartEntry(
        "1012",
        "其他货币资金-在途收款",
        "Payments in transit",
        AccountKind.ASSET,
        AccountRole.CHANNEL,
    ),
    ChartEntry(
        "1122",
        "应收账款",
        "Receivables from households",
        AccountKind.ASSET,
        AccountRole.RECEIVABLE,
    ),
    ChartEntry(
        "1221.01",
        "其他应收款-采购备用金",
        "Advances to buyers",
        AccountKind.ASSET,
        AccountRole.ADVANCE,
    ),
    ChartEntry("1405", "库存商品", "Goods in stock", AccountKind.ASSET, AccountRole.STOCK),
    ChartEntry("1601", "固定资产", "Fixed assets", AccountKind.ASSET, AccountRole.FIXED_ASSET),
    ChartEntry(
        "2202", "应付账款", "Payables to vendors", AccountKind.LIABILITY, AccountRole.PAYABLE
    ),
    ChartEntry(
        "2202.99",
        "应付账款-暂估应付",
        "Goods received, not invoiced",
        AccountKind.LIABILITY,
        AccountRole.ACCRUED,
    ),
    ChartEntry(
        "2221.01",
        "应交税费-进项税额",
        "Input tax",
        AccountKind.LIABILITY,
        AccountRole.INPUT_TAX,
    ),
    ChartEntry(
        "2241.01", "其他应付款-代收水费", "Water collected for the supplier", AccountKind.LIABILITY
    ),
    ChartEntry(
        "2241.02",
        "其他应付款-代收电费",
        "Electricity collected for the supplier",
        AccountKind.LIABILITY,
    ),
    ChartEntry(
        "2241.03", "其他应付款-代收燃气费", "Gas collected for the supplier", AccountKind.LIABILITY
    ),
    ChartEntry(
        "2241.04",
        "其他应付款-代收供热费",
        "Heating collected for the supplier",
        AccountKind.LIABILITY,
    ),
    ChartEntry(
        "2241.99",
        "其他应付款-其他代收款",
        "Other money collected for others",
        AccountKind.LIABILITY,
    ),
    ChartEntry(
        "6001.01",
        "主营业务收入-物业服务费",
        "Income from property management fees",
        AccountKind.INCOME,
    ),
    ChartEntry("6001.02", "主营业务收入-电梯费", "Income from lift fees", AccountKind.INCOME),
    ChartEntry(
        "6001.03",
        "主营业务收入-车位管理费",
        "Income from parking management fees",
        AccountKind.INCOME,
    ),
    ChartEntry("6051.01", "其他业务收入-停车费", "Income from parking", AccountKind.INCOME),
    ChartEntry("6051.99", "其他业务收入-其他", "Other income", AccountKind.INCOME),
    ChartEntry(
        "6401.01",
        "主营业务成本-物料消耗",
        "Cost of materials",
        AccountKind.EXPENSE,
        AccountRole.MATERIAL_COST,
    ),
    ChartEntry(
        "6401.02",
        "主营业务成本-外包服务",
        "Cost of outsourced services",
        AccountKind.EXPENSE,
        AccountRole.SERVICE_COST,
    ),
    ChartEntry(
        "6711.01",
        "营业外支出-盘亏",
        "Differences of stock counts",
        AccountKind.EXPENSE,
        AccountRole.COUNT_LOSS,
    ),
    ChartEntry(
        "6711.02",
        "营业外支出-资产报废",
        "Losses from scrapped assets",
        AccountKind.EXPENSE,
        AccountRole.DISPOSAL_LOSS,
    ),
)
