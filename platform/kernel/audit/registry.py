"""The words for what is recorded. Each app names its own in a module ``events``.

``EVENTS`` maps events to what happened, in the past: "Bill run posted". ``OBJECTS`` maps the labels
of its models to what such a thing is called: ``{"properties.unit": _("Unit")}``.
"""

from collections.abc import Callable, Mapping
from functools import cache, reduce
from importlib import import_module
from operator import or_

from django.apps import apps
from django.db.models import Q
from django.utils.functional import Promise
from django.utils.module_loading import module_has_submodule

Text = str | Promise

_WITHHELD: dict[str, Callable[[], Q]] = {}


@cache
def events() -> Mapping[str, Text]:
    """Return the words of every event."""
    return _collect("EVENTS")


@cache
def objects() -> Mapping[str, Text]:
    """Return the words for every kind of object that something is recorded about."""
    return _collect("OBJECTS")


def event_words(event: str) -> str:
    """Return what happened, in words; an event of a former release keeps its code."""
    return str(events().get(event, event))


def object_words(object_type: str) -> str:
    """Return what kind of thing it happened to, in words, or the code of a former release."""
    return str(objects().get(object_type, object_type))


def withhold(name: str, entries: Callable[[], Q]) -> None:
    """Keep entries from everybody who reads the record, as long as ``entries()`` names them.

    For what somebody may learn later only. It is written at once, chained and verified with all
    others. Called in ``AppConfig.ready`` under a unique name.
    """
    _WITHHELD[name] = entries


def withheld() -> Q:
    """Return the condition for what nobody is shown at present."""
    return reduce(or_, (entries() for entries in _WITHHELD.values()), Q(pk__in=[]))


def _collect(name: str) -> Mapping[str, Text]:
    found: dict[str, Text] = {}
    for app in apps.get_app_configs():
        if app.module is not None and module_has_submodule(app.module, "events"):
            found |= getattr(import_module(f"{app.name}.events"), name, {})
    return found
