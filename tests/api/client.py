"""A client of the API with one person's token."""

import json
from dataclasses import dataclass
from typing import Any

from django.test import Client
from django.utils import timezone

from kernel import access
from kernel.access import tokens
from kernel.access.models import User
from kernel.tenancy import tenant_connection
from tests import factories

Json = dict[str, Any]


@dataclass
class Api:
    """Sends requests as one person; the company in force stays what it was."""

    client: Client
    token: str
    host: str = "alpha.test"

    def __call__(
        self,
        method: str,
        path: str,
        body: Json | None = None,
        headers: dict[str, str] | None = None,
    ) -> Any:
        company = tenant_connection.tenant
        try:
            return self.client.generic(
                method,
                f"/api/v1/{path}",
                b"" if body is None else json.dumps(body).encode(),
                content_type="application/json",
                headers={**self._credential(), "host": self.host, **(headers or {})},
            )
        finally:
            tenant_connection.set_tenant(company)  # a request leaves the public schema in force

    def upload(self, path: str, fields: Json) -> Any:
        """Send a form with files."""
        company = tenant_connection.tenant
        headers = {**self._credential(), "host": self.host}
        try:
            return self.client.post(f"/api/v1/{path}", fields, headers=headers)
        finally:
            tenant_connection.set_tenant(company)

    def _credential(self) -> dict[str, str]:
        return {"authorization": f"Bearer {self.token}"} if self.token else {}


def sign_in(username: str, *posts: tuple[str, int | None]) -> Api:
    """Return the client of a person, who is added and given posts if need be."""
    user = _person(username, posts)
    # It lasts a year: from today, the day the API goes by.
    now = timezone.now()
    _row, text = tokens.create_token(actor=access.SYSTEM, user_id=user.pk, name="test", now=now)
    return Api(Client(), text)


def sign_in_by_browser(username: str, *posts: tuple[str, int | None]) -> Api:
    """Return the client of a person whose console's session goes along instead of a token."""
    client = Client(headers={"host": "alpha.test"})
    client.force_login(
        _person(username, posts), backend="django.contrib.auth.backends.ModelBackend"
    )
    return Api(client, "")


def _person(username: str, posts: tuple[tuple[str, int | None], ...]) -> User:
    user = User.objects.filter(username=username).first() or factories.add_user(username)
    for post, project_id in posts:
        factories.hold_post(user, post, project_id)
    return user


def refusal(answer: Any) -> tuple[int, str]:
    """Return what a refusal says to programs."""
    return answer.status_code, answer.json()["code"]
