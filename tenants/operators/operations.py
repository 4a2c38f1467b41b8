"""Writes of operators and of the log of what they did."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from tenants.operators.models import OperatorAction


def record(
    *,
    by: str,
    event: str,
    now: datetime,
    company_id: int | None = None,
    data: Mapping[str, Any] | None = None,
) -> None:
    """Write one line of the operators' log in the caller's transaction, in the public schema.

    :param by: user name of the operator, or ``"command line"``.
    :param event: ``object.past-tense``, e.g. ``company.suspended``.
    """
    OperatorAction.objects.create(
        at=now, operator=by, event=event, company_id=company_id, data=dict(data or {})
    )
