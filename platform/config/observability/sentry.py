"""Error reports without personal data."""

import re
from typing import Any

import sentry_sdk
from sentry_sdk.integrations.celery import CeleryIntegration
from sentry_sdk.integrations.django import DjangoIntegration

from config.observability.private import REMOVED, scrub

SCHEMA = re.compile(r"public|t_[a-z0-9]{10}")
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
        before_send_transaction=clean_event,
        before_breadcrumb=clean_breadcrumb,
    )


def name_task(schema: object) -> None:
    """Let what is reported of the task that begins name the company of its message."""
    named = schema if isinstance(schema, str) and SCHEMA.fullmatch(schema) else "public"
    sentry_sdk.get_isolation_scope().set_tag("schema", named)


def forget_task() -> None:
    """Take the company's name off again: without a scope of the task's own it would stay."""
    sentry_sdk.get_isolation_scope().remove_tag("schema")


def clean_event(event: Any, _hint: Any) -> Any:
    """Name the company, remove what people typed and what looks like a person's number."""
    from kernel.tenancy import current_schema  # noqa: PLC0415 - settings load this before Django

    # A task's failure is reported when its company is no longer in force: its scope names it.
    event.setdefault("tags", {}).setdefault("schema", current_schema())
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
