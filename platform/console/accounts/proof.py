"""Proving again who one is, before what is dangerous: giving posts, making keys, disposing."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from django_htmx.http import HttpResponseClientRedirect

from console.accounts import door
from console.actor import get_actor
from console.redirects import safe_target
from kernel.access.models import User
from kernel.errors import Denied, DomainError, Invalid
from kernel.identity import queries
from kernel.identity.operations import factors
from kernel.limits import Limit
from kernel.security import operations as security
from kernel.security.models import SecurityKind

FIELD: Final = "proof"
OWN_FIELDS: Final = frozenset({FIELD, "csrfmiddlewaretoken"})
TRIES: Final = Limit("proof-tries", 5, 15 * 60)
TOO_MANY_TRIES: Final = _("Too many wrong passwords. Wait a quarter of an hour.")


class PasswordWrong(Invalid):
    code = "accounts.proof-wrong"


class TooManyTries(Denied):
    code = "accounts.too-many-proofs"


def check(user: User, secret: str, now: datetime, *, address: str = "") -> None:
    """Return if this is the person's password or, if he has a second factor, a code of it.

    :raises PasswordWrong: or ``factors.CodeWrong``, if it is not.
    :raises TooManyTries: or ``factors.TooManyCodes``, after five wrong ones.
    """
    if queries.has_factor(user_id=user.pk):
        check_code(user, secret, now, address=address)
        return
    if not TRIES.count(str(user.pk)):
        raise TooManyTries(TOO_MANY_TRIES)
    if not user.check_password(secret):
        raise PasswordWrong(_("This is not your password."))
    TRIES.forget(str(user.pk))


def check_code(user: User, code: str, now: datetime, *, address: str = "") -> bool:
    """Return if this is a code of the person's app or a recovery code; tell whether the latter."""
    bare = code.replace(" ", "")
    if bare.isdecimal():
        factors.check_code(user_id=user.pk, code=bare, now=now)
        return False
    factors.use_recovery_code(user_id=user.pk, code=code, address=address, now=now)
    return True


def demand(request: HttpRequest, now: datetime) -> HttpResponseBase | None:
    """Return the page that asks for a proof; ``None`` if there is one, also by this very request.

    A form that was sent is kept on that page and goes on with the proof, nothing typed is lost.
    """
    if door.is_proved(request, now):
        return None
    if request.headers.get("HX-Request") == "true":
        back = request.headers.get("HX-Current-URL", "")
        return HttpResponseClientRedirect(_address(safe_target(request, back)))
    if request.method != "POST":
        return HttpResponseRedirect(_address(request.get_full_path()))
    if request.FILES:
        return HttpResponseRedirect(
            _address(safe_target(request, request.META.get("HTTP_REFERER", "")))
        )
    error = ""
    if FIELD in request.POST:
        error = attempt(request, now)
        if not error:
            return None
    return page(request, address=request.get_full_path(), kept=list(_kept(request)), error=error)


def attempt(request: HttpRequest, now: datetime) -> str:
    """Try the proof that the request brings; return why it fails, ``""`` if it does not."""
    assert isinstance(request.user, User)  # asked only of who is signed in
    try:
        check(request.user, request.POST.get(FIELD, ""), now, address=get_actor(request).address)
    except DomainError as error:
        note_failure(request, error, now)
        return str(error)
    door.prove(request, now)
    return ""


def note_failure(request: HttpRequest, error: DomainError, now: datetime) -> None:
    """Write into the security log that somebody sits there who could not prove who he is."""
    too_many, actor = isinstance(error, Denied), get_actor(request)
    security.note(
        kind=SecurityKind.LOCKED_OUT if too_many else SecurityKind.SIGN_IN_FAILED,
        actor=actor,
        code=error.code,
        path=f"{request.method} {request.path}",
        address=actor.address,
        now=now,
    )


def page(
    request: HttpRequest, *, address: str, kept: list[tuple[str, str]], error: str, **extra: Any
) -> HttpResponse:
    """Return the page that asks; its form goes to ``address``."""
    assert isinstance(request.user, User)  # asked only of who is signed in
    context = {
        "title": _("Confirm that it is you"),
        "address": address,
        "kept": kept,
        "error": error,
        "secret_name": FIELD,
        "app": queries.app_of(user_id=request.user.pk),
        "has_factor": queries.has_factor(user_id=request.user.pk),
        "has_passkey": queries.passkeys_of(user_id=request.user.pk)
        .filter(host=door.place_of(request).host)
        .exists(),
        **extra,
    }
    return render(request, "console/accounts/proof.html", context, status=422 if error else 403)


def _address(target: str) -> str:
    return f"{reverse('account-proof')}?{urlencode({'next': target})}"


def _kept(request: HttpRequest) -> Iterator[tuple[str, str]]:
    for name, values in request.POST.lists():
        if name not in OWN_FIELDS:
            yield from ((name, str(value)) for value in values)
