"""Purchasing for programs: requests, budgets, and what follows from them."""
