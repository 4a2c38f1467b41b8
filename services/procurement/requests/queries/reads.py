"""Reads of purchase requests."""

from datetime import date

from django.db.models import DecimalField, ExpressionWrapper, F, Q, QuerySet

from kernel import access
from kernel.access import Action, Actor
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
        RequestLine.objects.filter(request__in=requests, bound_quantity__lt=F("quantity"))
        .annotate(
            left=ExpressionWrapper(
                F("quantity") - F("bound_quantity"),
                output_field=DecimalField(max_digits=12, decimal_places=3),
            )
        )
        .select_related("request__project", "item", "category")
        .order_by("category_id", "name", "pk")
    )
