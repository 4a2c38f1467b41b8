"""Who of a vendor may use the portal. His sign-in lies where no company reads it."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from kernel import access
from kernel.access import Action, Actor
from kernel.audit import operations as audit
from kernel.db import refusing
from kernel.errors import Conflict, Invalid, NotFound
from kernel.jobs import operations as jobs
from kernel.tenancy import current_company, public
from kernel.text import _
from services.procurement.texts import line
from services.procurement.vendors.models import Contact, ContactState, Vendor
from services.procurement.vendors.operations.common import lock_vendor, require_on_register
from tenants.vendors import operations as logins

INVITATION_JOB = "procurement.contact.invite"


class ContactInvited(Conflict):
    code = "procurement.contact-invited"


class ContactStateWrong(Conflict):
    code = "procurement.contact-state-wrong"


class ContactInvalid(Invalid):
    code = "procurement.contact-invalid"


@transaction.atomic
def invite_contact(
    *, actor: Actor, vendor_id: int, name: str, email: str, now: datetime
) -> Contact:
    """Invite a person of a vendor to the portal; the link goes to his address by a job.

    Whether he has a sign-in already, and for whom, the company does not learn.

    :raises NotFound: if there is no such vendor.
    :raises access.ActionDenied: without ``vendor.manage`` company-wide.
    :raises common.VendorStateWrong: if the vendor is not on the register.
    :raises ContactInvalid: if the address is none.
    :raises ContactInvited: if this address is invited for this vendor, or has joined.
    """
    access.require_everywhere(actor, Action.VENDOR_MANAGE)
    vendor = lock_vendor(vendor_id)
    require_on_register(vendor)
    contact = Contact(
        vendor=vendor,
        name=line(name, field="name", longest=60, is_required=True),
        email=_address(email),
        invited_by_label=actor.label[:140],
        invited_at=now,
    )
    invited = ContactInvited(_("This person is invited already."), field="email")
    with refusing(contact_of_vendor_once=invited):
        contact.save(force_insert=True)
    _record(actor, "procurement.contact.invited", contact, now)
    _send(actor, contact, now)
    return contact


@transaction.atomic
def invite_again(*, actor: Actor, contact_id: int, now: datetime) -> Contact:
    """Send a new link to who was invited and has not come; the earlier one is void then.

    :raises NotFound: if there is no such contact.
    :raises access.ActionDenied: without ``vendor.manage`` company-wide.
    :raises ContactStateWrong: if he has joined, or his access has ended.
    """
    access.require_everywhere(actor, Action.VENDOR_MANAGE)
    contact = _lock(contact_id)
    require_on_register(contact.vendor)
    if contact.state != ContactState.INVITED:
        raise ContactStateWrong(_("This person has taken up the invitation, or it is ended."))
    contact.invited_at, contact.invited_by_label = now, actor.label[:140]
    contact.save(update_fields=["invited_at", "invited_by_label"])
    _record(actor, "procurement.contact.invited", contact, now)
    _send(actor, contact, now)
    return contact


@transaction.atomic
def end_contact(*, actor: Actor, contact_id: int, now: datetime) -> Contact:
    """End a contact's access to this company: links not taken up, sessions here, his keys.

    :raises NotFound: if there is no such contact.
    :raises access.ActionDenied: without ``vendor.manage`` company-wide.
    :raises ContactStateWrong: if it has ended already.
    """
    access.require_everywhere(actor, Action.VENDOR_MANAGE)
    contact = _lock(contact_id)
    if contact.state == ContactState.ENDED:
        raise ContactStateWrong(_("This ended already."))
    _end(actor, contact, now)
    return contact


def end_all(actor: Actor, vendor: Vendor, now: datetime) -> None:
    """End the access of all contacts of a locked vendor; the caller has asked."""
    for contact in vendor.contacts.select_for_update().order_by("pk"):
        if contact.state != ContactState.ENDED:
            _end(actor, contact, now)


def _end(actor: Actor, contact: Contact, now: datetime) -> None:
    contact.state, contact.ended_at = ContactState.ENDED, now
    contact.save(update_fields=["state", "ended_at"])
    company_id = current_company().pk
    with public():
        logins.withdraw(company_id=company_id, contact_id=contact.pk, now=now)
    _record(actor, "procurement.contact.ended", contact, now)


def _lock(contact_id: int) -> Contact:
    """Return a contact, locked after his vendor."""
    vendor_id = Contact.objects.filter(pk=contact_id).values_list("vendor_id", flat=True).first()
    if vendor_id is None:
        raise NotFound
    vendor = lock_vendor(vendor_id)
    contact = Contact.objects.select_for_update().get(pk=contact_id)
    contact.vendor = vendor
    return contact


def _send(actor: Actor, contact: Contact, now: datetime) -> None:
    jobs.start(
        actor=actor,
        kind=INVITATION_JOB,
        params={"contact_id": contact.pk},
        key=f"{INVITATION_JOB}:{contact.pk}",
        now=now,
    )


def _address(text: str) -> str:
    email = line(text, field="email", longest=254, is_required=True).lower()
    try:
        validate_email(email)
    except ValidationError as error:
        raise ContactInvalid(_("Enter an e-mail address."), field="email") from error
    return email


def _record(actor: Actor, event: str, contact: Contact, now: datetime) -> None:
    audit.record(
        actor=actor,
        event=event,
        subject=contact.vendor,
        now=now,
        data={"contact": contact.pk, "name": contact.name},
    )
