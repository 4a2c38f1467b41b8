"""Whoever signs in is told of every change to how he does, and nothing keeps it from him."""

from collections.abc import Callable
from datetime import time
from unittest import mock

import pytest
from django.core import mail
from django.db import transaction

from kernel import access
from kernel.access import operations as people
from kernel.access import passwords
from kernel.access.models import User
from kernel.access.queries import actor_for
from kernel.identity import totp
from kernel.identity.models import RecoveryCode
from kernel.identity.operations import factors, passkeys
from kernel.notifications import channels, operations, queries
from kernel.notifications.models import ChannelPost, Delivery, Notification
from kernel.notifications.registry import notice_of, notices
from kernel.outgoing import OutgoingState
from tenants.companies.models import Company
from tests.factories import NOW, PASSWORD, TODAY, add_actor, add_user
from tests.passkeys import SoftKey

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
CODE = totp.code_at(SECRET, totp.step_of(NOW))
ANOTHER = "another-good-password"
ADDRESS = "203.0.113.9"
HERE = passkeys.Place(host="alpha.test", origin="https://alpha.test")


@pytest.fixture
def wang(tenant: Company) -> User:
    """A person who wants no mails, and none at any hour."""
    user = add_user("wang", name="Wang", email="wang@example.com")
    people.set_preferences(user_id=user.pk, language="en")
    operations.set_choices(
        actor=actor_for(user=user, today=TODAY),
        by_mail=[],
        starts_at=time(0),
        ends_at=time(23, 59),
        now=NOW,
    )
    return User.objects.get(pk=user.pk)


@pytest.fixture
def admin(tenant: Company) -> access.Actor:
    add_actor("xujing", "company_admin")
    user = User.objects.get(username="xujing")
    return actor_for(user=user, today=TODAY, address=ADDRESS)


def enrol(user: User) -> list[str]:
    return factors.enrol_app(user_id=user.pk, secret=SECRET, code=CODE, address=ADDRESS, now=NOW)


def add_passkey(user: User) -> int:
    options, state = passkeys.begin_registration(user=user, place=HERE)
    made, _codes = passkeys.finish_registration(
        user_id=user.pk,
        place=HERE,
        name="Telephone",
        state=state,
        answer=SoftKey(HERE.host, HERE.origin).register(options),
        address=ADDRESS,
        now=NOW,
    )
    return made.pk


def change_password(user: User) -> None:
    passwords.change(user_id=user.pk, current=PASSWORD, password=ANOTHER, address=ADDRESS, now=NOW)


def set_by_link(user: User) -> None:
    token = passwords.make_link_token(user)
    passwords.set_by_link(token=token, password=ANOTHER, address=ADDRESS, now=NOW)


def replace_first(user: User) -> None:
    passwords.make_first(actor=access.SYSTEM, user_id=user.pk, now=NOW)
    passwords.replace_first(user_id=user.pk, password=ANOTHER, address=ADDRESS, now=NOW)


def renew_codes(user: User) -> None:
    enrol(user)
    factors.renew_recovery_codes(user_id=user.pk, address=ADDRESS, now=NOW)


def use_code(user: User) -> None:
    code = enrol(user)[0]
    factors.use_recovery_code(user_id=user.pk, code=code, address=ADDRESS, now=NOW)


def remove_app(user: User) -> None:
    enrol(user)
    factors.remove_app(user_id=user.pk, address=ADDRESS, now=NOW)


def remove_passkey(user: User) -> None:
    passkeys.remove(user_id=user.pk, passkey_id=add_passkey(user), address=ADDRESS, now=NOW)


@pytest.mark.parametrize(
    ("kind", "change"),
    [
        ("access.password-changed", change_password),
        ("access.password-changed", replace_first),
        ("access.password-reset", set_by_link),
        ("identity.app-enrolled", enrol),
        ("identity.app-removed", remove_app),
        ("identity.passkey-added", add_passkey),
        ("identity.passkey-removed", remove_passkey),
        ("identity.recovery-codes-renewed", renew_codes),
        ("identity.recovery-code-used", use_code),
    ],
)
def test_what_somebody_does_to_his_own_account_is_told_to_him(
    wang: User, kind: str, change: Callable[[User], object]
) -> None:
    change(wang)

    told = Notification.objects.filter(user=wang).latest("pk")
    delivery = Delivery.objects.get(notification=told)
    assert told.kind == kind
    assert told.subject == str(notice_of(kind).subject).replace("%(passkey)s", "Telephone")
    assert (
        "Account: Wang (wang). Done by Wang (wang) on 2026-11-09 10:00, from the address "
        "203.0.113.9." in told.text
    )
    assert "tell a company administrator at once" in told.text
    assert "%(" not in told.text
    assert (delivery.address, delivery.due_at) == ("wang@example.com", NOW)


@pytest.mark.parametrize(
    ("kind", "change"),
    [
        (
            "access.first-password-made",
            lambda actor, user: passwords.make_first(actor=actor, user_id=user.pk, now=NOW),
        ),
        (
            "access.email-changed",
            lambda actor, user: people.change_user(
                actor=actor, user_id=user.pk, name="Wang", email="new@example.com", now=NOW
            ),
        ),
        (
            "identity.factor-reset",
            lambda actor, user: factors.reset(actor=actor, user_id=user.pk, now=NOW),
        ),
    ],
)
def test_what_an_administrator_does_to_an_account_is_told_to_its_person(
    wang: User, admin: access.Actor, kind: str, change: Callable[[access.Actor, User], object]
) -> None:
    change(admin, wang)

    told = Notification.objects.get()
    assert (told.user_id, told.kind, told.is_urgent) == (wang.pk, kind, True)
    assert f"Done by xujing (xujing) on 2026-11-09 10:00, from the address {ADDRESS}." in told.text


def test_the_words_hold_no_secret(wang: User, admin: access.Actor) -> None:
    codes = enrol(wang)
    codes += factors.renew_recovery_codes(user_id=wang.pk, now=NOW)
    factors.use_recovery_code(user_id=wang.pk, code=codes[-1], now=NOW)
    _user, first = passwords.make_first(actor=admin, user_id=wang.pk, now=NOW)
    passwords.replace_first(user_id=wang.pk, password=ANOTHER, now=NOW)

    said = "\n".join(
        f"{subject}\n{text}"
        for subject, text in Notification.objects.values_list("subject", "text")
    )
    assert Notification.objects.count() == 5
    for secret in (*codes, SECRET, CODE, first, ANOTHER, PASSWORD):
        assert secret not in said


def test_the_notice_stands_or_falls_with_the_change(wang: User) -> None:
    with transaction.atomic():
        change_password(wang)
        transaction.set_rollback(True)
    assert Notification.objects.count() == Delivery.objects.count() == 0

    with (
        mock.patch.object(operations, "warn", side_effect=ZeroDivisionError),
        pytest.raises(ZeroDivisionError),
    ):
        change_password(wang)
    assert User.objects.get(pk=wang.pk).check_password(PASSWORD)


def test_a_change_that_is_refused_is_not_told(wang: User, admin: access.Actor) -> None:
    with pytest.raises(passwords.PasswordWrong):
        passwords.change(user_id=wang.pk, current="no", password=ANOTHER, now=NOW)
    factors.remove_app(user_id=wang.pk, now=NOW)  # there is none
    people.change_user(actor=admin, user_id=wang.pk, name="Wáng", email=wang.email, now=NOW)

    assert Notification.objects.count() == 0


def test_a_new_address_is_told_at_the_one_before_as_well(wang: User, admin: access.Actor) -> None:
    people.change_user(actor=admin, user_id=wang.pk, name="Wang", email="new@example.com", now=NOW)
    operations.deliver_due(now=NOW)

    assert sorted(sent.to[0] for sent in mail.outbox) == ["new@example.com", "wang@example.com"]
    assert not any("new@example.com" in sent.body for sent in mail.outbox)


def test_an_address_that_is_taken_away_is_the_last_to_hear_of_it(
    wang: User, admin: access.Actor
) -> None:
    people.change_user(actor=admin, user_id=wang.pk, name="Wang", email="", now=NOW)

    assert Delivery.objects.get().address == "wang@example.com"


def test_the_platform_is_named_where_it_corrects_an_address(tenant: Company) -> None:
    user = people.add_user(
        actor=access.SYSTEM, username="first", name="First", email="old@example.com", now=NOW
    )
    people.set_preferences(user_id=user.pk, language="en")

    passwords.invite_again(username="first", email="right@example.com", now=NOW)

    told = Notification.objects.get()
    assert "Done by the operator of the platform on" in told.text
    assert "from the address not known." in told.text
    assert set(told.deliveries.values_list("address", flat=True)) == {
        "old@example.com",
        "right@example.com",
    }


def test_who_takes_the_account_over_cannot_turn_the_mail_aside(
    wang: User, admin: access.Actor
) -> None:
    """Shut out and at another address by the time that the mail is sent, he still gets it."""
    people.set_active(actor=admin, user_id=wang.pk, is_active=False, now=NOW)
    factors.reset(actor=admin, user_id=wang.pk, now=NOW)
    User.objects.filter(pk=wang.pk).update(email="thief@example.com")

    operations.deliver_due(now=NOW)

    (sent,) = mail.outbox
    assert sent.to == ["wang@example.com"]
    assert Delivery.objects.get().state == OutgoingState.SENT


def test_no_choice_no_wording_and_no_robot_touches_a_security_notice(
    wang: User, admin: access.Actor
) -> None:
    kind = "identity.factor-reset"
    robot = channels.add_channel(
        actor=admin,
        kind="wecom",
        name="Team",
        key="key=0123456789",
        secret="",
        language="en",
        project_id=None,
        kinds=["identity.token-expires"],
        now=NOW,
    )
    robot.kinds = [kind]  # as a release before may have kept it
    robot.save(update_fields=["kinds"])

    factors.reset(actor=admin, user_id=wang.pk, now=NOW)

    assert ChannelPost.objects.count() == 0
    chosen = queries.choices(actor=actor_for(user=wang, today=TODAY))
    assert {choice.by_mail for choice in chosen if choice.notice.is_security} == {True}
    assert not any(choice.by_mail for choice in chosen if not choice.notice.is_security)
    with pytest.raises(operations.KindUnknown):
        operations.reword(
            actor=admin, kind=kind, language="en", subject="All is well", text="", now=NOW
        )
    with pytest.raises(channels.ChannelInvalid):
        channels.change_channel(
            actor=admin,
            channel_id=robot.pk,
            name="Team",
            language="en",
            kinds=[kind],
            is_active=True,
            now=NOW,
        )
    listed = {words.notice.key for words in queries.wordings(actor=admin, language="en")}
    assert not any(notice.is_security and notice.key in listed for notice in notices())


def test_each_way_of_telling_keeps_to_its_kinds(wang: User) -> None:
    with pytest.raises(KeyError):
        operations.notify(kind="identity.factor-reset", to=[wang.pk], url="", context={}, now=NOW)
    with pytest.raises(KeyError):
        operations.warn(kind="identity.token-expires", user=wang, url="", context={}, now=NOW)
    assert Notification.objects.count() == 0


def test_codes_that_are_left_are_counted(wang: User) -> None:
    use_code(wang)

    assert RecoveryCode.objects.filter(used_at=None).count() == 9
    assert "Codes that are left: 9." in Notification.objects.latest("pk").text
