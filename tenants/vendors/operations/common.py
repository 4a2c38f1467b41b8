"""What the other modules share: the log, digests, keys under a password."""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from kernel import sealing
from tenants.vendors.models import VendorAction, VendorLogin
from tenants.vendors.operations.errors import PasswordWeak


def address_of(email: str) -> str:
    """Return an e-mail address in the one spelling in which it is kept."""
    return email.strip().lower()[:254]


def digest_of(key: str) -> str:
    """Return what is stored of a random key. A plain digest is enough: it is 256 random bits."""
    return hashlib.sha256(key.encode()).hexdigest()


def record(
    event: str,
    *,
    login_id: int | None,
    now: datetime,
    company_id: int | None = None,
    address: str = "",
    data: Mapping[str, Any] | None = None,
) -> None:
    """Write one line of the log of sign-ins in the caller's transaction, in the public schema."""
    VendorAction.objects.create(
        at=now,
        login_id=login_id,
        event=event,
        company_id=company_id,
        address=address[:45],
        data=dict(data or {}),
    )


def put_password(login: VendorLogin, password: str) -> None:
    """Put a password on a person without saving. :raises PasswordWeak: if a validator refuses."""
    try:
        validate_password(password, login)  # type: ignore[arg-type]  # reads attributes only
    except ValidationError as error:
        raise PasswordWeak(" ".join(error.messages), field="password") from error
    login.set_password(password)


def make_keys(login: VendorLogin, password: str) -> None:
    """Give a person a new key pair under his password, without saving.

    What was sealed to an earlier pair stays sealed to it.
    """
    pair = sealing.new_key_pair()
    login.public_key = pair.public
    login.locked_key = sealing.lock(pair.private, secret=password)
