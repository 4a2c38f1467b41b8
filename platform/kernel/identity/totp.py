"""Codes of authenticator apps (RFC 6238): six digits, half a minute. The algorithm is a library's.

A code is taken from one half-minute before to one after: clocks of telephones go wrong.
"""

import base64
import hmac
import secrets
from datetime import datetime
from typing import Final

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

SECONDS: Final = 30
DIGITS: Final = 6
SECRET_BYTES: Final = 20  # what RFC 4226 asks for, and what every app takes


def new_secret() -> str:
    """Return a new secret as apps take it by hand: 32 letters and digits."""
    return base64.b32encode(secrets.token_bytes(SECRET_BYTES)).decode()


def address_of(*, secret: str, account: str, issuer: str) -> str:
    """Return the ``otpauth://`` address that the picture shows to the app."""
    return _totp(secret).get_provisioning_uri(account, issuer)


def code_at(secret: str, step: int) -> str:
    """Return the code of one half-minute since 1970."""
    return _totp(secret).generate(step * SECONDS).decode()


def step_of(moment: datetime) -> int:
    return int(moment.timestamp()) // SECONDS


def matching_step(*, secret: str, code: str, now: datetime) -> int | None:
    """Return the half-minute whose code this is; ``None`` if it is none of the three.

    All three are compared, whichever fits: the time it takes tells nothing.
    """
    here = step_of(now)
    fitting = [
        step
        for step in (here - 1, here, here + 1)
        if hmac.compare_digest(code_at(secret, step).encode(), code.encode())
    ]
    return fitting[-1] if fitting else None


def _totp(secret: str) -> TOTP:
    # SHA-1 as the standard has it, under HMAC: most apps know no other.
    return TOTP(base64.b32decode(secret), DIGITS, SHA1(), SECONDS)  # noqa: S303
