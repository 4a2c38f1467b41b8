"""The company's channels: group robots that repeat notices where a team talks."""

import re
from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import translation

from kernel import crypto, http, outgoing
from kernel.access.actions import Action
from kernel.access.actors import Actor, require_everywhere
from kernel.access.models import User
from kernel.audit import operations as audit
from kernel.db import violated_constraint
from kernel.errors import Invalid, NotFound
from kernel.notifications import queries, robots, rules
from kernel.notifications.models import Channel, ChannelPost, Wording
from kernel.notifications.registry import Notice, company_notices
from kernel.outgoing import NotDelivered, Undeliverable
from kernel.tenancy import company_url
from kernel.text import _

LONGEST_NAME = 60
_KEY = re.compile(r"[A-Za-z0-9_-]{8,100}", re.ASCII)


class ChannelInvalid(Invalid):
    code = "notifications.channel-invalid"


def repeat(
    notice: Notice,
    wordings: dict[str, Wording],
    context: dict[str, str],
    url: str,
    project_id: int | None,
    now: datetime,
) -> int:
    """Queue a notice for the channels that carry its kind; return how many there are."""
    wanted = [
        channel
        for channel in Channel.objects.filter(is_active=True).order_by("pk")
        if notice.key in channel.kinds and channel.project_id in {None, project_id}
    ]
    for channel in wanted:
        subject, text = queries.words_of(notice, wordings.get(channel.language), channel.language)
        link = company_url(url) if url else ""
        parts = (rules.fill(subject, context), rules.fill(text, context), link)
        ChannelPost.objects.create(
            channel=channel,
            kind=notice.key,
            text="\n".join(part for part in parts if part)[:2500],
            due_at=now,
        )
    return len(wanted)


def deliver_due(*, now: datetime) -> int:
    """Post what is due; return how many robots took theirs. See :mod:`kernel.outgoing`."""
    waiting = ChannelPost.objects.select_related("channel")
    return outgoing.deliver_due(waiting, _send, now, lane="channel_id")


def _send(post: ChannelPost, now: datetime) -> None:
    channel = post.channel
    if not channel.is_active:
        raise Undeliverable("switched off")
    url, body = robots.request_of(
        channel.kind,
        key=crypto.decrypt(channel.key_encrypted),
        secret=crypto.decrypt(channel.secret_encrypted),
        text=post.text,
        timestamp=int(now.timestamp()),
    )
    try:
        answer = http.post(url, body, {"Content-Type": "application/json; charset=utf-8"})
    except (http.AddressRefused, http.RequestFailed) as failure:
        # The text of either may hold the address, and that the key.
        raise NotDelivered(type(failure).__name__) from failure
    if not answer.is_ok:
        raise NotDelivered(f"HTTP {answer.status}")
    refusal = robots.refusal_of(channel.kind, answer.text)
    if refusal:
        raise NotDelivered(refusal)


@transaction.atomic
def add_channel(
    *,
    actor: Actor,
    kind: str,
    name: str,
    key: str,
    secret: str,
    language: str,
    project_id: int | None,
    kinds: Collection[str],
    now: datetime,
) -> Channel:
    """Add a robot. ``kinds`` are the notices that it repeats, of ``project_id`` if one is given.

    :raises access.ActionDenied: without ``company.configure``.
    :raises NotFound: if there is no such project.
    :raises ChannelInvalid: if a fact is missing or none we know.
    """
    require_everywhere(actor, Action.COMPANY_CONFIGURE)
    if kind not in Channel.Kind.values:
        raise ChannelInvalid(_("There is no such kind of channel."), field="kind")
    values = _checked(name, language, kinds)
    channel = Channel(
        kind=kind,
        project_id=project_id,
        key_encrypted=crypto.encrypt(_checked_key(kind, key)),
        secret_encrypted=crypto.encrypt(secret.strip()),
        created_at=now,
        **values,
    )
    try:
        with transaction.atomic():
            channel.save(force_insert=True)
    except IntegrityError as error:
        if violated_constraint(error) != "notifications_channel_project_fk":
            raise
        raise NotFound from error
    audit.record(
        actor=actor,
        event="notifications.channel.added",
        subject=channel,
        project_id=project_id,
        now=now,
        data={"kind": kind, **values},
    )
    return channel


@transaction.atomic
def change_channel(
    *,
    actor: Actor,
    channel_id: int,
    name: str,
    language: str,
    kinds: Collection[str],
    is_active: bool,
    now: datetime,
) -> Channel:
    """Change what a robot repeats, or switch it off. Its key is replaced by adding it anew.

    :raises access.ActionDenied: without ``company.configure``.
    :raises NotFound: if there is none.
    :raises ChannelInvalid: if a fact is missing or none we know.
    """
    channel = queries.get_channel(actor=actor, channel_id=channel_id, lock=True)
    values = {**_checked(name, language, kinds), "is_active": is_active}
    before = {field: getattr(channel, field) for field in values}
    for field, value in values.items():
        setattr(channel, field, value)
    channel.save(update_fields=list(values))
    audit.record(
        actor=actor,
        event="notifications.channel.changed",
        subject=channel,
        project_id=channel.project_id,
        now=now,
        data={"before": before, "after": values},
    )
    return channel


@transaction.atomic
def try_channel(*, actor: Actor, channel_id: int, now: datetime) -> ChannelPost:
    """Queue a harmless message for one robot.

    :raises access.ActionDenied: without ``company.configure``.
    :raises NotFound: if there is none.
    """
    channel = queries.get_channel(actor=actor, channel_id=channel_id)
    with translation.override(channel.language):
        text = str(_("A trial by Guanjia: notices will arrive here."))
    post = ChannelPost.objects.create(channel=channel, kind="", text=text, due_at=now)
    audit.record(
        actor=actor,
        event="notifications.channel.tried",
        subject=channel,
        project_id=channel.project_id,
        now=now,
    )
    return post


def _checked(name: str, language: str, kinds: Collection[str]) -> dict[str, Any]:
    name = " ".join(name.split())
    if not name or len(name) > LONGEST_NAME:
        raise ChannelInvalid(
            _("Enter a name of at most %(count)d characters.") % {"count": LONGEST_NAME},
            field="name",
        )
    if language not in User.Language.values:
        raise ChannelInvalid(_("There is no such language."), field="language")
    known = {notice.key for notice in company_notices()}
    if not kinds or not set(kinds) <= known:
        raise ChannelInvalid(_("Choose which notices are repeated there."), field="kinds")
    return {"name": name, "language": language, "kinds": sorted(set(kinds))}


def _checked_key(kind: str, key: str) -> str:
    """Return the key out of what was typed: itself, or the robot's whole address."""
    marks = {robots.WECOM: "key=", robots.DINGTALK: "access_token=", robots.FEISHU: "/hook/"}
    found = _KEY.fullmatch(key.strip().rpartition(marks[kind])[2])
    if found is None:
        raise ChannelInvalid(
            _("Copy the robot's address as it is shown where the robot was made."), field="key"
        )
    return found[0]
