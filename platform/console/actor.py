"""Who acts in a request."""

from django.http import HttpRequest
from django.utils import timezone

from kernel import access, visits
from kernel.access.models import User
from kernel.access.queries import actor_for
from kernel.tenancy import company_time_zone

ANONYMOUS = access.Actor(label="anonymous")


def get_actor(request: HttpRequest) -> access.Actor:
    """Return who acts in this request; anonymous holds nothing. One query, kept on the request."""
    cached: access.Actor | None = getattr(request, "_actor", None)
    if cached is not None:
        return cached
    actor = ANONYMOUS
    if isinstance(request.user, User):
        actor = actor_for(
            user=request.user,
            today=timezone.localdate(timezone=company_time_zone()),
            request_id=visits.request_id(request),
            address=visits.client_address(request),
        )
    request._actor = actor  # type: ignore[attr-defined]
    return actor
