"""API tokens, of people and of integrations.

A person's token may do what he may at that moment, narrowed to the actions and projects it names.
An integration has no person behind it: it never confirms, never takes money, manages nobody.
"""

import hashlib
import secrets
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Final

from django.db import IntegrityError, transaction
from django.db.models import Q

from kernel import access
from kernel.access.models import ApiToken, Integration
from kernel.access.queries import actor_for, lock_user
from kernel.audit import operations as audit
from kernel.db import violated_constraint
from kernel.errors import Conflict, Denied, Invalid, NotFound
from kernel.security import operations as security
from kernel.security.models import SecurityKind
from kernel.tenancy import company_day
from kernel.text import _

LONGEST_NAME = 60
DEFAULT_LIFE: Final = timedelta(days=365)
LONGEST_LIFE: Final = timedelta(days=2 * 365)
USE_KEPT_EVERY: Final = timedelta(minutes=10)

# What a program may be given. Whatever is a signature, money or power over people stays a
# person's: an integration has no duties that could be kept apart from another's.
INTEGRATION_ACTIONS: Final = frozenset(
    {
        access.Action.REGISTRY_VIEW,
        access.Action.FEE_STANDARD_VIEW,
        access.Action.READING_VIEW,
        access.Action.READING_RECORD,
        access.Action.BILL_VIEW,
        access.Action.PAYMENT_VIEW,
        access.Action.ARREARS_VIEW,
        access.Action.LEDGER_VIEW,
    }
)


class TokenInvalid(Invalid):
    code = "access.token-invalid"


class TokenTooWide(Invalid):
    """The token would name what its owner may not; ``details["actions"]`` says which."""

    code = "access.token-too-wide"


class NotOwnToken(Denied):
    """Whoever manages tokens would act as anybody he likes."""

    code = "access.not-own-token"


class IntegrationTaken(Conflict):
    code = "access.integration-taken"


class IntegrationEnded(Conflict):
    code = "access.integration-ended"


@transaction.atomic
def create_token(
    *,
    actor: access.Actor,
    user_id: int,
    name: str,
    actions: Collection[str] | None = None,
    project_ids: Collection[int] | None = None,
    expires_at: datetime | None = None,
    now: datetime,
) -> tuple[ApiToken, str]:
    """Create a token for a person; return the row and the text that is shown only now.

    :param actions: what it may do; ``None``: whatever the person may.
    :param project_ids: where; ``None``: wherever the person may.
    :param expires_at: its last moment; a year from now if not given.
    :raises access.ActionDenied: for a program, whatever it may do.
    :raises NotOwnToken: for another person; the server's command line may.
    :raises NotFound: if there is no such person, or he is out.
    :raises TokenInvalid: if the name, the end or an action is none.
    :raises TokenTooWide: if the person does not hold one of the actions.
    """
    if actor.user_id is None:
        access.require_everywhere(actor, access.Action.TOKEN_MANAGE)
    elif actor.user_id != user_id:
        raise NotOwnToken(_("A token acts as its owner. Everybody makes his own."))
    user = lock_user(user_id)
    if not user.is_active:
        raise NotFound
    known = _known(actions)
    if known is not None:
        owner = actor_for(user=user, today=company_day(now))
        _refuse_beyond(known, {action for action in known if owner.may(action)})
    token, text = _make(name=name, expires_at=expires_at, now=now)
    token.user = user
    token.actions = None if known is None else sorted(known)
    token.project_ids = sorted(set(project_ids)) if project_ids is not None else None
    token.save(force_insert=True)
    audit.record(
        actor=actor,
        event="access.token.created",
        subject=token,
        now=now,
        data={"user": user.username, "name": token.name, **_scope(token)},
    )
    return token, text


@transaction.atomic
def create_integration(
    *,
    actor: access.Actor,
    name: str,
    purpose: str,
    actions: Collection[str],
    project_ids: Collection[int] = (),
    keeper_id: int,
    now: datetime,
) -> Integration:
    """Register another program, what it may do, and who looks after it.

    :raises access.ActionDenied: without ``token.manage``.
    :raises NotFound: if there is no such keeper, or he is out.
    :raises TokenInvalid: without a name, a purpose or an action.
    :raises TokenTooWide: if an action is one that no program is given.
    :raises IntegrationTaken: if one at work bears the name.
    """
    access.require_everywhere(actor, access.Action.TOKEN_MANAGE)
    keeper = lock_user(keeper_id)
    if not keeper.is_active:
        raise NotFound
    known = _known(actions) or frozenset()
    if not purpose.strip() or len(purpose) > 200 or not purpose.isprintable():
        raise TokenInvalid(_("Say in up to 200 characters what it is for."), field="purpose")
    _refuse_beyond(known, INTEGRATION_ACTIONS)
    integration = Integration(
        name=_checked_name(name),
        purpose=purpose.strip(),
        actions=sorted(known),
        project_ids=sorted(set(project_ids)),
        keeper=keeper,
        created_at=now,
    )
    try:
        with transaction.atomic():
            integration.save(force_insert=True)
    except IntegrityError as error:
        if violated_constraint(error) != "integration_name_once":
            raise
        raise IntegrationTaken(_("An integration has this name already."), field="name") from error
    audit.record(
        actor=actor,
        event="access.integration.created",
        subject=integration,
        now=now,
        data={"name": integration.name, **_scope(integration), "keeper": keeper.username},
    )
    return integration


@transaction.atomic
def create_integration_token(
    *,
    actor: access.Actor,
    integration_id: int,
    name: str,
    expires_at: datetime | None = None,
    now: datetime,
) -> tuple[ApiToken, str]:
    """Create a token of an integration; return the row and the text that is shown only now.

    :raises access.ActionDenied: without ``token.manage``.
    :raises NotFound: if there is no such integration.
    :raises IntegrationEnded: if it works no more.
    :raises TokenInvalid: if the name or the end is none.
    """
    access.require_everywhere(actor, access.Action.TOKEN_MANAGE)
    integration = _lock_integration(integration_id)
    if integration.ended_at is not None:
        raise IntegrationEnded(_("This integration has ended."))
    token, text = _make(name=name, expires_at=expires_at, now=now)
    token.integration = integration
    token.save(force_insert=True)
    audit.record(
        actor=actor,
        event="access.token.created",
        subject=token,
        now=now,
        data={"integration": integration.name, "name": token.name},
    )
    return token, text


@transaction.atomic
def end_integration(*, actor: access.Actor, integration_id: int, now: datetime) -> Integration:
    """End an integration: its tokens are void at once.

    :raises access.ActionDenied: without ``token.manage``.
    :raises NotFound: if there is no such integration.
    """
    access.require_everywhere(actor, access.Action.TOKEN_MANAGE)
    integration = _lock_integration(integration_id)
    if integration.ended_at is None:
        integration.ended_at = now
        integration.save(update_fields=["ended_at"])
        integration.api_tokens.filter(revoked_at=None).update(revoked_at=now)
        audit.record(actor=actor, event="access.integration.ended", subject=integration, now=now)
    return integration


@transaction.atomic
def hand_over_integration(
    *, actor: access.Actor, integration_id: int, keeper_id: int, now: datetime
) -> Integration:
    """Let somebody else look after an integration.

    :raises access.ActionDenied: without ``token.manage``.
    :raises NotFound: if there is no such integration or person, or he is out.
    """
    access.require_everywhere(actor, access.Action.TOKEN_MANAGE)
    integration = _lock_integration(integration_id)
    keeper = lock_user(keeper_id)
    if not keeper.is_active:
        raise NotFound
    integration.keeper = keeper
    integration.save(update_fields=["keeper"])
    audit.record(
        actor=actor,
        event="access.integration.handed-over",
        subject=integration,
        now=now,
        data={"keeper": keeper.username},
    )
    return integration


@transaction.atomic
def revoke_token(*, actor: access.Actor, token_id: int, now: datetime) -> ApiToken:
    """Make a token void at once.

    :raises access.ActionDenied: without ``token.manage`` unless it is one's own.
    :raises NotFound: if there is no such token.
    """
    token = ApiToken.objects.select_for_update(of=("self",)).filter(pk=token_id).first()
    if token is None:
        raise NotFound
    if token.user_id is None or actor.user_id != token.user_id:
        access.require_everywhere(actor, access.Action.TOKEN_MANAGE)
    if token.revoked_at is None:
        token.revoked_at = now
        token.save(update_fields=["revoked_at"])
        audit.record(actor=actor, event="access.token.revoked", subject=token, now=now)
        security.note(
            kind=SecurityKind.TOKEN_REVOKED, actor=actor, data={"token": token.pk}, now=now
        )
    return token


def revoke_all_of(*, user_id: int, now: datetime) -> int:
    """Make all tokens of a person void, in the caller's transaction; return how many."""
    return ApiToken.objects.filter(user_id=user_id, revoked_at=None).update(revoked_at=now)


def valid_token(*, text: str, now: datetime) -> ApiToken | None:
    """Return the token of this text with its owner, if it opens now."""
    token = (
        ApiToken.objects.select_related("user", "integration")
        .filter(
            Q(user__is_active=True) | Q(integration__ended_at=None, user=None),
            digest=token_digest(text),
            revoked_at=None,
            expires_at__gt=now,
        )
        .first()
    )
    if token is None:
        return None
    if token.last_used_at is None or token.last_used_at < now - USE_KEPT_EVERY:
        # To within ten minutes: not a write in every request.
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)
    return token


def token_of(*, text: str) -> ApiToken | None:
    """Return the token of this text, though it be void. For telling that it was tried."""
    return ApiToken.objects.filter(digest=token_digest(text)).first()


def actor_of_token(
    *, token: ApiToken, today: date, request_id: str = "", address: str = ""
) -> access.Actor:
    """Return the actor that a valid token is today."""
    if token.integration is not None:
        program = token.integration
        grants = _grants(program.actions, program.project_ids or [None])
        return access.Actor(
            label=f"{program.name} (API)", grants=grants, request_id=request_id, address=address
        )
    assert token.user is not None  # the table's constraint
    owner = actor_for(user=token.user, today=today, request_id=request_id, address=address)
    return replace(owner, grants=frozenset(_narrowed(owner.grants, token)))


def token_digest(text: str) -> str:
    """Return what is stored of a token. A plain digest is enough: tokens hold 256 random bits."""
    return hashlib.sha256(text.encode()).hexdigest()


def _make(*, name: str, expires_at: datetime | None, now: datetime) -> tuple[ApiToken, str]:
    end = expires_at or now + DEFAULT_LIFE
    if not now < end <= now + LONGEST_LIFE + timedelta(days=1):
        raise TokenInvalid(_("A token ends within two years from today."), field="expires_on")
    text = f"gj_{secrets.token_urlsafe(32)}"
    token = ApiToken(
        name=_checked_name(name),
        digest=token_digest(text),
        prefix=text[:9],
        created_at=now,
        expires_at=end,
    )
    return token, text


def _checked_name(name: str) -> str:
    name = name.strip()
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise TokenInvalid(_("Enter up to 60 characters."), field="name")
    return name


def _known(actions: Collection[str] | None) -> frozenset[access.Action] | None:
    if actions is None:
        return None
    try:
        known = frozenset(access.Action(action) for action in actions)
    except ValueError as error:
        raise TokenInvalid(_("There is no such action."), field="actions") from error
    if not known:
        raise TokenInvalid(_("Name at least one thing that it may do."), field="actions")
    return known


def _refuse_beyond(wanted: Collection[access.Action], allowed: Collection[access.Action]) -> None:
    beyond = sorted(action.value for action in wanted if action not in allowed)
    if beyond:
        raise TokenTooWide(
            _("A token may do no more than its owner, and a program never signs or takes money."),
            field="actions",
            details={"actions": beyond},
        )


def _lock_integration(integration_id: int) -> Integration:
    found = Integration.objects.select_for_update().filter(pk=integration_id).first()
    if found is None:
        raise NotFound
    return found


def _scope(row: ApiToken | Integration) -> dict[str, object]:
    return {"actions": row.actions, "projects": row.project_ids}


def _grants(actions: Sequence[str], project_ids: Sequence[int | None]) -> frozenset[access.Grant]:
    # An action that the product has dropped since is passed over.
    known = [access.Action(name) for name in actions if name in set(access.Action)]
    return frozenset(access.Grant(action, place) for action in known for place in project_ids)


def _narrowed(grants: Collection[access.Grant], token: ApiToken) -> set[access.Grant]:
    """Return what is left of its owner's grants: an action not named falls, a place not named."""
    left: set[access.Grant] = set()
    for grant in grants:
        if token.actions is not None and grant.action.value not in token.actions:
            continue
        if token.project_ids is None or grant.project_id in token.project_ids:
            left.add(grant)
        elif grant.project_id is None:
            left.update(access.Grant(grant.action, place) for place in token.project_ids)
    return left
