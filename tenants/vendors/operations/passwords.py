"""Changing and resetting a vendor's password, and with it the lock of his own key."""

import hashlib
import hmac
from datetime import datetime
from typing import Final

from django.db import transaction

from kernel import sealing
from kernel.jobs.operations import enqueue_after_commit
from kernel.tenancy import SignatureInvalid, sign, unsign
from kernel.text import _
from tenants.vendors.models import VendorLogin, VendorSession
from tenants.vendors.operations.common import (
    address_of,
    digest_of,
    make_keys,
    put_password,
    record,
)
from tenants.vendors.operations.errors import LinkInvalid, PasswordWrong

RESET_TASK: Final = "tenants.vendors.mail_reset_link"
RESET_PURPOSE: Final = "vendor-reset"
RESET_SECONDS: Final = 3600


@transaction.atomic
def change_password(
    *, login_id: int, session_key: str, current: str, password: str, now: datetime
) -> None:
    """Change one's own password; the key goes on under the new one, other sessions end.

    :raises PasswordWrong: if ``current`` is not the password.
    :raises PasswordWeak: if a validator refuses the new one.
    """
    login = VendorLogin.objects.select_for_update().get(pk=login_id)
    if not login.check_password(current):
        raise PasswordWrong(_("This is not your present password."), field="current")
    put_password(login, password)
    if login.locked_key is not None:
        private = sealing.unlock(bytes(login.locked_key), secret=current)
        login.locked_key = sealing.lock(private, secret=password)
    login.save(update_fields=["password", "locked_key"])
    VendorSession.objects.filter(login=login).exclude(digest=digest_of(session_key)).delete()
    record("login.password-changed", login_id=login.pk, now=now)


@transaction.atomic
def ask_for_link(*, email: str) -> None:
    """E-mail the link to whoever has this address; tell nothing about whether anybody has.

    The look-up is the task's, so that the answer takes the same time for all. A message that is
    lost is not sent again: whoever waits in vain asks again.
    """
    enqueue_after_commit(RESET_TASK, email=address_of(email))


def reset_token(login: VendorLogin) -> str:
    """Return the token of a link with which a person sets a new password, once."""
    return sign({"login": login.pk, "state": _state(login)}, purpose=RESET_PURPOSE)


def read_reset_token(token: str) -> VendorLogin:
    """Return for whom the token was made. :raises LinkInvalid: if it stands no more."""
    try:
        value = unsign(token, purpose=RESET_PURPOSE, max_age_seconds=RESET_SECONDS)
    except SignatureInvalid as error:
        raise _link_invalid() from error
    login = VendorLogin.objects.filter(pk=value["login"], is_active=True).first()
    if login is None or not hmac.compare_digest(value["state"], _state(login)):
        raise _link_invalid()
    return login


@transaction.atomic
def reset_password(*, token: str, password: str, now: datetime) -> VendorLogin:
    """Set a new password by a mailed link. All sessions end, and the key pair is a new one.

    Whoever has the mailbox can sign in, not read what was sealed to the old pair.

    :raises LinkInvalid: if the link stands no more.
    :raises PasswordWeak: if a validator refuses the password.
    """
    VendorLogin.objects.select_for_update().get(pk=read_reset_token(token).pk)
    login = read_reset_token(token)  # again: another click may have been faster
    put_password(login, password)
    make_keys(login, password)
    login.save(update_fields=["password", "public_key", "locked_key"])
    login.sessions.all().delete()
    record("login.password-reset", login_id=login.pk, now=now)
    return login


def _link_invalid() -> LinkInvalid:
    return LinkInvalid(_("This link is used or too old. Ask for a new one."))


def _state(login: VendorLogin) -> str:
    """Return a digest that changes with password, address and last sign-in."""
    parts = (login.pk, login.password, login.email, login.last_login)
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:32]
