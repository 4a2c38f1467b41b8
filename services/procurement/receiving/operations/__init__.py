"""The writers of receiving: inspection, objections, returns, sealed samples."""

from services.procurement.receiving.operations.errors import (
    AssetsInvalid,
    LinesInvalid,
    ObjectionStateWrong,
    OrderNotComing,
    QuantityTooLarge,
    SampleEnded,
    SampleExists,
    SampleNotCompared,
    SettlementInvalid,
    WarehouseWrong,
)
from services.procurement.receiving.operations.objections import (
    object_in_use,
    put_back,
    settle_objection,
    take_up_objection,
)
from services.procurement.receiving.operations.receiving import Counted, receive_goods
from services.procurement.receiving.operations.returning import return_goods
from services.procurement.receiving.operations.samples import end_sample, seal_sample

__all__ = [
    "AssetsInvalid",
    "Counted",
    "LinesInvalid",
    "ObjectionStateWrong",
    "OrderNotComing",
    "QuantityTooLarge",
    "SampleEnded",
    "SampleExists",
    "SampleNotCompared",
    "SettlementInvalid",
    "WarehouseWrong",
    "end_sample",
    "object_in_use",
    "put_back",
    "receive_goods",
    "return_goods",
    "seal_sample",
    "settle_objection",
    "take_up_objection",
]
