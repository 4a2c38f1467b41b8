import pytest
from django_tenants.utils import tenant_context

from services.procurement.vendors.models import Vendor
from tenants.companies.models import Company
from tests import factories_portal as portal
from tests.factories_portal import Person


@pytest.fixture
def alpha(companies: dict[str, Company]) -> Company:
    return companies["alpha"]


@pytest.fixture
def vendor(alpha: Company) -> Vendor:
    with tenant_context(alpha):
        return portal.add_vendor("宁波信诺电气", "V-1")


@pytest.fixture
def dai(alpha: Company, vendor: Vendor) -> Person:
    return portal.join(alpha, vendor, "dai@xinnuo.example", name="戴立群")
