"""Signing in with a second factor, proving again who one is, and what a thief would try."""

import re
import time
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from console.accounts import entry
from kernel import access
from kernel.access import operations as people
from kernel.access import passwords
from kernel.access.models import Post, PostAction, PostHolding, User
from kernel.identity import totp
from kernel.identity.models import AuthenticatorApp, SignIn
from kernel.identity.operations import factors
from kernel.limits import Limit
from kernel.notifications.models import Channel, Notification
from kernel.outbox.models import Endpoint
from kernel.security.models import SecurityEvent
from kernel.sessions import PROVED_AT
from kernel.tenancy import tenant_connection
from tenants.companies.models import Company
from tests.factories import PASSWORD, add_actor, add_user, hold_post

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


@pytest.fixture
def client(tenant: Company) -> Client:
    return Client(headers={"host": "alpha.test"})


def sign_in(client: Client, username: str = "wang", password: str = PASSWORD) -> Any:
    return send(client, "/sign-in/", username=username, password=password)


def send(client: Client, path: str, **data: Any) -> Any:
    company = tenant_connection.tenant
    try:
        return client.post(path, data)
    finally:
        tenant_connection.set_tenant(company)


def look(client: Client, path: str) -> Any:
    company = tenant_connection.tenant
    try:
        return client.get(path)
    finally:
        tenant_connection.set_tenant(company)


def with_app(username: str = "wang") -> tuple[User, list[str]]:
    user = add_user(username)
    before = timezone.now() - timedelta(minutes=30)
    code = totp.code_at(SECRET, totp.step_of(before))
    return user, factors.enrol_app(user_id=user.pk, secret=SECRET, code=code, now=before)


def code_now() -> str:
    return totp.code_at(SECRET, totp.step_of(timezone.now()))


def test_the_password_alone_opens_nothing(client: Client) -> None:
    with_app()

    answer = sign_in(client)

    assert (answer.status_code, answer.headers["Location"]) == (302, "/sign-in/factor/")
    assert look(client, "/c/account/").status_code == 302
    assert SignIn.objects.count() == 0
    answer = send(client, "/sign-in/factor/", code=code_now())
    assert answer.status_code == 302
    assert look(client, "/c/account/").status_code == 200
    assert SignIn.objects.get().method == "CODE"


def test_a_code_without_a_password_opens_nothing(client: Client) -> None:
    with_app()

    answer = send(client, "/sign-in/factor/", code=code_now())

    assert answer.headers["Location"] == "/sign-in/"
    assert SignIn.objects.count() == 0


def test_half_a_sign_in_is_void_once_the_password_is_another(client: Client) -> None:
    user, _codes = with_app()
    sign_in(client)
    passwords.change(
        user_id=user.pk, current=PASSWORD, password="quite-another-one", now=timezone.now()
    )

    assert send(client, "/sign-in/factor/", code=code_now()).headers["Location"] == "/sign-in/"
    assert SignIn.objects.count() == 0


def test_a_recovery_code_opens_and_is_said_to_have(client: Client) -> None:
    _user, codes = with_app()
    sign_in(client)

    assert send(client, "/sign-in/factor/", code=codes[3]).status_code == 302
    assert SignIn.objects.get().method == "RECOVERY"


def test_five_wrong_codes_are_enough(client: Client) -> None:
    with_app()
    sign_in(client)
    for _try in range(5):
        assert send(client, "/sign-in/factor/", code="000000").status_code == 422

    assert send(client, "/sign-in/factor/", code=code_now()).status_code == 429
    assert SignIn.objects.count() == 0


def test_who_has_the_password_fills_no_log_with_codes(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(entry, "FAILURES_OF_ADDRESS", Limit("test", 8, 60))
    with_app()
    sign_in(client)

    codes = [send(client, "/sign-in/factor/", code="000000").status_code for _try in range(12)]

    assert codes == [422] * 5 + [429] * 7
    noted = SecurityEvent.objects.values_list("kind", flat=True).order_by("pk")
    assert list(noted) == ["SIGN_IN_FAILED"] * 5 + ["LOCKED_OUT"] * 3


def test_who_guesses_at_an_open_screen_is_written_down(client: Client) -> None:
    """Known fault: whoever sat there tried proofs, and nothing told of it."""
    user = add_user("wang")
    sign_in(client)
    forget_proof(client)

    for _try in range(6):
        send(client, "/c/account/proof/", proof="guess")

    noted = SecurityEvent.objects.values_list("kind", "user_id", "path").order_by("pk")
    here = "POST /c/account/proof/"
    assert list(noted) == [
        *[("SIGN_IN_FAILED", user.pk, here)] * 5,
        ("LOCKED_OUT", user.pk, here),
    ]


def test_a_post_that_asks_for_a_factor_makes_one_set_it_up(client: Client) -> None:
    wang = add_user("wang")
    hold_post(wang, "collector")
    admin = add_actor("xujing", "company_admin")
    factors.require_of_posts(actor=admin, posts=["collector"], now=timezone.now())

    assert sign_in(client).headers["Location"] == "/sign-in/enrol/"
    assert look(client, "/c/account/").status_code == 302
    page = look(client, "/sign-in/enrol/").content.decode()
    found = re.search(r'<code class="code">([A-Z2-7 ]+)</code>', page)
    assert found is not None
    assert '<svg width="' in page
    code = totp.code_at(found[1].replace(" ", ""), totp.step_of(timezone.now()))
    answer = send(client, "/sign-in/enrol/", code=code)

    assert answer.headers["Location"].startswith("/c/account/codes/")
    assert look(client, "/c/account/codes/").content.decode().count('<li><code class="code">') == 10
    assert look(client, "/c/account/codes/").status_code == 302  # shown once
    assert AuthenticatorApp.objects.get().user == wang


def test_a_first_password_is_replaced_before_anything_else(client: Client) -> None:
    wang = add_user("wang")
    admin = add_actor("xujing", "company_admin")
    _user, first = passwords.make_first(actor=admin, user_id=wang.pk, now=timezone.now())

    assert sign_in(client).status_code == 422  # the old one is void
    assert sign_in(client, password=first).headers["Location"] == "/sign-in/password/"
    assert look(client, "/c/account/").status_code == 302
    same = send(client, "/sign-in/password/", password=first, again=first)
    assert same.status_code == 422
    own = "a-password-of-my-own"
    assert send(client, "/sign-in/password/", password=own, again=own).status_code == 302
    assert look(client, "/c/account/").status_code == 200
    assert User.objects.get(pk=wang.pk).first_password_until is None


def test_a_first_password_runs_out(client: Client) -> None:
    wang = add_user("wang")
    admin = add_actor("xujing", "company_admin")
    before = timezone.now() - timedelta(days=3, minutes=1)
    _user, first = passwords.make_first(actor=admin, user_id=wang.pk, now=before)

    assert sign_in(client, password=first).status_code == 422
    with pytest.raises(passwords.OwnPassword):
        passwords.make_first(actor=admin, user_id=admin.user_id or 0, now=timezone.now())


def forget_proof(client: Client) -> None:
    session = client.session
    session[PROVED_AT] = time.time() - 16 * 60
    session.save()


def test_giving_a_post_asks_again_and_keeps_what_was_typed(client: Client) -> None:
    add_actor("xujing", "company_admin")
    wang = add_user("wang")
    sign_in(client, "xujing")
    forget_proof(client)
    form = {"post": "meter_reader", "place": "", "valid_from": "2026-11-01"}
    path = f"/c/people/{wang.pk}/posts/"

    asked = send(client, path, **form)

    assert asked.status_code == 403
    assert 'name="post" value="meter_reader"' in asked.content.decode()
    assert PostHolding.objects.filter(user=wang).count() == 0
    assert send(client, path, **form, proof="wrong").status_code == 422
    assert PostHolding.objects.filter(user=wang).count() == 0
    assert send(client, path, **form, proof=PASSWORD).status_code in {302, 422}
    forget_proof(client)
    assert send(client, path, **form).status_code == 403


def test_a_proof_with_a_factor_takes_the_factor(client: Client) -> None:
    user, codes = with_app()
    sign_in(client)
    send(client, "/sign-in/factor/", code=codes[0])
    forget_proof(client)

    assert look(client, "/c/account/app/").headers["Location"].startswith("/c/account/proof/")
    assert send(client, "/c/account/proof/", proof=PASSWORD).status_code == 422
    assert send(client, "/c/account/proof/", proof=code_now()).status_code == 302
    assert look(client, "/c/account/app/").status_code == 200
    assert user.pk


def test_a_changed_password_is_no_proof_where_a_factor_is_asked(client: Client) -> None:
    """Known fault: whoever knew the password changed it, and removed the second factor."""
    user, codes = with_app()
    sign_in(client)
    send(client, "/sign-in/factor/", code=codes[0])
    forget_proof(client)

    new = "another-good-password"
    changed = send(client, "/c/account/password/", current=PASSWORD, password=new, again=new)

    assert changed.status_code == 302
    assert send(client, "/c/account/app/remove/").status_code == 403
    assert AuthenticatorApp.objects.filter(user=user).exists()


def test_the_present_password_is_not_guessed_at_an_open_screen(client: Client) -> None:
    """Known fault: the page that changes the password let one try without end."""
    user = add_user("wang")
    sign_in(client)
    new = {"password": "another-good-password", "again": "another-good-password"}
    for _time in range(5):
        send(client, "/c/account/password/", current="guess", **new)

    tried = send(client, "/c/account/password/", current=PASSWORD, **new)

    assert tried.status_code == 422
    user.refresh_from_db()
    assert user.check_password(PASSWORD)


@pytest.mark.parametrize("path", ["", "link/"])
def test_who_sends_a_colleagues_link_elsewhere_proves_who_he_is(client: Client, path: str) -> None:
    """Known fault: at an open administrator's screen, an address was changed without a word."""
    add_actor("xujing", "company_admin")
    wang = add_user("wang", email="wang@example.com")
    sign_in(client, "xujing")
    forget_proof(client)

    asked = send(client, f"/c/people/{wang.pk}/{path}", name="wang", email="thief@example.com")

    assert asked.status_code == 403
    assert User.objects.get(pk=wang.pk).email == "wang@example.com"


def test_what_a_post_may_do_is_changed_by_who_proves_who_he_is(client: Client) -> None:
    add_actor("xujing", "company_admin")
    sign_in(client, "xujing")
    forget_proof(client)
    post = Post.objects.get(key="steward")
    held, posts = PostAction.objects.filter(is_given=True).count(), Post.objects.count()

    asked = send(client, f"/c/posts/{post.pk}/actions/", action=["registry.view"])
    new = send(client, "/c/posts/new/", name="X", place="PROJECT")

    assert [asked.status_code, new.status_code] == [403, 403]
    assert PostAction.objects.filter(is_given=True).count() == held
    assert Post.objects.count() == posts


def test_nothing_is_told_elsewhere_at_a_screen_left_open(client: Client) -> None:
    """Known fault: a webhook to anywhere was added without a word."""
    add_actor("xujing", "company_admin")
    sign_in(client, "xujing")
    forget_proof(client)
    webhook = {"name": "X", "url": "https://thief.example.com/"}
    robot = {"kind": "wecom", "name": "X", "key": "thief-thief", "language": "en"}

    codes = [
        send(client, "/c/webhooks/new/", **webhook).status_code,
        send(client, "/c/channels/new/", **robot).status_code,
    ]

    assert codes == [403, 403]
    assert not Endpoint.objects.exists()
    assert not Channel.objects.exists()


def test_signing_out_the_others_keeps_this_browser(client: Client) -> None:
    add_user("wang")
    other = Client(headers={"host": "alpha.test"})
    sign_in(client)
    sign_in(other)
    assert SignIn.objects.filter(ended_at=None).count() == 2

    assert send(client, "/c/account/sessions/end/").status_code == 302

    assert look(client, "/c/account/").status_code == 200
    assert look(other, "/c/account/").status_code == 302


def test_signing_out_the_others_proves_nothing(client: Client) -> None:
    """Known fault: the new key of the session counted as a proof, at any screen left open."""
    add_user("wang")
    sign_in(client)
    forget_proof(client)

    send(client, "/c/account/sessions/end/")

    assert look(client, "/c/account/app/").headers["Location"].startswith("/c/account/proof/")


def test_one_browser_is_signed_out_and_nobody_elses(client: Client) -> None:
    add_user("wang")
    add_user("li")
    other = Client(headers={"host": "alpha.test"})
    sign_in(client)
    sign_in(other, "li")
    theirs = SignIn.objects.get(user__username="li")

    assert send(client, f"/c/account/sessions/{theirs.pk}/end/").status_code == 404
    assert look(other, "/c/account/").status_code == 200
    again = Client(headers={"host": "alpha.test"})
    sign_in(again)
    mine = SignIn.objects.filter(user__username="wang").latest("pk")
    assert send(client, f"/c/account/sessions/{mine.pk}/end/").status_code == 302
    assert look(again, "/c/account/").status_code == 302


def test_let_in_again_nothing_old_opens(client: Client) -> None:
    """Known fault: sessions of before came back with the person."""
    wang = add_user("wang")
    sign_in(client)
    for is_active in (False, True):
        from_system: dict[str, Any] = {
            "actor": access.SYSTEM,
            "user_id": wang.pk,
            "now": timezone.now(),
        }
        people.set_active(**from_system, is_active=is_active)

    assert look(client, "/c/account/").status_code == 302


def test_every_page_that_changes_a_sign_in_says_from_which_address(client: Client) -> None:
    client.defaults["REMOTE_ADDR"] = "203.0.113.9"
    wang, codes = with_app()
    admin = add_actor("xujing", "company_admin")
    sign_in(client)
    send(client, "/sign-in/factor/", code=codes[3])
    send(client, "/c/account/codes/renew/")
    send(client, "/c/account/app/remove/")
    chosen = {"current": PASSWORD, "password": "another-good-one", "again": "another-good-one"}
    send(client, "/c/account/password/", **chosen)
    send(client, "/sign-out/")
    _user, first = passwords.make_first(actor=admin, user_id=wang.pk, now=timezone.now())
    sign_in(client, password=first)
    own = "a-password-of-my-own"
    send(client, "/sign-in/password/", password=own, again=own)
    link = passwords.make_link_token(User.objects.get(pk=wang.pk))
    send(client, f"/password/{link}/", password="a-third-good-one", again="a-third-good-one")
    sign_in(client, "xujing")
    send(client, f"/c/people/{wang.pk}/password/")
    send(client, f"/c/people/{wang.pk}/factor/")
    send(client, f"/c/people/{wang.pk}/", name="Wang", email="wang@example.com")

    told = Notification.objects.filter(user=wang).order_by("pk")
    assert [(notice.kind, "203.0.113.9" in notice.text) for notice in told] == [
        ("identity.app-enrolled", False),  # by the factory
        ("identity.recovery-code-used", True),
        ("identity.recovery-codes-renewed", True),
        ("identity.app-removed", True),
        ("access.password-changed", True),
        ("access.first-password-made", False),  # by the operation
        ("access.password-changed", True),
        ("access.password-reset", True),
        ("access.first-password-made", True),
        ("identity.factor-reset", True),
        ("access.email-changed", True),
    ]
