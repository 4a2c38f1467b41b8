"""What receiving refuses."""

from kernel.errors import Conflict, Invalid


class OrderNotComing(Conflict):
    code = "procurement.order-not-coming"


class LinesInvalid(Invalid):
    code = "procurement.receipt-lines-invalid"


class SampleNotCompared(Invalid):
    code = "procurement.sample-not-compared"


class SampleExists(Conflict):
    code = "procurement.sample-exists"


class SampleEnded(Conflict):
    code = "procurement.sample-ended"


class WarehouseWrong(Invalid):
    code = "procurement.warehouse-wrong"


class QuantityTooLarge(Invalid):
    code = "procurement.objection-quantity-too-large"


class ObjectionStateWrong(Conflict):
    code = "procurement.objection-state-wrong"


class SettlementInvalid(Invalid):
    code = "procurement.settlement-invalid"


class AssetsInvalid(Invalid):
    code = "procurement.assets-invalid"
