"""Operators: adding them, signing them in and out, and the log of what they did."""

import hashlib
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from kernel.db import violated_constraint
from kernel.errors import Conflict, Denied, Invalid, NotFound
from kernel.text import _
from tenants.operators.models import Operator, OperatorAction, OperatorSession

MOST_FAILURES = 5
LOCKED_FOR = timedelta(minutes=15)


class OperatorTaken(Conflict):
    code = "operators.username-taken"


class OperatorIncomplete(Invalid):
    code = "operators.incomplete"


class PasswordWeak(Invalid):
    code = "operators.password-weak"


class SignInRefused(Denied):
    """Unknown, wrong, shut out or locked: which of them is not told."""

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
    """Set an operator's password, end his sessions and unlock him.

    :raises NotFound: if there is no such operator.
    :raises PasswordWeak: if a validator refuses the password.
    """
    operator = _lock(username)
    if operator is None:
        raise NotFound
    _set_password(operator, password)
    operator.failures, operator.locked_until = 0, None
    operator.save(update_fields=["password", "failures", "locked_until"])
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


def sign_in(*, username: str, password: str, now: datetime) -> str:
    """Open a session and return its key, for the cookie; the table keeps a digest.

    Five failures in a row lock the operator for a quarter of an hour.

    :raises SignInRefused: if it is not to be, whatever the reason; it always takes one hash.
    """
    key = _try_to_sign_in(username, password, now)  # commits its count of failures first
    if key is None:
        raise SignInRefused(_("The user name or the password is not right."))
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
def _try_to_sign_in(username: str, password: str, now: datetime) -> str | None:
    operator = _lock(username)
    if operator is None:
        make_password(password)  # as long as a comparison
        return None
    is_right = operator.check_password(password)
    if not operator.is_active or (operator.locked_until and operator.locked_until > now):
        return None
    if not is_right:
        _count_failure(operator, now)
        return None
    operator.failures, operator.locked_until, operator.last_login = 0, None, now
    operator.save(update_fields=["failures", "locked_until", "last_login"])
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


def _count_failure(operator: Operator, now: datetime) -> None:
    operator.failures += 1
    if operator.failures >= MOST_FAILURES:
        operator.failures, operator.locked_until = 0, now + LOCKED_FOR
        record(by=operator.username, event="operator.locked", now=now)
    operator.save(update_fields=["failures", "locked_until"])


def _set_password(operator: Operator, password: str) -> None:
    try:
        validate_password(password, operator)  # type: ignore[arg-type]  # reads attributes only
    except ValidationError as error:
        raise PasswordWeak(" ".join(error.messages), field="password") from error
    operator.set_password(password)


def _lock(username: str) -> Operator | None:
    wanted = username.strip().lower()
    return Operator.objects.select_for_update().filter(username=wanted).first()
