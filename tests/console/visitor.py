"""A person at the console, for tests of pages."""

from dataclasses import dataclass, field
from typing import Any

from django.test import Client

from kernel.access.models import User
from kernel.access.operations import set_preferences
from kernel.tenancy import tenant_connection
from tests.factories import add_actor


@dataclass
class Visitor:
    """Signed in to alpha; after each request the company is in force again for the test."""

    username: str
    client: Client = field(default_factory=lambda: Client(headers={"host": "alpha.test"}))

    def get(self, path: str, query: dict[str, Any] | None = None, *, htmx: bool = False) -> Any:
        return self._send("get", path, query, htmx=htmx)

    def post(self, path: str, data: dict[str, Any] | None = None, *, htmx: bool = False) -> Any:
        return self._send("post", path, data, htmx=htmx)

    def _send(self, method: str, path: str, data: dict[str, Any] | None, *, htmx: bool) -> Any:
        company = tenant_connection.tenant
        headers = {"HX-Request": "true"} if htmx else {}
        try:
            return getattr(self.client, method)(path, data or {}, headers=headers)
        finally:
            tenant_connection.set_tenant(company)


def sign_in(username: str, post: str = "", *, project_id: int | None = None) -> Visitor:
    """Return a visitor who reads English; with ``post`` the person is made and given it."""
    if post:
        add_actor(username, post, project_id=project_id)
    user = User.objects.get(username=username)
    set_preferences(user_id=user.pk, language=User.Language.EN)
    visitor = Visitor(username)
    visitor.client.force_login(user)
    return visitor
