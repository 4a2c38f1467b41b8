import pytest

from tenants.companies.models import Company
from tests.factories_procurement_money import People, prepare


@pytest.fixture
def people(tenant: Company) -> People:
    return prepare()
