"""Passwords and the links to set one. Nobody chooses another person's password.

A link is void in any other company, after its time, and as soon as it is used: it carries the
company in its salt and a digest of what setting a password changes.
"""

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta
from typing import Final

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from kernel import access
from kernel.access import telling
from kernel.access.models import User
from kernel.access.queries import lock_user
from kernel.access.tokens import revoke_all_of
from kernel.audit import operations as audit
from kernel.errors import Conflict, Invalid, NotFound
from kernel.jobs import operations as jobs
from kernel.security import operations as security
from kernel.security.models import SecurityKind
from kernel.tenancy import SignatureInvalid, current_schema, sign, unsign
from kernel.text import _

LINK_JOB: Final = "access.password-link"
LINK_PURPOSE: Final = "password-link"

# An invitation may lie over a weekend; a reset is asked for by somebody who waits for it.
INVITATION_SECONDS: Final = 72 * 3600
RESET_SECONDS: Final = 3600

# Read out over the telephone and typed by hand: no letter that looks like another; 80 bits.
_PLAIN_LETTERS: Final = "abcdefghijkmnpqrstuvwxyz23456789"
FIRST_PASSWORD_LIFE: Final = timedelta(days=3)


class PasswordWeak(Invalid):
    code = "access.password-weak"


class PasswordWrong(Invalid):
    code = "access.password-wrong"


class LinkInvalid(Invalid):
    code = "access.link-invalid"


class EmailMissing(Invalid):
    code = "access.email-missing"


class OwnPassword(Conflict):
    code = "access.own-password"


def set_on(user: User, password: str) -> None:
    """Put ``password`` on ``user`` without saving.

    :raises PasswordWeak: if a validator refuses it.
    """
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise PasswordWeak(" ".join(error.messages), field="password") from error
    user.set_password(password)


def make_link_token(user: User) -> str:
    """Return the token of a link with which ``user`` may set his password, once."""
    return sign({"user": user.pk, "state": _state(user)}, purpose=LINK_PURPOSE)


def read_link_token(token: str) -> User:
    """Return the person for whom the token was made, if it still stands.

    :raises LinkInvalid: if it was altered, used, is too old, or is of another company.
    """
    user = None
    try:
        value = unsign(token, purpose=LINK_PURPOSE, max_age_seconds=INVITATION_SECONDS)
        user = User.objects.filter(pk=value["user"], is_active=True).first()
        if user is not None and user.has_usable_password():
            unsign(token, purpose=LINK_PURPOSE, max_age_seconds=RESET_SECONDS)
    except SignatureInvalid as error:
        raise _link_invalid() from error
    if user is None or not hmac.compare_digest(value["state"], _state(user)):
        raise _link_invalid()
    return user


@transaction.atomic
def send_link(*, actor: access.Actor, user_id: int, now: datetime) -> None:
    """E-mail a person the link to set his password.

    :raises access.ActionDenied: without ``user.manage``.
    :raises NotFound: if there is no such person, or he is deactivated.
    :raises EmailMissing: if he has no address.
    """
    access.require_everywhere(actor, access.Action.USER_MANAGE)
    user = lock_user(user_id)
    if not user.is_active:
        raise NotFound
    if not user.email:
        raise EmailMissing(_("This person has no e-mail address."), field="email")
    jobs.start(
        actor=actor,
        kind=LINK_JOB,
        params={"user_id": user.pk},
        key=f"{LINK_JOB}:{user.pk}",
        now=now,
    )
    audit.record(actor=actor, event="access.password-link.sent", subject=user, now=now)
    _note_reset(actor, user, "link-sent", now)


@transaction.atomic
def invite_again(*, username: str, email: str, now: datetime) -> bool:
    """Send a person who has no password yet the link again, to a new address if one is given.

    For the platform, when a company's first administrator cannot be reached. Returns whether there
    is such a person.
    """
    user = User.objects.select_for_update().filter(username=username, is_active=True).first()
    if user is None or user.has_usable_password():
        return False
    if email and email != user.email:
        former, user.email = user.email, email
        user.save(update_fields=["email"])
        audit.record(
            actor=access.SYSTEM,
            event="access.user.changed",
            subject=user,
            now=now,
            data={"fields": ["email"]},
        )
        telling.warn(telling.EMAIL_CHANGED, user, actor=access.SYSTEM, now=now, also_at=former)
    send_link(actor=access.SYSTEM, user_id=user.pk, now=now)
    return True


@transaction.atomic
def request_link(*, actor: access.Actor, login: str, now: datetime) -> None:
    """E-mail the link to whoever has this user name or address; tell nothing about whether any has.

    The look-up is the job's, so that the answer takes the same time for all.
    """
    login = login.strip()[:254]
    digest = hashlib.sha256(login.lower().encode()).hexdigest()[:32]
    jobs.start(
        actor=actor, kind=LINK_JOB, params={"login": login}, key=f"{LINK_JOB}:{digest}", now=now
    )


@transaction.atomic
def make_first(*, actor: access.Actor, user_id: int, now: datetime) -> tuple[User, str]:
    """Give a person without e-mail a password for his next sign-in; return it, to be shown once.

    It is made by the product, opens for three days and must be replaced at the first sign-in.
    What he had before, sessions and tokens too, is void.

    :raises access.ActionDenied: without ``user.manage``.
    :raises NotFound: if there is no such person, or he is out.
    :raises OwnPassword: for oneself: whoever knows his password changes it.
    """
    access.require_everywhere(actor, access.Action.USER_MANAGE)
    if actor.user_id == user_id:
        raise OwnPassword(_("You change your own password in your account."))
    user = lock_user(user_id)
    if not user.is_active:
        raise NotFound
    text = "-".join(
        "".join(secrets.choice(_PLAIN_LETTERS) for _letter in range(4)) for _group in range(4)
    )
    user.set_password(text)
    user.session_epoch += 1
    user.first_password_until = now + FIRST_PASSWORD_LIFE
    user.save(update_fields=["password", "session_epoch", "first_password_until"])
    revoke_all_of(user_id=user.pk, now=now)
    audit.record(actor=actor, event="access.password.first-made", subject=user, now=now)
    telling.warn(telling.FIRST_PASSWORD, user, actor=actor, now=now)
    _note_reset(actor, user, "first-made", now)
    return user, text


def replace_first(
    *, user_id: int, password: str, request_id: str = "", address: str = "", now: datetime
) -> User:
    """Replace the password that the product made by one of the person's own choice.

    :raises NotFound: if there is no such person, or his password is his own already.
    :raises PasswordWeak: if a validator refuses it, or it is the one to be replaced.
    """
    with transaction.atomic():
        user = lock_user(user_id)
        if user.first_password_until is None:
            raise NotFound
        if user.check_password(password):
            raise PasswordWeak(_("Choose another one than the first."), field="password")
        _replace(user, password)
        own = _own(user, request_id, address)
        audit.record(actor=own, event="access.password.set", subject=user, now=now)
        telling.warn(telling.PASSWORD_CHANGED, user, actor=own, now=now)
    return user


def set_by_link(
    *, token: str, password: str, request_id: str = "", address: str = "", now: datetime
) -> User:
    """Set the password of the person for whom the link was made; the link is used up.

    :raises LinkInvalid: see :func:`read_link_token`.
    :raises PasswordWeak: if a validator refuses the password.
    """
    with transaction.atomic():
        lock_user(read_link_token(token).pk)
        user = read_link_token(token)  # again: another click may have been faster
        _replace(user, password)
        revoke_all_of(user_id=user.pk, now=now)  # a reset: somebody else may have had them
        own = _own(user, request_id, address)
        audit.record(actor=own, event="access.password.set", subject=user, now=now)
        _note_reset(own, user, "set-by-link", now)
        telling.warn(telling.PASSWORD_RESET, user, actor=own, now=now)
    return user


def change(
    *,
    user_id: int,
    current: str,
    password: str,
    request_id: str = "",
    address: str = "",
    now: datetime,
) -> User:
    """Change one's own password. All other sessions of the person end.

    :raises NotFound: if there is no such person.
    :raises PasswordWrong: if ``current`` is not the password.
    :raises PasswordWeak: if a validator refuses the new one.
    """
    with transaction.atomic():
        user = lock_user(user_id)
        if not user.check_password(current):
            raise PasswordWrong(_("This is not your present password."), field="current")
        _replace(user, password)
        own = _own(user, request_id, address)
        audit.record(actor=own, event="access.password.changed", subject=user, now=now)
        telling.warn(telling.PASSWORD_CHANGED, user, actor=own, now=now)
    return user


def _replace(user: User, password: str) -> None:
    set_on(user, password)
    user.session_epoch += 1
    user.first_password_until = None
    user.save(update_fields=["password", "session_epoch", "first_password_until"])


def _own(user: User, request_id: str, address: str) -> access.Actor:
    """Return who acts where a person sees to his own password."""
    return access.Actor(label=user.label, user_id=user.pk, request_id=request_id, address=address)


def _note_reset(actor: access.Actor, user: User, how: str, now: datetime) -> None:
    security.note(
        kind=SecurityKind.PASSWORD_RESET,
        actor=actor,
        data={"person": user.pk, "how": how},
        now=now,
    )


def _link_invalid() -> LinkInvalid:
    return LinkInvalid(_("This link is used, too old or not for this company. Ask for a new one."))


def _state(user: User) -> str:
    """Return a digest that changes with password, address, last sign-in and end of sessions."""
    parts = (
        current_schema(),
        user.pk,
        user.password,
        user.email,
        user.last_login,
        user.session_epoch,
    )
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:32]
