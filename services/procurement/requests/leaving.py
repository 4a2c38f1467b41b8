"""What a leaver still asks for: drafts that nobody else may submit or give up.

What is in approval, and an emergency whose paper is to follow, is found as his paper.
"""

from collections.abc import Iterable
from datetime import date, datetime

from django.urls import reverse

from kernel.access.actors import Actor
from kernel.access.models import User
from kernel.approvals import queries as approvals
from kernel.identity.leaving import Check, Held
from kernel.identity.models import Way
from kernel.text import _
from services.procurement.requests import queries
from services.procurement.requests.models import PurchaseRequest, RequestState
from services.procurement.requests.operations.common import lock_request, record_request


def _drafts(*, user_id: int, today: date) -> Iterable[Held]:
    found = PurchaseRequest.objects.filter(asked_by=user_id, state=RequestState.DRAFT)
    for request in found.order_by("pk"):
        if approvals.open_case_of(kind=queries.KIND, subject=request) is None:
            yield Held(
                ref=str(request.pk),
                what=f"{request.number} {request.title}",
                reason=_("This request was never submitted. Hand it over to somebody, or end it."),
                ways=(Way.HAND_OVER, Way.END),
                url=reverse("purchase-requests-request", args=[request.pk]),
                project_id=request.project_id,
            )


def _hand_over(
    *,
    actor: Actor,
    leaver_id: int,
    ref: str,
    to_user_id: int | None,
    counted: str,
    note: str,
    now: datetime,
) -> str:
    assert to_user_id is not None, "whoever hands over names a successor"
    request, successor = _lock(ref, leaver_id), User.objects.get(pk=to_user_id)
    before = request.asked_by_label
    request.asked_by, request.asked_by_label = successor.pk, successor.label[:140]
    request.save(update_fields=["asked_by", "asked_by_label"])
    data = {"before": {"asked_by": before}, "after": {"asked_by": request.asked_by_label}}
    record_request(actor, "handed-over", request, now, data)
    return successor.label


def _end(
    *,
    actor: Actor,
    leaver_id: int,
    ref: str,
    to_user_id: int | None,
    counted: str,
    note: str,
    now: datetime,
) -> str:
    request = _lock(ref, leaver_id)
    request.state = RequestState.CANCELLED
    request.save(update_fields=["state"])
    record_request(actor, "cancelled", request, now, {"reason": note})
    return ""


def _lock(ref: str, leaver_id: int) -> PurchaseRequest:
    request = lock_request(int(ref))
    is_found = request.asked_by == leaver_id and request.state == RequestState.DRAFT
    assert is_found, "found before it is settled"
    return request


CHECKS = (
    Check(
        key="procurement.requests",
        label=_("Purchase requests never submitted"),
        find=_drafts,
        settle={Way.HAND_OVER: _hand_over, Way.END: _end},
    ),
)
