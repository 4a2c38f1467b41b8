"""Failures that callers are meant to handle; anything else is a bug and reaches Sentry."""

from collections.abc import Mapping
from typing import Any, ClassVar

from kernel.text import _


class DomainError(Exception):
    """Base of every anticipated failure; ``str(error)`` is fit to show to the user.

    ``field`` names the input that is at fault (a form field, an API property), ``details`` holds
    plain values that a client may need, e.g. ``{"open_amount": "12.00"}``.
    """

    code: ClassVar[str]
    status: ClassVar[int]  # HTTP's number for the kind, so that both interfaces agree

    def __init__(
        self,
        message: object = "",
        *,
        field: str | None = None,
        details: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(message)
        self.field = field
        self.details: dict[str, Any] = dict(details or {})

    def __str__(self) -> str:
        return str(self.args[0]) if self.args and self.args[0] else self.code


class Invalid(DomainError):
    """The request cannot be carried out as it stands."""

    code = "invalid"
    status = 422


class Conflict(DomainError):
    """Valid by itself, but not in the present state."""

    code = "conflict"
    status = 409


class NotFound(DomainError):
    """No such object for this actor."""

    code = "not-found"
    status = 404

    def __init__(self, message: object = "", **kwargs: Any) -> None:
        super().__init__(message or _("Not found."), **kwargs)


class Denied(DomainError):
    """The actor lacks the action."""

    code = "denied"
    status = 403
