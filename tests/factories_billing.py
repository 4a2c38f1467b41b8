"""Billing objects for tests."""

from datetime import date

from services.billing.ledger import operations as ledger
from services.properties.models import Household, Project
from tests.factories import NOW


def seeded() -> None:
    """Give the company in force what provisioning seeds."""
    ledger.seed_chart(NOW)


def add_project(code: str = "YL", name: str = "云麓花园") -> Project:
    return Project.objects.create(code=code, name=name, created_at=NOW)


def add_household(project: Project, code: str) -> Household:
    return Household.objects.create(project=project, label=code, code=code, sort_key=code)


NOVEMBER = date(2026, 11, 1)
