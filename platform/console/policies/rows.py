"""A setting as the pages draw it."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from django.urls import reverse
from django.utils.translation import gettext as now_
from django.utils.translation import pgettext_lazy

from console.templatetags.ui import money
from kernel.access import Actor
from kernel.policies import Setting, kinds
from kernel.policies.queries import Line
from kernel.policies.reading import Origin

ORIGINS = {
    Origin.UNSET: (pgettext_lazy("a setting", "Not set"), "bad"),
    Origin.DEFAULT: (pgettext_lazy("a setting", "Default"), ""),
    Origin.COMPANY: (pgettext_lazy("a setting", "Company"), "brand"),
    Origin.PROJECT: (pgettext_lazy("a setting", "Project"), "vio"),
}


class Row(NamedTuple):
    """What a template shows of a line."""

    line: Line
    anchor: str
    url: str
    reset_url: str
    value: str
    inherited: str
    origin: Any
    tone: str
    may_change: bool
    items: tuple[str, ...]  # of a list that is shown item by item
    changers: str  # the posts that may change it, for whoever may not
    decided_at: str  # the address of the page that decides it; empty: this one

    @property
    def setting(self) -> Setting:
        return self.line.setting


def row_of(line: Line, actor: Actor, changers: Mapping[str, str]) -> Row:
    setting, project_id = line.setting, line.project_id
    word, tone = ORIGINS[line.found.origin]
    is_list = isinstance(setting.kind, kinds.Lines)
    if project_id is None:
        changeable = True
        may = actor.may_everywhere(setting.action)
        url = reverse("policies-setting", args=[setting.key])
        reset = reverse("policies-reset", args=[setting.key])
    else:
        changeable = setting.per_project
        may = changeable and actor.may(setting.action, project_id)
        url = reverse("policies-project-setting", args=[project_id, setting.key])
        reset = reverse("policies-project-reset", args=[project_id, setting.key])
    decided_at = reverse(setting.decided_at) if may and setting.decided_at else ""
    return Row(
        line=line,
        anchor=setting.key.replace(".", "-").replace("_", "-"),
        url=url,
        reset_url=reset,
        value=words_of(setting, line.found.value),
        inherited=words_of(setting, line.inherited.value),
        origin=word,
        tone=tone,
        may_change=may and not decided_at,
        decided_at=decided_at,
        items=tuple(line.found.value) if is_list and line.found.value else (),
        changers="" if may or not changeable else changers[setting.action.value],
    )


def words_of(setting: Setting, value: Any) -> str:
    """Return a value with its unit as people read it, e.g. ``10,000.00 ¥`` or ``5 minutes``."""
    if value is None:
        return now_("not set")
    if isinstance(setting.kind, kinds.Money):
        return f"¥{money(value)}"
    words = setting.kind.words(value)
    if not words:
        return now_("empty")
    if not setting.unit:
        return words
    return f"{words} {setting.unit}" if str(setting.unit) != "%" else f"{words}%"


def words_of_text(setting: Setting, text: str | None) -> str:
    """Return a kept text as people read it."""
    if text is None:
        return now_("as inherited")
    return words_of(setting, setting.kind.parse(text))
