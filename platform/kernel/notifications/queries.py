"""Reads of notices, preferences and deliveries."""

from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils import translation

from kernel import crypto
from kernel.access.actions import Action
from kernel.access.actors import Actor, require_everywhere
from kernel.errors import NotFound
from kernel.notifications.models import (
    Channel,
    ChannelPost,
    Delivery,
    MobileNumber,
    Notification,
    Preference,
    QuietHours,
    Wording,
)
from kernel.notifications.registry import Notice, company_notices, notices


@dataclass(frozen=True, slots=True)
class Choice:
    """A kind of notice and how a person gets it beside the console."""

    notice: Notice
    by_mail: bool
    by_sms: bool


@dataclass(frozen=True, slots=True)
class Words:
    """A kind of notice in one language: the company's own words, ``None`` where it has none."""

    notice: Notice
    own: Wording | None


def own(*, actor: Actor) -> QuerySet[Notification]:
    """Return what the actor was told, newest first."""
    return Notification.objects.filter(user_id=actor.require_person()).order_by("-pk")


def count_unread(*, actor: Actor) -> int:
    """Return how many notices the actor has not opened, 100 for more."""
    return Notification.objects.filter(user_id=actor.require_person(), read_at__isnull=True)[
        :100
    ].count()


def get_own(*, actor: Actor, notification_id: int) -> Notification:
    """Return one of the actor's own notices.

    :raises NotFound: if it is another's or there is none.
    """
    found = own(actor=actor).filter(pk=notification_id).first()
    if found is None:
        raise NotFound
    return found


def choices(*, actor: Actor) -> list[Choice]:
    """Return every kind of notice with what the actor chose for it."""
    chosen = {row.kind: row for row in Preference.objects.filter(user_id=actor.require_person())}
    return [
        Choice(
            notice,
            by_mail=by_mail_of(notice, row := chosen.get(notice.key)),
            by_sms=bool(row and row.by_sms),
        )
        for notice in notices()
    ]


def by_mail_of(notice: Notice, chosen: Preference | None) -> bool:
    """Tell whether a kind comes by mail to a person who chose this, or nothing."""
    if chosen is None or notice.is_security:
        return notice.by_mail
    return chosen.by_mail


def mobile_of(*, actor: Actor) -> str:
    """Return the number at which the actor gets text messages, ``""`` without one."""
    number = MobileNumber.objects.filter(user_id=actor.require_person()).first()
    return crypto.decrypt(number.number_encrypted) if number else ""


def quiet_hours(*, actor: Actor) -> QuietHours | None:
    """Return the hours in which the actor gets no mail, if he set any."""
    return QuietHours.objects.filter(user_id=actor.require_person()).first()


def wordings(*, actor: Actor, language: str) -> list[Words]:
    """Return every kind of notice that a company may word with its words in a language.

    :raises access.ActionDenied: without ``company.configure``.
    """
    require_everywhere(actor, Action.COMPANY_CONFIGURE)
    own_words = {row.kind: row for row in Wording.objects.filter(language=language)}
    return [Words(notice, own_words.get(notice.key)) for notice in company_notices()]


def deliveries(*, actor: Actor) -> QuerySet[Delivery]:
    """Return every delivery there was or will be, newest first.

    :raises access.ActionDenied: without ``company.configure``.
    """
    require_everywhere(actor, Action.COMPANY_CONFIGURE)
    return Delivery.objects.select_related("notification__user").order_by("-pk")


def channels(*, actor: Actor) -> QuerySet[Channel]:
    """Return the company's robots by name.

    :raises access.ActionDenied: without ``company.configure``.
    """
    require_everywhere(actor, Action.COMPANY_CONFIGURE)
    return Channel.objects.order_by("name", "pk")


def get_channel(*, actor: Actor, channel_id: int, lock: bool = False) -> Channel:
    """Return one robot, locked until the transaction ends if asked.

    :raises access.ActionDenied: without ``company.configure``.
    :raises NotFound: if there is none.
    """
    found = channels(actor=actor).filter(pk=channel_id)
    channel = (found.select_for_update() if lock else found).first()
    if channel is None:
        raise NotFound
    return channel


def posts_of(*, actor: Actor, channel_id: int) -> QuerySet[ChannelPost]:
    """Return what was posted by a robot and what waits, newest first.

    :raises access.ActionDenied: without ``company.configure``.
    :raises NotFound: if there is no such robot.
    """
    channel = get_channel(actor=actor, channel_id=channel_id)
    return ChannelPost.objects.filter(channel=channel).order_by("-pk")


def words_of(notice: Notice, wording: Wording | None, language: str) -> tuple[str, str]:
    """Return subject and text of a kind: the company's own words, else the product's."""
    if wording is not None:
        return wording.subject, wording.text
    with translation.override(language):
        return str(notice.subject), str(notice.text)
