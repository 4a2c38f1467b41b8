"""Error reports without personal data."""

import re
from typing import Any

import sentry_sdk
from sentry_sdk.integrations.celery import CeleryIntegration
from sentry_sdk.integrations.django import DjangoIntegration

from config.observability.logs import REMOVED, SECRET_WORDS

# Mainland ID numbers (15 or 18 characters) and mobile or landline numbers inside longer text.
PERSONAL = re.compile(
    r"(?<!\d)(\d{17}[\dXx]|\d{15}|1[3-9]\d[ -]?\d{4}[ -]?\d{4}|0\d{2,3}-\d{7,8})(?!\d)"
)
# Whole branches that hold what people typed.
BRANCHES_REMOVED = ("data", "cookies", "env")


def start(dsn: str, *, environment: str, release: str) -> None:
    """Send errors to ``dsn``; do nothing if it is empty."""
    if not dsn:
        return
    sentry_sdk.init(
        dsn=dsn,
        environment=environment,
        release=release,
        data_collection={
            "user_info": False,
            "cookies": {"mode": "off"},
            "http_bodies": [],
            "url_query_params": {"mode": "off"},
            "database_query_data": False,
            "queues": False,
            "stack_frame_variables": False,  # they hold names, phones, amounts
        },
        integrations=[DjangoIntegration(), CeleryIntegration()],
        before_send=clean_event,
        before_breadcrumb=clean_breadcrumb,
    )


def clean_event(event: Any, _hint: Any) -> Any:
    """Name the company, remove what people typed and what looks like a person's number."""
    from kernel.tenancy import current_schema  # noqa: PLC0415 - settings load this before Django

    event.setdefault("tags", {})["schema"] = current_schema()
    request = event.get("request", {})
    for branch in BRANCHES_REMOVED:
        request.pop(branch, None)
    if "query_string" in request:
        request["query_string"] = REMOVED
    user = event.get("user")
    if user:
        event["user"] = {"id": user["id"]} if user.get("id") else {}
    return scrub(event)


def clean_breadcrumb(crumb: Any, _hint: Any) -> Any:
    """Clean a breadcrumb the same way; statements of the database are dropped."""
    if crumb.get("category") == "query":
        return None
    return scrub(crumb)


def scrub(value: Any) -> Any:
    """Return ``value`` with personal numbers and secret keys' values replaced, at any depth."""
    if isinstance(value, dict):
        return {
            key: REMOVED
            if isinstance(key, str) and any(word in key.lower() for word in SECRET_WORDS)
            else scrub(item)
            for key, item in value.items()
        }
    if isinstance(value, (list, tuple)):
        return [scrub(item) for item in value]
    if isinstance(value, str):
        return PERSONAL.sub(REMOVED, value)
    return value
