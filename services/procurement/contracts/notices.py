"""What people are told of contracts."""

from typing import Final

from kernel.notifications.registry import Notice
from kernel.text import _, _p

_CONTRACT: Final = {
    "number": _("Contract number"),
    "title": _("Title"),
    "vendor": _("Vendor"),
}
PERMITTED: Final = Notice(
    key="procurement.contract-permitted",
    name=_("A contract may be signed"),
    subject=_("To be signed: %(number)s %(title)s"),
    text=_(
        "The contract %(number)s “%(title)s” with %(vendor)s has passed its joint review. It may "
        "be signed, with the contract seal."
    ),
    fields=_CONTRACT,
)
SIGNED: Final = Notice(
    key="procurement.contract-signed",
    name=_("A contract was signed"),
    subject=_("Signed: %(number)s %(title)s"),
    text=_("%(signer)s signed the contract %(number)s “%(title)s” with %(vendor)s."),
    fields={**_CONTRACT, "signer": _p("of a contract", "Signed by")},
)
ENDING: Final = Notice(
    key="procurement.contract-ending",
    name=_("A contract ends soon"),
    subject=_("Ends on %(day)s: %(number)s %(title)s"),
    text=_("The contract %(number)s “%(title)s” with %(vendor)s ends on %(day)s."),
    fields={**_CONTRACT, "day": _("Day")},
)
PAYMENT_DUE: Final = Notice(
    key="procurement.planned-payment-due",
    name=_("A payment of a contract is due"),
    subject=_("Due on %(day)s: %(amount)s to %(vendor)s"),
    text=_(
        "By the contract %(number)s “%(title)s” %(amount)s is due to %(vendor)s on %(day)s: "
        "%(condition)s."
    ),
    fields={
        **_CONTRACT,
        "day": _("Day"),
        "amount": _("Amount"),
        "condition": _("Condition"),
    },
)
ALL: Final = (PERMITTED, SIGNED, ENDING, PAYMENT_DUE)
