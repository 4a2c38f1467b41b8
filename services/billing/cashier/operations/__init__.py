"""Writes of the counter: take a payment, void it, note a print. Each call is one transaction.

Locks are taken in one order everywhere: household, payment, bill lines by pk, receipt series last.
"""

from services.billing.cashier.operations.common import (
    PersonNeeded,
    PostTakesNoMoney,
    TextInvalid,
)
from services.billing.cashier.operations.printing import note_printed
from services.billing.cashier.operations.taking import (
    BillsChanged,
    KeyInvalid,
    KeyUsed,
    MethodUnknown,
    NothingOpen,
    PayerMissing,
    ReferenceUsed,
    SeriesTaken,
    take_payment,
)
from services.billing.cashier.operations.voiding import (
    ReasonMissing,
    VoidedAlready,
    VoidNeedsDirector,
    void_payment,
)

__all__ = [
    "BillsChanged",
    "KeyInvalid",
    "KeyUsed",
    "MethodUnknown",
    "NothingOpen",
    "PayerMissing",
    "PersonNeeded",
    "PostTakesNoMoney",
    "ReasonMissing",
    "ReferenceUsed",
    "SeriesTaken",
    "TextInvalid",
    "VoidNeedsDirector",
    "VoidedAlready",
    "note_printed",
    "take_payment",
    "void_payment",
]
