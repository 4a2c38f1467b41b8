"""The console's own addresses: preferences, search, the style page."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _

from console import language, navigation, search
from console.redirects import safe_target
from console.views import PersonalView
from kernel.access import operations as access_operations


class Preferences(PersonalView):
    """Keep one's own theme, row height or language."""

    def post(self, request: HttpRequest) -> HttpResponseBase:
        assert self.actor.user_id is not None  # PersonalView: somebody has signed in
        values = {
            name: request.POST[name]
            for name in ("theme", "density", "language")
            if name in request.POST
        }
        user = access_operations.set_preferences(user_id=self.actor.user_id, **values)
        target = safe_target(request, request.POST.get("next", ""))
        response = (
            HttpResponse(status=204)
            if request.headers.get("HX-Request") == "true"
            else HttpResponseRedirect(target)
        )
        if "language" in values:
            # The sign-in page speaks it too.
            language.remember(response, user.language)
        return response


class SwitchProject(PersonalView):
    """Work in another project from now on, beginning with the start page."""

    def get(self, request: HttpRequest, project_id: int) -> HttpResponseBase:
        navigation.remember_project(request, project_id)
        return HttpResponseRedirect("/")


class Search(PersonalView):
    """Find anything: the palette's list, or a page of it without a script."""

    def get(self, request: HttpRequest) -> HttpResponseBase:
        text = request.GET.get("q", "")
        project = navigation.current_project(request, self.actor)
        context: dict[str, Any] = {
            "title": _("Search"),
            "text": text.strip()[: search.LONGEST_TEXT],
            "groups": search.find(
                actor=self.actor, text=text, project_id=project.pk if project else None
            ),
        }
        is_palette = request.headers.get("HX-Request") == "true"
        template = "console/shell/_search.html" if is_palette else "console/shell/search.html"
        return render(request, template, context)
