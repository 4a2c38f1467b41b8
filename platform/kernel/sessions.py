"""Sessions in the company's schema whose content opens in that company only."""

import time
from typing import Final

from django.contrib.sessions.backends import db

from kernel.tenancy import current_schema

PROVED_AT: Final = "proved_at"


class SessionStore(db.SessionStore):
    """Django's database sessions, signed for the company in force.

    A row carried into another schema (a copied database, a restored dump) is an empty session.
    """

    @property
    def key_salt(self) -> str:
        return f"guanjia.sessions.{current_schema()}"

    def cycle_key(self) -> None:
        """Change the key, as is done whenever somebody has just proved who he is; note when."""
        super().cycle_key()
        self[PROVED_AT] = time.time()
