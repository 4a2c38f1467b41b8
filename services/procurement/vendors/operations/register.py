"""Who is on the register: entered by the buyer, or by himself and taken up by somebody else."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Final, TypedDict

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from kernel import access, crypto
from kernel.access import Action, Actor
from kernel.audit import operations as audit
from kernel.db import refusing
from kernel.documents import numbers
from kernel.errors import Conflict, DomainError, Invalid
from kernel.tenancy import company_day
from kernel.text import _
from services.procurement.texts import line
from services.procurement.vendors.models import (
    Contact,
    ContactState,
    Vendor,
    VendorKind,
    VendorState,
)
from services.procurement.vendors.operations.common import (
    VendorStateWrong,
    lock_vendor,
    require_checker,
    require_on_register,
)
from services.procurement.vendors.operations.contacts import end_all
from services.properties import rules as people
from services.properties.operations import changes as partial

SERIES = "vendor"


class CreditCodeTaken(Conflict):
    code = "procurement.credit-code-taken"


class VendorInvalid(Invalid):
    code = "procurement.vendor-invalid"


@dataclass(frozen=True, kw_only=True)
class VendorFacts:
    """A vendor as written on a form."""

    name: str
    kind: str = VendorKind.GOODS
    credit_code: str = ""
    contact_name: str = ""
    phone: str = ""
    email: str = ""
    address: str = ""
    tax_percent: Decimal = Decimal(13)
    is_on_account: bool = False
    payment_days: int = 0
    note: str = ""
    language: str = "zh-hans"


class VendorChanges(TypedDict, total=False):
    name: str
    kind: str
    credit_code: str
    contact_name: str
    phone: str
    email: str
    address: str
    tax_percent: Decimal
    is_on_account: bool
    payment_days: int
    note: str
    language: str


@transaction.atomic
def create_vendor(*, actor: Actor, facts: VendorFacts, now: datetime) -> Vendor:
    """Put a vendor on the register. Quotes and orders wait for his papers (PR-60).

    :raises access.ActionDenied: without ``vendor.manage`` company-wide.
    :raises CreditCodeTaken: if he is on it already.
    :raises VendorInvalid: if a figure is none; and the others of the registry for phone and text.
    """
    access.require_everywhere(actor, Action.VENDOR_MANAGE)
    vendor = _new(facts, VendorState.ACTIVE, actor, now)
    _record(actor, "procurement.vendor.created", vendor, now, name=vendor.name, code=vendor.code)
    return vendor


@transaction.atomic
def apply(
    *, facts: VendorFacts, contact_name: str, email: str, public_key: bytes, now: datetime
) -> Contact:
    """Take in the application of somebody who registered himself, with him as its contact.

    He is nobody's actor before: who calls has seen that the address is his. Nothing is asked of
    him and nothing ordered until somebody decides (:func:`decide_application`).

    :raises CreditCodeTaken: if the vendor is on the register: then the company invites him.
    :raises VendorInvalid: see :func:`create_vendor`.
    """
    name = line(contact_name, field="contact_name", longest=60, is_required=True)
    actor = Actor(label=f"{facts.name.strip()} {name}"[:140])
    vendor = _new(facts, VendorState.APPLIED, actor, now)
    contact = Contact.objects.create(
        vendor=vendor,
        name=name,
        email=_email(email, is_required=True),
        state=ContactState.ACTIVE,
        invited_by_label=actor.label,
        invited_at=now,
        joined_at=now,
        public_key=public_key,
    )
    _record(actor, "procurement.vendor.applied", vendor, now, name=vendor.name, code=vendor.code)
    return contact


@transaction.atomic
def decide_application(
    *, actor: Actor, vendor_id: int, is_accepted: bool, reason: str = "", now: datetime
) -> Vendor:
    """Take a vendor who applied on the register, or refuse him; a refusal needs a reason.

    :raises NotFound: if there is none.
    :raises access.ActionDenied: without ``vendor.check`` company-wide.
    :raises common.KeeperDecides: if the actor keeps the register himself.
    :raises VendorStateWrong: if no application waits.
    """
    require_checker(actor)
    vendor = lock_vendor(vendor_id)
    if vendor.state != VendorState.APPLIED:
        raise VendorStateWrong(_("This application is decided already."))
    state = VendorState.ACTIVE if is_accepted else VendorState.REFUSED
    _decide(actor, vendor, state, reason, now, is_reason_required=not is_accepted)
    if not is_accepted:
        end_all(actor, vendor, now)
    event = "accepted" if is_accepted else "refused"
    _record(actor, f"procurement.vendor.{event}", vendor, now, reason=vendor.decision_reason)
    return vendor


@transaction.atomic
def change_vendor(*, actor: Actor, vendor_id: int, changes: VendorChanges, now: datetime) -> Vendor:
    """Change what is given of a vendor. The record says that a phone changed, never which.

    :raises NotFound: if there is none.
    :raises access.ActionDenied: without ``vendor.manage`` company-wide.
    :raises VendorStateWrong: if he is refused or closed.
    :raises CreditCodeTaken: if another vendor has the credit code.
    :raises VendorInvalid: see :func:`create_vendor`.
    """
    access.require_everywhere(actor, Action.VENDOR_MANAGE)
    vendor = lock_vendor(vendor_id)
    require_on_register(vendor)
    wanted = _values(changes)
    phone = wanted.pop("phone", None)
    difference: dict[str, Any] = {**partial.apply(vendor, wanted)}
    changed = [*difference.get("after", ())]
    if phone is not None and _set_phone(vendor, phone):
        changed += ["phone"]
    if changed:
        with refusing(**_refusals()):
            vendor.save()
        _record(actor, "procurement.vendor.changed", vendor, now, **difference, changed=changed)
    return vendor


@transaction.atomic
def close_vendor(*, actor: Actor, vendor_id: int, reason: str, now: datetime) -> Vendor:
    """Take a vendor off the register: no quotes and no orders any more, his people lose access.

    What was ordered and is owed stays.

    :raises NotFound: if there is none.
    :raises access.ActionDenied: without ``vendor.manage`` company-wide.
    :raises VendorStateWrong: if he is not active.
    """
    access.require_everywhere(actor, Action.VENDOR_MANAGE)
    vendor = lock_vendor(vendor_id)
    if vendor.state != VendorState.ACTIVE:
        raise VendorStateWrong(_("The vendor is not active in the register."))
    _decide(actor, vendor, VendorState.CLOSED, reason, now)
    end_all(actor, vendor, now)
    _record(actor, "procurement.vendor.closed", vendor, now, reason=vendor.decision_reason)
    return vendor


@transaction.atomic
def reopen_vendor(*, actor: Actor, vendor_id: int, reason: str, now: datetime) -> Vendor:
    """Take a vendor who was closed or refused on the register again; by who checks, not keeps.

    :raises NotFound: if there is none.
    :raises access.ActionDenied: without ``vendor.check`` company-wide.
    :raises common.KeeperDecides: if the actor keeps the register himself.
    :raises VendorStateWrong: if he is neither closed nor refused.
    """
    require_checker(actor)
    vendor = lock_vendor(vendor_id)
    if vendor.state not in {VendorState.CLOSED, VendorState.REFUSED}:
        raise VendorStateWrong(_("This vendor is neither closed nor refused."))
    _decide(actor, vendor, VendorState.ACTIVE, reason, now)
    _record(actor, "procurement.vendor.reopened", vendor, now, reason=vendor.decision_reason)
    return vendor


def _new(facts: VendorFacts, state: str, actor: Actor, now: datetime) -> Vendor:
    given: VendorChanges = asdict(facts)  # type: ignore[assignment]  # the same names
    values = _values(given)
    phone = values.pop("phone")
    vendor = Vendor(
        state=state,
        created_by=actor.user_id,
        created_by_label=actor.label[:140],
        created_at=now,
        **values,
    )
    _set_phone(vendor, phone)
    vendor.code = numbers.next_number(series=SERIES, project_id=None, on=company_day(now))
    with refusing(**_refusals()):
        vendor.save(force_insert=True)
    return vendor


def _decide(
    actor: Actor,
    vendor: Vendor,
    state: str,
    reason: str,
    now: datetime,
    *,
    is_reason_required: bool = True,
) -> None:
    vendor.decision_reason = line(
        reason, field="reason", longest=200, is_required=is_reason_required
    )
    vendor.state = state
    vendor.decided_by, vendor.decided_by_label = actor.user_id, actor.label[:140]
    vendor.decided_at = now
    vendor.save(
        update_fields=["state", "decided_by", "decided_by_label", "decided_at", "decision_reason"]
    )


def _values(changes: VendorChanges) -> dict[str, Any]:
    """Return what is given of a vendor as it is kept; the phone in its normal form."""
    kept: dict[str, Any] = {
        name: read(changes[name])  # type: ignore[literal-required]
        for name, read in _READERS.items()
        if name in changes
    }
    if "name" in kept:
        kept["initials"] = people.initials(kept["name"])[:100]
    return kept


def _one_of(value: str, choices: list[str], field: str) -> str:
    if value not in choices:
        raise VendorInvalid(_("Choose one of those offered."), field=field)
    return value


def _credit_code(text: str) -> str:
    try:
        return people.id_number(text, organisation=True)
    except people.IdNumberInvalid as error:
        raise VendorInvalid(
            _("This is no unified social credit code: check its 18 signs."), field="credit_code"
        ) from error


def _email(text: str, *, is_required: bool = False) -> str:
    email = line(text, field="email", longest=254, is_required=is_required).lower()
    if email:
        try:
            validate_email(email)
        except ValidationError as error:
            raise VendorInvalid(_("Enter an e-mail address."), field="email") from error
    return email


def _tax(percent: Decimal) -> Decimal:
    if not percent.is_finite() or not 0 <= percent <= 100 or percent != round(percent, 2):
        raise VendorInvalid(_("Enter a tax rate between 0 and 100 %."), field="tax_percent")
    return percent


def _days(days: int) -> int:
    if not 0 <= days <= 365:
        raise VendorInvalid(_("Enter between 0 and 365 days."), field="payment_days")
    return days


_READERS: Final[dict[str, Callable[[Any], Any]]] = {
    "name": lambda text: line(text, field="name", longest=100, is_required=True),
    "kind": lambda value: _one_of(value, VendorKind.values, "kind"),
    "credit_code": _credit_code,
    "contact_name": lambda text: line(text, field="contact_name", longest=60),
    "phone": people.phone_number,
    "email": _email,
    "address": lambda text: line(text, field="address", longest=200),
    "tax_percent": _tax,
    "is_on_account": bool,
    "payment_days": _days,
    "note": lambda text: line(text, field="note", longest=300),
    "language": lambda value: _one_of(value, ["zh-hans", "en"], "language"),
}


def _set_phone(vendor: Vendor, phone: str) -> bool:
    if phone == crypto.decrypt(vendor.phone_encrypted):
        return False
    vendor.phone_encrypted = crypto.encrypt(phone)
    vendor.phone_head, vendor.phone_tail = people.phone_parts(phone) if phone else ("", "")
    return True


def _record(actor: Actor, event: str, vendor: Vendor, now: datetime, **data: Any) -> None:
    audit.record(actor=actor, event=event, subject=vendor, now=now, data=data)


def _refusals() -> dict[str, DomainError]:
    taken = CreditCodeTaken(_("There is a vendor with this credit code."), field="credit_code")
    return {"vendor_credit_code_once": taken}
