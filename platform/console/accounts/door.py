"""The way in: what is kept of a sign-in that is half done, and of one that is.

Between the password and the second factor nobody is signed in: the anonymous session only says
whose password was right, for ten minutes, and for that very password.
"""

import hmac
from datetime import datetime
from typing import Final

from django.contrib.auth import login
from django.http import HttpRequest
from django.urls import reverse

from console.accounts.lockout import counted_address
from kernel import sessions as kept_sessions
from kernel import visits
from kernel.access.models import User
from kernel.identity import queries
from kernel.identity.models import Method
from kernel.identity.operations import sessions
from kernel.identity.operations.passkeys import Place
from kernel.sessions import PROVED_AT
from kernel.tenancy import company_day

BACKEND: Final = "django.contrib.auth.backends.ModelBackend"
PENDING: Final = "half_signed_in"
SIGN_IN: Final = "sign_in"
SEEN_AT: Final = "seen_at"
PENDING_SECONDS: Final = 10 * 60


def remember(request: HttpRequest, user: User, target: str, now: datetime) -> None:
    """Keep that the password was right; the session gets a new key."""
    request.session.cycle_key()
    request.session[PENDING] = {
        "user": user.pk,
        "state": user.get_session_auth_hash(),
        "at": now.timestamp(),
        "target": target,
    }


def pending_user(request: HttpRequest, now: datetime) -> User | None:
    """Return who is half signed in here, if that still stands."""
    kept = request.session.get(PENDING)
    if request.user.is_authenticated or not isinstance(kept, dict):
        return None
    if not 0 <= now.timestamp() - kept["at"] <= PENDING_SECONDS:
        return None
    user = User.objects.filter(pk=kept["user"], is_active=True).first()
    if user is None or not hmac.compare_digest(kept["state"], user.get_session_auth_hash()):
        return None
    return user


def next_step(user: User, now: datetime) -> str:
    """Return the name of the page that stands between the person and his work; ``""`` if none."""
    if user.first_password_until is not None:
        return "sign-in-password"
    if queries.has_factor(user_id=user.pk):
        return "sign-in-factor"
    if queries.must_have_factor(user_id=user.pk, today=company_day(now)):
        return "sign-in-enrol"
    return ""


def let_in(request: HttpRequest, user: User, method: Method, now: datetime) -> str:
    """Sign the person in; return where he wanted to go."""
    kept = request.session.pop(PENDING, None) or {}
    login(request, user, backend=BACKEND)
    if request.session.session_key is None:  # somebody else's, which is gone with all it held
        request.session.create()
    assert request.session.session_key is not None
    row = sessions.begin(
        user_id=user.pk,
        session_key=request.session.session_key,
        method=method,
        device=device_of(request),
        address=counted_address(request) or "",
        request_id=visits.request_id(request),
        now=now,
    )
    request.session[SIGN_IN] = row.pk
    request.session[SEEN_AT] = now.timestamp()
    prove(request, now)
    return str(kept.get("target", "")) or reverse("home")


def keep_seen(request: HttpRequest, now: datetime) -> None:
    """Note every ten minutes that the session is in use."""
    row_id = request.session.get(SIGN_IN)
    seen_at = request.session.get(SEEN_AT, 0.0)
    if row_id is None or now.timestamp() - seen_at < sessions.SEEN_KEPT_EVERY.total_seconds():
        return
    request.session[SEEN_AT] = now.timestamp()
    sessions.note_seen(sign_in_id=row_id, address=counted_address(request) or "", now=now)


def carry_over(request: HttpRequest) -> None:
    """Let the list of sessions follow a session whose key has just been changed."""
    row_id, key = request.session.get(SIGN_IN), request.session.session_key
    if row_id is not None and key is not None:
        sessions.carry_over(sign_in_id=row_id, session_key=key)


def prove(request: HttpRequest, now: datetime) -> None:
    """Note that whoever sits there has just proved who he is."""
    request.session[PROVED_AT] = now.timestamp()


def is_proved(request: HttpRequest, now: datetime) -> bool:
    """Tell whether that was lately enough for what is dangerous."""
    return kept_sessions.is_proved(request.session, now)


def keep_proof(request: HttpRequest, proved_at: object) -> None:
    """Put back when the last proof was: what gave the session a new key was none."""
    request.session[PROVED_AT] = proved_at


def place_of(request: HttpRequest) -> Place:
    """Return where the browser is, as passkeys see it."""
    host = request.get_host()
    name = host.rpartition(":")[0] if ":" in host.rpartition("]")[2] else host
    return Place(host=name, origin=f"{request.scheme}://{host}")


def device_of(request: HttpRequest) -> str:
    """Return browser and system in two words, as far as the browser tells them."""
    agent = request.headers.get("User-Agent", "")
    # The first that fits: each browser names those before it as well.
    browsers = (
        ("MicroMessenger", "WeChat"),
        ("Edg", "Edge"),
        ("OPR", "Opera"),
        ("Firefox", "Firefox"),
        ("Chrome", "Chrome"),
        ("Safari", "Safari"),
    )
    systems = (
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Windows", "Windows"),
        ("Mac OS", "macOS"),
        ("Linux", "Linux"),
    )
    found = [
        next((word for mark, word in choices if mark in agent), "")
        for choices in (browsers, systems)
    ]
    return ", ".join(word for word in found if word) or "—"
