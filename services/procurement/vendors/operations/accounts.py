"""Where vendors are paid. Another account comes into force by an approval (``vendor.account``).

A changed account number is the oldest fraud there is: who asks for it never signs it, the signer is
told whose number it is besides, and nothing is ever overwritten.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.db import transaction
from django.urls import reverse

from kernel import crypto
from kernel.access import Action, Actor
from kernel.approvals import operations as approvals
from kernel.approvals.models import Case
from kernel.approvals.registry import DocumentKind
from kernel.approvals.rules.facts import Fact, FactType
from kernel.audit import operations as audit
from kernel.db import refusing
from kernel.errors import Conflict
from kernel.records import operations as records
from kernel.text import _, _p, in_company_language
from services.procurement.texts import line
from services.procurement.vendors import queries, rules
from services.procurement.vendors.models import AccountState, BankAccount, Vendor
from services.procurement.vendors.operations.common import (
    KeeperDecides,
    lock_vendor,
    require_keeper,
    require_on_register,
    require_one_of,
)

KIND: Final = "vendor.account"


class AccountPending(Conflict):
    code = "procurement.account-pending"


class AccountSame(Conflict):
    code = "procurement.account-same"


class AccountStateWrong(Conflict):
    code = "procurement.account-state-wrong"


def account_kind() -> DocumentKind:
    """Return the kind of document that a vendor's account is to the approvals."""
    return DocumentKind(
        key=KIND,
        name=_("Bank account of a vendor"),
        module=_("Procurement"),
        facts=(
            Fact("is_first", _("First account"), FactType.YES_NO),
            Fact("is_shared", _("Number of another vendor too"), FactType.YES_NO),
            Fact("is_by_vendor", _("Asked for by the vendor"), FactType.YES_NO),
        ),
        url=_page_of,
        on_approved=_put_in_force,
        on_rejected=_refuse,
        on_withdrawn=_refuse,
        checks=_watch,
        is_ready=True,
    )


@transaction.atomic
def ask_account(
    *,
    actor: Actor,
    vendor_id: int,
    holder: str,
    bank: str,
    number: str,
    reason: str = "",
    now: datetime,
) -> BankAccount:
    """Ask that a vendor be paid to an account; the one in force stays until this is approved.

    :raises NotFound: if there is no such vendor, or it is another vendor's contact.
    :raises access.ActionDenied: without ``vendor.manage`` company-wide.
    :raises common.VendorStateWrong: if he is not on the register.
    :raises rules.AccountInvalid: if the number is none.
    :raises AccountSame: if he is paid there already.
    :raises AccountPending: if another change is in approval.
    """
    require_keeper(actor, vendor_id)
    vendor = lock_vendor(vendor_id)
    require_on_register(vendor)
    plain = rules.account_number(number)
    current = queries.account_in_force(vendor.pk)
    account = BankAccount(
        vendor=vendor,
        holder=line(holder, field="holder", longest=100, is_required=True),
        bank=line(bank, field="bank", longest=100, is_required=True),
        number_encrypted=crypto.encrypt(plain),
        number_index=crypto.blind_index(plain),
        number_tail=plain[-4:],
        asked_by=actor.user_id,
        asked_by_label=actor.label[:140],
        asked_at=now,
        reason=line(reason, field="reason", longest=200, is_required=current is not None),
    )
    if current is not None and _figures(current) == _figures(account):
        raise AccountSame(_("This account is in force already."), field="number")
    pending = AccountPending(_("A change of this account is in approval already."))
    with refusing(bankaccount_one_pending=pending):
        account.save(force_insert=True)
    _record(actor, "procurement.account.asked", account, now, reason=account.reason)
    _submit(actor, account, current, now)
    return account


@transaction.atomic
def reveal_account(*, actor: Actor, account_id: int, reason: str, now: datetime) -> str:
    """Return the number of a vendor's account in full; who looked, and why, is kept.

    :raises NotFound: if there is none.
    :raises access.ActionDenied: with neither ``vendor.check`` nor ``vendor-payment.pay``
        company-wide: the buyer knows it from the paper, and needs no other's.
    :raises records.ReasonTooShort: without a reason that says something.
    """
    require_one_of(actor, Action.VENDOR_CHECK, Action.VENDOR_PAYMENT_PAY)
    account = queries.get_account(actor=actor, account_id=account_id)
    look = records.note_figure_shown(
        actor=actor,
        subject=account.vendor,
        project_id=None,
        what=str(_("Number of the bank account")),
        field="account",
        reason=reason,
        now=now,
    )
    _record(actor, "procurement.account.revealed", account, now, reason=look.reason)
    return crypto.decrypt(account.number_encrypted)


@transaction.atomic
def reveal_phone(*, actor: Actor, vendor_id: int, reason: str, now: datetime) -> str:
    """Return a vendor's phone in full; who looked, and why, is kept.

    :raises NotFound: if there is none.
    :raises access.ActionDenied: with neither ``vendor.manage`` nor ``vendor.check`` company-wide.
    :raises records.ReasonTooShort: without a reason that says something.
    """
    require_one_of(actor, Action.VENDOR_MANAGE, Action.VENDOR_CHECK)
    vendor = queries.get_vendor(actor=actor, vendor_id=vendor_id)
    look = records.note_figure_shown(
        actor=actor,
        subject=vendor,
        project_id=None,
        what=str(_("Phone")),
        field="phone",
        reason=reason,
        now=now,
    )
    audit.record(
        actor=actor,
        event="procurement.vendor.phone-revealed",
        subject=vendor,
        now=now,
        data={"reason": look.reason},
    )
    return crypto.decrypt(vendor.phone_encrypted)


def _submit(actor: Actor, account: BankAccount, current: BankAccount | None, now: datetime) -> None:
    vendor = account.vendor
    with in_company_language():
        summary = {
            str(_("Vendor")): f"{vendor.code} {vendor.name}",
            str(_("Account holder")): account.holder,
            str(_p("of a vendor", "Bank")): account.bank,
            str(_("Account number")): str(account),
            str(_("In force so far")): f"{current.bank} {current}" if current else str(_("None")),
            **({str(_("Reason")): account.reason} if account.reason else {}),
        }
        title = str(_("Bank account of %(vendor)s") % {"vendor": vendor.name})
    approvals.submit(
        actor=actor,
        kind=KIND,
        subject=account,
        project_id=None,
        title=title[:200],
        facts={
            "is_first": current is None,
            "is_shared": bool(queries.vendors_with_number(account)),
            "is_by_vendor": actor.vendor_id is not None,
        },
        summary=summary,
        is_own=actor.vendor_id is None,
        now=now,
    )


def _watch(case: Case) -> Sequence[tuple[bool, object]]:
    """Tell who decides whose number it is besides, and whether the holder bears the name."""
    account = BankAccount.objects.select_related("vendor").get(pk=case.subject_id)
    others = [vendor.name for vendor in queries.vendors_with_number(account)]
    found: list[tuple[bool, object]] = [
        (
            False,
            _("The same number is the account of: %(vendors)s.") % {"vendors": "; ".join(others)},
        )
        if others
        else (True, _("No other vendor has this number."))
    ]
    is_own = account.holder == account.vendor.name
    found.append(
        (True, _("The account's holder is the vendor."))
        if is_own
        else (False, _("The account's holder bears another name than the vendor."))
    )
    return found


def _put_in_force(case: Case, actor: Actor, now: datetime) -> None:
    """Let an approved account take the place of the one in force; the signatures have asked."""
    account = _lock(case)
    if account.state != AccountState.PENDING:
        raise AccountStateWrong(_("This change of the account is decided already."))
    # The chain keeps applicants from signing; a chain of the company's own might not.
    if account.asked_by is not None and account.asked_by == actor.user_id:
        raise KeeperDecides(_("Whoever asked for another account does not decide on it."))
    for former in account.vendor.accounts.select_for_update().filter(state=AccountState.ACTIVE):
        former.state, former.decided_at = AccountState.REPLACED, now
        former.save(update_fields=["state", "decided_at"])
    account.state, account.decided_at = AccountState.ACTIVE, now
    account.save(update_fields=["state", "decided_at"])
    _record(actor, "procurement.account.put-in-force", account, now)


def _refuse(case: Case, actor: Actor, now: datetime) -> None:
    account = _lock(case)
    if account.state == AccountState.PENDING:
        account.state, account.decided_at = AccountState.REFUSED, now
        account.save(update_fields=["state", "decided_at"])
        _record(actor, "procurement.account.refused", account, now)


def _lock(case: Case) -> BankAccount:
    vendor_id = BankAccount.objects.values_list("vendor_id", flat=True).get(pk=case.subject_id)
    vendor: Vendor = lock_vendor(vendor_id)
    account: BankAccount = BankAccount.objects.select_for_update().get(pk=case.subject_id)
    account.vendor = vendor
    return account


def _figures(account: BankAccount) -> tuple[str, str, str]:
    return account.holder, account.bank, account.number_index


def _page_of(account_id: int, _project_id: int | None) -> str:
    vendor_id = BankAccount.objects.values_list("vendor_id", flat=True).get(pk=account_id)
    return f"{reverse('vendors-vendor', args=[vendor_id])}?tab=accounts"


def _record(
    actor: Actor, event: str, account: BankAccount, now: datetime, reason: str = ""
) -> None:
    audit.record(
        actor=actor,
        event=event,
        subject=account.vendor,
        now=now,
        data={
            "account": account.pk,
            "tail": account.number_tail,
            "bank": account.bank,
            **({"reason": reason} if reason else {}),
        },
    )
