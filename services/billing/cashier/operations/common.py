"""What taking and voiding share."""

import unicodedata
from datetime import datetime

from django.db.models import F, OuterRef, Subquery

from kernel import access
from kernel.errors import Denied, Invalid
from kernel.tenancy import company_time_zone
from kernel.text import _
from services.billing.cashier.models import Allocation, Payment
from services.billing.runs.models import BillLine


class TextInvalid(Invalid):
    code = "cashier.text-invalid"


class PersonNeeded(Denied):
    code = "cashier.person-needed"


def require_person(actor: access.Actor) -> int:
    if actor.user_id is None:
        raise PersonNeeded(_("Money is taken and given back by people, not by the system."))
    return actor.user_id


def one_line(text: str, *, field: str, most: int) -> str:
    """Return ``text`` on one line: runs of white space are one space, none at the ends."""
    plain = " ".join(text.split())
    if len(plain) > most:
        raise TextInvalid(_("At most %(most)d characters fit here.") % {"most": most}, field=field)
    if any(unicodedata.category(character) in {"Cc", "Cs"} for character in plain):
        raise TextInvalid(_("Control characters are not allowed."), field=field)
    return plain


def local_time(moment: datetime) -> str:
    return f"{moment.astimezone(company_time_zone()):%Y-%m-%d %H:%M}"


def move_paid_amounts(payment: Payment, *, sign: int) -> None:
    share = Allocation.objects.filter(payment=payment, line=OuterRef("pk")).values("amount")
    BillLine.objects.filter(allocations__payment=payment).update(
        paid_amount=F("paid_amount") + sign * Subquery(share)
    )
