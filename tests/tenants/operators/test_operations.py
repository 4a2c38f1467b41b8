"""Operators sign in by themselves: five tries, one session each, nothing told."""

import io
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command

from tenants.operators import operations
from tenants.operators.models import Operator, OperatorAction, OperatorSession
from tenants.operators.queries import operator_of_session
from tests.factories import NOW, PASSWORD


@pytest.fixture
def ops(db: None) -> Operator:
    return operations.add_operator(
        by="test", username="Ops", name="Olga", password=PASSWORD, now=NOW
    )


def sign_in(username: str = "ops", password: str = PASSWORD, later: int = 0) -> str:
    return operations.sign_in(
        username=username, password=password, now=NOW + timedelta(minutes=later)
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


def test_five_failures_lock_for_a_quarter_of_an_hour(ops: Operator) -> None:
    for _ in range(operations.MOST_FAILURES):
        with pytest.raises(operations.SignInRefused):
            sign_in(password="wrong")

    with pytest.raises(operations.SignInRefused):
        sign_in(later=14)
    assert sign_in(later=16)
    assert OperatorAction.objects.filter(event="operator.locked").count() == 1


def test_failures_count_in_a_row_only(ops: Operator) -> None:
    for _ in range(3):
        for _ in range(operations.MOST_FAILURES - 1):
            with pytest.raises(operations.SignInRefused):
                sign_in(password="wrong")
        assert sign_in()


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
