"""A contact takes up his invitation; and who he is when he acts."""

from datetime import datetime

from django.db import transaction

from kernel import access
from kernel.audit import operations as audit
from kernel.errors import NotFound
from services.procurement.vendors.models import Contact, ContactState, VendorState


def actor_of(contact: Contact, *, request_id: str = "", address: str = "") -> access.Actor:
    """Return who acts when a contact (with its vendor) does: nobody of the staff, no grants."""
    return access.Actor(
        label=f"{contact.vendor.name} {contact.name}"[:140],
        vendor_id=contact.vendor_id,
        contact_id=contact.pk,
        request_id=request_id,
        address=address,
    )


@transaction.atomic
def renew_key(*, contact_id: int, public_key: bytes, now: datetime) -> None:
    """Seal to another key of a contact's from now on; the old one went with his password."""
    contact = (
        Contact.objects.select_for_update(of=("self",))
        .select_related("vendor")
        .filter(pk=contact_id, state=ContactState.ACTIVE)
        .first()
    )
    if contact is None:
        return
    contact.public_key = public_key
    contact.save(update_fields=["public_key"])
    audit.record(
        actor=actor_of(contact), event="procurement.contact.key-renewed", subject=contact, now=now
    )


@transaction.atomic
def join(*, contact_id: int, public_key: bytes, now: datetime) -> Contact:
    """Let an invited contact in. The mailed link has shown that it is he.

    :param public_key: his own, to which what he may read again is sealed.
    :raises NotFound: if there is no such contact any more, or his vendor is closed.
    """
    contact = (
        Contact.objects.select_for_update(of=("self",))
        .select_related("vendor")
        .filter(pk=contact_id, state=ContactState.INVITED)
        .exclude(vendor__state=VendorState.CLOSED)
        .first()
    )
    if contact is None:
        raise NotFound
    contact.state, contact.joined_at = ContactState.ACTIVE, now
    contact.public_key = public_key
    contact.save(update_fields=["state", "joined_at", "public_key"])
    audit.record(
        actor=actor_of(contact), event="procurement.contact.joined", subject=contact, now=now
    )
    return contact
