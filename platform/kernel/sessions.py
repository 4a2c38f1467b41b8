"""Sessions in the company's schema whose content opens in that company only."""

import time
from datetime import datetime
from typing import Final

from django.contrib.sessions.backends import db
from django.contrib.sessions.backends.base import SessionBase

from kernel.tenancy import current_schema

PROVED_AT: Final = "proved_at"
# How long a proof lasts for what is dangerous.
PROOF_SECONDS: Final = 15 * 60


def is_proved(session: SessionBase, now: datetime) -> bool:
    """Tell whether whoever sits there proved who he is lately enough for what is dangerous."""
    proved_at = session.get(PROVED_AT)
    return isinstance(proved_at, float) and now.timestamp() - proved_at <= PROOF_SECONDS


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
