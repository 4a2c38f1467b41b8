"""Signing in and out: the password, then a code of the app, which is set up once.

The password also unlocks the person's own key. Between the two steps the browser keeps it, sealed
and for ten minutes; then the session has it, encrypted with what only the cookie holds.
"""

import base64
import hashlib
import hmac
import secrets
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import transaction

from kernel import crypto, sealing
from kernel.identity import totp
from kernel.tenancy import SignatureInvalid, sign, unsign
from kernel.text import _
from tenants import attempts
from tenants.vendors.models import VendorLogin, VendorSession, VendorSignInAttempt
from tenants.vendors.operations.common import address_of, digest_of, make_keys, record
from tenants.vendors.operations.errors import CodeWrong, SignInRefused

TICKET_PURPOSE: Final = "vendor-code"
TICKET_SECONDS: Final = 10 * 60
SEEN_EVERY: Final = timedelta(minutes=10)


class Known(NamedTuple):
    """Somebody whose password was right, with his own private key."""

    login: VendorLogin
    private_key: bytes


def check_password(*, email: str, password: str, address: str, now: datetime) -> Known:
    """Return whose password this is: the first half of signing in.

    :raises SignInRefused: if it is not to be, whatever the reason; it always takes one hash.
    """
    name = address_of(email)
    login = VendorLogin.objects.filter(email=name).first()
    if login is None:
        make_password(password)  # as long as a comparison
    is_right = login is not None and login.check_password(password)
    if not attempts.may_try(VendorSignInAttempt, username=name, address=address, now=now):
        raise _refused()
    if login is None or not is_right or not login.is_active:
        failures = attempts.note_failure(
            VendorSignInAttempt, username=name, address=address, now=now
        )
        if login is not None and failures == attempts.FREE_FAILURES:
            record("login.slowed", login_id=login.pk, now=now, address=address)
        raise _refused()
    return Known(login, _own_key(login, password, now))


def ticket_of(known: Known) -> str:
    """Return what the browser brings back with the code: that the password was right just now."""
    key = crypto.encrypt(base64.b64encode(known.private_key).decode())
    value = {"login": known.login.pk, "state": _state(known.login), "key": key}
    return sign(value, purpose=TICKET_PURPOSE)


def read_ticket(ticket: str) -> Known:
    """Return whose password was right, if that still stands. :raises SignInRefused: otherwise."""
    try:
        value = unsign(ticket, purpose=TICKET_PURPOSE, max_age_seconds=TICKET_SECONDS)
    except SignatureInvalid as error:
        raise _refused() from error
    login = VendorLogin.objects.filter(pk=value["login"], is_active=True).first()
    if login is None or not hmac.compare_digest(value["state"], _state(login)):
        raise _refused()
    return Known(login, base64.b64decode(crypto.decrypt(value["key"])))


def sign_in(
    *,
    known: Known,
    code: str,
    new_secret: str = "",
    address: str,
    device: str = "",
    now: datetime,
) -> str:
    """Open a session with a code of the app and return its key, for the cookie.

    :param known: of :func:`read_ticket`.
    :param new_secret: of the app that is being set up, for a person who has none.
    :raises CodeWrong: if it is wrong or used, or tries from there must wait.
    """
    name = known.login.email
    if not attempts.may_try(VendorSignInAttempt, username=name, address=address, now=now):
        raise _wrong()
    with transaction.atomic():
        login = VendorLogin.objects.select_for_update().get(pk=known.login.pk)
        key = (
            open_session(
                login, private_key=known.private_key, address=address, device=device, now=now
            )
            if _take_code(login, code, new_secret, now)
            else None
        )
    if key is None:
        attempts.note_failure(VendorSignInAttempt, username=name, address=address, now=now)
        raise _wrong()
    attempts.forget(VendorSignInAttempt, username=name, address=address)
    return key


def open_session(
    login: VendorLogin, *, private_key: bytes, address: str, device: str, now: datetime
) -> str:
    """Open a session for a locked person in the caller's transaction; return the cookie's key."""
    login.last_login = now
    login.save(update_fields=["last_login"])
    VendorSession.objects.filter(expires_at__lte=now).delete()
    key = secrets.token_urlsafe(32)
    VendorSession.objects.create(
        login=login,
        digest=digest_of(key),
        wrapped_key=sealing.wrap(private_key, token=key),
        created_at=now,
        seen_at=now,
        expires_at=now + timedelta(seconds=settings.VENDOR_SESSION_AGE),
        address=address[:45],
        device=device[:200],
    )
    record("login.signed-in", login_id=login.pk, now=now, address=address)
    return key


def keep_seen(*, session_id: int, now: datetime) -> None:
    """Note that a session is in use; seldom, for it happens with every page."""
    VendorSession.objects.filter(pk=session_id, seen_at__lt=now - SEEN_EVERY).update(seen_at=now)


@transaction.atomic
def sign_out(*, key: str) -> None:
    """End the session of a key; nothing if there is none."""
    VendorSession.objects.filter(digest=digest_of(key)).delete()


@transaction.atomic
def end_session(*, login: VendorLogin, session_id: int, now: datetime) -> None:
    """End one of a person's own sessions; nothing if it has ended."""
    VendorSession.objects.filter(pk=session_id, login=login).delete()
    record("login.session-ended", login_id=login.pk, now=now)


def _own_key(login: VendorLogin, password: str, now: datetime) -> bytes:
    """Return the private key that the password unlocks; a new pair where there is none."""
    if login.locked_key is not None:
        return sealing.unlock(bytes(login.locked_key), secret=password)
    with transaction.atomic():
        locked = VendorLogin.objects.select_for_update().get(pk=login.pk)
        if locked.locked_key is None:
            make_keys(locked, password)
            locked.save(update_fields=["public_key", "locked_key"])
            record("login.key-made", login_id=login.pk, now=now)
    login.locked_key, login.public_key = locked.locked_key, locked.public_key
    return sealing.unlock(bytes(locked.locked_key or b""), secret=password)


def _take_code(login: VendorLogin, code: str, new_secret: str, now: datetime) -> bool:
    is_new = not login.app_secret_encrypted
    secret = new_secret if is_new else crypto.decrypt(login.app_secret_encrypted)
    bare = "".join(letter for letter in code if letter.isdecimal())
    step = totp.matching_step(secret=secret, code=bare, now=now) if secret else None
    if step is None or step <= login.app_last_step:
        return False
    if is_new:
        login.app_secret_encrypted = crypto.encrypt(secret)
        record("login.app-set-up", login_id=login.pk, now=now)
    login.app_last_step = step
    login.save(update_fields=["app_secret_encrypted", "app_last_step"])
    return True


def _state(login: VendorLogin) -> str:
    """Return a digest that changes with the password, the app and the last sign-in."""
    parts = (
        login.pk,
        login.password,
        login.app_secret_encrypted,
        login.app_last_step,
        login.last_login,
    )
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:32]


def _refused() -> SignInRefused:
    return SignInRefused(_("The e-mail address or the password is not right."))


def _wrong() -> CodeWrong:
    return CodeWrong(_("This code is not right, or it has been used."), field="code")
