"""Authenticator apps, recovery codes, and who must have a second factor."""

from datetime import timedelta

import pytest
from django_tenants.utils import tenant_context

from kernel import access
from kernel.access.models import User
from kernel.audit.models import AuditEntry
from kernel.identity import queries, totp
from kernel.identity.models import AuthenticatorApp, FactorDuty, RecoveryCode
from kernel.identity.operations import factors
from kernel.notifications.models import Notification
from tenants.companies.models import Company
from tests.factories import NOW, TODAY, add_actor, add_user, hold_post
from tests.threads import at_once

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
STEP = totp.step_of(NOW)


def enrol(user: User) -> list[str]:
    """Set an app up with the code of half an hour ago, so that today's are still unused."""
    earlier = NOW - timedelta(minutes=30)
    return factors.enrol_app(
        user_id=user.pk,
        secret=SECRET,
        code=totp.code_at(SECRET, totp.step_of(earlier)),
        now=earlier,
    )


@pytest.fixture
def wang(tenant: Company) -> User:
    return add_user("wang")


def test_the_codes_are_those_of_the_standard() -> None:
    # RFC 6238, appendix B, SHA-1, the last six of the eight digits.
    secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"

    assert [totp.code_at(secret, seconds // 30) for seconds in (59, 1111111109, 1234567890)] == [
        "287082",
        "081804",
        "005924",
    ]


def test_an_app_is_kept_once_it_has_shown_a_code(wang: User) -> None:
    codes = enrol(wang)

    app = AuthenticatorApp.objects.get()
    assert len(codes) == len(set(codes)) == 10
    assert SECRET not in app.secret_encrypted
    assert not any(code in str(RecoveryCode.objects.values()) for code in codes)
    assert AuditEntry.objects.latest("pk").event == "identity.app.enrolled"


@pytest.mark.parametrize("code", ["", "000000", "12345", "abcdef", "①②③④⑤⑥", "1" * 500])
def test_an_app_that_shows_another_code_is_not_kept(wang: User, code: str) -> None:
    with pytest.raises(factors.CodeWrong):
        factors.enrol_app(user_id=wang.pk, secret=SECRET, code=code, now=NOW)

    assert AuthenticatorApp.objects.count() == RecoveryCode.objects.count() == 0


def test_a_second_app_is_refused(wang: User) -> None:
    enrol(wang)
    row = AuthenticatorApp.objects.values().get()

    with pytest.raises(factors.AppPresent):
        factors.enrol_app(user_id=wang.pk, secret=SECRET, code=totp.code_at(SECRET, STEP), now=NOW)

    assert AuthenticatorApp.objects.values().get() == row


@pytest.mark.parametrize(
    ("away", "is_taken"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)]
)
def test_a_code_is_taken_half_a_minute_early_or_late(
    wang: User, away: int, *, is_taken: bool
) -> None:
    enrol(wang)
    code = totp.code_at(SECRET, STEP + away)

    if is_taken:
        factors.check_code(user_id=wang.pk, code=f" {code[:3]} {code[3:]}", now=NOW)
        assert AuthenticatorApp.objects.get().last_step == STEP + away
    else:
        with pytest.raises(factors.CodeWrong):
            factors.check_code(user_id=wang.pk, code=code, now=NOW)


def test_a_code_is_taken_once_and_no_older_one_after_it(wang: User) -> None:
    enrol(wang)
    factors.check_code(user_id=wang.pk, code=totp.code_at(SECRET, STEP), now=NOW)

    for step in (STEP, STEP - 1):
        with pytest.raises(factors.CodeWrong):
            factors.check_code(user_id=wang.pk, code=totp.code_at(SECRET, step), now=NOW)

    assert AuthenticatorApp.objects.get().last_step == STEP


def test_five_wrong_codes_bar_the_right_one(wang: User) -> None:
    enrol(wang)
    for _try in range(5):
        with pytest.raises(factors.CodeWrong):
            factors.check_code(user_id=wang.pk, code="000000", now=NOW)

    with pytest.raises(factors.TooManyCodes):
        factors.check_code(user_id=wang.pk, code=totp.code_at(SECRET, STEP), now=NOW)
    with pytest.raises(factors.TooManyCodes):
        factors.use_recovery_code(user_id=wang.pk, code="anything", now=NOW)

    assert AuthenticatorApp.objects.get().last_step < STEP


def test_a_right_code_forgets_the_wrong_ones(wang: User) -> None:
    enrol(wang)
    for half_minute in range(4):
        with pytest.raises(factors.CodeWrong):
            factors.check_code(user_id=wang.pk, code="000000", now=NOW)
        moment = NOW + timedelta(seconds=30 * half_minute)
        factors.check_code(
            user_id=wang.pk, code=totp.code_at(SECRET, totp.step_of(moment)), now=moment
        )


def test_two_sign_ins_with_one_code_at_the_same_moment(committed_tenant: Company) -> None:
    wang = add_user("wang")
    enrol(wang)
    code = totp.code_at(SECRET, STEP)

    came = at_once(
        committed_tenant,
        [lambda: factors.check_code(user_id=wang.pk, code=code, now=NOW) for _call in range(4)],
    )

    assert sorted(type(result).__name__ for result in came) == ["CodeWrong"] * 3 + ["NoneType"]


def test_a_recovery_code_opens_once_however_it_is_typed(wang: User) -> None:
    codes = enrol(wang)

    left = factors.use_recovery_code(
        user_id=wang.pk, code=codes[0].upper().replace("-", " "), now=NOW
    )

    assert left == 9
    with pytest.raises(factors.CodeWrong):
        factors.use_recovery_code(user_id=wang.pk, code=codes[0], now=NOW)


def test_a_recovery_code_used_twice_at_the_same_moment(committed_tenant: Company) -> None:
    wang = add_user("wang")
    code = enrol(wang)[0]

    came = at_once(
        committed_tenant,
        [
            lambda: factors.use_recovery_code(user_id=wang.pk, code=code, now=NOW)
            for _call in range(3)
        ],
    )

    assert sorted(str(result) for result in came if isinstance(result, int)) == ["9"]


def test_a_recovery_code_of_another_person_opens_nothing(wang: User) -> None:
    li = add_user("li")
    enrol(li)

    with pytest.raises(factors.CodeWrong):
        factors.use_recovery_code(user_id=wang.pk, code=enrol_codes(li), now=NOW)

    assert queries.recovery_codes_left(user_id=li.pk) == 10


def enrol_codes(user: User) -> str:
    return factors.renew_recovery_codes(user_id=user.pk, now=NOW)[0]


def test_renewed_codes_make_the_old_ones_void(wang: User) -> None:
    old = enrol(wang)

    new = factors.renew_recovery_codes(user_id=wang.pk, now=NOW)

    assert not set(old) & set(new)
    with pytest.raises(factors.CodeWrong):
        factors.use_recovery_code(user_id=wang.pk, code=old[0], now=NOW)
    assert queries.recovery_codes_left(user_id=wang.pk) == 10


def test_without_a_factor_there_are_no_recovery_codes(wang: User) -> None:
    with pytest.raises(factors.FactorNeeded):
        factors.renew_recovery_codes(user_id=wang.pk, now=NOW)

    assert RecoveryCode.objects.count() == 0


def test_a_secret_and_a_recovery_code_are_void_in_another_company(
    companies: dict[str, Company], wang: User
) -> None:
    codes = enrol(wang)
    row = AuthenticatorApp.objects.get()
    digests = list(RecoveryCode.objects.values_list("digest", flat=True))

    with tenant_context(companies["beta"]):
        # The worst case: all numbers equal.
        User.objects.create(pk=wang.pk, username="wang", name="wang", created_at=NOW)
        AuthenticatorApp.objects.create(
            user_id=wang.pk,
            secret_encrypted=row.secret_encrypted,
            last_step=row.last_step,
            created_at=NOW,
        )
        RecoveryCode.objects.bulk_create(
            RecoveryCode(user_id=wang.pk, digest=digest, created_at=NOW) for digest in digests
        )
        with pytest.raises(factors.CodeWrong):
            factors.check_code(user_id=wang.pk, code=totp.code_at(SECRET, STEP), now=NOW)
        with pytest.raises(factors.CodeWrong):
            factors.use_recovery_code(user_id=wang.pk, code=codes[0], now=NOW)


def test_the_last_factor_stays_where_a_post_asks_for_one(wang: User) -> None:
    hold_post(wang, "collector")
    admin = add_actor("xujing", "company_admin")
    enrol(wang)
    factors.require_of_posts(actor=admin, posts=["collector"], now=NOW)

    with pytest.raises(factors.FactorNeeded):
        factors.remove_app(user_id=wang.pk, now=NOW)

    assert queries.has_factor(user_id=wang.pk)
    assert queries.recovery_codes_left(user_id=wang.pk) == 10
    factors.require_of_posts(actor=admin, posts=[], now=NOW)
    factors.remove_app(user_id=wang.pk, now=NOW)
    assert not queries.has_factor(user_id=wang.pk)
    assert queries.recovery_codes_left(user_id=wang.pk) == 0


def test_which_posts_must_have_a_factor_is_the_administrators_to_say(wang: User) -> None:
    admin = add_actor("xujing", "company_admin")
    hold_post(wang, "collector")

    with pytest.raises(access.ActionDenied):
        factors.require_of_posts(actor=add_actor("zhou", "collector"), posts=["collector"], now=NOW)
    with pytest.raises(factors.PostUnknown):
        factors.require_of_posts(actor=admin, posts=["collector", "king"], now=NOW)
    with pytest.raises(factors.PostUnknown):
        factors.require_of_posts(actor=admin, posts=["collector", "owner"], now=NOW)
    assert FactorDuty.objects.count() == 0

    factors.require_of_posts(actor=admin, posts=["collector", "meter_reader"], now=NOW)
    assert queries.must_have_factor(user_id=wang.pk, today=TODAY)
    factors.require_of_posts(actor=admin, posts=["meter_reader"], now=NOW)
    assert not queries.must_have_factor(user_id=wang.pk, today=TODAY)
    events = AuditEntry.objects.filter(event__startswith="identity.factor.").order_by("pk")
    assert list(events.values_list("event", "data__post")) == [
        ("identity.factor.required", "collector"),
        ("identity.factor.required", "meter_reader"),
        ("identity.factor.waived", "collector"),
    ]


def test_a_lost_factor_is_reset_recorded_and_told(wang: User) -> None:
    admin = add_actor("xujing", "company_admin")
    enrol(wang)
    password = User.objects.get(pk=wang.pk).password

    factors.reset(actor=admin, user_id=wang.pk, now=NOW)

    after = User.objects.get(pk=wang.pk)
    assert not queries.has_factor(user_id=wang.pk)
    assert queries.recovery_codes_left(user_id=wang.pk) == 0
    assert (after.session_epoch, after.password) == (wang.session_epoch + 1, password)
    entry = AuditEntry.objects.filter(event="identity.factor.reset").get()
    assert entry.data == {"apps": 1, "passkeys": 0, "recovery_codes": 10}
    assert Notification.objects.filter(user=wang).latest("pk").kind == "identity.factor-reset"


def test_nobody_resets_his_own_factor_nor_without_the_right(wang: User) -> None:
    admin = add_actor("xujing", "company_admin")
    me = User.objects.get(username="xujing")
    enrol(me)
    enrol(wang)

    with pytest.raises(factors.OwnFactor):
        factors.reset(actor=admin, user_id=me.pk, now=NOW)
    with pytest.raises(access.ActionDenied):
        factors.reset(actor=add_actor("zhou", "collector"), user_id=wang.pk, now=NOW)

    assert AuthenticatorApp.objects.count() == 2
