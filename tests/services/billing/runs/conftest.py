"""The office whose months are billed."""

import pytest

from kernel.audit.queries import history_of
from services.billing.runs.models import (
    BillLine,
    BillRun,
)
from tenants.companies.models import Company
from tests import factories_runs as factories
from tests.factories_runs import Office


@pytest.fixture
def office(tenant: Company) -> Office:
    return factories.open_office()


def events(run: BillRun) -> list[str]:
    return [entry.event for entry in reversed(history_of(run))]


@pytest.fixture
def line(office: Office) -> BillLine:
    factories.add_homes(office.project, 1)
    factories.posted(office)
    return BillLine.objects.get()
