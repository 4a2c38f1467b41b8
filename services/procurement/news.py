"""What has happened to a vendor at the company, as his contact is told it, newest first."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.utils.translation import gettext as _

from kernel.access import Actor
from kernel.spelling import spell_money
from services.procurement.orders import queries as orders
from services.procurement.payments import queries as payments
from services.procurement.payments.models import InvoiceState
from services.procurement.receiving import queries as receiving
from services.procurement.rounds import queries as rounds
from services.procurement.vendors.models import AccountState, PaperState, VendorState
from services.procurement.vendors.queries import own, require_vendor

MOST: Final = 100
ABOUT: Final = (
    "vendor",
    "account",
    "paper",
    "round",
    "order",
    "receipt",
    "objection",
    "invoice",
    "statement",
    "payment",
)


@dataclass(frozen=True, slots=True)
class News:
    """One thing that happened, of which record; words in the language in force."""

    at: datetime
    about: str  # one of ABOUT
    subject_id: int
    text: str


def news_of(*, actor: Actor) -> list[News]:
    """Return what the vendor's contact is told, newest first, at most ``MOST``.

    :raises NotFound: if the actor is no vendor's contact.
    """
    require_vendor(actor, actor.vendor_id)
    found = [news for source in _SOURCES for news in source(actor)]
    found.sort(key=lambda news: news.at, reverse=True)
    return found[:MOST]


def _vendor(actor: Actor) -> Iterator[News]:
    vendor = own.own_vendor(actor=actor)
    if vendor.decided_at is not None and vendor.state == VendorState.ACTIVE:
        yield News(vendor.decided_at, "vendor", vendor.pk, _("You are on the register."))
    # He has not asked for him: the company invites, and may have written down a wrong address.
    for contact in own.own_contacts(actor=actor).exclude(pk=actor.contact_id or 0):
        if contact.joined_at is not None:
            words = {"name": contact.name, "email": contact.email}
            text = _("%(name)s (%(email)s) may act for you here from now on.") % words
            yield News(contact.joined_at, "vendor", vendor.pk, text)
    for account in own.own_accounts(actor=actor):
        if account.decided_at is not None:
            text = (
                _("You are paid to %(account)s from now on.")
                if account.state == AccountState.ACTIVE
                else _("The account %(account)s was not approved.")
            )
            yield News(account.decided_at, "account", account.pk, text % {"account": account})


def _papers(actor: Actor) -> Iterator[News]:
    for paper in own.own_papers(actor=actor).exclude(checked_at=None)[:MOST]:
        text = (
            _("%(paper)s: refused. %(reason)s")
            if paper.state == PaperState.REFUSED
            else _("%(paper)s: found in order.")
        )
        words = {"paper": paper.kind.label, "reason": paper.check_note}
        if paper.checked_at is not None:
            yield News(paper.checked_at, "paper", paper.pk, text % words)


def _rounds(actor: Actor) -> Iterator[News]:
    for letter in rounds.letters(actor=actor)[:MOST]:
        about = letter.round
        text = f"{letter.get_kind_display()}: {about.number} {about.title}"
        yield News(letter.written_at, "round", about.pk, text)
    for revision in rounds.revisions_of_colleagues(actor=actor)[:MOST]:
        about = revision.invitation.round
        words = {"name": revision.contact_label, "number": about.number, "title": about.title}
        text = (
            _("%(name)s has taken back the quote for %(number)s %(title)s.")
            if revision.is_withdrawal
            else _("%(name)s has sent a quote for %(number)s %(title)s.")
        )
        yield News(revision.submitted_at, "round", about.pk, text % words)


def _orders(actor: Actor) -> Iterator[News]:
    for letter in orders.own_letters(actor=actor)[:MOST]:
        text = f"{letter.get_kind_display()}: {letter.order.number}"
        yield News(letter.written_at, "order", letter.order_id, text)


def _deliveries(actor: Actor) -> Iterator[News]:
    for receipt in receiving.own_receipts(actor=actor)[:MOST]:
        words = {"order": receipt.order.number, "number": receipt.number}
        text = _("Goods of the order %(order)s were taken in (%(number)s).") % words
        yield News(receipt.received_at, "receipt", receipt.pk, text)
    for objection in receiving.own_objections(actor=actor)[:MOST]:
        words = {
            "number": objection.number,
            "article": objection.order_line.name,
            "kind": objection.get_kind_display(),
        }
        text = _("Objection %(number)s to %(article)s: %(kind)s") % words
        yield News(objection.raised_at, "objection", objection.pk, text)
        if objection.settled_at is not None:
            words = {"number": objection.number, "how": objection.get_settlement_display()}
            text = _("Objection %(number)s is settled: %(how)s") % words
            yield News(objection.settled_at, "objection", objection.pk, text)


def _money(actor: Actor) -> Iterator[News]:
    booked = payments.own_invoices(actor=actor).filter(state=InvoiceState.BOOKED)
    for invoice in booked[:MOST]:
        if invoice.booked_at is not None:
            words = {"number": invoice.number, "amount": spell_money(invoice.amount)}
            text = _("Your invoice %(number)s of %(amount)s was booked.") % words
            yield News(invoice.booked_at, "invoice", invoice.pk, text)
    for statement in payments.own_statements(actor=actor)[:MOST]:
        words = {
            "number": statement.number,
            "balance": spell_money(statement.balance),
            "day": statement.to_day.isoformat(),
        }
        text = _("Reconciliation %(number)s: %(balance)s owed to you up to %(day)s") % words
        yield News(statement.sent_at, "statement", statement.pk, text)
    for payment in payments.own_payments(actor=actor)[:MOST]:
        if payment.paid_at is not None:
            text = _("Paid to you: %(amount)s") % {"amount": spell_money(payment.amount)}
            yield News(payment.paid_at, "payment", payment.pk, text)


_SOURCES: Final[tuple[Callable[[Actor], Iterator[News]], ...]] = (
    _vendor,
    _papers,
    _rounds,
    _orders,
    _deliveries,
    _money,
)
