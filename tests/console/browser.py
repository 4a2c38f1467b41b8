"""A browser without a screen: the test client, signed in as one person."""

from typing import Any

from django.test import Client

from kernel.access.models import User
from kernel.access.operations import set_preferences
from kernel.tenancy import tenant_connection


class Browser(Client):
    """A client of alpha's site that leaves the company in force, as the test had it."""

    def request(self, **request: Any) -> Any:
        company = tenant_connection.tenant
        try:
            return super().request(**request)
        finally:
            tenant_connection.set_tenant(company)


def browser_of(username: str) -> Browser:
    """Return a browser in which this person has signed in, in English."""
    user = User.objects.get(username=username)
    set_preferences(user_id=user.pk, language="en")
    client = Browser(headers={"host": "alpha.test"})
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client
