"""What every template of the console may use."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from console import navigation
from console.actor import get_actor
from kernel.notifications import queries as notifications


def shell(request: HttpRequest) -> dict[str, Any]:
    """Return the company in force, and for those who are signed in the frame of the page.

    The frame is worked out when a template asks for it: fragments and prints never do.
    """
    context: dict[str, Any] = {
        "company": getattr(request, "tenant", None),
        "release": settings.RELEASE,
    }
    user = getattr(request, "user", None)
    if context["company"] is None or user is None or not user.is_authenticated:
        return context
    actor = get_actor(request)

    def project() -> Any:
        return navigation.current_project(request, actor)

    match = request.resolver_match
    route = (match.view_name if match else "") or ""

    context["project"] = SimpleLazyObject(project)
    context["unread_notices"] = SimpleLazyObject(lambda: notifications.count_unread(actor=actor))
    context["nav"] = SimpleLazyObject(lambda: navigation.menu(actor, project(), route))
    context["neighbours"] = SimpleLazyObject(lambda: navigation.neighbours(actor, project(), route))
    context["projects"] = SimpleLazyObject(lambda: navigation.switcher(request, actor, project()))
    return context
