"""A word in time: programs stop when their token ends, and nobody remembers why they work."""

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Q
from django.urls import reverse

from kernel.access.models import ApiToken
from kernel.notifications import operations as notifications
from kernel.tenancy import company_day

TOKEN_NOTICE: Final = "identity.token-expires"  # noqa: S105 - the name of a notice
AHEAD: Final = timedelta(days=14)


@transaction.atomic
def remind_of_tokens(*, now: datetime) -> int:
    """Tell once who owns a token that ends within two weeks; return how many were told of."""
    ending = (
        ApiToken.objects.select_for_update(of=("self",), skip_locked=True)
        .select_related("user", "integration")
        .filter(
            Q(user__is_active=True) | Q(integration__ended_at=None, user=None),
            revoked_at=None,
            reminded_at=None,
            expires_at__gt=now,
            expires_at__lte=now + AHEAD,
        )
        .order_by("pk")
    )
    told = 0
    for token in ending:
        if token.integration is not None:
            owner_id = token.integration.keeper_id
            url = reverse("integrations-integration", args=[token.integration_id])
        else:
            assert token.user_id is not None  # the table's constraint
            owner_id, url = token.user_id, reverse("account")
        token.reminded_at = now
        token.save(update_fields=["reminded_at"])
        notifications.notify(
            kind=TOKEN_NOTICE,
            to=[owner_id],
            url=url,
            context={"name": token.name, "day": company_day(token.expires_at).isoformat()},
            now=now,
        )
        told += 1
    return told
