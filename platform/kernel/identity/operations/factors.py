"""Second factors: the authenticator app, the recovery codes, who must have one, and losing it."""

import secrets
from collections.abc import Collection
from datetime import datetime
from typing import Final

from django.db import transaction

from kernel import access, crypto
from kernel.access.models import User
from kernel.access.queries import lock_user, posts_to_give
from kernel.access.telling import warn
from kernel.audit import operations as audit
from kernel.errors import Conflict, Denied, Invalid
from kernel.identity import totp
from kernel.identity.models import AuthenticatorApp, FactorDuty, RecoveryCode
from kernel.identity.queries import has_factor, must_have_factor
from kernel.limits import Limit
from kernel.tenancy import company_day
from kernel.text import _

RESET_NOTICE: Final = "identity.factor-reset"
APP_ENROLLED: Final = "identity.app-enrolled"
APP_REMOVED: Final = "identity.app-removed"
CODES_RENEWED: Final = "identity.recovery-codes-renewed"
CODE_USED: Final = "identity.recovery-code-used"
RECOVERY_CODES: Final = 10
# Read off paper: no letter that looks like another. Ten of them are 50 bits.
_LETTERS: Final = "abcdefghijkmnpqrstuvwxyz23456789"
# Of one person, whoever tries: six digits must not be guessed from many addresses either.
TRIES: Final = Limit("factor-tries", 5, 15 * 60)


class CodeWrong(Invalid):
    """Wrong, too old, or used before: which of them is not told."""

    code = "identity.code-wrong"


class TooManyCodes(Denied):
    code = "identity.too-many-codes"


class AppPresent(Conflict):
    code = "identity.app-present"


class FactorNeeded(Conflict):
    """A post of his asks for a second factor, and this is his last."""

    code = "identity.factor-needed"


class OwnFactor(Conflict):
    code = "identity.own-factor"


class PostUnknown(Invalid):
    code = "identity.post-unknown"


def enrol_app(
    *,
    user_id: int,
    secret: str,
    code: str,
    request_id: str = "",
    address: str = "",
    now: datetime,
) -> list[str]:
    """Keep the secret that an app has proved to know; return new recovery codes if there are none.

    The code that proved it is used up.

    :raises TooManyCodes: after five wrong ones within a quarter of an hour.
    :raises CodeWrong: if the app does not show this code.
    :raises AppPresent: if the person has an app already.
    """
    _count(user_id)
    with transaction.atomic():
        user = lock_user(user_id)
        if AuthenticatorApp.objects.filter(user=user).exists():
            raise AppPresent(_("Remove the present authenticator app first."))
        step = totp.matching_step(secret=secret, code=_bare(code), now=now)
        if step is None:
            raise _wrong()
        AuthenticatorApp.objects.create(
            user=user, secret_encrypted=crypto.encrypt(secret), last_step=step, created_at=now
        )
        codes = first_codes(user, now)
        own = note(user, "identity.app.enrolled", request_id, now, address=address)
        warn(APP_ENROLLED, user, actor=own, now=now)
    TRIES.forget(str(user_id))
    return codes


def check_code(*, user_id: int, code: str, now: datetime) -> None:
    """Take one code of the person's app; the same code is never taken again.

    :raises TooManyCodes: after five wrong ones within a quarter of an hour.
    :raises CodeWrong: if it is wrong, too old or taken, or he has no app in this company.
    """
    _count(user_id)
    with transaction.atomic():
        app = AuthenticatorApp.objects.select_for_update().filter(user_id=user_id).first()
        if app is None:
            raise _wrong()
        try:
            secret = crypto.decrypt(app.secret_encrypted)
        except crypto.NotReadable as error:  # carried over from another company
            raise _wrong() from error
        step = totp.matching_step(secret=secret, code=_bare(code), now=now)
        if step is None or step <= app.last_step:
            raise _wrong()
        app.last_step = step
        app.save(update_fields=["last_step"])
    TRIES.forget(str(user_id))


def use_recovery_code(
    *, user_id: int, code: str, request_id: str = "", address: str = "", now: datetime
) -> int:
    """Take one recovery code; return how many are left.

    :raises TooManyCodes: after five wrong ones within a quarter of an hour.
    :raises CodeWrong: if it is none of his, or used.
    """
    _count(user_id)
    with transaction.atomic():
        user = lock_user(user_id)
        taken = RecoveryCode.objects.filter(
            user=user, digest=_digest(user_id, code), used_at=None
        ).update(used_at=now)
        if not taken:
            raise _wrong()
        left = RecoveryCode.objects.filter(user=user, used_at=None).count()
        own = note(user, "identity.recovery-code.used", request_id, now, address=address)
        warn(CODE_USED, user, actor=own, now=now, left=str(left))
    TRIES.forget(str(user_id))
    return left


@transaction.atomic
def renew_recovery_codes(
    *, user_id: int, request_id: str = "", address: str = "", now: datetime
) -> list[str]:
    """Make ten new recovery codes; the old ones are void.

    :raises FactorNeeded: without a second factor there is nothing to recover.
    """
    user = lock_user(user_id)
    if not has_factor(user_id=user_id):
        raise FactorNeeded(_("Recovery codes belong to a second factor. Set one up first."))
    codes = _make_codes(user, now)
    own = note(user, "identity.recovery-codes.renewed", request_id, now, address=address)
    warn(CODES_RENEWED, user, actor=own, now=now)
    return codes


@transaction.atomic
def remove_app(*, user_id: int, request_id: str = "", address: str = "", now: datetime) -> None:
    """Remove one's authenticator app; with the last factor the recovery codes go too.

    :raises FactorNeeded: if it is the last factor of somebody who must have one.
    """
    user = lock_user(user_id)
    removed, _kinds = AuthenticatorApp.objects.filter(user=user).delete()
    if removed:
        after_removal(user, now)
        own = note(user, "identity.app.removed", request_id, now, address=address)
        warn(APP_REMOVED, user, actor=own, now=now)


@transaction.atomic
def reset(*, actor: access.Actor, user_id: int, now: datetime) -> User:
    """Take away all second factors of somebody who has lost them; he is told, and signed out.

    His password stays. If a post of his asks for a factor, he sets one up at the next sign-in.

    :raises access.ActionDenied: without ``user.manage``.
    :raises NotFound: if there is no such person.
    :raises OwnFactor: for oneself: a thief at an open screen would do just that.
    """
    access.require_everywhere(actor, access.Action.USER_MANAGE)
    if actor.user_id == user_id:
        raise OwnFactor(_("Somebody else resets your second factor, or you remove it yourself."))
    user = lock_user(user_id)
    gone = {
        "apps": AuthenticatorApp.objects.filter(user=user).delete()[0],
        "passkeys": user.passkeys.all().delete()[0],
        "recovery_codes": RecoveryCode.objects.filter(user=user).delete()[0],
    }
    user.session_epoch += 1
    user.save(update_fields=["session_epoch"])
    TRIES.forget(str(user_id))
    audit.record(actor=actor, event="identity.factor.reset", subject=user, now=now, data=gone)
    warn(RESET_NOTICE, user, actor=actor, now=now)
    return user


@transaction.atomic
def require_of_posts(*, actor: access.Actor, posts: Collection[str], now: datetime) -> None:
    """Say which posts must have a second factor, from their holders' next sign-in on.

    :raises access.ActionDenied: without ``company.configure``.
    :raises PostUnknown: if the staff have no such post.
    """
    access.require_everywhere(actor, access.Action.COMPANY_CONFIGURE)
    wanted = set(posts)
    if not wanted <= {post.key for post in posts_to_give()}:
        raise PostUnknown(_("There is no such post."), field="posts")
    rows = {row.post: row for row in FactorDuty.objects.select_for_update().order_by("pk")}
    for key in sorted(rows.keys() - wanted):
        audit.record(
            actor=actor,
            event="identity.factor.waived",
            subject=rows[key],
            now=now,
            data={"post": key},
        )
        rows[key].delete()
    for key in sorted(wanted - rows.keys()):
        row, is_new = FactorDuty.objects.get_or_create(post=key, defaults={"created_at": now})
        if is_new:
            audit.record(
                actor=actor,
                event="identity.factor.required",
                subject=row,
                now=now,
                data={"post": key},
            )


def first_codes(user: User, now: datetime) -> list[str]:
    """Return recovery codes for somebody's first factor; none if he has some left."""
    if RecoveryCode.objects.filter(user=user, used_at=None).exists():
        return []
    return _make_codes(user, now)


def after_removal(user: User, now: datetime) -> None:
    """Return if the person may be without what was just removed; clear what it leaves behind.

    :raises FactorNeeded: if he must have a factor and has none now.
    """
    if has_factor(user_id=user.pk):
        return
    if must_have_factor(user_id=user.pk, today=company_day(now)):
        raise FactorNeeded(_("Your post asks for a second factor. Set up another one first."))
    RecoveryCode.objects.filter(user=user).delete()


def note(
    user: User, event: str, request_id: str, now: datetime, *, address: str = ""
) -> access.Actor:
    """Write into the record what a person did to his own account; return him as who did it."""
    actor = access.Actor(label=user.label, user_id=user.pk, request_id=request_id, address=address)
    audit.record(actor=actor, event=event, subject=user, now=now)
    return actor


def _make_codes(user: User, now: datetime) -> list[str]:
    RecoveryCode.objects.filter(user=user).delete()
    codes = ["".join(secrets.choice(_LETTERS) for _letter in range(10)) for _code in range(10)]
    RecoveryCode.objects.bulk_create(
        RecoveryCode(user=user, digest=_digest(user.pk, code), created_at=now) for code in codes
    )
    return [f"{code[:5]}-{code[5:]}" for code in codes]


def _digest(user_id: int, code: str) -> str:
    """Return what is stored of a recovery code: void in another company, and for another person."""
    return crypto.blind_index(f"recovery:{user_id}:{_bare(code).lower()}")


def _bare(code: str) -> str:
    """Return a code as it is meant, however it was typed: without spaces and strokes."""
    return "".join(letter for letter in code if letter.isalnum())[:40]


def _count(user_id: int) -> None:
    if not TRIES.count(str(user_id)):
        raise TooManyCodes(_("Too many wrong codes. Wait a quarter of an hour."))


def _wrong() -> CodeWrong:
    return CodeWrong(_("This code is not right, or it has been used."), field="code")
