"""What the platform itself knows that a leaver holds: things, tokens, posts, browsers, jobs."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from django.urls import reverse

from kernel.access import tokens
from kernel.access.actors import Actor
from kernel.access.models import ApiToken, DepartmentHead, Integration, PostHolding, User
from kernel.documents.manuals.queries import copies_held_by
from kernel.errors import NotFound
from kernel.identity.leaving import Check, Held
from kernel.identity.models import HeldItem, SignIn, Way
from kernel.identity.operations import holdings
from kernel.jobs.models import ACTIVE_STATES, Job
from kernel.text import _

_BACK = _("It goes back to finance and cannot be passed on.")
_HANDS = _("It is in this person's hands.")


def _items(*, user_id: int, today: date) -> Iterable[Held]:
    for item in HeldItem.objects.filter(holder_id=user_id).order_by("kind", "number"):
        goes_back = item.kind in holdings.BACK_TO_FINANCE
        words = f"{item.get_kind_display()} {item.number}"
        yield Held(
            ref=str(item.pk),
            what=words if item.amount is None else f"{words} ({item.amount})",
            reason=_BACK if goes_back else _HANDS,
            ways=(Way.TAKE_BACK,) if goes_back else (Way.TAKE_BACK, Way.HAND_OVER),
            must_count=item.amount is not None,
            url=reverse("items-item", args=[item.pk]),
            project_id=item.project_id,
        )


def _take_item_back(
    *,
    actor: Actor,
    leaver_id: int,
    ref: str,
    to_user_id: int | None,
    counted: str,
    note: str,
    now: datetime,
) -> str:
    holdings.take_back(
        actor=actor,
        item_id=int(ref),
        received_by_id=to_user_id,
        counted=_money(counted),
        note=note,
        now=now,
    )
    return _label(to_user_id) or actor.label


def _hand_item_over(
    *,
    actor: Actor,
    leaver_id: int,
    ref: str,
    to_user_id: int | None,
    counted: str,
    note: str,
    now: datetime,
) -> str:
    assert to_user_id is not None  # asked before
    holdings.hand_over(actor=actor, item_id=int(ref), to_user_id=to_user_id, note=note, now=now)
    return _label(to_user_id)


def _integrations(*, user_id: int, today: date) -> Iterable[Held]:
    for program in Integration.objects.filter(keeper_id=user_id, ended_at=None).order_by("pk"):
        yield Held(
            ref=str(program.pk),
            what=program.name,
            reason=_("Somebody must look after this program, or it ends."),
            ways=(Way.HAND_OVER, Way.END),
            url=reverse("integrations"),
        )


def _hand_integration_over(
    *,
    actor: Actor,
    leaver_id: int,
    ref: str,
    to_user_id: int | None,
    counted: str,
    note: str,
    now: datetime,
) -> str:
    assert to_user_id is not None  # asked before
    tokens.hand_over_integration(
        actor=actor, integration_id=int(ref), keeper_id=to_user_id, now=now
    )
    return _label(to_user_id)


def _end_integration(
    *,
    actor: Actor,
    leaver_id: int,
    ref: str,
    to_user_id: int | None,
    counted: str,
    note: str,
    now: datetime,
) -> str:
    tokens.end_integration(actor=actor, integration_id=int(ref), now=now)
    return ""


def _jobs(*, user_id: int, today: date) -> Iterable[Held]:
    active = Job.objects.filter(created_by=user_id, state__in=ACTIVE_STATES).order_by("pk")
    for job in active:
        yield Held(
            ref=str(job.pk),
            what=f"#{job.pk} {job.kind}",
            reason=_("This work runs in the person's name. Wait until it is done."),
            project_id=job.project_id,
        )


def _manuals(*, user_id: int, today: date) -> Iterable[Held]:
    for copy in copies_held_by(user_id):
        yield Held(
            ref=str(copy.pk),
            what=f"{copy.manual.number} / {copy.number}",
            reason=_("The keeper of the manual registers its return (SH-40)."),
            url=reverse("manuals-copies", args=[copy.manual_id]),
        )


def _headships(*, user_id: int, today: date) -> Iterable[Held]:
    heads = DepartmentHead.objects.filter(user_id=user_id).select_related("department")
    for head in heads.order_by("pk"):
        yield Held(
            ref=str(head.pk),
            what=head.department.label,
            reason=_("Name another head of this department first."),
            url=reverse("departments"),
            project_id=head.project_id,
        )


def _posts(*, user_id: int, today: date) -> Iterable[Held]:
    for holding in (
        PostHolding.objects.filter(user_id=user_id).select_related("post").order_by("pk")
    ):
        if holding.valid_to is None or holding.valid_to > today:
            yield Held(
                ref=str(holding.pk),
                what=holding.post.label,
                ends_by_itself=True,
                project_id=holding.project_id,
            )


def _tokens(*, user_id: int, today: date) -> Iterable[Held]:
    for token in ApiToken.objects.filter(user_id=user_id, revoked_at=None).order_by("pk"):
        yield Held(ref=str(token.pk), what=str(token), ends_by_itself=True)


def _browsers(*, user_id: int, today: date) -> Iterable[Held]:
    user = User.objects.filter(pk=user_id).first()
    epoch = user.session_epoch if user is not None else 0
    for row in SignIn.objects.filter(user_id=user_id, ended_at=None, epoch=epoch).order_by("pk"):
        yield Held(ref=str(row.pk), what=row.device, ends_by_itself=True)


CHECKS = (
    Check(
        key="identity.items",
        label=_("Company items"),
        find=_items,
        settle={Way.TAKE_BACK: _take_item_back, Way.HAND_OVER: _hand_item_over},
    ),
    Check(
        key="identity.integrations",
        label=_("Integrations"),
        find=_integrations,
        settle={Way.HAND_OVER: _hand_integration_over, Way.END: _end_integration},
    ),
    Check(key="documents.manuals", label=_("Manuals"), find=_manuals),
    Check(key="access.headships", label=_("Heads of departments"), find=_headships),
    Check(key="identity.jobs", label=_("Work under way"), find=_jobs),
    Check(key="identity.posts", label=_("Posts"), find=_posts),
    Check(key="identity.tokens", label=_("API tokens"), find=_tokens),
    Check(key="identity.browsers", label=_("Signed-in browsers"), find=_browsers),
)


def _label(user_id: int | None) -> str:
    if user_id is None:
        return ""
    user = User.objects.filter(pk=user_id).first()
    if user is None:
        raise NotFound
    return user.label


def _money(text: str) -> Decimal | None:
    if not text:
        return None
    try:
        return Decimal(text)
    except InvalidOperation as error:
        raise holdings.CountWrong(_("Enter an amount."), field="counted") from error
