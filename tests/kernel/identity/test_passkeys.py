"""Passkeys: what a browser answers is taken once, here, from this person; every lie is refused."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from django_tenants.utils import tenant_context

from kernel.access.models import User
from kernel.audit.models import AuditEntry
from kernel.identity import queries
from kernel.identity.models import Passkey
from kernel.identity.operations import factors, passkeys
from kernel.identity.operations.passkeys import PasskeyCopied, PasskeyRefused, Place
from tenants.companies.models import Company
from tests.factories import NOW, add_actor, add_user, hold_post
from tests.passkeys import FLAG, SoftKey

HERE = Place(host="alpha.test", origin="https://alpha.test")
NEIGHBOUR = Place(host="beta.test", origin="https://beta.test")


def soft_key() -> SoftKey:
    return SoftKey(HERE.host, HERE.origin)


def register(user: User, key: SoftKey, place: Place = HERE) -> Passkey:
    options, state = passkeys.begin_registration(user=user, place=place)
    made, _codes = passkeys.finish_registration(
        user_id=user.pk,
        place=place,
        name="phone",
        state=state,
        answer=key.register(options),
        now=NOW,
    )
    return made


def sign_in(key: SoftKey, user_id: int | None = None, **lie: Any) -> User:
    options, state = passkeys.begin_sign_in(place=HERE)
    return passkeys.finish_sign_in(
        place=HERE, state=state, answer=key.sign_in(options, **lie), user_id=user_id, now=NOW
    )


@pytest.fixture
def wang(tenant: Company) -> User:
    return add_user("wang")


@pytest.fixture
def key(wang: User) -> SoftKey:
    key = soft_key()
    register(wang, key)
    return key


def test_a_passkey_is_kept_sealed_and_signs_its_person_in(wang: User, key: SoftKey) -> None:
    row = Passkey.objects.get()
    assert key.id not in bytes(row.credential_encrypted)
    assert AuditEntry.objects.latest("pk").event == "identity.passkey.added"
    assert queries.recovery_codes_left(user_id=wang.pk) == 10

    assert sign_in(key) == wang
    assert sign_in(key, user_id=wang.pk) == wang  # one that counts nothing says 0 each time
    assert Passkey.objects.get().last_used_at == NOW


def test_an_answer_to_another_challenge_is_refused(wang: User, key: SoftKey) -> None:
    """Heard once and sent again, or given to another session or another company's page."""
    heard, _state = passkeys.begin_sign_in(place=HERE)
    _options, state = passkeys.begin_sign_in(place=HERE)
    asked_to_register, _state = passkeys.begin_registration(user=wang, place=HERE)

    for options in (heard, asked_to_register):
        with pytest.raises(PasskeyRefused):
            passkeys.finish_sign_in(
                place=HERE, state=state, answer=key.sign_in(options), user_id=wang.pk, now=NOW
            )

    assert Passkey.objects.get().last_used_at is None


@dataclass(frozen=True)
class Lie:
    """What is false about an answer: in the key, or in how it answers."""

    about: Callable[[SoftKey], object] = lambda _key: None
    given: dict[str, Any] = field(default_factory=dict)


LIES = {
    "another company's page": Lie(lambda key: setattr(key, "origin", NEIGHBOUR.origin)),
    "another port": Lie(lambda key: setattr(key, "origin", "https://alpha.test:8443")),
    "without TLS": Lie(lambda key: setattr(key, "origin", "http://alpha.test")),
    "a host below ours": Lie(lambda key: setattr(key, "origin", "https://x.alpha.test")),
    "a key for the domain above": Lie(lambda key: setattr(key, "host", "test")),
    "a key of another company's host": Lie(lambda key: setattr(key, "host", NEIGHBOUR.host)),
    "another private key": Lie(lambda key: setattr(key, "private", soft_key().private)),
    "an unknown key": Lie(lambda key: setattr(key, "id", b"x" * 32)),
    "somebody else's handle": Lie(given={"handle": b"somebody-else"}),
    "nobody touched it": Lie(given={"flags": FLAG.UV}),
    "nobody was checked by it": Lie(given={"flags": FLAG.UP}),
    "the answer to a registration": Lie(given={"kind": "create"}),
}


@pytest.mark.parametrize("lie", LIES.values(), ids=LIES.keys())
def test_a_lie_is_refused(wang: User, key: SoftKey, lie: Lie) -> None:
    lie.about(key)

    with pytest.raises(PasskeyRefused):
        sign_in(key, **lie.given)

    assert Passkey.objects.get().last_used_at is None


def test_after_ones_password_only_ones_own_passkey_helps(wang: User, key: SoftKey) -> None:
    li = add_user("li")

    with pytest.raises(PasskeyRefused):
        sign_in(key, user_id=li.pk)


def test_who_is_out_is_not_let_in_by_his_passkey(wang: User, key: SoftKey) -> None:
    User.objects.filter(pk=wang.pk).update(is_active=False)

    with pytest.raises(PasskeyRefused):
        sign_in(key)


def test_a_counter_that_does_not_go_on_tells_of_a_copy(wang: User, key: SoftKey) -> None:
    key.counter = 7
    sign_in(key)

    for count in (7, 6, 0):
        key.counter = count
        with pytest.raises(PasskeyCopied):
            sign_in(key)

    assert Passkey.objects.get().sign_count == 7
    key.counter = 8
    assert sign_in(key) == wang


@pytest.mark.parametrize(
    "lie",
    [
        Lie(lambda key: setattr(key, "origin", NEIGHBOUR.origin)),
        Lie(lambda key: setattr(key, "host", NEIGHBOUR.host)),
        Lie(given={"flags": FLAG.UP}),
        Lie(given={"kind": "get"}),
    ],
)
def test_a_registration_that_lies_is_refused(wang: User, lie: Lie) -> None:
    options, state = passkeys.begin_registration(user=wang, place=HERE)
    key = soft_key()
    lie.about(key)

    with pytest.raises(PasskeyRefused):
        passkeys.finish_registration(
            user_id=wang.pk,
            place=HERE,
            name="phone",
            state=state,
            answer=key.register(options, **lie.given),
            now=NOW,
        )

    assert Passkey.objects.count() == 0
    assert queries.recovery_codes_left(user_id=wang.pk) == 0


def test_nobody_registers_anothers_key_or_one_twice(wang: User, key: SoftKey) -> None:
    li = add_user("li")
    copied = soft_key()
    copied.id = key.id  # with a private key of his own

    for user, answered in ((wang, key), (li, copied)):
        with pytest.raises(PasskeyRefused):
            register(user, answered)

    assert Passkey.objects.get().user == wang
    with pytest.raises(PasskeyRefused):
        sign_in(copied)


def test_a_row_carried_into_another_company_opens_nothing(
    companies: dict[str, Company], wang: User, key: SoftKey
) -> None:
    row = Passkey.objects.values().get()
    with tenant_context(companies["beta"]):
        # The worst case: all numbers equal, and the host name as well.
        User.objects.create(pk=wang.pk, username="wang", name="wang", created_at=NOW)
        Passkey.objects.create(**row)

        with pytest.raises(PasskeyRefused):
            sign_in(key)


def test_the_last_passkey_stays_where_a_post_asks_for_a_factor(wang: User, key: SoftKey) -> None:
    hold_post(wang, "collector")
    admin = add_actor("xujing", "company_admin")
    factors.require_of_posts(actor=admin, posts=["collector"], now=NOW)
    first, second = Passkey.objects.get(), register(wang, soft_key())
    passkeys.remove(user_id=wang.pk, passkey_id=first.pk, now=NOW)

    with pytest.raises(factors.FactorNeeded):
        passkeys.remove(user_id=wang.pk, passkey_id=second.pk, now=NOW)

    assert Passkey.objects.get() == second
    assert queries.recovery_codes_left(user_id=wang.pk) == 10


def test_ten_are_enough(wang: User) -> None:
    for _key in range(10):
        register(wang, soft_key())

    with pytest.raises(passkeys.TooManyPasskeys):
        register(wang, soft_key())

    assert Passkey.objects.count() == 10
