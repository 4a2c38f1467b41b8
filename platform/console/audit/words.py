"""What an entry of the record says, in words."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext, pgettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from console import formats
from console.properties.events import FIELDS
from console.properties.words import side_by_side
from kernel.audit.models import AuditEntry

# Fields that are called otherwise where they are no house's and no meter's.
PLAIN_FIELDS: Mapping[str, Any] = {
    "code": pgettext_lazy("of a thing", "Code"),
    "mark": _("Revision"),
    "number": _("Number"),
}


def changes_of(entry: AuditEntry) -> list[tuple[str, str, str]]:
    """Return field, value before and value after of what changed."""
    before, after = entry.data.get("before"), entry.data.get("after")
    if not isinstance(before, dict):
        before = {"": before} if before is not None else {}
    if not isinstance(after, dict):
        after = {"": after} if after is not None else {}
    return [
        (named(key, entry.event), spelled(before.get(key)), spelled(after.get(key)))
        for key in dict.fromkeys([*before, *after])
    ]


def facts_of(entry: AuditEntry) -> list[tuple[str, str]]:
    """Return what else an entry says."""
    return [
        (named(key, entry.event), spelled(value))
        for key, value in entry.data.items()
        if key not in {"before", "after"} and value not in (None, "", [], {})
    ]


def told_of(entry: AuditEntry) -> str:
    """Return everything that an entry says in one text, for sheets."""
    changes = (
        gettext("%(field)s: %(before)s → %(after)s")
        % {"field": field or gettext("Value"), "before": before, "after": after}
        for field, before, after in changes_of(entry)
    )
    facts = (formats.spell_pair(field, value) for field, value in facts_of(entry))
    return side_by_side([*changes, *facts])


def named(key: str, event: str = "") -> str:
    """Return the words of a field, or its code where it has none."""
    if key in PLAIN_FIELDS and not event.startswith("properties."):
        return str(PLAIN_FIELDS[key])
    return str(FIELDS.get(key, key))


def spelled(value: Any) -> str:
    """Return a JSON value as people read it."""
    if value is None or value == "":
        return pgettext("no value", "none")
    if isinstance(value, bool):
        return gettext("Yes") if value else gettext("No")
    if isinstance(value, dict):
        return "; ".join(f"{named(key)}: {spelled(part)}" for key, part in value.items())
    if isinstance(value, list):
        return pgettext("between items of a list", ", ").join(spelled(part) for part in value)
    return str(value)
