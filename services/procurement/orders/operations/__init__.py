"""The writers of orders."""

from services.procurement.orders.operations.changing import (
    answer_change,
    drop_change,
    order_change,
    propose_as_vendor,
    propose_change,
    take_up_change,
)
from services.procurement.orders.operations.ending import cancel_order, close_short
from services.procurement.orders.operations.errors import (
    AgreementNotInForce,
    AwardOrdered,
    ChangeOpen,
    ChangeStateWrong,
    ContractMissing,
    DeclarationMissing,
    LossInvalid,
    LossWithdrawn,
    MoreThanConsented,
    NotAgreed,
    NotEmergency,
    OrderStateWrong,
    PersonNeeded,
    SeveralProjects,
    SourcesDiffer,
)
from services.procurement.orders.operations.letters import deliver_due
from services.procurement.orders.operations.losing import record_loss, withdraw_loss
from services.procurement.orders.operations.making import (
    Bought,
    call_off,
    order_award,
    order_emergency,
)
from services.procurement.orders.operations.prices import Price, set_prices
from services.procurement.orders.operations.sending import change_draft, declare, send
from services.procurement.orders.operations.vendors import (
    acknowledge,
    announce,
    cancel_delivery,
)

__all__ = [
    "AgreementNotInForce",
    "AwardOrdered",
    "Bought",
    "ChangeOpen",
    "ChangeStateWrong",
    "ContractMissing",
    "DeclarationMissing",
    "LossInvalid",
    "LossWithdrawn",
    "MoreThanConsented",
    "NotAgreed",
    "NotEmergency",
    "OrderStateWrong",
    "PersonNeeded",
    "Price",
    "SeveralProjects",
    "SourcesDiffer",
    "acknowledge",
    "announce",
    "answer_change",
    "call_off",
    "cancel_delivery",
    "cancel_order",
    "change_draft",
    "close_short",
    "declare",
    "deliver_due",
    "drop_change",
    "order_award",
    "order_change",
    "order_emergency",
    "propose_as_vendor",
    "propose_change",
    "record_loss",
    "send",
    "set_prices",
    "take_up_change",
    "withdraw_loss",
]
