"""People of the register: who keeps it, who checks it, who signs."""

import pytest

from kernel.access import Actor
from kernel.approvals.operations import seed_chains
from services.procurement.vendors.models import PaperKind, Vendor
from tests import factories
from tests import factories_procurement_vendors as vendors
from tests.factories import NOW


@pytest.fixture
def buyer() -> Actor:
    return factories.add_actor("caigou", "buyer")


@pytest.fixture
def checker() -> Actor:
    return factories.add_actor("zongban", "general_office")


@pytest.fixture
def finance() -> Actor:
    return factories.add_actor("caiwu", "finance_head")


@pytest.fixture
def manager() -> Actor:
    return factories.add_actor("jingli", "property_manager")


@pytest.fixture
def vendor() -> Vendor:
    return vendors.add_vendor()


@pytest.fixture
def kind() -> PaperKind:
    return vendors.add_paper_kind("test-licence", name="营业执照", is_required=True)


@pytest.fixture
def chains(tenant: object) -> None:
    seed_chains(NOW)
