"""The vendors' way into a company: who a signed-in person is there, and how he came to be it.

What is kept of him in public (``tenants.vendors``) and what the company keeps of him meet here and
nowhere else.
"""

import zoneinfo
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext
from django_tenants.utils import tenant_context

from kernel import access, policies
from kernel.errors import DomainError, Invalid, NotFound
from kernel.text import _, in_company_language
from services.procurement.vendors import operations
from services.procurement.vendors.models import Contact, ContactState, VendorState
from services.procurement.vendors.operations import joining
from services.procurement.vendors.operations.register import CreditCodeTaken, VendorFacts
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


def told(error: DomainError) -> DomainError:
    """Return what a vendor is told of a failure: of what only the staff may, nothing.

    The refusal itself names the action and the posts that carry it; that is the company's own.
    """
    return NotFound() if isinstance(error, access.ActionDenied) else error


@transaction.atomic
def take_up(*, key: str, login: VendorLogin, now: datetime) -> Membership:
    """Take up an invitation, or confirm an application, as somebody who has signed in.

    :raises logins.LinkInvalid: if the link stands no more, or the company has ended the contact.
    :raises logins.OtherAddress: if it went to another address than his.
    """
    return logins.accept(key=key, login=login, let_in=partial(_let_in, now=now), now=now)


@transaction.atomic
def take_up_new(*, key: str, name: str, password: str, language: str, now: datetime) -> VendorLogin:
    """Do the same with a new sign-in; nothing is made if the company takes it not.

    :raises logins.LinkInvalid: see :func:`take_up`.
    :raises logins.OtherAddress: if the address has a sign-in: he signs in with it and accepts.
    :raises logins.NameMissing: without a name.
    :raises logins.PasswordWeak: if a validator refuses the password.
    """
    login, _membership = logins.accept_new(
        key=key,
        name=name,
        password=password,
        language=language,
        let_in=partial(_let_in, now=now),
        now=now,
    )
    return login


@transaction.atomic
def reset_password(*, token: str, password: str, now: datetime) -> VendorLogin:
    """Set a new password by a mailed link; from now on his companies seal to his new key.

    :raises logins.LinkInvalid: if the link stands no more.
    :raises logins.PasswordWeak: if a validator refuses the password.
    """
    login = logins.reset_password(token=token, password=password, now=now)
    if login.public_key is None:
        return login
    for membership in Membership.objects.select_related("company").filter(
        login=login, ended_at__isnull=True
    ):
        with tenant_context(membership.company):
            joining.renew_key(
                contact_id=membership.contact_id, public_key=bytes(login.public_key), now=now
            )
    return login


def invited_for(invitation: VendorInvitation) -> str:
    """Return the name of the vendor for whom a link is: as the company has it, or he wrote it."""
    if invitation.is_application:
        return str(logins.answers_of(invitation)["name"])
    contact_id = invitation.contact_id or 0
    with tenant_context(invitation.company):
        contact = Contact.objects.select_related("vendor").filter(pk=contact_id).first()
    return contact.vendor.name if contact is not None else ""


def _let_in(invitation: VendorInvitation, login: VendorLogin, *, now: datetime) -> int:
    """Let a person in at the company of a link and return which of its contacts he is."""
    public_key = bytes(login.public_key or b"")
    if not invitation.is_application:
        with tenant_context(invitation.company):
            return _join(invitation, public_key, now)
    answers = logins.answers_of(invitation)
    answers["contact_name"] = answers.pop("person")
    with tenant_context(invitation.company):
        try:
            return _apply(answers, invitation.email, public_key, now).pk
        except Invalid as error:
            raise logins.LinkInvalid(
                _("What was written then is not taken any more. Apply again.")
            ) from error


def _join(invitation: VendorInvitation, public_key: bytes, now: datetime) -> int:
    assert invitation.contact_id is not None
    try:
        joining.join(contact_id=invitation.contact_id, public_key=public_key, now=now)
    except NotFound as error:
        raise logins.LinkInvalid(
            _("This link is used or too old. Ask the company to invite you again.")
        ) from error
    return invitation.contact_id


def _apply(answers: dict[str, Any], email: str, public_key: bytes, now: datetime) -> Contact:
    """Keep an application. Whether the register has the vendor already, the applicant is not told.

    Credit codes are printed on every licence: who could ask for each would learn whom the company
    buys from. The company reads in the note which code he gave.
    """
    apply = partial(
        operations.apply,
        contact_name=answers["contact_name"],
        email=email,
        public_key=public_key,
        now=now,
    )
    try:
        return apply(facts=VendorFacts(**answers))
    except CreditCodeTaken:  # is told to nobody but the company
        with in_company_language():
            known = gettext("Gave the credit code %(code)s of a vendor on the register.") % {
                "code": answers["credit_code"]
            }
        note = f"{known} {answers['note']}"[:300].strip()
        return apply(facts=VendorFacts(**{**answers, "credit_code": "", "note": note}))
