"""All background work of procurement, for Celery's discovery; it lives in the parts' ``tasks``."""

from services.procurement.contracts import tasks as contracts
from services.procurement.orders import tasks as orders
from services.procurement.requests import tasks as requests
from services.procurement.rounds import tasks as rounds
from services.procurement.stock import tasks as stock
from services.procurement.vendors import tasks as vendors

__all__ = ["contracts", "orders", "requests", "rounds", "stock", "vendors"]
