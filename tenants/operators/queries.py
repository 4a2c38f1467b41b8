"""Reads of operators and their log. All of them run in the public schema."""

from datetime import datetime

from django.db.models import QuerySet

from tenants.operators.models import Operator, OperatorAction, OperatorSession
from tenants.operators.operations import digest_of


def operator_of_session(*, key: str, now: datetime) -> Operator | None:
    """Return whose session the cookie's key opens; ``None`` if it is none, over, or he is out."""
    session = (
        OperatorSession.objects.select_related("operator")
        .filter(digest=digest_of(key), expires_at__gt=now, operator__is_active=True)
        .first()
    )
    return session.operator if session is not None else None


def actions(*, company_id: int | None = None) -> QuerySet[OperatorAction]:
    """Return what operators did, to one company or at all, the latest first."""
    found = OperatorAction.objects.order_by("-pk")
    return found if company_id is None else found.filter(company_id=company_id)
