"""The steps of the handbook's procedures that one person may not take together.

Services and steps of approval chains name them; :mod:`kernel.duties.rules` says which of them are
kept apart. A step is a duty carried out on one record, whatever post it is done by.
"""

from enum import StrEnum


class Step(StrEnum):
    # Charges and their collection (000/7 Art. 6-8)
    CHARGE_AUTHORISE = "charge.authorise"
    CHARGE_COLLECT = "charge.collect"
    COLLECTION_AUDIT = "collection.audit"
    AMOUNT_ENTER = "amount.enter"
    AMOUNT_CONFIRM = "amount.confirm"
    METER_READ = "meter.read"
    DEPOSIT_SET = "deposit.set"
    RECEIVABLE_RECORD = "receivable.record"

    # Money and receipts on their way (Art. 10, 13, 17-18)
    REMITTANCE_HAND_IN = "remittance.hand-in"
    REMITTANCE_RECEIVE = "remittance.receive"
    GATE_HAND_OVER = "gate.hand-over"
    GATE_TAKE_OVER = "gate.take-over"
    RECEIPT_STOCK = "receipt.stock"
    RECEIPT_ISSUE = "receipt.issue"
    RECEIPT_USE = "receipt.use"
    RECEIPT_CANCEL_NUMBERS = "receipt.cancel-numbers"

    # Refunds (Art. 12; 003/D5; 000/17 § 5.3)
    REFUND_REVIEW_FIRST = "refund.review.first"
    REFUND_SIGN_HEAD = "refund.sign.head"
    REFUND_APPROVE = "refund.approve"
    REFUND_PAY = "refund.pay"
    DUTY_COLLECT = "duty.collect"
    DUTY_REFUND = "duty.refund"

    # Waivers, vacancy and rent (Art. 11, 15)
    WAIVER_REQUEST = "waiver.request"
    WAIVER_VERIFY = "waiver.verify"
    WAIVER_APPROVE = "waiver.approve"
    WAIVER_POST = "waiver.post"
    VACANCY_VERIFY = "vacancy.verify"
    REDUCED_RATE_REQUEST = "reduced-rate.request"
    RENT_VALUE = "rent.value"
    RENT_APPROVE = "rent.approve"

    # Repairs and complaints (000/10i)
    REPAIR_DO = "repair.do"
    REPAIR_REVISIT = "repair.revisit"
    COMPLAINT_SUBJECT = "complaint.subject"
    COMPLAINT_HANDLE = "complaint.handle"
    COMPLAINT_REVISIT = "complaint.revisit"

    # Purchasing (000/16)
    PURCHASE_REQUEST = "purchase.request"
    PURCHASE_APPROVE_FIRST = "purchase.approve.first"
    PURCHASE_APPROVE_SECOND = "purchase.approve.second"
    PURCHASE_BUY = "purchase.buy"
    PURCHASE_PAY = "purchase.pay"
    GOODS_ACCEPT = "goods.accept"
    CONTRACT_REVIEW_USER = "contract.review.user"
    CONTRACT_REVIEW_BUYER = "contract.review.buyer"
    CONTRACT_REVIEW_PROPERTY = "contract.review.property"
    CONTRACT_REVIEW_REAL_ESTATE = "contract.review.real-estate"

    # Owner files, violations, leave (002/5.3, 002/5.1, 000/10a, 000/17)
    ARCHIVE_REQUEST = "archive.request"
    ARCHIVE_APPROVE = "archive.approve"
    ARCHIVE_KEEP = "archive.keep"
    ARCHIVE_SUPERVISE = "archive.supervise"
    VIOLATION_RECORD = "violation.record"
    VIOLATION_DECIDE = "violation.decide"
    VIOLATION_PROPOSE = "violation.propose"
    VIOLATION_SIGN = "violation.sign"
    LEAVE_REQUEST = "leave.request"
    LEAVE_APPROVE = "leave.approve"
