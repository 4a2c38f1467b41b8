"""Reads of issues and transfers."""

from django.db.models import F, Q, QuerySet, Sum

from kernel import access
from kernel.access import Action, Actor
from kernel.errors import NotFound
from services.procurement.scope import require_of
from services.procurement.stock.models import Issue, IssueLine, Transfer, TransferLine


def issues(*, actor: Actor) -> QuerySet[Issue]:
    """Return the issues from warehouses in sight, newest first, with their ``total``."""
    return (
        access.scoped(
            Issue.objects.select_related("warehouse", "project"),
            actor,
            Action.STOCK_VIEW,
            field="warehouse__project_id",
        )
        .annotate(total=Sum(F("lines__value") - F("lines__returned_value")))
        .order_by("-issued_on", "-pk")
    )


def get_issue(*, actor: Actor, issue_id: int, action: Action = Action.STOCK_VIEW) -> Issue:
    """Return an issue.

    :raises NotFound: if there is none, or none in the actor's sight.
    :raises access.ActionDenied: if he lacks ``action`` there.
    """
    issue = (
        Issue.objects.select_related("warehouse", "project")
        .annotate(total=Sum(F("lines__value") - F("lines__returned_value")))
        .filter(pk=issue_id)
        .first()
    )
    if issue is None:
        raise NotFound
    require_of(actor, action, issue.warehouse.project_id)
    return issue


def issue_lines(issue: Issue) -> QuerySet[IssueLine]:
    """Return the articles of an issue that was asked for."""
    return issue.lines.select_related("item").order_by("pk")


def transfers(*, actor: Actor) -> QuerySet[Transfer]:
    """Return the transfers from or to a warehouse in sight, newest first, with their ``total``."""
    found = Transfer.objects.select_related("source", "target")
    projects = actor.projects(Action.STOCK_VIEW)
    if projects != access.ALL_PROJECTS:
        reach = sorted(projects)
        found = found.filter(Q(source__project_id__in=reach) | Q(target__project_id__in=reach))
    return found.annotate(total=Sum("lines__value")).order_by("-moved_on", "-pk")


def get_transfer(*, actor: Actor, transfer_id: int) -> Transfer:
    """Return a transfer from or to a warehouse in sight. :raises NotFound: otherwise."""
    access.require(actor, Action.STOCK_VIEW)
    found = transfers(actor=actor).filter(pk=transfer_id).first()
    if found is None:
        raise NotFound
    return found


def transfer_lines(transfer: Transfer) -> QuerySet[TransferLine]:
    """Return the articles of a transfer that was asked for."""
    return transfer.lines.select_related("item").order_by("pk")


def get_issue_line(issue: Issue, line_id: int) -> IssueLine:
    """Return a line of an issue that was asked for. :raises NotFound: if it has none like it."""
    found = issue.lines.select_related("item").filter(pk=line_id).first()
    if found is None:
        raise NotFound
    return found
