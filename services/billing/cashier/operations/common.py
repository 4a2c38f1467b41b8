"""What taking and voiding share."""

import unicodedata
from datetime import date, datetime

from django.db.models import F, OuterRef, Subquery

from kernel import access, policies
from kernel.access import queries as people
from kernel.errors import Denied, Invalid
from kernel.tenancy import company_time_zone
from kernel.text import _
from services.billing.cashier.models import Allocation, Payment
from services.billing.runs.models import BillLine


class TextInvalid(Invalid):
    code = "cashier.text-invalid"


class PersonNeeded(Denied):
    code = "cashier.person-needed"


class PostTakesNoMoney(Denied):
    """``cash.roles`` leaves out the post by which the actor takes money (BL-115)."""

    code = "cashier.post-takes-no-money"


def require_person(actor: access.Actor) -> int:
    if actor.user_id is None:
        raise PersonNeeded(_("Money is taken and given back by people, not by the system."))
    return actor.user_id


def require_post(user_id: int, project_id: int, *, today: date) -> None:
    """Return if one of the posts by which the person takes money may, as ``cash.roles`` says.

    A post of the company's own counts as the handbook's posts it is like; one that is like none of
    these takes money because the company gave it that very action.

    :raises PostTakesNoMoney: otherwise.
    """
    setting = policies.REGISTRY["cash.roles"]
    taking = {*policies.get("cash.roles", tuple)}
    left_out = {*setting.default} - taking
    posts = people.posts_that_let(
        user_id=user_id, action=access.Action.PAYMENT_TAKE, project_id=project_id, today=today
    )
    if posts and all(post & left_out and not post & taking for post in posts):
        raise PostTakesNoMoney(
            _("Your post takes no money here, by the company's setting “%(name)s”.")
            % {"name": setting.name},
            details={"setting": setting.key},
        )


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
