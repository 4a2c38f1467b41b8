"""Operators: adding them, signing them in and out, and the log of what they did."""

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from kernel import crypto
from kernel.db import violated_constraint
from kernel.errors import Conflict, Invalid, NotFound
from kernel.identity import totp
from kernel.tenancy import SignatureInvalid, sign, unsign
from kernel.text import _
from tenants import attempts
from tenants.operators.models import (
    Operator,
    OperatorAction,
    OperatorSession,
    SignInAttempt,
)

CODE_PURPOSE = "operator-code"
CODE_SECONDS = 10 * 60


class OperatorTaken(Conflict):
    code = "operators.username-taken"


class OperatorIncomplete(Invalid):
    code = "operators.incomplete"


class PasswordWeak(Invalid):
    code = "operators.password-weak"


class CodeWrong(attempts.CodeWrong):
    code = "operators.code-wrong"


class SignInRefused(attempts.SignInRefused):
    code = "operators.sign-in-refused"


@transaction.atomic
def add_operator(*, by: str, username: str, name: str, password: str, now: datetime) -> Operator:
    """Add an operator.

    :raises OperatorIncomplete: without a user name or a name.
    :raises PasswordWeak: if a validator refuses the password.
    :raises OperatorTaken: if the user name is in use.
    """
    username, name = username.strip().lower(), name.strip()
    if not (username and name and len(username) <= 60 and len(name) <= 60):
        raise OperatorIncomplete(_("Enter up to 60 characters."), field="username")
    operator = Operator(username=username, name=name)
    _set_password(operator, password)
    try:
        with transaction.atomic():
            operator.save(force_insert=True)
    except IntegrityError as error:
        if not violated_constraint(error).startswith("operators_operator_username"):
            raise
        raise OperatorTaken(_("This user name is taken."), field="username") from error
    record(by=by, event="operator.added", now=now, data={"username": username})
    return operator


@transaction.atomic
def set_password(*, by: str, username: str, password: str, now: datetime) -> Operator:
    """Set an operator's password and end his sessions.

    :raises NotFound: if there is no such operator.
    :raises PasswordWeak: if a validator refuses the password.
    """
    operator = _lock(username)
    if operator is None:
        raise NotFound
    _set_password(operator, password)
    operator.save(update_fields=["password"])
    operator.sessions.all().delete()
    record(by=by, event="operator.password-set", now=now, data={"username": operator.username})
    return operator


@transaction.atomic
def set_active(*, by: str, username: str, is_active: bool, now: datetime) -> Operator:
    """Let an operator in, or out: his sessions end at once.

    :raises NotFound: if there is no such operator.
    """
    operator = _lock(username)
    if operator is None:
        raise NotFound
    operator.is_active = is_active
    operator.save(update_fields=["is_active"])
    if not is_active:
        operator.sessions.all().delete()
    event = "operator.activated" if is_active else "operator.deactivated"
    record(by=by, event=event, now=now, data={"username": operator.username})
    return operator


@transaction.atomic
def reset_app(*, by: str, username: str, now: datetime) -> Operator:
    """Take an operator's authenticator app away; he sets up another at his next sign-in.

    :raises NotFound: if there is no such operator.
    """
    operator = _lock(username)
    if operator is None:
        raise NotFound
    operator.app_secret_encrypted, operator.app_last_step = "", 0
    operator.save(update_fields=["app_secret_encrypted", "app_last_step"])
    operator.sessions.all().delete()
    record(by=by, event="operator.app-reset", now=now, data={"username": operator.username})
    return operator


def check_password(*, username: str, password: str, address: str, now: datetime) -> Operator:
    """Return the operator whose password this is: the first half of signing in.

    :raises SignInRefused: if it is not to be, whatever the reason; it always takes one hash.
    """
    name = username.strip().lower()[:60]
    operator = Operator.objects.filter(username=name).first()
    if operator is None:
        make_password(password)  # as long as a comparison
    is_right = operator is not None and operator.check_password(password)
    if not attempts.may_try(SignInAttempt, username=name, address=address, now=now):
        raise _refused()
    if operator is None or not is_right or not operator.is_active:
        failures = attempts.note_failure(SignInAttempt, username=name, address=address, now=now)
        if operator is not None and failures == attempts.FREE_FAILURES:
            record(by=name, event="operator.slowed", now=now, data={"address": address})
        raise _refused()
    return operator


def ticket_of(operator: Operator) -> str:
    """Return what the browser brings back with the code: that the password was right just now."""
    return sign({"operator": operator.pk, "state": _state(operator)}, purpose=CODE_PURPOSE)


def operator_of_ticket(ticket: str) -> Operator:
    """Return whose password was right, if that still stands.

    :raises SignInRefused: otherwise.
    """
    try:
        value = unsign(ticket, purpose=CODE_PURPOSE, max_age_seconds=CODE_SECONDS)
    except SignatureInvalid as error:
        raise _refused() from error
    operator = Operator.objects.filter(pk=value["operator"], is_active=True).first()
    if operator is None or not hmac.compare_digest(value["state"], _state(operator)):
        raise _refused()
    return operator


def sign_in(
    *, operator_id: int, code: str, new_secret: str = "", address: str, now: datetime
) -> str:
    """Open a session with a code of the app and return its key, for the cookie.

    :param new_secret: of the app that is being set up, for an operator who has none.
    :raises CodeWrong: if it is wrong or used, or tries from there must wait.
    """
    operator = Operator.objects.filter(pk=operator_id, is_active=True).first()
    name = operator.username if operator is not None else ""
    if operator is None or not attempts.may_try(
        SignInAttempt, username=name, address=address, now=now
    ):
        raise _wrong()
    key = _open_session(operator_id, code, new_secret, now)
    if key is None:
        attempts.note_failure(SignInAttempt, username=name, address=address, now=now)
        raise _wrong()
    attempts.forget(SignInAttempt, username=name, address=address)
    return key


@transaction.atomic
def sign_out(*, key: str) -> None:
    """End the session of a key; nothing if there is none."""
    OperatorSession.objects.filter(digest=digest_of(key)).delete()


def record(
    *,
    by: str,
    event: str,
    now: datetime,
    company_id: int | None = None,
    data: Mapping[str, Any] | None = None,
) -> None:
    """Write one line of the operators' log in the caller's transaction, in the public schema.

    :param by: user name of the operator, or ``"command line"``.
    :param event: ``object.past-tense``, e.g. ``company.suspended``.
    """
    OperatorAction.objects.create(
        at=now, operator=by, event=event, company_id=company_id, data=dict(data or {})
    )


def digest_of(key: str) -> str:
    """Return what is stored of a session key. A plain digest is enough: it is 256 random bits."""
    return hashlib.sha256(key.encode()).hexdigest()


@transaction.atomic
def _open_session(operator_id: int, code: str, new_secret: str, now: datetime) -> str | None:
    operator = Operator.objects.select_for_update().get(pk=operator_id)
    is_new = not operator.app_secret_encrypted
    secret = new_secret if is_new else crypto.decrypt(operator.app_secret_encrypted)
    bare = "".join(letter for letter in code if letter.isdecimal())
    step = totp.matching_step(secret=secret, code=bare, now=now) if secret else None
    if step is None or step <= operator.app_last_step:
        return None
    if is_new:
        operator.app_secret_encrypted = crypto.encrypt(secret)
        record(by=operator.username, event="operator.app-set-up", now=now)
    operator.app_last_step, operator.last_login = step, now
    operator.save(update_fields=["app_secret_encrypted", "app_last_step", "last_login"])
    OperatorSession.objects.filter(expires_at__lte=now).delete()
    key = secrets.token_urlsafe(32)
    OperatorSession.objects.create(
        operator=operator,
        digest=digest_of(key),
        created_at=now,
        expires_at=now + timedelta(seconds=settings.OPERATOR_SESSION_AGE),
    )
    record(by=operator.username, event="operator.signed-in", now=now)
    return key


def _state(operator: Operator) -> str:
    """Return a digest that changes with the password, the app and the last sign-in."""
    parts = (
        operator.pk,
        operator.password,
        operator.app_secret_encrypted,
        operator.app_last_step,
        operator.last_login,
    )
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:32]


def _refused() -> SignInRefused:
    return SignInRefused(_("The user name or the password is not right."))


def _wrong() -> CodeWrong:
    return CodeWrong(_("This code is not right, or it has been used."), field="code")


def _set_password(operator: Operator, password: str) -> None:
    try:
        validate_password(password, operator)  # type: ignore[arg-type]  # reads attributes only
    except ValidationError as error:
        raise PasswordWeak(" ".join(error.messages), field="password") from error
    operator.set_password(password)


def _lock(username: str) -> Operator | None:
    wanted = username.strip().lower()
    return Operator.objects.select_for_update().filter(username=wanted).first()
