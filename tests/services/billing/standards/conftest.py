"""People, a project, and bills to stand in the way of fee standards."""

from datetime import date

import pytest

from kernel.access import Actor
from kernel.audit.models import AuditEntry
from services.billing.runs.models import BillLine, BillRun
from services.billing.standards.models import (
    FeeVersion,
)
from services.properties.models import Project, Unit
from tests import factories_billing as factories
from tests.factories import NOW, add_actor

DECEMBER = date(2026, 12, 1)


@pytest.fixture
def project(tenant: object) -> Project:
    factories.seeded()
    return factories.add_project()


@pytest.fixture
def admin(tenant: object) -> Actor:
    return add_actor("xujing", "company_admin")


@pytest.fixture
def manager(tenant: object) -> Actor:
    return add_actor("fangqiming", "property_manager")


def bill(version: FeeVersion, unit: Unit, period: date, *, is_reversed: bool = False) -> BillLine:
    run = BillRun.objects.create(
        project_id=unit.project_id,
        period=period,
        state="POSTED",
        due_on=period,
        prepared_by=1,
        prepared_by_label="x",
        prepared_at=NOW,
        checked_by=2,
    )
    return BillLine.objects.create(
        run=run,
        project_id=unit.project_id,
        household_id=unit.household_id,
        unit=unit,
        item=version.standard.item,
        account_id=version.standard.item.account_id,
        version_id=version.pk,
        period=period,
        quantity=1,
        price=1,
        rate=1,
        amount=1,
        due_on=period,
        issued_on=period,
        is_reversed=is_reversed,
        reversed_at=NOW if is_reversed else None,
    )


def events() -> list[str]:
    return list(
        AuditEntry.objects.filter(event__startswith="billing.fee")
        .order_by("pk")
        .values_list("event", flat=True)
    )
