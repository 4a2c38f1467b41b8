"""Who visits, and what he comes with."""

import time

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.utils import timezone

from kernel import access
from kernel.access import operations as accounts
from kernel.access import tokens
from kernel.access.models import User
from kernel.sessions import PROVED_AT, SessionStore
from tests import factories
from tests.matrix.marks import BUYING_POSTS, PROJECT_POSTS, Ids


def add_people(own: Ids, other: Ids) -> dict[str, User]:
    """Return those who visit: one who may do all in one project, and so on."""
    names: dict[str, list[tuple[str, int | None]]] = {
        "nobody": [],
        "one": [(post, own["project_id"]) for post in PROJECT_POSTS],
        "reader": [("meter_reader", own["project_id"])],
        "mixed": [
            *((post, own["project_id"]) for post in PROJECT_POSTS),
            ("meter_reader", other["project_id"]),
        ],
        "admin": [("company_admin", None)],
        "wide": [(post, None) for post in ("charging_director", "property_manager")],
        "buying": [(post, None) for post in BUYING_POSTS],
    }
    users = {}
    for name, posts in names.items():
        user = factories.add_user(name, email=f"{name}@example.com")
        accounts.set_preferences(user_id=user.pk, language="en")
        for post, project_id in dict.fromkeys(posts):
            factories.hold_post(user, post, project_id)
        users[name] = User.objects.get(pk=user.pk)
    return users


def token_of(user: User) -> str:
    """Return the text of a token that lasts a year from today, the day the API goes by."""
    now = timezone.now()
    return tokens.create_token(actor=access.SYSTEM, user_id=user.pk, name="test", now=now)[1]


def session_of(user: User) -> str:
    """Return the key of a session as signing in makes it."""
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session[PROVED_AT] = time.time() + 24 * 3600  # lately enough for all tests
    session.save(must_create=True)
    assert session.session_key is not None
    return session.session_key
