"""Operators for tests, and their way in."""

import re
from typing import Any

from django.test import Client
from django.utils import timezone

from kernel.identity import totp
from tests.factories import PASSWORD


def knock(client: Client, username: str = "ops", password: str = PASSWORD) -> Any:
    """Sign a new operator in at his page: the password, then the app that he sets up there."""
    page = client.post("/operators/sign-in/", {"username": username, "password": password})
    text = page.content.decode()
    hidden = dict(re.findall(r'type="hidden" name="(ticket|secret)" value="([^"]*)"', text))
    found = re.search(r'<code class="code">([A-Z2-7 ]+)</code>', text)
    if found is None:
        return page
    secret = found.group(1).replace(" ", "")
    code = totp.code_at(secret, totp.step_of(timezone.now()))
    return client.post("/operators/sign-in/", {**hidden, "code": code})
