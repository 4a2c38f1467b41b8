import pytest

from tenants.companies.models import Company
from tests.factories_procurement_stock import Shop, open_shop


@pytest.fixture
def shop(tenant: Company) -> Shop:
    return open_shop()
