"""Structured logs: one JSON object a line, with the company and the request."""

import logging
from typing import Any

import structlog
from structlog.typing import EventDict

from config.observability.private import IDENTIFIERS, REMOVED, is_secret, scrub


def add_company(_logger: Any, _method: str, event: EventDict) -> EventDict:
    """Add the schema in force; ``public`` where none is."""
    from kernel.tenancy import current_schema  # noqa: PLC0415 - settings load this before Django

    event.setdefault("schema", current_schema())
    return event


def remove_secrets(_logger: Any, _method: str, event: EventDict) -> EventDict:
    """Blank the values of keys that name a secret or personal data."""
    for key in list(event):
        if is_secret(key):
            event[key] = REMOVED
    return event


def scrub_texts(_logger: Any, _method: str, event: EventDict) -> EventDict:
    """Take personal data and credentials out of messages, tracebacks and whatever came along."""
    event.pop("request", None)  # Django's: its spelling is the address, links and all
    return {
        key: value if key in IDENTIFIERS else scrub(_plain(value)) for key, value in event.items()
    }


def _plain(value: Any) -> Any:
    return value if isinstance(value, str | int | float | list | dict | None) else repr(value)


def one_line(_logger: Any, _method: str, event: EventDict) -> EventDict:
    """Keep control characters of user input from forging lines or terminal commands."""
    for key, value in event.items():
        if isinstance(value, str) and key != "exception":
            event[key] = "".join(c if c.isprintable() else " " for c in value)
    return event


def logging_settings(level: str) -> dict[str, Any]:
    """Return Django's ``LOGGING``: everything as JSON to standard error."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        add_company,
        remove_secrets,
        one_line,
    ]
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "json": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": shared,
                "processors": [
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    structlog.processors.format_exc_info,
                    scrub_texts,
                    structlog.processors.JSONRenderer(ensure_ascii=False),
                ],
            }
        },
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            "django.server": {"handlers": [], "propagate": True},
            "django": {"handlers": [], "propagate": True, "level": level},
            # Its warnings of 4xx name paths, one of which holds a token; our line says the rest.
            "django.request": {"handlers": [], "propagate": True, "level": "ERROR"},
            # At DEBUG it spells whole contexts of pages: prices before they are sealed, persons.
            "django.template": {"handlers": [], "propagate": True, "level": "INFO"},
        },
    }


def bind(**values: Any) -> None:
    """Add values to every line of this request or task."""
    structlog.contextvars.bind_contextvars(**values)


def unbind(*names: str) -> None:
    """Forget some of what :func:`bind` added."""
    structlog.contextvars.unbind_contextvars(*names)


def clear() -> None:
    """Forget what :func:`bind` added."""
    structlog.contextvars.clear_contextvars()


logger = logging.getLogger("guanjia.request")
