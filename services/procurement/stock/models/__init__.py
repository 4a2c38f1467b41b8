"""Warehouses, stock, its papers and counts, and fixed assets."""

from services.procurement.stock.models.assets import (
    Asset,
    AssetState,
)
from services.procurement.stock.models.counts import (
    CountLine,
    CountState,
    StockCount,
)
from services.procurement.stock.models.papers import (
    Issue,
    IssueLine,
    IssueReturn,
    Transfer,
    TransferLine,
)
from services.procurement.stock.models.places import (
    Lot,
    MoveKind,
    StockBalance,
    StockMove,
    Warehouse,
    WarehouseKind,
)

__all__ = [
    "Asset",
    "AssetState",
    "CountLine",
    "CountState",
    "Issue",
    "IssueLine",
    "IssueReturn",
    "Lot",
    "MoveKind",
    "StockBalance",
    "StockCount",
    "StockMove",
    "Transfer",
    "TransferLine",
    "Warehouse",
    "WarehouseKind",
]
