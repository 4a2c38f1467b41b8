"""Reads of purchase requests."""

from datetime import date, datetime

from django.db.models import DecimalField, ExpressionWrapper, F, Q, QuerySet

from kernel import access
from kernel.access import Action, Actor
from kernel.access.models import User
from kernel.approvals import queries as approvals
from kernel.audit.models import AuditEntry
from kernel.errors import NotFound
from kernel.tenancy import company_day
from services.procurement import scope
from services.procurement.catalogue import queries as catalogue
from services.procurement.catalogue.models import Item
from services.procurement.requests.models import (
    ClassChoice,
    PurchaseRequest,
    RequestLine,
    RequestState,
)

KIND = "purchase"  # of documents in approval

# Approved; or an emergency that was consented to by word, while its paper is on the way (PR-07).
_TO_BUY = Q(state=RequestState.APPROVED) | Q(
    state__in=[RequestState.CONSENTED, RequestState.SUBMITTED],
    purchase_class=ClassChoice.C,
    purchase_month__isnull=False,
)


def requests(*, actor: Actor, project_id: int | None = None) -> QuerySet[PurchaseRequest]:
    """Return the requests that the actor sees, the newest first.

    The company's own ones only for whoever sees those of all projects.

    :raises access.ActionDenied: without ``purchase.view`` anywhere.
    """
    access.require(actor, Action.PURCHASE_VIEW)
    found = access.scoped(PurchaseRequest.objects.all(), actor, Action.PURCHASE_VIEW)
    if project_id is not None:
        found = found.filter(project_id=project_id)
    return found.select_related("project").order_by("-pk")


def get_request(*, actor: Actor, request_id: int) -> PurchaseRequest:
    """Return a request. :raises NotFound: if there is none that the actor may know of."""
    found = PurchaseRequest.objects.select_related("project").filter(pk=request_id).first()
    if found is None:
        raise NotFound
    if found.project_id is None and not actor.may_everywhere(Action.PURCHASE_VIEW):
        raise NotFound
    scope.require_of(actor, Action.PURCHASE_VIEW, found.project_id)
    return found


def lines_of(request: PurchaseRequest) -> QuerySet[RequestLine]:
    """Return a request's lines in their order. The caller has got the request."""
    return request.lines.select_related("item", "category").order_by("position")


def get_line(*, actor: Actor, line_id: int) -> RequestLine:
    """Return a line with its request. :raises NotFound: if there is none that he may know of."""
    line = RequestLine.objects.select_related("request").filter(pk=line_id).first()
    if line is None:
        raise NotFound
    get_request(actor=actor, request_id=line.request_id)
    return line


def history(*, actor: Actor, request_id: int) -> QuerySet[AuditEntry]:
    """Return what was done to a request and in its approval, newest first.

    :raises NotFound: if there is no request that the actor may know of.
    """
    request = get_request(actor=actor, request_id=request_id)
    return approvals.history_with_cases({PurchaseRequest: [request.pk]})


def consenters(*, actor: Actor, request_id: int, now: datetime) -> list[tuple[int, str]]:
    """Return who may consent to an emergency by word: who would sign its paper, but the actor.

    :raises NotFound: if there is no request that he may know of.
    """
    request = get_request(actor=actor, request_id=request_id)
    version = approvals.version_in_use(key=f"{KIND}.C", project_id=request.project_id)
    if version is None:
        return []
    situation = approvals.Situation(
        applicant_id=actor.user_id,
        author_ids=frozenset(),
        project_id=request.project_id,
        today=company_day(now),
        now=now,
    )
    people = User.objects.filter(pk__in=approvals.approvers_of(version.read(), situation))
    return [(user.pk, user.label) for user in people.order_by("name", "pk")]


def find_items(*, actor: Actor, text: str, limit: int) -> list[Item]:
    """Return articles in use that a few letters name: code, name, initials, bar code.

    :raises access.ActionDenied: without ``purchase.view`` anywhere.
    """
    found = catalogue.items(actor=actor).filter(is_active=True)
    words = text.replace("\0", " ").split()
    for word in words:
        found = found.filter(
            Q(code__istartswith=word)
            | Q(name__icontains=word)
            | Q(spec__icontains=word)
            | Q(initials__istartswith=word)
            | Q(barcode=word)
        )
    return list(found[:limit]) if words else []


def may_be_bought(request: PurchaseRequest) -> bool:
    """Tell whether vendors may be asked for what the request names."""
    return request.state == RequestState.APPROVED or (
        request.state in {RequestState.CONSENTED, RequestState.SUBMITTED}
        and request.purchase_class == ClassChoice.C
        and request.purchase_month is not None
    )


def lines_to_buy(
    *, actor: Actor, month: date | None = None, project_id: int | None = None
) -> QuerySet[RequestLine]:
    """Return the lines of which something is left to be bought, as ``left``; with their requests.

    :param month: the first of a month: what is due by its round, also what was left over before.
    :raises access.ActionDenied: without ``purchase.buy``.
    """
    access.require(actor, Action.PURCHASE_BUY)
    requests = PurchaseRequest.objects.filter(_TO_BUY)
    if month is not None:
        requests = requests.filter(purchase_month__lte=month)
    if project_id is not None:
        requests = requests.filter(project_id=project_id)
    requests = access.scoped(requests, actor, Action.PURCHASE_BUY)
    return (
        RequestLine.objects.filter(
            request__in=requests, bound_quantity__lt=F("quantity") - F("given_up_quantity")
        )
        .annotate(
            left=ExpressionWrapper(
                F("quantity") - F("bound_quantity") - F("given_up_quantity"),
                output_field=DecimalField(max_digits=12, decimal_places=3),
            )
        )
        .select_related("request__project", "item", "category")
        .order_by("category_id", "name", "pk")
    )
