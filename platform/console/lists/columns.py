"""Columns of a list: where a value comes from, how it is shown and exported."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal

from django.db.models import Choices
from django.template.loader import render_to_string
from django.utils.functional import Promise
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from console import formats
from console.templatetags import ui

Text = str | Promise
Kind = Literal["text", "code", "money", "number", "percent", "day", "time", "state", "flag"]
Phone = Literal["", "title", "sub", "end", "end2"]
RIGHT: frozenset[str] = frozenset({"money", "number", "percent"})


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column.

    ``key`` names it in the address, in preferences, and, unless ``value`` says otherwise, is the
    path of its value in the row: ``"unit.building.name"``, in model instances and dicts alike.
    """

    key: str
    label: Text
    kind: Kind = "text"
    value: Callable[[Any], Any] | None = None
    sort: str | tuple[str, ...] = ()  # path(s) to order by; none: the column cannot be sorted
    total: str = ""  # path to sum over the whole result, shown at the foot
    template: str = ""  # a template for the cell: row, value, column
    tone: Callable[[Any], str] | None = None  # of a state's chip; of the text elsewhere
    places: int | None = None  # decimals of a number
    is_link: bool = False  # the cell that opens the row
    is_shown: bool = True  # until the user chooses
    is_fixed: bool = False  # cannot be hidden
    wraps: bool = False
    phone: Phone = ""  # its place in the two lines of a row on a phone; none: not shown there
    css: str = field(default="")

    @property
    def orderings(self) -> tuple[str, ...]:
        return (self.sort,) if isinstance(self.sort, str) else self.sort

    @property
    def cell_css(self) -> str:
        parts = [
            "amt" if self.kind in RIGHT else "",
            "num" if self.kind in {"day", "time", "code"} else "",
            "code" if self.kind == "code" else "",
            "wrap" if self.wraps else "",
            f"m-{self.phone}" if self.phone else "",
            self.css,
        ]
        return " ".join(part for part in parts if part)

    def raw(self, row: Any) -> Any:
        """Return the value of the cell as it is stored."""
        return self.value(row) if self.value else resolve(row, self.key)

    def word(self, row: Any) -> str:
        """Return the value as text, the same on the screen and in a CSV file."""
        value = self.raw(row)
        if value is None or value == "":
            return ""
        return self.spell(row, value)

    def spell(self, row: Any, value: Any) -> str:
        """Return a value of this column's kind as text."""
        if self.kind == "money":
            return formats.spell_money(value)
        if self.kind == "number":
            return formats.spell_number(value, self.places)
        if self.kind == "percent":
            return formats.spell_percent(value, 1 if self.places is None else self.places)
        if self.kind == "day":
            return formats.spell_day(value)
        if self.kind == "time":
            return formats.spell_time(value)
        if self.kind == "flag":
            return gettext("Yes") if value else gettext("No")
        if self.kind == "state":
            return self._state_word(row, value)
        return str(value)

    def _state_word(self, row: Any, value: Any) -> str:
        display = getattr(row, f"get_{self.key}_display", None)
        if display is not None:
            return str(display())
        return str(value.label) if isinstance(value, Choices) else str(value)

    def html(self, row: Any) -> SafeString:
        """Return the content of the cell."""
        value = self.raw(row)
        if self.template:
            context = {"row": row, "value": value, "column": self}
            return SafeString(render_to_string(self.template, context))
        if value is None or value == "":
            return ui.faint(formats.NOTHING)
        if self.kind == "state":
            tone = self.tone(row) if self.tone else None
            return ui.status(value, self._state_word(row, value), tone)
        word = self.spell(row, value)
        tone = self.tone(row) if self.tone else ""
        return ui.toned(word, tone) if tone else SafeString(conditional_escape(word))

    def for_sheet(self, row: Any) -> str | Decimal | date | datetime | bool | None:
        """Return what is written into an exported sheet: numbers and days stay what they are."""
        value = self.raw(row)
        if value is None or value == "":
            return None
        if self.kind in RIGHT and isinstance(value, (int, float, Decimal)):
            return Decimal(str(value))
        if self.kind in {"day", "time"} and isinstance(value, date):
            return value
        return self.spell(row, value)


def title_column(
    key: str,
    label: Text,
    *,
    kind: Kind = "text",
    value: Callable[[Any], Any] | None = None,
    sort: str | tuple[str, ...] = (),
    css: str = "",
) -> Column:
    """Return the column that names a row: it opens it, cannot be hidden, heads it on a phone."""
    return Column(
        key=key,
        label=label,
        kind=kind,
        value=value,
        sort=sort,
        css=css,
        is_link=True,
        is_fixed=True,
        phone="title",
    )


def resolve(row: Any, path: str) -> Any:
    """Return what ``path`` (``a.b``) leads to in a row; ``None`` as soon as a step is missing."""
    value = row
    for step in path.split("."):
        if value is None:
            return None
        value = value.get(step) if isinstance(value, Mapping) else getattr(value, step, None)
    return value() if callable(value) and not isinstance(value, type) else value
