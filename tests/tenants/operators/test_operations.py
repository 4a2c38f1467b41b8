"""Operators sign in by themselves, with an app: nobody locks another out, nothing is told."""

import io
from datetime import timedelta

import psycopg2
import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, transaction

from kernel.identity import totp
from tenants import attempts
from tenants.operators import operations
from tenants.operators.models import (
    Operator,
    OperatorAction,
    OperatorSession,
    SignInAttempt,
)
from tenants.operators.queries import operator_of_session
from tenants.provisioning.schema import owner_cursor
from tests.factories import NOW, PASSWORD


@pytest.fixture
def ops(db: None) -> Operator:
    return operations.add_operator(
        by="test", username="Ops", name="Olga", password=PASSWORD, now=NOW
    )


SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
HOME, AWAY = "192.0.2.1", "203.0.113.9"


def test_the_log_of_what_they_did_is_not_rewritten(ops: Operator) -> None:
    for change in (
        lambda: OperatorAction.objects.update(operator="somebody else"),
        lambda: OperatorAction.objects.all().delete(),
    ):
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            change()
    with owner_cursor() as cursor:  # rolled back by the first refusal
        cursor.execute(
            "INSERT INTO operators_operatoraction (at, operator, event, data)"
            " VALUES (now(), 'ops', 'x', '{}')"
        )
        with pytest.raises(psycopg2.IntegrityError):
            cursor.execute("UPDATE operators_operatoraction SET operator = 'somebody else'")

    assert OperatorAction.objects.get().event == "operator.added"


def sign_in(
    username: str = "ops", password: str = PASSWORD, later: float = 0, address: str = HOME
) -> str:
    """Sign in with password and app; the first time the app is set up."""
    now = NOW + timedelta(minutes=later)
    operator = operations.check_password(
        username=username, password=password, address=address, now=now
    )
    known = operations.operator_of_ticket(operations.ticket_of(operator))
    # The code of a half-minute that no sign-in before has used.
    step = max(totp.step_of(now) - 1, operator.app_last_step + 1)
    return operations.sign_in(
        operator_id=known.pk,
        code=totp.code_at(SECRET, step),
        new_secret=SECRET,
        address=address,
        now=now,
    )


def test_a_session_is_found_by_its_key_and_kept_as_a_digest(ops: Operator) -> None:
    key = sign_in(" OPS ")

    assert operator_of_session(key=key, now=NOW) == ops
    assert OperatorSession.objects.get().digest != key
    assert operator_of_session(key="", now=NOW) is None
    assert operator_of_session(key=OperatorSession.objects.get().digest, now=NOW) is None
    assert OperatorAction.objects.latest("pk").event == "operator.signed-in"


def test_a_session_ends_by_itself_and_by_signing_out(ops: Operator) -> None:
    key = sign_in()

    assert operator_of_session(key=key, now=NOW + timedelta(hours=7, minutes=59)) == ops
    assert operator_of_session(key=key, now=NOW + timedelta(hours=8)) is None
    operations.sign_out(key=key)
    assert operator_of_session(key=key, now=NOW) is None
    assert OperatorSession.objects.count() == 0


@pytest.mark.parametrize(("username", "password"), [("ops", "wrong"), ("nobody", PASSWORD)])
def test_a_refusal_tells_nothing(ops: Operator, username: str, password: str) -> None:
    with pytest.raises(operations.SignInRefused) as refused:
        sign_in(username, password)

    assert str(refused.value) == "The user name or the password is not right."
    assert OperatorSession.objects.count() == 0


@pytest.mark.parametrize(
    ("failures", "seconds"), [(0, 0), (4, 0), (5, 30), (6, 60), (9, 480), (10, 900), (500, 900)]
)
def test_each_failure_past_five_waits_twice_as_long(failures: int, seconds: int) -> None:
    assert attempts.wait_after(failures) == timedelta(seconds=seconds)


def fail(times: int, address: str, later: float = 0) -> None:
    for _ in range(times):
        with pytest.raises(operations.SignInRefused):
            sign_in(password="wrong", address=address, later=later)


def test_five_failures_make_that_address_wait_and_not_for_good(ops: Operator) -> None:
    fail(5, HOME)

    with pytest.raises(operations.SignInRefused):
        sign_in(later=0.4)
    assert sign_in(later=0.6)
    assert SignInAttempt.objects.count() == 0
    assert OperatorAction.objects.filter(event="operator.slowed").count() == 1


def test_a_stranger_elsewhere_never_locks_the_operator_out(ops: Operator) -> None:
    """Known fault: five failures from anywhere locked the account, again and again."""
    fail(200, AWAY)

    assert sign_in()
    with pytest.raises(operations.SignInRefused):
        sign_in(address=AWAY, later=0.4)


def test_tries_that_come_too_early_are_not_even_counted(ops: Operator) -> None:
    fail(50, HOME)

    assert SignInAttempt.objects.get().failures == 5


def test_failures_are_forgotten_after_a_day(ops: Operator) -> None:
    fail(5, AWAY)
    fail(1, HOME, later=24 * 60 + 1)

    assert list(SignInAttempt.objects.values_list("address", "failures")) == [(HOME, 1)]


def test_the_app_is_set_up_once_and_its_codes_open_once(ops: Operator) -> None:
    sign_in()
    operator = Operator.objects.get()
    assert SECRET not in operator.app_secret_encrypted
    step = operator.app_last_step

    for code, secret in (
        (totp.code_at(SECRET, step), SECRET),
        (totp.code_at("A" * 32, step + 1), "A" * 32),  # an app of the thief's
        ("", ""),
    ):
        with pytest.raises(operations.CodeWrong):
            operations.sign_in(
                operator_id=ops.pk, code=code, new_secret=secret, address=HOME, now=NOW
            )

    assert OperatorSession.objects.count() == 1
    assert SignInAttempt.objects.get().failures == 3


def test_without_the_code_there_is_no_session(ops: Operator) -> None:
    ticket = operations.ticket_of(
        operations.check_password(username="ops", password=PASSWORD, address=HOME, now=NOW)
    )
    assert OperatorSession.objects.count() == 0
    operations.set_password(by="test", username="ops", password="another-good-one", now=NOW)

    for void in (ticket, ticket[:-1], "", "x"):
        with pytest.raises(operations.SignInRefused):
            operations.operator_of_ticket(void)


def test_a_lost_app_is_reset_at_the_server(ops: Operator) -> None:
    key = sign_in()

    call_command("operator", "reset-app", "ops")

    assert operator_of_session(key=key, now=NOW) is None
    assert Operator.objects.get().app_secret_encrypted == ""
    assert sign_in(later=1)


def test_an_operator_shut_out_is_out_at_once(ops: Operator) -> None:
    key = sign_in()

    operations.set_active(by="test", username="ops", is_active=False, now=NOW)

    assert operator_of_session(key=key, now=NOW) is None
    with pytest.raises(operations.SignInRefused):
        sign_in()


def test_a_new_password_ends_the_sessions(ops: Operator) -> None:
    key = sign_in()

    operations.set_password(by="test", username="ops", password="another-good-one", now=NOW)

    assert operator_of_session(key=key, now=NOW) is None
    assert sign_in(password="another-good-one")


def test_a_weak_password_or_a_taken_name_is_refused(ops: Operator) -> None:
    with pytest.raises(operations.PasswordWeak):
        operations.add_operator(by="t", username="two", name="Two", password="short", now=NOW)
    with pytest.raises(operations.OperatorTaken):
        operations.add_operator(by="t", username="OPS", name="Two", password=PASSWORD, now=NOW)

    assert Operator.objects.count() == 1


def test_the_command_adds_an_operator_and_reads_the_password_from_a_pipe(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{PASSWORD}\n"))
    call_command("operator", "add", "ops", "--name=Olga", "--password-stdin")

    assert sign_in()
    monkeypatch.setattr("sys.stdin", io.StringIO("short\n"))
    with pytest.raises(CommandError):
        call_command("operator", "add", "two", "--name=Two", "--password-stdin")
    call_command("operator", "out", "ops")
    with pytest.raises(operations.SignInRefused):
        sign_in()
