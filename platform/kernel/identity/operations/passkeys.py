"""Passkeys (WebAuthn): registering, signing in with, naming and removing them.

A passkey belongs to one host name of the company, which the browser holds it to as well. The
device must have checked its owner, by finger, face or PIN: then it is both factors in one.
"""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

from django.db import IntegrityError, transaction
from fido2.server import Fido2Server
from fido2.webauthn import (
    AttestationConveyancePreference,
    AttestedCredentialData,
    AuthenticationResponse,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialUserEntity,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from kernel import crypto
from kernel.access.models import User
from kernel.access.queries import lock_user
from kernel.access.telling import warn
from kernel.db import violated_constraint
from kernel.errors import Conflict, Invalid, NotFound
from kernel.identity.models import Passkey
from kernel.identity.operations.factors import after_removal, first_codes, note
from kernel.tenancy import current_company
from kernel.text import _

MOST_PASSKEYS: Final = 10
PASSKEY_ADDED: Final = "identity.passkey-added"
PASSKEY_REMOVED: Final = "identity.passkey-removed"
LONGEST_NAME: Final = 60
State = Mapping[str, Any]


class PasskeyRefused(Invalid):
    """Of another host, of nobody, altered, or not checked by the device: which is not told."""

    code = "identity.passkey-refused"


class PasskeyCopied(PasskeyRefused):
    """Its counter went back: the key exists twice."""

    code = "identity.passkey-copied"


class PasskeyNameMissing(Invalid):
    code = "identity.passkey-name-missing"


class TooManyPasskeys(Conflict):
    code = "identity.too-many-passkeys"


class Place(NamedTuple):
    """Where the browser is: the host's name, and scheme, host and port together."""

    host: str
    origin: str


def begin_registration(*, user: User, place: Place) -> tuple[dict[str, Any], State]:
    """Return what the browser is to be asked, and what must be kept until it answers."""
    options, state = _server(place).register_begin(
        PublicKeyCredentialUserEntity(
            id=_handle(user).encode(), name=user.username, display_name=user.name
        ),
        credentials=_credentials(_of_host(user, place)),
        resident_key_requirement=ResidentKeyRequirement.REQUIRED,
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return dict(options), dict(state)


def finish_registration(
    *,
    user_id: int,
    place: Place,
    name: str,
    state: State,
    answer: Mapping[str, Any],
    request_id: str = "",
    address: str = "",
    now: datetime,
) -> tuple[Passkey, list[str]]:
    """Keep a new passkey; return it, and recovery codes if it is the first factor.

    :raises PasskeyNameMissing: without a name to tell it by.
    :raises TooManyPasskeys: if he has ten.
    :raises PasskeyRefused: if the browser's answer does not stand.
    """
    name = _checked_name(name)
    try:
        made = _server(place).register_complete(state, answer)
        credential = made.credential_data
    except (ValueError, TypeError, KeyError, LookupError) as error:
        raise _refused() from error
    if credential is None:
        raise _refused()
    with transaction.atomic():
        user = lock_user(user_id)
        if user.passkeys.count() >= MOST_PASSKEYS:
            raise TooManyPasskeys(_("Ten passkeys are enough. Remove one first."))
        try:
            with transaction.atomic():
                passkey = Passkey.objects.create(
                    user=user,
                    name=name,
                    host=place.host,
                    digest=_digest(credential.credential_id),
                    credential_encrypted=crypto.cipher().seal(bytes(credential)),
                    sign_count=made.counter,
                    created_at=now,
                )
        except IntegrityError as error:
            if not violated_constraint(error).startswith("identity_passkey_digest"):
                raise
            raise _refused() from error
        codes = first_codes(user, now)
        own = note(user, "identity.passkey.added", request_id, now, address=address)
        warn(PASSKEY_ADDED, user, actor=own, now=now, passkey=name)
    return passkey, codes


def begin_sign_in(*, place: Place, user: User | None = None) -> tuple[dict[str, Any], State]:
    """Return what the browser is to be asked: for the keys of ``user``, or for whatever it has."""
    options, state = _server(place).authenticate_begin(
        credentials=_credentials(_of_host(user, place)) if user is not None else None,
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return dict(options), dict(state)


def finish_sign_in(
    *,
    place: Place,
    state: State,
    answer: Mapping[str, Any],
    user_id: int | None = None,
    now: datetime,
) -> User:
    """Return whose passkey has answered.

    :param user_id: whose it must be, if that is known already.
    :raises PasskeyRefused: if the answer does not stand, or its person is out.
    :raises PasskeyCopied: if the key's counter has not gone on.
    """
    try:
        read = AuthenticationResponse.from_dict(answer)
        digest = _digest(read.raw_id)
        counter = read.response.authenticator_data.counter
        handle = read.response.user_handle
    except (ValueError, TypeError, KeyError, LookupError) as error:
        raise _refused() from error
    with transaction.atomic():
        passkey = (
            Passkey.objects.select_for_update(of=("self",))
            .select_related("user")
            .filter(digest=digest, host=place.host, user__is_active=True)
            .first()
        )
        if passkey is None or user_id not in {None, passkey.user_id}:
            raise _refused()
        if handle is not None and handle != _handle(passkey.user).encode():
            raise _refused()
        try:
            _server(place).authenticate_complete(state, [_opened(passkey)], answer)
        except (ValueError, TypeError, KeyError, crypto.NotReadable) as error:
            raise _refused() from error
        # Keys that sync between devices count nothing and always say 0.
        if (counter or passkey.sign_count) and counter <= passkey.sign_count:
            raise PasskeyCopied(
                _("This passkey was used elsewhere with a later count. It may have been copied.")
            )
        passkey.sign_count, passkey.last_used_at = counter, now
        passkey.save(update_fields=["sign_count", "last_used_at"])
    return passkey.user


@transaction.atomic
def rename(
    *, user_id: int, passkey_id: int, name: str, request_id: str = "", now: datetime
) -> Passkey:
    """Give one's passkey another name.

    :raises NotFound: if it is not one's own.
    :raises PasskeyNameMissing: without a name.
    """
    name = _checked_name(name)
    user = lock_user(user_id)
    passkey = _own(user, passkey_id)
    passkey.name = name
    passkey.save(update_fields=["name"])
    note(user, "identity.passkey.renamed", request_id, now)
    return passkey


@transaction.atomic
def remove(
    *, user_id: int, passkey_id: int, request_id: str = "", address: str = "", now: datetime
) -> None:
    """Remove one's passkey.

    :raises NotFound: if it is not one's own.
    :raises FactorNeeded: if it is the last factor of somebody who must have one.
    """
    user = lock_user(user_id)
    passkey = _own(user, passkey_id)
    passkey.delete()
    after_removal(user, now)
    own = note(user, "identity.passkey.removed", request_id, now, address=address)
    warn(PASSKEY_REMOVED, user, actor=own, now=now, passkey=passkey.name)


def _server(place: Place) -> Fido2Server:
    company = current_company()
    return Fido2Server(
        PublicKeyCredentialRpEntity(id=place.host, name=company.name),
        attestation=AttestationConveyancePreference.NONE,
        # The very address, port and all: another host of ours is another company.
        verify_origin=lambda origin: origin == place.origin,
    )


def _of_host(user: User, place: Place) -> Sequence[Passkey]:
    return list(user.passkeys.filter(host=place.host).order_by("pk"))


def _credentials(passkeys: Sequence[Passkey]) -> list[AttestedCredentialData]:
    return [_opened(passkey) for passkey in passkeys]


def _opened(passkey: Passkey) -> AttestedCredentialData:
    return AttestedCredentialData(crypto.cipher().open(bytes(passkey.credential_encrypted)))


def _handle(user: User) -> str:
    """Return what the device keeps of the person: nothing that says who he is."""
    return crypto.blind_index(f"passkey:{user.pk}")


def _digest(credential_id: bytes) -> str:
    return hashlib.sha256(credential_id).hexdigest()


def _own(user: User, passkey_id: int) -> Passkey:
    passkey = user.passkeys.filter(pk=passkey_id).first()
    if passkey is None:
        raise NotFound
    return passkey


def _checked_name(name: str) -> str:
    name = name.strip()
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise PasskeyNameMissing(_("Enter up to 60 characters."), field="name")
    return name


def _refused() -> PasskeyRefused:
    return PasskeyRefused(_("This passkey was not accepted. Try again, or sign in another way."))
