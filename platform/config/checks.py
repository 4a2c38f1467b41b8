"""Checks of the installation that Django does not have."""

from typing import Any

import dj_database_url
from django.conf import settings
from django.core.checks import CheckMessage, Warning  # noqa: A004 - Django's name for it


def login_role_owns_nothing(**_kwargs: Any) -> list[CheckMessage]:
    """Warn where web and worker log in as the owner of all tables.

    Everything works, and inside a company its role is in force all the same. What is lost is the
    belt: code that runs for no company could read every company's rows.
    """
    if _user(settings.DATABASE_URL) != _user(settings.DATABASE_OWNER_URL):
        return []
    return [
        Warning(
            "Web and worker log in as the owner of all tables.",
            hint=(
                "Make a second role (CREATE ROLE guanjia_web LOGIN NOINHERIT), name it in"
                " DATABASE_URL and the owner in DATABASE_OWNER_URL, and run: guanjia migrate_all"
            ),
            id="guanjia.W001",
        )
    ]


def _user(url: str) -> str:
    return str(dj_database_url.parse(url).get("USER", ""))
