"""Keys for vendors' programs, each for one company. The text is shown once; its digest is kept."""

import secrets
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from kernel.errors import Conflict, Invalid, NotFound
from kernel.text import _
from tenants.vendors.models import Membership, VendorLogin, VendorToken
from tenants.vendors.operations.common import digest_of, record

TOKEN_PREFIX: Final = "gv_"  # noqa: S105 - what every token begins with
LIFE: Final = timedelta(days=365)
MOST: Final = 10
USED_EVERY: Final = timedelta(minutes=10)


class TokenRefused(Invalid):
    code = "vendors.token-refused"


class TooManyTokens(Conflict):
    code = "vendors.too-many-tokens"


@transaction.atomic
def make_token(
    *, login: VendorLogin, membership_id: int, name: str, now: datetime
) -> tuple[VendorToken, str]:
    """Make a token for one of a person's companies; return it and the text, shown only now.

    :raises NotFound: if the person is no contact there (any more).
    :raises TokenRefused: without a name of at most 60 characters.
    :raises TooManyTokens: beyond ten that stand.
    """
    membership = (
        Membership.objects.select_for_update(of=("self",))
        .filter(pk=membership_id, login=login, ended_at__isnull=True)
        .first()
    )
    if membership is None:
        raise NotFound
    if not 0 < len(name.strip()) <= 60:
        raise TokenRefused(_("Enter up to 60 characters."), field="name")
    if membership.tokens.filter(revoked_at__isnull=True).count() >= MOST:
        raise TooManyTokens(_("There are ten tokens already. Revoke one first."))
    text = TOKEN_PREFIX + secrets.token_urlsafe(32)
    token = VendorToken.objects.create(
        membership=membership,
        name=name.strip(),
        digest=digest_of(text),
        tail=text[-4:],
        created_at=now,
        expires_at=now + LIFE,
    )
    record(
        "token.made",
        login_id=login.pk,
        now=now,
        company_id=membership.company_id,
        data={"token": token.pk, "name": token.name},
    )
    return token, text


@transaction.atomic
def revoke_token(*, login: VendorLogin, token_id: int, now: datetime) -> None:
    """Make one of a person's own tokens void. :raises NotFound: if it is none of his."""
    token = (
        VendorToken.objects.select_for_update(of=("self",))
        .filter(pk=token_id, membership__login=login, revoked_at__isnull=True)
        .first()
    )
    if token is None:
        raise NotFound
    token.revoked_at = now
    token.save(update_fields=["revoked_at"])
    record("token.revoked", login_id=login.pk, now=now, data={"token": token.pk})


def keep_used(*, token_id: int, now: datetime) -> None:
    """Note that a token is in use; seldom, for it happens with every request."""
    VendorToken.objects.filter(pk=token_id).exclude(used_at__gte=now - USED_EVERY).update(
        used_at=now
    )
