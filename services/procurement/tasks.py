"""All background work of procurement, for Celery's discovery; it lives in the parts' ``tasks``."""

from services.procurement.contracts import tasks as contracts

__all__ = ["contracts"]
