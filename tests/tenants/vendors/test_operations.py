"""Vendors sign in by themselves; their keys are theirs; a company sees none of it."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, transaction

from kernel import sealing
from kernel.identity import totp
from kernel.sealing import KeyPair, NotOpened
from tenants.companies.models import Company
from tenants.vendors import operations, queries
from tenants.vendors.models import (
    Membership,
    VendorAction,
    VendorInvitation,
    VendorLogin,
    VendorSession,
)
from tests.factories import NOW, PASSWORD

EMAIL = "dai@xinnuo.example"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
HOME, AWAY = "192.0.2.1", "203.0.113.9"
OTHER = "Anders-Wort-2026"


@pytest.fixture
def company(db: None) -> Company:
    company: Company = Company.objects.create(
        schema_name="t_vendors000",
        slug="vendors-test",
        name="青禾物业",
        status="ACTIVE",
        created_at=NOW,
    )
    return company


@pytest.fixture
def dai(company: Company) -> VendorLogin:
    key = operations.invite(company_id=company.pk, contact_id=7, email=EMAIL, now=NOW)
    login, _membership = operations.accept_new(
        key=key, name="戴立群", password=PASSWORD, language="zh-hans", now=NOW
    )
    return login


def sign_in(password: str = PASSWORD, later: float = 0, address: str = HOME) -> str:
    now = NOW + timedelta(minutes=later)
    known = operations.check_password(
        email=f" {EMAIL.upper()} ", password=password, address=address, now=now
    )
    read = operations.read_ticket(operations.ticket_of(known))
    step = max(totp.step_of(now) - 1, read.login.app_last_step + 1)
    return operations.sign_in(
        known=read, code=totp.code_at(SECRET, step), new_secret=SECRET, address=address, now=now
    )


def keys_of(key: str, later: float = 0) -> KeyPair:
    found = queries.signed_in(key=key, now=NOW + timedelta(minutes=later))
    assert found is not None
    return found.keys


def test_an_invitation_makes_a_sign_in_and_a_way_to_the_company(
    dai: VendorLogin, company: Company
) -> None:
    assert dai.email == EMAIL
    assert [each.company for each in queries.memberships(login=dai)] == [company]
    assert VendorInvitation.objects.get().used_at == NOW


def test_a_session_carries_the_persons_own_key_and_the_database_alone_does_not(
    dai: VendorLogin,
) -> None:
    key = sign_in()
    sealed = sealing.seal(
        b"28.90", to=bytes(VendorLogin.objects.get().public_key or b""), about=b""
    )

    assert sealing.unseal(sealed, key=keys_of(key), about=b"") == b"28.90"
    stored = VendorSession.objects.get()
    assert stored.digest != key
    with pytest.raises(NotOpened):
        sealing.unwrap(bytes(stored.wrapped_key), token=stored.digest)


def test_a_session_ends_by_itself_and_by_signing_out(dai: VendorLogin) -> None:
    key = sign_in()

    assert queries.signed_in(key=key, now=NOW + timedelta(hours=12)) is None
    operations.sign_out(key=key)
    assert queries.signed_in(key=key, now=NOW) is None


@pytest.mark.parametrize(
    ("email", "password"), [(EMAIL, "wrong"), ("nobody@example.com", PASSWORD)]
)
def test_a_refusal_tells_nothing(dai: VendorLogin, email: str, password: str) -> None:
    with pytest.raises(operations.SignInRefused) as refused:
        operations.check_password(email=email, password=password, address=HOME, now=NOW)

    assert str(refused.value) == "The e-mail address or the password is not right."


def test_five_failures_make_that_address_wait_and_no_other(dai: VendorLogin) -> None:
    for _ in range(5):
        with pytest.raises(operations.SignInRefused):
            sign_in("wrong", address=AWAY)

    with pytest.raises(operations.SignInRefused):
        sign_in(address=AWAY, later=0.4)
    assert sign_in(address=HOME, later=0.4)


def test_a_code_opens_once(dai: VendorLogin) -> None:
    sign_in()
    known = operations.check_password(email=EMAIL, password=PASSWORD, address=HOME, now=NOW)

    with pytest.raises(operations.CodeWrong):
        operations.sign_in(
            known=known,
            code=totp.code_at(SECRET, VendorLogin.objects.get().app_last_step),
            address=HOME,
            now=NOW,
        )


def test_a_ticket_is_void_once_it_was_used(dai: VendorLogin) -> None:
    known = operations.check_password(email=EMAIL, password=PASSWORD, address=HOME, now=NOW)
    ticket = operations.ticket_of(known)
    sign_in()

    with pytest.raises(operations.SignInRefused):
        operations.read_ticket(ticket)


def test_a_changed_password_keeps_the_key_and_ends_other_sessions(dai: VendorLogin) -> None:
    here = sign_in()
    there = sign_in(later=1)
    before = keys_of(here)

    operations.change_password(
        login_id=dai.pk, session_key=here, current=PASSWORD, password=OTHER, now=NOW
    )

    assert keys_of(here) == before
    assert queries.signed_in(key=there, now=NOW) is None
    assert keys_of(sign_in(OTHER, later=2), later=2) == before


def test_a_reset_password_makes_a_new_key_that_opens_nothing_old(dai: VendorLogin) -> None:
    before = keys_of(sign_in())
    sealed = sealing.seal(b"28.90", to=before.public, about=b"")
    token = operations.reset_token(VendorLogin.objects.get())

    operations.reset_password(token=token, password=OTHER, now=NOW)

    assert not VendorSession.objects.exists()
    with pytest.raises(NotOpened):
        sealing.unseal(sealed, key=keys_of(sign_in(OTHER, later=1), later=1), about=b"")
    with pytest.raises(operations.LinkInvalid):
        operations.reset_password(token=token, password=PASSWORD, now=NOW)


def test_a_link_opens_once_and_not_for_ever(company: Company) -> None:
    key = operations.invite(company_id=company.pk, contact_id=7, email=EMAIL, now=NOW)

    with pytest.raises(operations.LinkInvalid):
        operations.read_invitation(key=key, now=NOW + timedelta(days=14))
    operations.accept_new(key=key, name="戴立群", password=PASSWORD, language="en", now=NOW)
    with pytest.raises(operations.LinkInvalid):
        operations.accept_new(key=key, name="戴立群", password=PASSWORD, language="en", now=NOW)


def test_a_second_company_is_joined_with_the_same_sign_in(
    dai: VendorLogin, company: Company
) -> None:
    second = Company.objects.create(
        schema_name="t_vendors001", slug="second", name="远山物业", status="ACTIVE", created_at=NOW
    )
    key = operations.invite(company_id=second.pk, contact_id=3, email=EMAIL.upper(), now=NOW)

    with pytest.raises(operations.OtherAddress):
        operations.accept_new(key=key, name="戴立群", password=OTHER, language="en", now=NOW)
    operations.accept(key=key, login=dai, now=NOW)

    assert [each.company for each in queries.memberships(login=dai)] == [second, company]
    assert VendorLogin.objects.count() == 1


def test_an_invitation_to_another_address_is_not_taken_up(
    dai: VendorLogin, company: Company
) -> None:
    key = operations.invite(company_id=company.pk, contact_id=8, email="x@example.com", now=NOW)

    with pytest.raises(operations.OtherAddress):
        operations.accept(key=key, login=dai, now=NOW)


def test_an_earlier_link_is_void_when_a_new_one_is_sent(company: Company) -> None:
    first = operations.invite(company_id=company.pk, contact_id=7, email=EMAIL, now=NOW)
    operations.invite(company_id=company.pk, contact_id=7, email=EMAIL, now=NOW)

    with pytest.raises(operations.LinkInvalid):
        operations.read_invitation(key=first, now=NOW)


def test_a_contact_who_is_shut_out_has_no_way_in_any_more(
    dai: VendorLogin, company: Company
) -> None:
    operations.withdraw(company_id=company.pk, contact_id=7, now=NOW)

    assert not queries.memberships(login=dai)
    assert Membership.objects.get().ended_at == NOW


def test_a_suspended_company_is_not_offered(dai: VendorLogin, company: Company) -> None:
    Company.objects.filter(pk=company.pk).update(status="SUSPENDED")

    assert not queries.memberships(login=dai)


def test_the_log_of_sign_ins_is_not_rewritten(dai: VendorLogin) -> None:
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        VendorAction.objects.update(event="nothing")

    assert set(VendorAction.objects.values_list("event", flat=True)) == {
        "login.made",
        "membership.begun",
    }


def test_a_lost_app_is_taken_away_by_command_and_another_set_up(dai: VendorLogin) -> None:
    key = sign_in()

    call_command("vendor_login", "reset-app", EMAIL.upper(), stdout=StringIO())

    assert queries.signed_in(key=key, now=NOW) is None
    assert VendorLogin.objects.get().app_secret_encrypted == ""
    assert sign_in(later=1)
    assert VendorAction.objects.filter(event="login.app-reset", login_id=dai.pk).count() == 1


def test_whoever_is_shut_out_is_out_at_once_until_he_is_let_in(dai: VendorLogin) -> None:
    key = sign_in()

    call_command("vendor_login", "out", EMAIL, stdout=StringIO())

    assert queries.signed_in(key=key, now=NOW) is None
    with pytest.raises(operations.SignInRefused):
        sign_in(later=1)
    call_command("vendor_login", "in", EMAIL, stdout=StringIO())
    assert sign_in(later=2)


@pytest.mark.parametrize("verb", ["reset-app", "out", "in"])
def test_a_command_for_nobody_says_so(dai: VendorLogin, verb: str) -> None:
    with pytest.raises(CommandError, match="no such sign-in"):
        call_command("vendor_login", verb, "nobody@example.com")
