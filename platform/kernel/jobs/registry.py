"""Which function does a job of a kind. Filled by the services' ``tasks`` modules on import."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kernel.jobs.runner import Progress

Handler = Callable[["Progress"], dict[str, Any] | None]

_HANDLERS: dict[str, Handler] = {}


def handles(kind: str) -> Callable[[Handler], Handler]:
    """Register the decorated function for jobs of ``kind``.

    The function gets a :class:`kernel.jobs.runner.Progress`, runs in the company's schema outside
    any transaction, and must be safe to run twice.
    """

    def register(handler: Handler) -> Handler:
        known = _HANDLERS.get(kind)
        if known is not None and known.__qualname__ != handler.__qualname__:
            raise ValueError(f"two handlers for {kind}")
        _HANDLERS[kind] = handler
        return handler

    return register


def handler_of(kind: str) -> Handler:
    """Return the function for ``kind``.

    :raises KeyError: if none is registered.
    """
    return _HANDLERS[kind]


def kinds() -> frozenset[str]:
    """Return every registered kind."""
    return frozenset(_HANDLERS)
