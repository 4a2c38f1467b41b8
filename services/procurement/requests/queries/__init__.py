"""Reads of purchase requests and budgets."""

from services.procurement.requests.queries.budgets import (
    Place,
    budget_places,
    budgets,
    get_budget,
)
from services.procurement.requests.queries.reads import (
    KIND,
    consenters,
    find_items,
    get_line,
    get_request,
    history,
    lines_of,
    lines_to_buy,
    may_be_bought,
    requests,
)
from services.procurement.requests.queries.together import (
    Goods,
    SplitPurchase,
    splits,
    to_buy_together,
)

__all__ = [
    "KIND",
    "Goods",
    "Place",
    "SplitPurchase",
    "budget_places",
    "budgets",
    "consenters",
    "find_items",
    "get_budget",
    "get_line",
    "get_request",
    "history",
    "lines_of",
    "lines_to_buy",
    "may_be_bought",
    "requests",
    "splits",
    "to_buy_together",
]
