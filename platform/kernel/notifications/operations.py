"""Tell people, and bring to their mail boxes what they were told."""

import re
import smtplib
import unicodedata
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, time

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.utils import translation
from django.utils.functional import Promise

from kernel import crypto, outgoing
from kernel.access.actions import Action
from kernel.access.actors import SYSTEM, Actor, require_everywhere
from kernel.access.models import User
from kernel.audit import operations as audit
from kernel.errors import Invalid, NotFound
from kernel.jobs.operations import enqueue_after_commit
from kernel.notifications import channels, queries, rules, sms
from kernel.notifications.models import (
    Delivery,
    MobileNumber,
    Notification,
    Preference,
    QuietHours,
    Wording,
)
from kernel.notifications.registry import Notice, company_notices, notice_of, notices
from kernel.tenancy import company_time_zone, company_url, current_schema
from kernel.text import _

DELIVER_TASK = "kernel.notifications.deliver"
MAIL, SMS = "mail", "sms"
_NUMBER = re.compile(r"\+?\d{8,15}", re.ASCII)
LONGEST_SUBJECT, LONGEST_TEXT = 200, 2000


class WordingInvalid(Invalid):
    code = "notifications.wording-invalid"


class QuietHoursInvalid(Invalid):
    code = "notifications.quiet-hours-invalid"


class MobileInvalid(Invalid):
    code = "notifications.mobile-invalid"


class KindUnknown(NotFound):
    code = "notifications.kind-unknown"


@transaction.atomic
def notify(
    *,
    kind: str,
    to: Iterable[int],
    url: str,
    context: Mapping[str, str],
    project_id: int | None = None,
    now: datetime,
    actor: Actor = SYSTEM,
) -> list[Notification]:
    """Tell active people something, each once, in his language; mails follow the commit.

    Robots that carry the kind repeat it, whoever is told.

    Whoever did it himself is not told. ``context`` fills the places of the kind's words.

    :raises KeyError: if the kind is not registered, or is one of security.
    """
    notice = notice_of(kind)
    if notice.is_security:
        raise KeyError(kind)
    wordings = {row.language: row for row in Wording.objects.filter(kind=kind)}
    values = {name: str(value) for name, value in context.items()}
    if channels.repeat(notice, wordings, values, url, project_id, now):
        enqueue_after_commit(DELIVER_TASK)
    wanted = set(to) - {actor.user_id}
    people = list(User.objects.filter(pk__in=wanted, is_active=True).order_by("pk"))
    if not people:
        return []
    told = Notification.objects.bulk_create(
        _for_person(user, notice, wordings.get(user.language), values, url, project_id, now)
        for user in people
    )
    _queue(notice, dict(zip([user.pk for user in people], told, strict=True)), people, now)
    return told


@transaction.atomic
def warn(
    *,
    kind: str,
    user: User,
    url: str,
    context: Mapping[str, str | Promise],
    also_at: str = "",
    now: datetime,
) -> Notification:
    """Tell one person of a change to how he signs in, also if he made it or is shut out.

    The mail goes to the address he has now, whatever becomes of it before it is sent, and to
    ``also_at``. What is lazy in ``context`` is told in his language.

    :raises KeyError: if the kind is not registered, or not one of security.
    """
    notice = notice_of(kind)
    if not notice.is_security:
        raise KeyError(kind)
    with translation.override(user.language):
        values = {name: str(value) for name, value in context.items()}
    told = _for_person(user, notice, None, values, url, None, now)
    told.save(force_insert=True)
    _queue(notice, {user.pk: told}, [user], now, also_at)
    return told


def _for_person(
    user: User,
    notice: Notice,
    wording: Wording | None,
    values: Mapping[str, str],
    url: str,
    project_id: int | None,
    now: datetime,
) -> Notification:
    subject, text = queries.words_of(notice, wording, user.language)
    return Notification(
        user=user,
        kind=notice.key,
        subject=" ".join(rules.fill(subject, values).split())[:LONGEST_SUBJECT],
        text=rules.fill(text, values)[:LONGEST_TEXT],
        url=url,
        project_id=project_id,
        is_urgent=notice.is_urgent,
        created_at=now,
    )


def _queue(
    notice: Notice,
    told: dict[int, Notification],
    people: list[User],
    now: datetime,
    also_at: str = "",
) -> None:
    ids = [user.pk for user in people]
    chosen = {
        row.user_id: row for row in Preference.objects.filter(user_id__in=ids, kind=notice.key)
    }
    quiet = {row.user_id: row for row in QuietHours.objects.filter(user_id__in=ids)}
    reachable: set[int] = set()
    if sms.is_set_up():
        numbers = MobileNumber.objects.filter(user_id__in=ids)
        reachable = set(numbers.values_list("user_id", flat=True))
    queued = []
    for user in people:
        choice = chosen.get(user.pk)
        ways = []
        if notice.is_security:
            ways += [(MAIL, address) for address in sorted({user.email, also_at} - {""})]
        elif user.email and queries.by_mail_of(notice, choice):
            ways.append((MAIL, ""))
        if user.pk in reachable and choice is not None and choice.by_sms:
            ways.append((SMS, ""))
        due_at = _loud_again(quiet.get(user.pk), now, is_urgent=notice.is_urgent)
        queued += [
            Delivery(notification=told[user.pk], channel=way, address=address, due_at=due_at)
            for way, address in ways
        ]
    Delivery.objects.bulk_create(queued)
    if any(delivery.due_at <= now for delivery in queued):
        enqueue_after_commit(DELIVER_TASK)


def _loud_again(hours: QuietHours | None, now: datetime, *, is_urgent: bool) -> datetime:
    """Return when a person may be sent something: now, or when his quiet hours end."""
    if hours is None or is_urgent:
        return now
    return rules.after_quiet_hours(now, hours.starts_at, hours.ends_at, company_time_zone())


def deliver_due(*, now: datetime) -> int:
    """Send what is due; return how many were sent. See :mod:`kernel.outgoing`.

    Mails and text messages have a turn each: a gateway that is down holds up no mail.
    """
    waiting = Delivery.objects.select_related("notification__user")
    return sum(outgoing.deliver_due(waiting.filter(channel=way), _send, now) for way in (MAIL, SMS))


def _send(delivery: Delivery, now: datetime) -> None:
    user = delivery.notification.user
    if not user.is_active and not delivery.address:
        raise outgoing.Undeliverable("left")
    hours = QuietHours.objects.filter(user=user).first()
    until = _loud_again(hours, now, is_urgent=delivery.notification.is_urgent)
    if until > now:  # an attempt before failed, or the hours were set since
        raise outgoing.NotNow(until)
    if delivery.channel == SMS:
        _send_text_message(delivery, user)
    else:
        _send_mail(delivery, user)


def _send_mail(delivery: Delivery, user: User) -> None:
    told = delivery.notification
    address = delivery.address or user.email
    if not address:
        raise outgoing.Undeliverable("no address")
    link = company_url(told.url) if told.url else ""
    try:
        send_mail(
            told.subject,
            "\n\n".join(part for part in (told.text, link) if part),
            settings.DEFAULT_FROM_EMAIL,
            [address],
        )
    except (smtplib.SMTPException, OSError) as failure:
        raise outgoing.NotDelivered(f"{type(failure).__name__}: {failure}") from failure


def _send_text_message(delivery: Delivery, user: User) -> None:
    number = MobileNumber.objects.filter(user=user).first()
    if number is None or not sms.is_set_up():
        raise outgoing.Undeliverable("no number")
    try:
        sms.send(
            crypto.decrypt(number.number_encrypted),
            delivery.notification.subject,
            reference=f"{current_schema()}-{delivery.pk}",
        )
    except sms.SmsFailed as failure:
        raise outgoing.NotDelivered(str(failure)) from failure


def mark_read(*, actor: Actor, ids: Iterable[int] | None = None, now: datetime) -> int:
    """Mark one's own notices read, all of them without ``ids``; return how many were unread."""
    unread = Notification.objects.filter(user_id=actor.require_person(), read_at__isnull=True)
    if ids is not None:
        unread = unread.filter(pk__in=list(ids))
    return unread.update(read_at=now)


@transaction.atomic
def set_choices(
    *,
    actor: Actor,
    by_mail: Collection[str],
    by_sms: Collection[str] = (),
    mobile: str | None = None,
    starts_at: time | None,
    ends_at: time | None,
    now: datetime,
) -> None:
    """Keep which kinds the actor wants by mail, and from when until when he wants none.

    Without both times he has no quiet hours. Kinds that do not exist are passed over: a page may
    be older than the release.

    :param mobile: his number, ``""`` to take it back, ``None`` to leave it as it is.
    :raises MobileInvalid: if the number is none.

    :raises QuietHoursInvalid: if one time is missing or both are the same.
    """
    if (starts_at is None) != (ends_at is None) or (starts_at and starts_at == ends_at):
        raise QuietHoursInvalid(
            _("Enter when the quiet hours start and end, or neither."), field="starts_at"
        )
    number = None if mobile is None else _checked_number(mobile)
    user = User.objects.get(pk=actor.require_person())
    for notice in notices():
        wanted = {
            "by_mail": notice.key in by_mail or notice.is_security,
            "by_sms": notice.key in by_sms,
        }
        Preference.objects.update_or_create(user=user, kind=notice.key, defaults=wanted)
    if number:
        MobileNumber.objects.update_or_create(
            user=user, defaults={"number_encrypted": crypto.encrypt(number)}
        )
    elif number == "":
        MobileNumber.objects.filter(user=user).delete()
    if starts_at is None or ends_at is None:
        QuietHours.objects.filter(user=user).delete()
    else:
        QuietHours.objects.update_or_create(
            user=user, defaults={"starts_at": starts_at, "ends_at": ends_at}
        )
    audit.record(
        actor=actor,
        event="notifications.choices.changed",
        subject=user,
        now=now,
        data={
            "by_mail": sorted({notice.key for notice in notices()} & set(by_mail)),
            "by_sms": sorted({notice.key for notice in notices()} & set(by_sms)),
            "quiet": f"{starts_at:%H:%M}-{ends_at:%H:%M}" if starts_at and ends_at else "",
        },
    )


@transaction.atomic
def reword(
    *, actor: Actor, kind: str, language: str, subject: str, text: str, now: datetime
) -> Wording:
    """Give a kind of notice the company's own words in one language.

    :raises access.ActionDenied: without ``company.configure``.
    :raises KindUnknown: if there is no such kind, or it keeps the product's words.
    :raises WordingInvalid: if the words are missing, too long or name an unknown place.
    """
    require_everywhere(actor, Action.COMPANY_CONFIGURE)
    notice = _known(kind)
    subject, text = " ".join(subject.split()), text.strip()
    _check_wording(notice, language, subject, text)
    before = Wording.objects.filter(kind=kind, language=language).first()
    wording, _made = Wording.objects.update_or_create(
        kind=kind, language=language, defaults={"subject": subject, "text": text}
    )
    audit.record(
        actor=actor,
        event="notifications.wording.changed",
        subject=wording,
        now=now,
        data={
            "kind": kind,
            "language": language,
            "before": {"subject": before.subject, "text": before.text} if before else None,
            "after": {"subject": subject, "text": text},
        },
    )
    return wording


@transaction.atomic
def restore_wording(*, actor: Actor, kind: str, language: str, now: datetime) -> None:
    """Take the company's own words back; the product's are used again.

    :raises access.ActionDenied: without ``company.configure``.
    """
    require_everywhere(actor, Action.COMPANY_CONFIGURE)
    wording = Wording.objects.filter(kind=kind, language=language).first()
    if wording is None:
        return
    audit.record(
        actor=actor,
        event="notifications.wording.restored",
        subject=wording,
        now=now,
        data={"before": {"subject": wording.subject, "text": wording.text}},
    )
    wording.delete()


def _checked_number(typed: str) -> str:
    number = re.sub(r"[\s-]", "", unicodedata.normalize("NFKC", typed))
    if number and not _NUMBER.fullmatch(number):
        raise MobileInvalid(_("Enter a mobile number, such as 138 0000 0000."), field="mobile")
    return number


def _known(kind: str) -> Notice:
    for notice in company_notices():
        if notice.key == kind:
            return notice
    raise KindUnknown


def _check_wording(notice: Notice, language: str, subject: str, text: str) -> None:
    if language not in User.Language.values:
        raise WordingInvalid(_("There is no such language."), field="language")
    for field, words, longest in (
        ("subject", subject, LONGEST_SUBJECT),
        ("text", text, LONGEST_TEXT),
    ):
        if len(words) > longest:
            raise WordingInvalid(
                _("At most %(count)d characters.") % {"count": longest}, field=field
            )
        unknown = rules.unknown_places(words, notice.fields)
        if unknown:
            raise WordingInvalid(
                _("There is no field %(name)s here. Choose from the list beside it.")
                % {"name": f"%({unknown[0]})s"},
                field=field,
            )
    if not subject:
        raise WordingInvalid(_("Enter a subject."), field="subject")
