"""Sessions in the company's schema whose content opens in that company only."""

from django.contrib.sessions.backends import db

from kernel.tenancy import current_schema


class SessionStore(db.SessionStore):
    """Django's database sessions, signed for the company in force.

    A row carried into another schema (a copied database, a restored dump) is an empty session.
    """

    @property
    def key_salt(self) -> str:
        return f"guanjia.sessions.{current_schema()}"
