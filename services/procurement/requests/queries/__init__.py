"""Reads of purchase requests and budgets."""

from services.procurement.requests.queries.reads import KIND, lines_to_buy, may_be_bought

__all__ = ["KIND", "lines_to_buy", "may_be_bought"]
