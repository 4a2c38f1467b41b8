"""Links to set a password: once, in time, in one company. Nobody sets another's password."""

import time
from datetime import datetime

import pytest
from django.core import mail, signing
from django.utils import translation
from django_tenants.utils import tenant_context

from kernel import access
from kernel.access import operations, passwords
from kernel.access import tasks as access_tasks  # noqa: F401 - registers the handler
from kernel.access.models import User
from kernel.audit.models import AuditEntry
from kernel.errors import NotFound
from kernel.jobs import runner
from kernel.jobs.models import Job, JobState
from tenants.companies.models import Company
from tests.factories import NOW, PASSWORD, add_actor, add_user


@pytest.fixture
def wang(tenant: Company) -> User:
    return User.objects.get(pk=add_user("wang", email="wang@example.com").pk)


def clock() -> datetime:
    return NOW


def test_a_link_sets_the_password_once(wang: User) -> None:
    token = passwords.make_link_token(wang)

    passwords.set_by_link(token=token, password="another-good-one", now=NOW)

    assert User.objects.get(pk=wang.pk).check_password("another-good-one")
    with pytest.raises(passwords.LinkInvalid):
        passwords.set_by_link(token=token, password="a-third-good-one", now=NOW)
    assert User.objects.get(pk=wang.pk).check_password("another-good-one")
    entry = AuditEntry.objects.latest("pk")
    assert (entry.event, entry.actor_id) == ("access.password.set", wang.pk)


def test_a_link_of_alpha_is_void_in_beta_even_for_an_equal_twin(
    wang: User, companies: dict[str, Company]
) -> None:
    token = passwords.make_link_token(wang)

    with tenant_context(companies["beta"]):
        twin = User(pk=wang.pk, username="wang", name="wang", email=wang.email, created_at=NOW)
        twin.password = wang.password  # equal hashes, as after copying a company
        twin.save(force_insert=True)
        with pytest.raises(passwords.LinkInvalid):
            passwords.read_link_token(token)
        with pytest.raises(passwords.LinkInvalid):
            passwords.set_by_link(token=token, password="another-good-one", now=NOW)

        assert User.objects.get(pk=wang.pk).check_password(PASSWORD)


@pytest.mark.parametrize("change", ["email", "password", "last_login", "is_active"])
def test_a_link_is_void_when_the_account_has_changed(wang: User, change: str) -> None:
    token = passwords.make_link_token(wang)
    values = {"email": "new@example.com", "password": "x", "last_login": NOW, "is_active": False}

    User.objects.filter(pk=wang.pk).update(**{change: values[change]})

    with pytest.raises(passwords.LinkInvalid):
        passwords.read_link_token(token)


@pytest.mark.parametrize(
    "token",
    ["", "x", "a:b:c", signing.dumps({"user": 1, "state": ""})],
    ids=["empty", "letter", "parts", "unsalted"],
)
def test_a_made_up_link_is_void(wang: User, token: str) -> None:
    with pytest.raises(passwords.LinkInvalid):
        passwords.read_link_token(token)


@pytest.mark.parametrize(
    ("has_password", "age", "stands"),
    [
        (True, passwords.RESET_SECONDS - 60, True),
        (True, passwords.RESET_SECONDS + 60, False),
        (False, passwords.RESET_SECONDS + 60, True),
        (False, passwords.INVITATION_SECONDS - 60, True),
        (False, passwords.INVITATION_SECONDS + 60, False),
    ],
)
def test_a_link_lives_an_hour_and_an_invitation_three_days(
    wang: User,
    monkeypatch: pytest.MonkeyPatch,
    has_password: bool,  # noqa: FBT001
    age: int,
    stands: bool,  # noqa: FBT001
) -> None:
    if not has_password:
        wang.set_unusable_password()
        wang.save()
    token = passwords.make_link_token(wang)

    later = time.time() + age
    monkeypatch.setattr("django.core.signing.time.time", lambda: later)

    if stands:
        assert passwords.read_link_token(token) == wang
    else:
        with pytest.raises(passwords.LinkInvalid):
            passwords.read_link_token(token)


@pytest.mark.parametrize("password", ["short", "wang@example", "1234567890", "password123"])
def test_a_weak_password_is_refused_and_the_link_stays(wang: User, password: str) -> None:
    token = passwords.make_link_token(wang)

    with pytest.raises(passwords.PasswordWeak):
        passwords.set_by_link(token=token, password=password, now=NOW)

    assert User.objects.get(pk=wang.pk).check_password(PASSWORD)
    assert passwords.read_link_token(token) == wang


def test_changing_needs_the_present_password(wang: User) -> None:
    with pytest.raises(passwords.PasswordWrong):
        passwords.change(user_id=wang.pk, current="no", password="another-good-one", now=NOW)
    with pytest.raises(passwords.PasswordWeak):
        passwords.change(user_id=wang.pk, current=PASSWORD, password="short", now=NOW)

    assert User.objects.get(pk=wang.pk).check_password(PASSWORD)
    assert not AuditEntry.objects.filter(event="access.password.changed").exists()

    passwords.change(user_id=wang.pk, current=PASSWORD, password="another-good-one", now=NOW)

    assert User.objects.get(pk=wang.pk).check_password("another-good-one")


@pytest.mark.parametrize("login", ["wang", "WANG", " wang@example.com "])
def test_the_mail_goes_to_whoever_has_the_name_or_address(
    wang: User, companies: dict[str, Company], login: str
) -> None:
    passwords.request_link(actor=access.Actor(label="anonymous"), login=login, now=NOW)

    job = Job.objects.get()
    assert runner.run(job.pk, clock) == JobState.DONE

    (message,) = mail.outbox
    assert message.to == ["wang@example.com"]
    assert "http://alpha.test:8000/password/" in message.body
    assert Job.objects.get().params == {}  # what was typed is forgotten


def test_asking_for_somebody_who_is_not_here_makes_a_job_and_no_mail(tenant: Company) -> None:
    for login in ("nobody", "nobody@example.com"):
        passwords.request_link(actor=access.Actor(label="anonymous"), login=login, now=NOW)

    for job in Job.objects.all():
        assert runner.run(job.pk, clock) == JobState.DONE

    assert Job.objects.count() == 2
    assert mail.outbox == []


def test_people_without_address_or_access_get_no_mail(wang: User) -> None:
    User.objects.filter(pk=wang.pk).update(is_active=False)
    add_user("li")

    for login in ("wang", "li", ""):
        passwords.request_link(actor=access.Actor(label="anonymous"), login=login, now=NOW)
    for job in Job.objects.all():
        runner.run(job.pk, clock)

    assert mail.outbox == []


def test_the_mail_speaks_the_persons_language_and_names_no_foreign_host(wang: User) -> None:
    wang.language = User.Language.EN
    wang.save()
    with translation.override("zh-hans"):
        passwords.send_link(actor=access.SYSTEM, user_id=wang.pk, now=NOW)
        runner.run(Job.objects.get().pk, clock)

    (message,) = mail.outbox
    assert message.subject == "Set a new password, Alpha"
    assert "works once and for 1 hour." in message.body
    assert "If it was not you" in message.body


def test_a_company_name_cannot_add_headers_to_a_mail(wang: User, tenant: Company) -> None:
    tenant.name = tenant.name_en = "Alpha\r\nBcc: thief@example.com"
    passwords.send_link(actor=access.SYSTEM, user_id=wang.pk, now=NOW)

    runner.run(Job.objects.get().pk, clock)

    (message,) = mail.outbox
    assert "\n" not in message.subject
    assert message.recipients() == ["wang@example.com"]


def test_sending_a_link_is_refused_without_the_action(wang: User) -> None:
    collector = add_actor("zhou", "collector")

    with pytest.raises(access.ActionDenied):
        passwords.send_link(actor=collector, user_id=wang.pk, now=NOW)
    with pytest.raises(NotFound):
        passwords.send_link(actor=access.SYSTEM, user_id=0, now=NOW)
    with pytest.raises(passwords.EmailMissing):
        passwords.send_link(actor=access.SYSTEM, user_id=collector.user_id or 0, now=NOW)

    assert Job.objects.count() == 0


def test_a_person_added_without_password_cannot_sign_in(tenant: Company) -> None:
    user = operations.invite_user(
        actor=access.SYSTEM, username="chen", name="陈新", email="chen@example.com", now=NOW
    )

    assert not user.has_usable_password()
    assert not user.check_password("")
    assert Job.objects.get().params == {"user_id": user.pk}
