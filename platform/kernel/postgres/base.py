"""The database wrapper: search path and role change together, or not at all."""

from typing import Any

from django.conf import settings
from django.db.utils import DatabaseError
from django_tenants.postgresql_backend import base
from django_tenants.utils import get_limit_set_calls, get_public_schema_name
from psycopg2 import InternalError


class DatabaseWrapper(base.DatabaseWrapper):
    """Sends ``search_path`` and ``role`` in one statement before the first query of a switch."""

    _setting_search_path: bool
    search_path_set_schemas: list[str] | None

    def _handle_search_path(self, cursor: Any = None) -> None:
        if self._setting_search_path or (get_limit_set_calls() and self.search_path_set_schemas):
            return
        search_paths = self._get_cursor_search_paths()
        self._setting_search_path = True
        own_cursor = self.connection.cursor() if cursor is None else cursor
        try:
            own_cursor.execute(
                "SELECT set_config('search_path', %s, false), set_config('role', %s, false)",
                [
                    ",".join(base.quote_schema_name(path) for path in search_paths),
                    role_of(self.schema_name),
                ],
            )
        except (DatabaseError, InternalError):
            # The transaction is already broken: its rollback resets both settings, and the next
            # cursor sends them anew.
            self.search_path_set_schemas = None
        else:
            self.search_path_set_schemas = search_paths
        finally:
            self._setting_search_path = False
            if cursor is None:
                own_cursor.close()


def role_of(schema_name: str) -> str:
    """Return the role for a schema: the schema's namesake, or the login role in public.

    Processes that migrate run as the owner of all tables and keep that role everywhere.
    """
    if settings.DATABASE_AS_OWNER or schema_name == get_public_schema_name():
        return "none"
    return schema_name
