"""What other code may ask of the stock."""

from services.procurement.stock.operations.moving import (
    LotInvalid,
    MovedAlready,
    StockExpired,
    Taken,
    WarehouseClosed,
    lock_balances,
    take_in,
    take_out,
)

__all__ = [
    "LotInvalid",
    "MovedAlready",
    "StockExpired",
    "Taken",
    "WarehouseClosed",
    "lock_balances",
    "take_in",
    "take_out",
]
