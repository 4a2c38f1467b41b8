"""Keys of those who open rounds, each locked by a passphrase that is kept nowhere."""

import unicodedata
from datetime import datetime
from typing import Final

from django.db import transaction
from django.views.decorators.debug import sensitive_variables

from kernel import access, sealing
from kernel.access import Action, Actor
from kernel.access.models import User
from kernel.access.telling import warn
from kernel.audit import operations as audit
from kernel.db import refusing
from kernel.limits import Limit
from kernel.sealing import KeyPair
from kernel.text import _
from services.procurement.rounds import queries, telling
from services.procurement.rounds.models import OpenerKey, Round, RoundState
from services.procurement.rounds.operations.errors import (
    KeyNotThere,
    KeyThere,
    PassphraseWeak,
    PassphraseWrong,
    TooManyTries,
)

SHORTEST: Final = 12
_LONGEST: Final = 200
_DIFFERENT: Final = 5
# A try takes a tenth of a second of one core and 32 MiB: guessing is to stay hopeless and cheap.
TRIES: Final = Limit("opener-passphrase", most=10, seconds=3600)


@transaction.atomic
@sensitive_variables("passphrase")
def make_key(*, actor: Actor, passphrase: str, now: datetime) -> OpenerKey:
    """Make the actor's first key.

    :raises access.ActionDenied: without ``quote.open``, and for whoever is no person.
    :raises KeyThere: if he has one: it is changed or replaced.
    :raises PassphraseWeak: if the passphrase is too short or says too little.
    """
    access.require(actor, Action.QUOTE_OPEN)
    user_id = actor.require_person()
    key = _new_key(user_id, passphrase, now)
    _record(actor, "made", key, now)
    return key


@transaction.atomic
@sensitive_variables("current", "passphrase")
def change_passphrase(*, actor: Actor, current: str, passphrase: str, now: datetime) -> OpenerKey:
    """Lock the actor's key by another passphrase; the shares entrusted to him stay his.

    :raises access.ActionDenied: for whoever is no person.
    :raises KeyNotThere: if he has none.
    :raises PassphraseWrong, TooManyTries: if ``current`` is not his passphrase.
    :raises PassphraseWeak: if the new one is too short or says too little.
    """
    access.require(actor, Action.QUOTE_OPEN)
    key = _lock_key(actor.require_person())
    private = unlock(key, current, field="current")
    key.locked_key = sealing.lock(private, secret=_checked(passphrase))
    key.save(update_fields=["locked_key"])
    _record(actor, "passphrase-changed", key, now)
    return key


@transaction.atomic
@sensitive_variables("passphrase")
def replace_key(*, actor: Actor, passphrase: str, now: datetime) -> tuple[OpenerKey, list[Round]]:
    """Make a new key because the passphrase is forgotten.

    What was entrusted to the old one is lost to him: returns the rounds that he cannot open any
    more. One other person on his side can.

    :raises access.ActionDenied: without ``quote.open``, and for whoever is no person.
    :raises KeyNotThere: if he has none.
    :raises PassphraseWeak: if the passphrase is too short or says too little.
    """
    access.require(actor, Action.QUOTE_OPEN)
    user_id = actor.require_person()
    old = _lock_key(user_id)
    lost = list(
        Round.objects.filter(shares__opener_key=old, state=RoundState.OPEN)
        .exclude(releases__user_id=user_id)
        .order_by("closes_at", "pk")
    )
    old.ended_at = now
    old.save(update_fields=["ended_at"])
    key = _new_key(user_id, passphrase, now)
    _record(actor, "replaced", key, now, rounds=[one.number for one in lost])
    return key, lost


@sensitive_variables("passphrase", "private")
def unlock(key: OpenerKey, passphrase: str, *, field: str = "passphrase") -> bytes:
    """Return the private half of somebody's key. Slow by intent; ten wrong ones bar for an hour.

    :raises PassphraseWrong: if this is not the passphrase.
    :raises TooManyTries: after ten tries within an hour.
    """
    part = str(key.user_id)
    if not TRIES.count(part):
        raise TooManyTries(_("Too many wrong passphrases. Try again in an hour."), field=field)
    try:
        private = sealing.unlock(bytes(key.locked_key), secret=_spelled(passphrase))
    except sealing.NotOpened as error:
        raise PassphraseWrong(_("This is not your passphrase."), field=field) from error
    TRIES.forget(part)
    return private


@sensitive_variables("private", "pair")
def pair_of(key: OpenerKey, private: bytes) -> KeyPair:
    """Return both halves of a key that was unlocked."""
    return KeyPair(private, bytes(key.public_key))


@sensitive_variables("passphrase", "pair")
def _new_key(user_id: int, passphrase: str, now: datetime) -> OpenerKey:
    secret, pair = _checked(passphrase), sealing.new_key_pair()
    key = OpenerKey(
        user_id=user_id,
        public_key=pair.public,
        locked_key=sealing.lock(pair.private, secret=secret),
        made_at=now,
    )
    there = KeyThere(_("You have a key already. Change its passphrase, or replace it."))
    with refusing(openerkey_one=there):
        key.save(force_insert=True)
    return key


def _lock_key(user_id: int) -> OpenerKey:
    key = OpenerKey.objects.select_for_update().filter(user_id=user_id, ended_at=None).first()
    if key is None:
        raise KeyNotThere(_("You have not made a key yet."))
    return key


@sensitive_variables("passphrase", "spelled")
def _checked(passphrase: str) -> str:
    spelled = _spelled(passphrase)
    if not SHORTEST <= len(spelled) <= _LONGEST or len(set(spelled)) < _DIFFERENT:
        raise PassphraseWeak(
            _("Choose at least %(count)d characters that are not all alike.") % {"count": SHORTEST},
            field="passphrase",
        )
    return spelled


def _spelled(passphrase: str) -> str:
    """Return a passphrase in the one spelling that counts: full-width or not, however composed."""
    return unicodedata.normalize("NFKC", passphrase).strip()


def _record(actor: Actor, what: str, key: OpenerKey, now: datetime, **data: object) -> None:
    audit.record(
        actor=actor,
        event=f"procurement.opener-key.{what}",
        subject=key,
        now=now,
        data={**data, "shares": queries.share_count(key)},
    )
    person = User.objects.get(pk=key.user_id)
    warn(telling.KEY_CHANGED.key, person, actor=actor, now=now)
