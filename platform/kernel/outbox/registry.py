"""Which events other systems can be told. Each module registers its own in ``AppConfig.ready``."""

from django.utils.functional import Promise

_EVENTS: dict[str, Promise] = {}


def register(name: str, words: Promise) -> None:
    """Add an event, ``service.object.past-tense``, and what it tells in words.

    :raises ValueError: if another has that name.
    """
    if name in _EVENTS and str(_EVENTS[name]) != str(words):
        raise ValueError(f"two events are called {name}")
    _EVENTS[name] = words


def events() -> dict[str, Promise]:
    """Return every event by name, with what it tells."""
    return dict(sorted(_EVENTS.items()))
