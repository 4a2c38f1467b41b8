"""What the operations of requests share: the lock, whose it is, the record of what was done."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from kernel.access import Action, Actor
from kernel.approvals import queries as approval_queries
from kernel.approvals.models import Case
from kernel.audit import operations as audit
from kernel.duties import operations as duties
from kernel.errors import NotFound
from kernel.text import _
from services.procurement.requests import queries
from services.procurement.requests.models import PurchaseRequest, RequestState
from services.procurement.requests.operations.errors import (
    NotYourRequest,
    PersonNeeded,
    RequestInvalid,
    RequestStateWrong,
)


def lock_own(actor: Actor, request_id: int) -> tuple[PurchaseRequest, Case | None]:
    """Return a request of the actor's own, locked, and its open case, locked before it.

    His own: he asked for it, or its paper was handed over to him.

    :raises NotFound: if he may not know of it.
    :raises access.ActionDenied: if he may not ask for purchases there.
    :raises NotYourRequest: if somebody else asked.
    """
    seen = queries.get_request(actor=actor, request_id=request_id)
    duties.require_action(actor, Action.PURCHASE_REQUEST, seen.project_id)
    case = lock_case(seen)
    if not actor.is_system and actor.user_id not in {
        seen.asked_by,
        *(case.author_ids if case is not None else ()),
    }:
        raise NotYourRequest(
            _("Only %(person)s, who asked for this, may do it. Copy the request instead.")
            % {"person": seen.asked_by_label}
        )
    return lock_request(request_id), case


def lock_case(request: PurchaseRequest) -> Case | None:
    """Return the request's open case, locked; before the request, as a signature does."""
    case = approval_queries.open_case_of(kind=queries.KIND, subject=request)
    return approval_queries.lock_case(case.pk) if case is not None else None


def lock_request(request_id: int) -> PurchaseRequest:
    """Return the request, locked. :raises NotFound: if there is none."""
    request = PurchaseRequest.objects.select_for_update().filter(pk=request_id).first()
    if request is None:
        raise NotFound
    return request


def require_state(request: PurchaseRequest, *states: str) -> None:
    """Return if the request is in one of the states. :raises RequestStateWrong: otherwise."""
    if request.state not in states:
        raise RequestStateWrong(
            _("This cannot be done now: the request is in the state “%(state)s”.")
            % {"state": request.get_state_display()},
            details={"state": request.state},
        )


def require_changeable(request: PurchaseRequest) -> None:
    """Return if the request may be written anew. :raises RequestStateWrong: otherwise."""
    require_state(request, RequestState.DRAFT, RequestState.CONSENTED)


def require_person(actor: Actor) -> int:
    """Return who asks. :raises PersonNeeded: if a program acts for nobody."""
    if actor.user_id is None:
        raise PersonNeeded(_("Purchases are asked for by people."))
    return actor.user_id


def record_request(
    actor: Actor,
    what: str,
    request: PurchaseRequest,
    now: datetime,
    data: Mapping[str, Any] | None = None,
    *,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> None:
    """Write what was done to a request into the record."""
    audit.record(
        actor=actor,
        event=f"procurement.request.{what}",
        subject=request,
        project_id=request.project_id,
        now=now,
        data={"number": request.number, **(data or {})},
        before=before,
        after=after,
    )


def request_as_json(request: PurchaseRequest) -> dict[str, Any]:
    """Return the request as the record keeps it."""
    return {
        "title": request.title,
        "unit": request.unit,
        "class": request.purchase_class,
        "reason": request.reason,
        "needed_on": request.needed_on.isoformat() if request.needed_on else None,
        "place": request.place,
        "amount": f"{request.amount:.2f}",
        "lines": [
            {
                "name": line.name,
                "spec": line.spec,
                "unit": line.unit,
                "quantity": f"{line.quantity.normalize():f}",
                "unit_price": f"{line.unit_price.normalize():f}",
                "amount": f"{line.amount:.2f}",
            }
            for line in request.lines.order_by("position")
        ],
    }


def clean_text(text: str, most: int, field: str, missing: object | None = None) -> str:
    """Return the text without blanks around it.

    :param missing: what to say if nothing is left; ``None``: it may be empty.
    :raises RequestInvalid: if it is missing or too long.
    """
    clean = text.strip()
    if missing is not None and not clean:
        raise RequestInvalid(missing, field=field)
    if len(clean) > most:
        raise RequestInvalid(_("At most %(count)d characters.") % {"count": most}, field=field)
    return clean
