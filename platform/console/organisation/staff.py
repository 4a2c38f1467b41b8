"""Who reports to whom, and who holds what in a project."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from console import navigation
from console.lists import ChoiceFilter, Column, ListView, title_column
from console.views import ConsoleView
from kernel.access import Action, organisation, queries
from kernel.access.models import PostHolding
from kernel.errors import NotFound


class Chart(ConsoleView):
    """The ladder from the top, with the people of a project or of the whole company."""

    action = Action.STAFF_VIEW

    def get(self, request: HttpRequest) -> HttpResponseBase:
        places = [
            project
            for project in navigation.projects_of(request, self.actor)
            if self.actor.may(Action.STAFF_VIEW, project.pk)
        ]
        project_id = self._place(request.GET.get("project", ""), {one.pk for one in places})
        tops = organisation.chart(actor=self.actor, project_id=project_id, today=self.today)
        shows_all = request.GET.get("all") == "1"
        context = {
            "title": _("Organisation chart"),
            "places": places,
            "project_id": project_id,
            "shows_all": shows_all,
            "tops": tops if shows_all else [rung for rung in tops if rung.is_held],
            "may_manage": self.actor.may_everywhere(Action.USER_MANAGE),
        }
        return render(request, "console/organisation/chart.html", context)

    def _place(self, asked: str, seen: set[int]) -> int | None:
        if not asked:
            return None
        if not asked.isascii() or not asked.isdigit() or int(asked) not in seen:
            raise NotFound
        return int(asked)


class Staff(ListView):
    """Who holds what in a project today."""

    action = Action.STAFF_VIEW
    page_key = "staff"
    title = _("Staff of the project")
    columns = (
        title_column("name", _("Name"), value=lambda row: row.user.name, sort="user__name"),
        Column(
            key="post",
            label=_("Post"),
            value=lambda row: row.post.label,
            sort="post__name",
            phone="sub",
        ),
        Column(
            key="department",
            label=_("Department"),
            value=lambda row: row.user.department.label if row.user.department else "",
            sort="user__department__name",
        ),
        Column(
            key="where",
            label=_("Held in"),
            value=lambda row: _("This project") if row.project_id else _("Whole company"),
            sort="project_id",
            phone="end",
        ),
        Column(key="valid_from", label=_("From"), kind="day", sort="valid_from"),
        Column(key="last_day", label=_("Last day"), kind="day", sort="valid_to", phone="end2"),
    )
    filters = (
        ChoiceFilter(
            key="post",
            label=_("Post"),
            field="post__key",
            choices=lambda _view: [(post.key, post.label) for post in queries.posts_to_give()],
        ),
    )
    search_fields = ("user__name", "user__username", "post__name")
    search_label = _("Name or post")
    default_sort = "post"

    def get_queryset(self) -> QuerySet[PostHolding]:
        return organisation.staff(
            actor=self.actor, project_id=self.kwargs["project_id"], today=self.today
        )

    def row_url(self, row: Any) -> str:
        if not self.actor.may_everywhere(Action.USER_MANAGE):
            return ""
        return reverse("people-person", args=[row.user_id])

    def count_words(self, count: int) -> str:
        return ngettext("%(count)s post held", "%(count)s posts held", count) % {
            "count": f"{count:,}"
        }
