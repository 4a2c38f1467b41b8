"""Setting up an authenticator app, and what is shown once.

Secret and codes wait in the session, sealed: its row is readable to whoever reads the database.
"""

from io import BytesIO
from typing import Any, Final

import segno
from django.http import HttpRequest
from django.utils.safestring import mark_safe

from kernel import crypto
from kernel.access.models import User
from kernel.identity import totp
from kernel.tenancy import current_company

KEPT_KEY: Final = "app_key"
CODES: Final = "new_codes"


def secret_of(request: HttpRequest) -> str:
    """Return the secret that this session offers; a new one if it offers none."""
    try:
        secret = crypto.decrypt(str(request.session.get(KEPT_KEY, "")))
    except crypto.NotReadable:
        secret = ""
    if not secret:
        secret = totp.new_secret()
        request.session[KEPT_KEY] = crypto.encrypt(secret)
    return secret


def forget_secret(request: HttpRequest) -> None:
    """Offer another one next time."""
    request.session.pop(KEPT_KEY, None)


def offer_of(request: HttpRequest, person: User) -> dict[str, Any]:
    """Return what a person of a company sees to set up the app with."""
    return picture_of(secret_of(request), account=person.username, issuer=current_company().name)


def picture_of(secret: str, *, account: str, issuer: str) -> dict[str, Any]:
    """Return the QR code as inline SVG, and the secret in groups for typing."""
    address = totp.address_of(secret=secret, account=account, issuer=issuer)
    drawn = BytesIO()
    segno.make(address, error="m").save(
        drawn,
        kind="svg",
        scale=5,
        border=3,
        xmldecl=False,
        svgns=False,
        nl=False,
        light="#fff",
        svgclass="qr",
        lineclass=None,
    )
    return {
        # Drawn by us out of squares; nothing that was typed is in it.
        "picture": mark_safe(drawn.getvalue().decode()),  # noqa: S308
        "secret_groups": " ".join(secret[at : at + 4] for at in range(0, len(secret), 4)),
    }


def keep_codes(request: HttpRequest, codes: list[str]) -> None:
    """Keep new recovery codes, sealed, for the one page that shows them."""
    if codes:
        request.session[CODES] = crypto.encrypt(" ".join(codes))


def take_codes(request: HttpRequest) -> list[str]:
    """Return the codes that wait to be shown; they are not shown again."""
    try:
        return crypto.decrypt(str(request.session.pop(CODES, ""))).split()
    except crypto.NotReadable:
        return []
