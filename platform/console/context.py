"""What every template of the console may use."""

from typing import Any

from django.http import HttpRequest


def shell(request: HttpRequest) -> dict[str, Any]:
    """Return the company in force; pages of the public site have none."""
    return {"company": getattr(request, "tenant", None)}
