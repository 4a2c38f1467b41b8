"""What a leaver still owes: advances that are not settled (PR-74)."""

from collections.abc import Iterable
from datetime import date

from django.urls import reverse

from kernel.identity.leaving import Check, Held
from kernel.text import _
from services.procurement.payments import queries


def _advances(*, user_id: int, today: date) -> Iterable[Held]:
    for advance in queries.open_advances(user_id).select_related("request"):
        yield Held(
            ref=str(advance.pk),
            what=f"{advance.number} {advance.amount}",
            reason=_("Settle this advance first, by its claim, or give the money back."),
            url=reverse("advances-advance", args=[advance.pk]),
            project_id=advance.request.project_id,
        )


CHECKS = (Check(key="procurement.advances", label=_("Open advances"), find=_advances),)
