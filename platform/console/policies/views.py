"""The pages of the settings: what counts, where it comes from, and changing it in place."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as now_
from django.utils.translation import gettext_lazy as _

from console.policies.forms import ValueForm, initial_of
from console.policies.rows import Row, row_of, words_of_text
from console.views import ConsoleView
from kernel.access import Action
from kernel.audit.models import AuditEntry
from kernel.errors import Conflict, Invalid, NotFound
from kernel.policies import GROUPS, REGISTRY, Setting, operations, queries
from kernel.policies.reading import Origin
from services.properties import queries as properties

HISTORY_SHOWN = 50
SHOWS = ("all", "changed", "unset")


def crumbs_of(project_id: int | None) -> list[tuple[Any, str]]:
    if project_id is None:
        return [(_("System settings"), reverse("policies"))]
    return [(_("Settings of the project"), reverse("policies-project", args=[project_id]))]


class Policies(ConsoleView):
    """The page 系统设置, of the company or of one project."""

    action = Action.POLICY_VIEW

    def get(self, request: HttpRequest, project_id: int | None = None) -> HttpResponseBase:
        text = request.GET.get("q", "").strip()
        show = request.GET.get("show", "all")
        show = show if show in SHOWS else "all"
        lines = queries.settings(actor=self.actor, project_id=project_id, today=self.today)
        changers = queries.changers()
        rows = [row_of(line, self.actor, changers) for line in lines]
        found = [row for row in rows if _is_shown(row, show) and _matches(row, text)]
        asked = request.GET.get("group", "")
        names = {group.key: group for group in GROUPS}
        group = names.get(asked) if not text and show == "all" else None
        if group is None and not text and show == "all":
            group = GROUPS[0]
        context = {
            "title": _("System settings") if project_id is None else _("Settings of the project"),
            "address": request.path,
            "project_id": project_id,
            "q": text,
            "show": show,
            "group": group,
            "groups": [
                (one, sum(row.line.differs for row in rows if row.line.group.key == one.key))
                for one in GROUPS
            ],
            "sections": _sections(
                [row for row in found if group is None or row.line.group.key == group.key]
            ),
            "count": len(found),
            "counts": {
                "all": len(rows),
                "changed": sum(row.line.is_own for row in rows),
                "unset": sum(row.line.found.origin == Origin.UNSET for row in rows),
            },
            "projects": properties.projects(actor=self.actor),
        }
        return render(request, "console/policies/list.html", context)


class Policy(ConsoleView):
    """One setting: its form, its days, its history; to htmx only its row."""

    action = Action.POLICY_VIEW

    def get(
        self, request: HttpRequest, policy_key: str, project_id: int | None = None
    ) -> HttpResponseBase:
        return self.answer(policy_key, project_id, is_open="edit" in request.GET)

    def post(
        self, request: HttpRequest, policy_key: str, project_id: int | None = None
    ) -> HttpResponseBase:
        setting = _setting(policy_key)
        form = ValueForm(request.POST, setting=setting)
        if form.is_valid():
            try:
                operations.set_value(
                    actor=self.actor,
                    key=policy_key,
                    text=form.text,
                    project_id=project_id,
                    valid_from=form.day,
                    now=self.now,
                    today=self.today,
                )
            except (Conflict, Invalid) as error:
                form.add_error(error.field if error.field in form.fields else None, str(error))
            else:
                return self.done(policy_key, project_id)
        return self.answer(policy_key, project_id, is_open=True, form=form, status=422)

    def done(self, policy_key: str, project_id: int | None) -> HttpResponse:
        if self.request.headers.get("HX-Request") == "true":
            return self.answer(policy_key, project_id, is_open=False, is_saved=True)
        return HttpResponseRedirect(f"{_address(policy_key, project_id)}?done=saved")

    def answer(
        self,
        policy_key: str,
        project_id: int | None,
        *,
        is_open: bool,
        form: ValueForm | None = None,
        status: int = 200,
        is_saved: bool = False,
    ) -> HttpResponse:
        line = queries.get_line(
            actor=self.actor, key=policy_key, project_id=project_id, today=self.today
        )
        row = row_of(line, self.actor, queries.changers())
        initial = initial_of(line.setting, line.found.value, self.today)
        context: dict[str, Any] = {
            "row": row,
            "is_open": is_open,
            "is_saved": is_saved or self.request.GET.get("done") == "saved",
            "form": form or ValueForm(initial=initial, setting=line.setting),
        }
        if self.request.headers.get("HX-Request") == "true":
            return render(self.request, "console/policies/_row.html", context, status=status)
        context |= {
            "title": line.setting.name,
            "crumbs": crumbs_of(project_id),
            "planned": self._planned(line, project_id),
            "elsewhere": self._elsewhere(line, project_id),
            "history": [
                (_told(line.setting, entry), entry)
                for entry in queries.history(
                    actor=self.actor, key=policy_key, project_id=project_id
                )[:HISTORY_SHOWN]
            ],
        }
        context["is_open"] = row.may_change
        return render(self.request, "console/policies/setting.html", context, status=status)

    def _planned(self, line: queries.Line, project_id: int | None) -> list[tuple[str, Any]]:
        values = queries.values_of(
            actor=self.actor, key=line.setting.key, project_id=project_id
        ).filter(valid_from__gt=self.today)
        return [(words_of_text(line.setting, row.text), row) for row in values]

    def _elsewhere(self, line: queries.Line, project_id: int | None) -> list[tuple[Any, Row]]:
        """Return the projects that override the company's value."""
        if project_id is not None or not line.setting.per_project:
            return []
        found = []
        for project in properties.projects(actor=self.actor):
            if not self.actor.may(Action.POLICY_VIEW, project.pk):
                continue
            there = queries.get_line(
                actor=self.actor, key=line.setting.key, project_id=project.pk, today=self.today
            )
            if there.is_own:
                found.append((project, row_of(there, self.actor, {there.setting.action.value: ""})))
        return found


class Reset(Policy):
    """Give way to what is inherited."""

    http_method_names = ["post", "options"]

    def post(
        self, request: HttpRequest, policy_key: str, project_id: int | None = None
    ) -> HttpResponseBase:
        setting = _setting(policy_key)
        try:
            operations.clear_value(
                actor=self.actor,
                key=policy_key,
                project_id=project_id,
                now=self.now,
                today=self.today,
            )
        except (Conflict, Invalid) as error:
            form = ValueForm({}, setting=setting)
            form.errors.clear()
            form.add_error(None, str(error))
            return self.answer(policy_key, project_id, is_open=True, form=form, status=422)
        return self.done(policy_key, project_id)


class Withdraw(ConsoleView):
    """Take back a value that has not begun to count."""

    action = Action.POLICY_VIEW

    def post(self, request: HttpRequest, value_id: int) -> HttpResponseBase:
        row = operations.withdraw_planned(
            actor=self.actor, value_id=value_id, now=self.now, today=self.today
        )
        return HttpResponseRedirect(f"{_address(row.key, row.project_id)}?done=saved")


def _setting(key: str) -> Setting:
    if key not in REGISTRY:
        raise NotFound
    return REGISTRY[key]


def _address(key: str, project_id: int | None) -> str:
    if project_id is None:
        return reverse("policies-setting", args=[key])
    return reverse("policies-project-setting", args=[project_id, key])


def _is_shown(row: Row, show: str) -> bool:
    if show == "changed":
        return row.line.is_own
    if show == "unset":
        return row.line.found.origin == Origin.UNSET
    return True


def _matches(row: Row, text: str) -> bool:
    """Tell whether each word of ``text`` stands in name, help, key, rule or value."""
    setting = row.setting
    said = f"{setting.name} {setting.help} {setting.key} {setting.rules} {row.value}".lower()
    return all(word in said for word in text.lower().split())


def _sections(rows: list[Row]) -> list[tuple[Any, list[Row], bool]]:
    """Return the groups with their rows, and whether nothing works by any of them yet."""
    return [
        (group, found, all(row.line.is_awaited for row in found))
        for group in GROUPS
        if (found := [row for row in rows if row.line.group.key == group.key])
    ]


def _told(setting: Setting, entry: AuditEntry) -> str:
    """Return a change in words: from what to what, and from when."""
    before, after = entry.data.get("before", {}), entry.data.get("after", {})
    if not after:
        return now_("Planned value withdrawn: %(value)s from %(day)s") % {
            "value": words_of_text(setting, before.get("value")),
            "day": before.get("valid_from"),
        }
    words = {
        "before": words_of_text(setting, before.get("value")),
        "after": words_of_text(setting, after.get("value")),
    }
    if after.get("valid_from"):
        return now_("%(before)s → %(after)s, from %(day)s") % {**words, "day": after["valid_from"]}
    return now_("%(before)s → %(after)s") % words
