"""All background work of billing, for Celery's discovery; each lives in its part's ``tasks``."""

from services.billing.ledger import tasks as ledger
from services.billing.runs import tasks as runs

__all__ = ["ledger", "runs"]
