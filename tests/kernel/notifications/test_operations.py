"""Who is told what, once, in his language; mails wait for quiet hours and try again."""

import threading
from datetime import UTC, datetime, time, timedelta
from smtplib import SMTPServerDisconnected
from unittest import mock

import pytest
from django.core import mail
from django.db import connection

from kernel import access
from kernel.access import operations as people
from kernel.access.models import User
from kernel.access.queries import actor_for
from kernel.notifications import operations, queries
from kernel.notifications.models import Delivery, Notification
from kernel.notifications.registry import Notice
from kernel.outgoing import OutgoingState
from kernel.tenancy import tenant_connection
from tenants.companies.models import Company
from tests.factories import NOW, TODAY, add_actor, add_user

NIGHT = datetime(2026, 11, 9, 15, 0, tzinfo=UTC)  # 23:00 in Shanghai


@pytest.fixture
def wang(tenant: Company) -> User:
    return add_user("wang", name="王", email="wang@example.com")


def actor_of(user: User) -> access.Actor:
    return actor_for(user=user, today=TODAY)


def tell(
    notice: Notice, *users: User, now: datetime = NOW, title: str = "Waiver"
) -> list[Notification]:
    return operations.notify(
        kind=notice.key,
        to=[user.pk for user in users],
        url="/approvals/7/",
        context={"title": title, "by": "Li"},
        now=now,
    )


def test_each_person_is_told_once_and_gets_a_mail(notice: Notice, wang: User) -> None:
    (told,) = tell(notice, wang, wang)

    assert (told.subject, told.text, told.url) == ("Waiver waits", "From Li.", "/approvals/7/")
    assert operations.deliver_due(now=NOW) == 1
    assert operations.deliver_due(now=NOW) == 0
    (sent,) = mail.outbox
    assert sent.to == ["wang@example.com"]
    assert sent.body.startswith("From Li.\n\nhttp")
    assert sent.body.endswith("/approvals/7/")
    assert Delivery.objects.get().state == OutgoingState.SENT


def test_neither_the_doer_nor_a_leaver_is_told(notice: Notice, wang: User) -> None:
    gone = add_user("gone", email="gone@example.com")
    people.set_active(actor=access.SYSTEM, user_id=gone.pk, is_active=False, now=NOW)

    told = operations.notify(
        kind=notice.key,
        to=[wang.pk, gone.pk],
        url="",
        context={},
        now=NOW,
        actor=actor_of(wang),
    )

    assert told == []
    assert Notification.objects.count() == Delivery.objects.count() == 0


def test_a_subject_stays_one_line(notice: Notice, wang: User) -> None:
    (told,) = tell(notice, wang, title="a\nBcc: x@example.com")

    assert told.subject == "a Bcc: x@example.com waits"


def test_without_an_address_there_is_no_mail(notice: Notice, tenant: Company) -> None:
    tell(notice, add_user("li"))

    assert Notification.objects.count() == 1
    assert Delivery.objects.count() == 0


def choose(user: User, *kinds: str, hours: tuple[time | None, time | None] = (None, None)) -> None:
    operations.set_choices(
        actor=actor_of(user), by_mail=kinds, starts_at=hours[0], ends_at=hours[1], now=NOW
    )


def test_a_person_chooses_which_kinds_come_by_mail(notice: Notice, wang: User) -> None:
    choose(wang, "no.such")
    tell(notice, wang)
    chosen = {choice.notice.key: choice.by_mail for choice in queries.choices(actor=actor_of(wang))}

    assert Delivery.objects.count() == 0
    assert chosen[notice.key] is False
    assert "no.such" not in chosen


def test_quiet_hours_hold_a_mail_until_morning(notice: Notice, wang: User) -> None:
    choose(wang, notice.key, hours=(time(22), time(7)))
    tell(notice, wang, now=NIGHT)

    assert operations.deliver_due(now=NIGHT) == 0
    assert operations.deliver_due(now=NIGHT + timedelta(hours=8)) == 1


def test_what_failed_in_the_evening_is_not_tried_again_at_night(notice: Notice, wang: User) -> None:
    choose(wang, notice.key, hours=(time(22), time(7)))
    evening = NIGHT.replace(hour=13, minute=57)  # 21:57 at the company
    tell(notice, wang, now=evening)
    with mock.patch.object(operations, "send_mail", side_effect=SMTPServerDisconnected("gone")):
        operations.deliver_due(now=evening)
        operations.deliver_due(now=evening + timedelta(minutes=2))

    assert operations.deliver_due(now=evening + timedelta(minutes=30)) == 0

    waiting = Delivery.objects.get()
    assert (waiting.state, waiting.attempts) == (OutgoingState.WAITING, 2)
    assert waiting.due_at == datetime(2026, 11, 9, 23, 0, tzinfo=UTC)
    assert operations.deliver_due(now=waiting.due_at) == 1


def test_hours_set_while_a_mail_waits_count(notice: Notice, wang: User) -> None:
    tell(notice, wang, now=NIGHT)
    choose(wang, notice.key, hours=(time(22), time(7)))

    assert operations.deliver_due(now=NIGHT) == 0
    assert Delivery.objects.get().attempts == 0
    assert operations.deliver_due(now=NIGHT + timedelta(hours=8)) == 1


def test_half_of_quiet_hours_is_refused(wang: User) -> None:
    for starts_at, ends_at in ((time(22), None), (None, time(7)), (time(7), time(7))):
        with pytest.raises(operations.QuietHoursInvalid):
            choose(wang, hours=(starts_at, ends_at))
    assert queries.quiet_hours(actor=actor_of(wang)) is None


def test_a_mail_server_that_is_down_is_tried_again_and_given_up_after_a_day(
    notice: Notice, wang: User
) -> None:
    tell(notice, wang)
    now = NOW
    with mock.patch.object(
        operations, "send_mail", side_effect=SMTPServerDisconnected("gone")
    ) as send:
        for _day in range(12):
            operations.deliver_due(now=now)
            now += timedelta(hours=17)
    delivery = Delivery.objects.get()

    assert delivery.state == OutgoingState.FAILED
    assert delivery.attempts == send.call_count == 7
    assert delivery.error == "SMTPServerDisconnected: gone"


def test_notices_are_read_by_their_owner_only(notice: Notice, wang: User) -> None:
    (told,) = tell(notice, wang)
    other = actor_of(add_user("li"))

    assert operations.mark_read(actor=other, ids=[told.pk], now=NOW) == 0
    assert queries.count_unread(actor=actor_of(wang)) == 1
    assert operations.mark_read(actor=actor_of(wang), now=NOW) == 1
    assert queries.count_unread(actor=actor_of(wang)) == 0


def test_a_company_words_its_own_notices(notice: Notice, wang: User) -> None:
    admin = add_actor("xujing", "company_admin")
    operations.reword(
        actor=admin,
        kind=notice.key,
        language="zh-hans",
        subject="请审批:%(title)s",
        text="%(by)s 提交",
        now=NOW,
    )
    (told,) = tell(notice, wang)
    operations.restore_wording(actor=admin, kind=notice.key, language="zh-hans", now=NOW)
    (again,) = tell(notice, wang)

    assert (told.subject, told.text) == ("请审批:Waiver", "Li 提交")
    assert again.subject == "Waiver waits"


@pytest.mark.parametrize(
    ("subject", "text", "field"),
    [
        ("%(secret)s", "", "subject"),
        ("ok", "%(secret)s", "text"),
        (" ", "x", "subject"),
        ("s" * 201, "", "subject"),
        ("s", "t" * 2001, "text"),
    ],
)
def test_words_that_cannot_be_filled_are_refused(
    notice: Notice, tenant: Company, subject: str, text: str, field: str
) -> None:
    admin = add_actor("xujing", "company_admin")

    with pytest.raises(operations.WordingInvalid) as refused:
        operations.reword(
            actor=admin,
            kind=notice.key,
            language="en",
            subject=subject,
            text=text,
            now=NOW,
        )

    assert refused.value.field == field
    assert all(words.own is None for words in queries.wordings(actor=admin, language="en"))


def test_only_who_configures_the_company_words_notices(notice: Notice, wang: User) -> None:
    with pytest.raises(access.ActionDenied):
        operations.reword(
            actor=actor_of(wang), kind=notice.key, language="en", subject="x", text="", now=NOW
        )


def test_two_workers_send_a_mail_once(notice: Notice, committed_tenant: Company) -> None:
    wang = add_user("wang", email="wang@example.com")
    for _time in range(20):
        tell(notice, wang)
    sent: list[str] = []

    def work() -> None:
        tenant_connection.set_tenant(committed_tenant)
        try:
            operations.deliver_due(now=NOW)
        finally:
            connection.close()

    with mock.patch.object(
        operations, "send_mail", side_effect=lambda subject, *_rest: sent.append(subject)
    ):
        workers = [threading.Thread(target=work) for _number in range(2)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()

    assert len(sent) == 20
    assert Delivery.objects.filter(state=OutgoingState.SENT).count() == 20
