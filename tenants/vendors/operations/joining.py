"""How a person comes to a company: invited by it, with a new sign-in or one that he has.

A company learns of an invitation only that it was taken up. Whether the person had a sign-in
before, and for whom, is told to nobody.
"""

import hmac
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from kernel.text import _
from tenants.companies.models import Company
from tenants.vendors.models import Membership, VendorInvitation, VendorLogin
from tenants.vendors.operations.common import (
    address_of,
    digest_of,
    make_keys,
    put_password,
    record,
)
from tenants.vendors.operations.errors import LinkInvalid, NameMissing, OtherAddress

INVITATION_LIFE: Final = timedelta(days=14)

# Lets the person in at the company and returns which of its contacts he is.
LetIn = Callable[[VendorInvitation, VendorLogin], int]


def _is_contact_already(invitation: VendorInvitation, _login: VendorLogin) -> int:
    assert invitation.contact_id is not None
    return invitation.contact_id


@transaction.atomic
def invite(*, company_id: int, contact_id: int, email: str, now: datetime) -> str:
    """Make a link for a contact of a company and return its key; earlier links of his are void."""
    VendorInvitation.objects.filter(
        company_id=company_id, contact_id=contact_id, used_at__isnull=True
    ).delete()
    key = secrets.token_urlsafe(32)
    VendorInvitation.objects.create(
        company_id=company_id,
        contact_id=contact_id,
        email=address_of(email),
        digest=digest_of(key),
        sent_at=now,
        expires_at=now + INVITATION_LIFE,
    )
    return key


@transaction.atomic
def withdraw(*, company_id: int, contact_id: int, now: datetime) -> None:
    """End what a contact has here: links that were not used, and his way in."""
    VendorInvitation.objects.filter(
        company_id=company_id, contact_id=contact_id, used_at__isnull=True
    ).delete()
    for membership in Membership.objects.select_for_update().filter(
        company_id=company_id, contact_id=contact_id, ended_at__isnull=True
    ):
        membership.ended_at = now
        membership.save(update_fields=["ended_at"])
        membership.tokens.filter(revoked_at__isnull=True).update(revoked_at=now)
        record("membership.ended", login_id=membership.login_id, now=now, company_id=company_id)


def read_invitation(*, key: str, now: datetime) -> VendorInvitation:
    """Return the invitation of a link, to be shown. :raises LinkInvalid: if it stands no more."""
    found = (
        VendorInvitation.objects.select_related("company")
        .filter(digest=digest_of(key), used_at__isnull=True, expires_at__gt=now)
        .first()
    )
    if found is None or not found.company.accepts_work:
        raise LinkInvalid(_("This link is used or too old. Ask the company to invite you again."))
    return found


@transaction.atomic
def accept_new(
    *,
    key: str,
    name: str,
    password: str,
    language: str,
    let_in: LetIn = _is_contact_already,
    now: datetime,
) -> tuple[VendorLogin, Membership]:
    """Take up an invitation with a new sign-in: the mailed link proves the address.

    :raises LinkInvalid: if the link stands no more.
    :raises OtherAddress: if the address has a sign-in: he signs in with it and accepts.
    :raises NameMissing: without a name.
    :raises PasswordWeak: if a validator refuses the password.
    """
    invitation = _lock(key, now)
    if not 0 < len(name.strip()) <= 60:
        raise NameMissing(_("Enter up to 60 characters."), field="name")
    if VendorLogin.objects.filter(email=invitation.email).exists():
        raise OtherAddress(_("There is a sign-in for this address. Sign in to accept."))
    login = VendorLogin(
        email=invitation.email,
        name=name.strip(),
        language=language,
        email_verified_at=now,
        created_at=now,
    )
    put_password(login, password)
    make_keys(login, password)
    login.save(force_insert=True)
    record("login.made", login_id=login.pk, now=now)
    return login, _join(invitation, login, let_in, now)


@transaction.atomic
def accept(
    *, key: str, login: VendorLogin, let_in: LetIn = _is_contact_already, now: datetime
) -> Membership:
    """Take up an invitation as somebody who is signed in.

    :raises LinkInvalid: if the link stands no more.
    :raises OtherAddress: if it went to another address than his.
    """
    invitation = _lock(key, now)
    if not hmac.compare_digest(invitation.email.encode(), login.email.encode()):
        raise OtherAddress(
            _("This invitation went to another address. Sign in with that one to accept it.")
        )
    return _join(invitation, login, let_in, now)


def _join(
    invitation: VendorInvitation, login: VendorLogin, let_in: LetIn, now: datetime
) -> Membership:
    # What an applicant wrote lies in the company from now on, and nowhere else.
    invitation.contact_id = let_in(invitation, login)
    invitation.used_at, invitation.answers_encrypted = now, ""
    invitation.save(update_fields=["contact_id", "used_at", "answers_encrypted"])
    membership = Membership.objects.create(
        login=login,
        company_id=invitation.company_id,
        contact_id=invitation.contact_id,
        joined_at=now,
    )
    record("membership.begun", login_id=login.pk, now=now, company_id=invitation.company_id)
    return membership


def _lock(key: str, now: datetime) -> VendorInvitation:
    invitation = read_invitation(key=key, now=now)
    Company.objects.select_for_update(of=("self",), no_key=True).filter(
        pk=invitation.company_id
    ).first()
    VendorInvitation.objects.select_for_update().filter(pk=invitation.pk).first()
    return read_invitation(key=key, now=now)  # again: another click may have been faster
