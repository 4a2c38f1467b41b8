"""Filters of a list: read from the address, turned into a ``Q``, told back in words."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, ClassVar

from django.db.models import Q
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _

from console import formats
from console.inputs import plain_text, read_day, read_number

if TYPE_CHECKING:
    from console.lists.views import ListView

Text = str | Promise
Choice = tuple[Any, Text]  # stored value (a key or a code), word
YES, NO = _("Yes"), _("No")


@dataclass(frozen=True)
class Setting:
    """A filter that is set: its value, the words of its pill, what stands in the address."""

    value: Any
    words: str
    params: list[tuple[str, str]]


class BadFilter(ValueError):
    """What the address says is not a value of the filter. The message is for the user."""


@dataclass(frozen=True, kw_only=True)
class Filter:
    """The base of all filters.

    ``field`` is the path that is compared; without one the view applies the filter itself, with
    ``self.filter_value("key")`` in ``get_queryset``.
    """

    template: ClassVar[str] = "console/components/filter_text.html"

    key: str
    label: Text
    field: str = ""

    @property
    def params(self) -> tuple[str, ...]:
        """The names of the filter's parameters in the address."""
        return (self.key,)

    def read(self, query: QueryDict, view: "ListView") -> Setting | None:
        """Return the setting found in the address, ``None`` if there is none.

        :raises BadFilter: if there is one that makes no sense.
        """
        raise NotImplementedError

    def q(self, value: Any) -> Q:
        """Return the condition for a value."""
        raise NotImplementedError

    def control(self, setting: Setting | None, view: "ListView") -> dict[str, Any]:
        """Return what the filter's template needs beside the filter and the setting."""
        return {}


@dataclass(frozen=True, kw_only=True)
class TextFilter(Filter):
    lookup: str = "icontains"

    def read(self, query: QueryDict, view: "ListView") -> Setting | None:
        text = plain_text(query.get(self.key, ""))
        if not text:
            return None
        if len(text) > 100 or "\x00" in text:
            raise BadFilter(gettext("The text is too long."))
        return Setting(text, text, [(self.key, text)])

    def q(self, value: str) -> Q:
        return Q(**{f"{self.field}__{self.lookup}": value})


@dataclass(frozen=True, kw_only=True)
class ChoiceFilter(Filter):
    """One or several of given values.

    ``choices`` may be a function of the view, for choices that depend on the project or on what
    the actor may see.
    """

    template: ClassVar[str] = "console/components/filter_choice.html"

    choices: Iterable[Choice] | Callable[["ListView"], Iterable[Choice]] = ()
    is_multiple: bool = True

    def options(self, view: "ListView") -> list[tuple[str, str]]:
        choices = self.choices(view) if callable(self.choices) else self.choices
        return [(str(value), str(label)) for value, label in choices]

    def read(self, query: QueryDict, view: "ListView") -> Setting | None:
        wanted = [value for value in dict.fromkeys(query.getlist(self.key)) if value]
        if not wanted:
            return None
        labels = dict(view.options_of(self))
        known = [value for value in wanted if value in labels]
        if not known:
            raise BadFilter(gettext("There is no such choice."))
        if not self.is_multiple:
            known = known[:1]
        words = pgettext("between items of a list", ", ").join(labels[value] for value in known[:3])
        if len(known) > 3:
            words = gettext("%(words)s and %(count)d more") % {
                "words": words,
                "count": len(known) - 3,
            }
        return Setting(known, words, [(self.key, value) for value in known])

    def q(self, value: Sequence[str]) -> Q:
        return Q(**{f"{self.field}__in": value})

    def control(self, setting: Setting | None, view: "ListView") -> dict[str, Any]:
        chosen = setting.value if setting else []
        options = view.options_of(self)
        return {"options": [(value, label, value in chosen) for value, label in options]}


@dataclass(frozen=True, kw_only=True)
class FlagFilter(Filter):
    """Yes, no, or not asked."""

    template: ClassVar[str] = "console/components/filter_flag.html"

    yes: Text = YES
    no: Text = NO

    def read(self, query: QueryDict, view: "ListView") -> Setting | None:
        text = query.get(self.key, "")
        if not text:
            return None
        if text not in {"1", "0"}:
            raise BadFilter(gettext("There is no such choice."))
        return Setting(text == "1", str(self.yes if text == "1" else self.no), [(self.key, text)])

    def q(self, value: bool) -> Q:  # noqa: FBT001 - the filter's value is a flag
        return Q(**{self.field: value})


@dataclass(frozen=True, kw_only=True)
class _Range(Filter):
    """From and to, both inclusive, either may be missing."""

    template: ClassVar[str] = "console/components/filter_range.html"
    input_type: ClassVar[str] = "text"
    complaint: ClassVar[Text] = ""

    @property
    def params(self) -> tuple[str, ...]:
        return (f"{self.key}_from", f"{self.key}_to")

    def bound(self, text: str) -> Any:
        raise NotImplementedError

    def spell(self, value: Any) -> str:
        raise NotImplementedError

    def spell_param(self, value: Any) -> str:
        raise NotImplementedError

    def read(self, query: QueryDict, view: "ListView") -> Setting | None:
        texts = [query.get(name, "").strip() for name in self.params]
        if not any(texts):
            return None
        bounds = [self.bound(text) if text else None for text in texts]
        if any(text and bound is None for text, bound in zip(texts, bounds, strict=True)):
            raise BadFilter(str(self.complaint))
        low, high = bounds
        if low is not None and high is not None and low > high:
            raise BadFilter(gettext("The end lies before the beginning."))
        params = [
            (name, self.spell_param(bound))
            for name, bound in zip(self.params, bounds, strict=True)
            if bound is not None
        ]
        return Setting((low, high), self._words(low, high), params)

    def _words(self, low: Any, high: Any) -> str:
        if low is None:
            return gettext("up to %(end)s") % {"end": self.spell(high)}
        if high is None:
            return gettext("from %(start)s") % {"start": self.spell(low)}
        if low == high:
            return self.spell(low)
        return gettext("%(start)s to %(end)s") % {
            "start": self.spell(low),
            "end": self.spell(high),
        }

    def q(self, value: tuple[Any, Any]) -> Q:
        low, high = value
        condition = Q()
        if low is not None:
            condition &= Q(**{f"{self.field}__gte": low})
        if high is not None:
            condition &= Q(**{f"{self.field}__lte": high})
        return condition

    def control(self, setting: Setting | None, view: "ListView") -> dict[str, Any]:
        low, high = setting.value if setting else (None, None)
        return {
            "input_type": self.input_type,
            "low": "" if low is None else self.spell_param(low),
            "high": "" if high is None else self.spell_param(high),
        }


@dataclass(frozen=True, kw_only=True)
class NumberFilter(_Range):
    complaint: ClassVar[Text] = _("Enter numbers, e.g. 100 and 2300.50.")

    def bound(self, text: str) -> Any:
        return read_number(text)

    def spell(self, value: Any) -> str:
        return formats.spell_number(value)

    def spell_param(self, value: Any) -> str:
        return f"{value:f}"


@dataclass(frozen=True, kw_only=True)
class DayFilter(_Range):
    """Days. ``is_moment`` says that the field is a time: the last day counts whole."""

    input_type: ClassVar[str] = "date"
    complaint: ClassVar[Text] = _("Enter days, e.g. 2026-11-20.")

    is_moment: bool = False

    def bound(self, text: str) -> Any:
        return read_day(text)

    def spell(self, value: Any) -> str:
        return formats.spell_day(value)

    def spell_param(self, value: Any) -> str:
        return formats.spell_day(value)

    def q(self, value: tuple[Any, Any]) -> Q:
        if not self.is_moment:
            return super().q(value)
        low, high = value
        condition = Q()
        if low is not None:
            condition &= Q(**{f"{self.field}__gte": formats.start_of_day(low)})
        if high is not None and high != date.max:  # no day follows it
            after = formats.start_of_day(high + timedelta(days=1))
            condition &= Q(**{f"{self.field}__lt": after})
        return condition
