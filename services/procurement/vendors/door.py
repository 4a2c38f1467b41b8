"""The vendors' way into a company: who a signed-in person is there, and how he came to be it.

What is kept of him in public (``tenants.vendors``) and what the company keeps of him meet here and
nowhere else.
"""

import zoneinfo
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django_tenants.utils import tenant_context

from kernel import access, policies
from kernel.errors import NotFound
from kernel.text import _
from services.procurement.vendors.models import Contact, ContactState, VendorState
from services.procurement.vendors.operations import joining
from tenants.companies.models import Company
from tenants.vendors import operations as logins
from tenants.vendors import queries
from tenants.vendors.models import Membership, VendorInvitation, VendorLogin


@dataclass(frozen=True, slots=True)
class Visitor:
    """A vendor's contact in the company that is in force."""

    company: Company
    contact: Contact  # with its vendor
    actor: access.Actor


@contextmanager
def entered(
    *, login: VendorLogin, place: str, request_id: str = "", address: str = ""
) -> Iterator[Visitor]:
    """Put the company of a place in force for one of its vendors' contacts.

    :raises NotFound: if the person is no contact there (any more), or his vendor is closed: for
        him there is no such company.
    """
    membership = queries.membership_at(login=login, place=place)
    if membership is None:
        raise NotFound
    company = membership.company
    with (
        tenant_context(company),
        timezone.override(zoneinfo.ZoneInfo(company.time_zone)),
        policies.reading_once(),
    ):
        contact = (
            Contact.objects.select_related("vendor")
            .filter(pk=membership.contact_id, state=ContactState.ACTIVE)
            .exclude(vendor__state=VendorState.CLOSED)
            .first()
        )
        if contact is None:
            raise NotFound
        actor = joining.actor_of(contact, request_id=request_id, address=address)
        yield Visitor(company, contact, actor)


@transaction.atomic
def take_up(*, key: str, login: VendorLogin, now: datetime) -> Membership:
    """Take up an invitation as somebody who has signed in.

    :raises logins.LinkInvalid: if the link stands no more, or the company has ended the contact.
    :raises logins.OtherAddress: if it went to another address than his.
    """
    membership = logins.accept(key=key, login=login, now=now)
    _let_join(membership, login, now)
    return membership


@transaction.atomic
def take_up_new(*, key: str, name: str, password: str, language: str, now: datetime) -> VendorLogin:
    """Take up an invitation with a new sign-in; nothing is made if the company takes it not.

    :raises logins.LinkInvalid: see :func:`take_up`.
    :raises logins.OtherAddress: if the address has a sign-in: he signs in with it and accepts.
    :raises logins.NameMissing: without a name.
    :raises logins.PasswordWeak: if a validator refuses the password.
    """
    login, membership = logins.accept_new(
        key=key, name=name, password=password, language=language, now=now
    )
    _let_join(membership, login, now)
    return login


def invited_by(invitation: VendorInvitation) -> str:
    """Return the name of the vendor for whom a link invites, as the company has it."""
    with tenant_context(invitation.company):
        contact = Contact.objects.select_related("vendor").filter(pk=invitation.contact_id).first()
    return contact.vendor.name if contact is not None else ""


def _let_join(membership: Membership, login: VendorLogin, now: datetime) -> None:
    with tenant_context(membership.company):
        try:
            joining.join(
                contact_id=membership.contact_id, public_key=bytes(login.public_key or b""), now=now
            )
        except NotFound as error:
            raise logins.LinkInvalid(
                _("This link is used or too old. Ask the company to invite you again.")
            ) from error
