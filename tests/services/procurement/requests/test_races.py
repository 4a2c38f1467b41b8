"""Two who want the last boxes, or the rest of a budget, with real commits."""

from collections.abc import Callable
from decimal import Decimal

import pytest

from services.procurement.requests import operations
from services.procurement.requests.models import RequestLine
from tenants.companies.models import Company
from tests import factories_properties as registry
from tests.factories_procurement_requests import add_request
from tests.threads import at_once


@pytest.fixture
def line(committed_tenant: Company) -> RequestLine:
    return add_request(registry.add_project(), ("复印纸", "30", "120.00")).lines.get()


def binding(line: RequestLine, quantity: int) -> Callable[[], list[RequestLine]]:
    return lambda: operations.bind_lines({line.pk: Decimal(quantity)})


def bound(line: RequestLine) -> Decimal:
    return RequestLine.objects.get(pk=line.pk).bound_quantity


def test_together_they_get_what_there_is(committed_tenant: Company, line: RequestLine) -> None:
    results = at_once(committed_tenant, [binding(line, 20), binding(line, 20)])

    assert sorted(isinstance(one, operations.LineTaken) for one in results) == [False, True]
    assert bound(line) == 20


def test_binding_and_giving_back_both_count(committed_tenant: Company, line: RequestLine) -> None:
    operations.bind_lines({line.pk: Decimal(10)})

    at_once(
        committed_tenant,
        [binding(line, 5), lambda: operations.free_lines({line.pk: Decimal(10)})],
    )

    assert bound(line) == 5
