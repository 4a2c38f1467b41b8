"""The 33 pairs of duties that the handbook keeps apart (2.4), as data.

A pair is kept apart on the record (the same person may not take both steps on it), between posts
(the same person may not hold both in one place), or both.
"""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final

from django.utils.functional import Promise

from kernel.access.actions import Action
from kernel.duties.pair import Basis, Level, Pair, Side
from kernel.duties.steps import Step
from kernel.text import _

# Who takes money from customers; the guard's are temporary parking fees only (BL-115, C-22).
_COLLECTS_FEES: Final = frozenset({"collector", "finance_duty"})
_TAKES_MONEY: Final = _COLLECTS_FEES | {"gate_guard"}
_AUTHORISES: Final = frozenset({"property_manager"})
# 2.2: audits the month and the outlets; audits receipts and payments.
_AUDITS: Final = frozenset({"charging_director", "finance_head"})

_T: Final = frozenset({Level.RECORD})
_R: Final = frozenset({Level.POST})
_TR: Final = frozenset({Level.RECORD, Level.POST})


def _side(
    duty: Promise,
    *steps: Step,
    posts: Iterable[str] = (),
    actions: Iterable[Action] = (),
    related: Iterable[Action] = (),
) -> Side:
    return Side(
        duty=duty,
        steps=frozenset(steps),
        posts=frozenset(posts),
        actions=frozenset(actions),
        related=frozenset(related),
    )


def _pair(
    number: int,
    a: Side,
    b: Side,
    levels: frozenset[Level],
    source: str,
    basis: Basis,
    message: Promise,
) -> Pair:
    return Pair(
        id=f"SoD-{number:02}",
        a=a,
        b=b,
        levels=levels,
        source=source,
        basis=basis,
        message=message,
    )


_AUTHORISING = _side(
    _("Authorising a charge"),
    Step.CHARGE_AUTHORISE,
    posts=_AUTHORISES,
    actions={Action.FEE_STANDARD_CONFIRM},
    related={Action.FEE_STANDARD_DRAFT},  # S-48: a collector changes no price
)
_EXECUTING = _side(
    _("Executing the charge (collecting)"),
    Step.CHARGE_COLLECT,
    posts=_TAKES_MONEY,
    actions={Action.PAYMENT_TAKE},
)
_INSPECTING = _side(
    _("Checking or inspecting collection"),
    Step.COLLECTION_AUDIT,
    posts=_AUDITS,
    actions={Action.RECEIPT_VOID_ANY},
)
_COLLECTING = _side(
    _("Collecting"),
    Step.CHARGE_COLLECT,
    posts=_COLLECTS_FEES,
    actions={Action.PAYMENT_TAKE},
)
_REVIEWING = _side(
    _("Reviewing a contract jointly (using unit, buyer, property and real-estate managers)"),
    Step.CONTRACT_REVIEW_USER,
    Step.CONTRACT_REVIEW_BUYER,
    Step.CONTRACT_REVIEW_PROPERTY,
    Step.CONTRACT_REVIEW_REAL_ESTATE,
)

_ALL: Final = (
    _pair(
        1,
        _AUTHORISING,
        _EXECUTING,
        _TR,
        "000/7 Art.6",
        Basis.NAMED,
        _("Charge approval and collection must be done by different people."),
    ),
    _pair(
        2,
        _AUTHORISING,
        _INSPECTING,
        _TR,
        "000/7 Art.6",
        Basis.NAMED,
        _("The approver of a charge cannot audit its collection."),
    ),
    _pair(
        3,
        _EXECUTING,
        _INSPECTING,
        _TR,
        "000/7 Art.6",
        Basis.NAMED,
        _("A collector cannot audit own collection."),
    ),
    _pair(
        4,
        _side(_("Confirming the amount due"), Step.AMOUNT_CONFIRM, related={Action.BILL_RUN_CHECK}),
        # BL-14: nor by whoever entered what it is computed from.
        _side(
            _("Collecting"),
            Step.CHARGE_COLLECT,
            Step.AMOUNT_ENTER,
            related={Action.PAYMENT_TAKE},
        ),
        _T,
        "000/7 Art.7",
        Basis.NAMED,
        _("The amount must be confirmed by someone other than the collector."),
    ),
    _pair(
        5,
        # By post only: a collector may type in what was read (C-07).
        _side(_("Reading meters (water, power, heat)"), Step.METER_READ, posts={"meter_reader"}),
        _COLLECTING,
        _R,
        "000/7 Art.7",
        Basis.NAMED,
        _("Meter readers cannot collect fees."),
    ),
    _pair(
        6,
        _side(_("Setting renovation-deposit amounts"), Step.DEPOSIT_SET, posts=_AUTHORISES),
        _COLLECTING,
        _TR,
        "000/7 Art.7",
        Basis.NAMED,
        _("Deposit amounts are set by the property manager, not by the collector."),
    ),
    _pair(
        7,
        _side(_("Confirming a deposit refund"), Step.REFUND_APPROVE),
        _side(_("Collecting or paying out"), Step.CHARGE_COLLECT, Step.REFUND_PAY),
        _T,
        "000/7 Art.7, Art.12",
        Basis.NAMED,
        _("Refund approver and payer must differ."),
    ),
    _pair(
        8,
        _side(
            _("Recording receivables"),
            Step.RECEIVABLE_RECORD,
            posts={"charging_director", "sales_accountant"},
            actions={Action.BILL_RUN_POST, Action.BILL_REVERSE},
        ),
        # The treasury cashier does not record receivables either (2.2).
        _side(
            _("Collecting"),
            Step.CHARGE_COLLECT,
            posts=_COLLECTS_FEES | {"cashier"},
            actions={Action.PAYMENT_TAKE},
        ),
        _TR,
        "000/7 Art.7",
        Basis.NAMED,
        _("The receivable ledger is closed to collectors."),
    ),
    _pair(
        9,
        _side(_("Collector handing in money"), Step.REMITTANCE_HAND_IN),
        _side(_("Treasury cashier receiving it"), Step.REMITTANCE_RECEIVE),
        _T,
        "000/7 Art.13",
        Basis.PROCEDURE,
        _("A remittance needs two people."),
    ),
    _pair(
        10,
        _side(_("Outgoing gate guard"), Step.GATE_HAND_OVER),
        _side(_("Incoming gate guard"), Step.GATE_TAKE_OVER),
        _T,
        "000/7 Art.10",
        Basis.PROCEDURE,
        _("Handover must be signed by both guards."),
    ),
    _pair(
        11,
        _side(_("Community head's signature on a refund"), Step.REFUND_SIGN_HEAD),
        _side(_("Property manager's confirmation"), Step.REFUND_APPROVE),
        _T,
        "000/7 Art.12",
        Basis.PROCEDURE,
        _("Each refund step needs a different signatory."),
    ),
    _pair(
        12,
        _side(_("Owning the receipt stock (finance)"), Step.RECEIPT_STOCK, posts={"finance_head"}),
        _side(
            _("Issuing receipts (charging director)"),
            Step.RECEIPT_ISSUE,
            posts={"charging_director"},
        ),
        _R,
        "000/7 Art.17–18",
        Basis.PROCEDURE,
        _("Receipt stock and receipt issue must be kept apart."),
    ),
    _pair(
        13,
        _side(_("Keeping or using receipts (community)"), Step.RECEIPT_USE),
        _side(_("Cancelling numbers (finance)"), Step.RECEIPT_CANCEL_NUMBERS),
        _T,
        "000/7 Art.17",
        Basis.PROCEDURE,
        _("Used books are cancelled by finance."),
    ),
    _pair(
        14,
        _side(_("Requesting a waiver"), Step.WAIVER_REQUEST),
        _side(_("Verifying it (general office, finance)"), Step.WAIVER_VERIFY),
        _T,
        "000/7 Art.15",
        Basis.PROCEDURE,
        _("The requester cannot verify the waiver."),
    ),
    _pair(
        15,
        _side(_("Verifying a waiver"), Step.WAIVER_VERIFY),
        _side(_("Approving it (leader, chairman)"), Step.WAIVER_APPROVE),
        _T,
        "000/7 Art.15",
        Basis.PROCEDURE,
        _("Verifier cannot approve."),
    ),
    _pair(
        16,
        _side(_("Approving a waiver"), Step.WAIVER_APPROVE),
        _side(_("Processing it in the ledger (charging office)"), Step.WAIVER_POST),
        _T,
        "000/7 Art.15",
        Basis.PROCEDURE,
        _("Approver cannot post the waiver."),
    ),
    _pair(
        17,
        _side(_("Doing the repair"), Step.REPAIR_DO),
        _side(_("Revisiting it"), Step.REPAIR_REVISIT),
        _T,
        "000/10i §1",
        Basis.OURS,
        _("The technician who did the job cannot revisit it."),
    ),
    _pair(
        18,
        _side(_("Buying"), Step.PURCHASE_BUY, posts={"buyer"}),
        _side(_("Inspecting and receiving goods"), Step.GOODS_ACCEPT, posts={"materials_keeper"}),
        _TR,
        "000/16 §4.4",
        Basis.NAMED,
        _("The buyer cannot inspect or accept the goods."),
    ),
    _pair(
        19,
        _side(_("Requesting a purchase"), Step.PURCHASE_REQUEST),
        _side(_("Approving it"), Step.PURCHASE_APPROVE_FIRST, Step.PURCHASE_APPROVE_SECOND),
        _T,
        "000/16 §4.1",
        Basis.PROCEDURE,
        _("A requester cannot approve own purchase."),
    ),
    _pair(
        20,
        _side(_("First approval (property general manager)"), Step.PURCHASE_APPROVE_FIRST),
        _side(_("Second approval (company general manager)"), Step.PURCHASE_APPROVE_SECOND),
        _T,
        "000/16 §4.1",
        Basis.PROCEDURE,
        _("Two different approvers are required."),
    ),
    _pair(
        21,
        _side(_("Approving a purchase"), Step.PURCHASE_APPROVE_FIRST, Step.PURCHASE_APPROVE_SECOND),
        _side(_("Buying"), Step.PURCHASE_BUY),
        _T,
        "000/16 §4.1",
        Basis.OURS,
        _("An approver cannot act as buyer."),
    ),
    _pair(
        22,
        _side(_("Buying"), Step.PURCHASE_BUY, posts={"buyer"}),
        _side(
            _("Paying or reimbursing (finance)"),
            Step.PURCHASE_PAY,
            posts={"finance_head", "cashier"},
        ),
        _TR,
        "000/16 §7.2",
        Basis.OURS,
        _("The buyer cannot settle own claim."),
    ),
    _pair(
        23,
        _REVIEWING,
        _REVIEWING,
        _T,
        "000/16 §4.6",
        Basis.PROCEDURE,
        _("Each review party must be a different person."),
    ),
    _pair(
        24,
        _side(_("Applying to view a file"), Step.ARCHIVE_REQUEST),
        _side(_("Approving it (office manager)"), Step.ARCHIVE_APPROVE),
        _T,
        "002/5.3 §3.1, 4.1.1.4",
        Basis.PROCEDURE,
        _("Applicant cannot approve own access."),
    ),
    _pair(
        25,
        _side(_("Keeping the file (front desk)"), Step.ARCHIVE_KEEP, posts={"front_desk"}),
        _side(
            _("Supervising the archive (customer-service supervisor)"),
            Step.ARCHIVE_SUPERVISE,
            posts={"cs_supervisor"},
        ),
        _R,
        "002/5.3 §3.2–3.3",
        Basis.PROCEDURE,
        _("Archive keeper and supervisor must differ."),
    ),
    _pair(
        26,
        # 2.2 names the steward for registering violations, S-23 the guard; others persuade only.
        _side(
            _("Persuading or recording a violation"),
            Step.VIOLATION_RECORD,
            posts={"steward", "gate_guard"},
        ),
        _side(
            _("Deciding a penalty (office manager, customer-service supervisor)"),
            Step.VIOLATION_DECIDE,
            posts={"mo_manager", "cs_supervisor"},
        ),
        _R,
        "002/5.1 §3.5h",
        Basis.NAMED,
        _("Only the management-office manager or the CS supervisor may decide penalties."),
    ),
    _pair(
        27,
        _side(_("Proposing the compensation decision (office)"), Step.VIOLATION_PROPOSE),
        _side(_("Signing it into force (general manager)"), Step.VIOLATION_SIGN),
        _T,
        "002/5.1 §3.5c,g",
        Basis.PROCEDURE,
        _("Major violation decisions take effect only with the general manager's signature."),
    ),
    _pair(
        28,
        _side(_("Requesting leave or a duty swap"), Step.LEAVE_REQUEST),
        _side(_("Approving it"), Step.LEAVE_APPROVE),
        _T,
        "000/10a §2, 000/17 §3.2, §4.3",
        Basis.PROCEDURE,
        _("You cannot approve your own leave."),
    ),
    _pair(
        29,
        _side(_("Finance duty officer collecting"), Step.DUTY_COLLECT),
        _side(_("Refunding"), Step.DUTY_REFUND),
        _T,
        "000/17 §5.3",
        Basis.PROCEDURE,
        _("No refunds on duty without the director's signature."),
    ),
    _pair(
        30,
        _side(_("Valuing rent (property company, finance, general office)"), Step.RENT_VALUE),
        _side(_("Approving the rent (company)"), Step.RENT_APPROVE),
        _T,
        "000/7 Art.11(3)",
        Basis.PROCEDURE,
        _("A valuer cannot approve the rent."),
    ),
    _pair(
        31,
        _side(_("Verifying vacancy or occupancy"), Step.VACANCY_VERIFY),
        _side(_("Requesting the reduced rate"), Step.REDUCED_RATE_REQUEST),
        _T,
        "000/7 Art.15",
        Basis.PROCEDURE,
        _("Vacancy must be verified by the three departments."),
    ),
    _pair(
        32,
        _side(_("Being the subject of a complaint"), Step.COMPLAINT_SUBJECT),
        _side(_("Handling or revisiting it"), Step.COMPLAINT_HANDLE, Step.COMPLAINT_REVISIT),
        _T,
        "",
        Basis.OURS,
        _("The person complained about cannot handle it."),
    ),
    _pair(
        33,
        _side(_("Steward's first review of a deposit refund"), Step.REFUND_REVIEW_FIRST),
        _side(_("Final approval"), Step.REFUND_APPROVE),
        _T,
        "003/D5, 000/7 Art.12",
        Basis.PROCEDURE,
        _("First reviewer cannot approve."),
    ),
)

PAIRS: Final[Mapping[str, Pair]] = MappingProxyType({pair.id: pair for pair in _ALL})
