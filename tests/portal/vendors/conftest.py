from collections.abc import Iterator

import pytest
from django.db import transaction
from django_tenants.utils import tenant_context
from pytest_django.plugin import DjangoDbBlocker

from kernel.tenancy import tenant_connection
from services.procurement.vendors.models import Vendor
from tenants.companies.models import Company
from tests import factories_portal as portal
from tests.factories_portal import Person
from tests.portal.vendors import sealed
from tests.portal.vendors.sealed import Sealed


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


@pytest.fixture(scope="module")
def sealed_once(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Sealed]:
    """Publish a round among strangers once for all tests of a module: signing in is slow."""
    with django_db_blocker.unblock():
        tenant_connection.set_schema_to_public()
        with transaction.atomic():
            companies = {company.slug: company for company in Company.objects.all()}
            yield sealed.build(companies)
            transaction.set_rollback(True)


@pytest.fixture
def asking(sealed_once: Sealed) -> Iterator[Sealed]:
    """A round that is open, for which nobody has quoted; what a test does is rolled back."""
    tenant_connection.set_schema_to_public()
    with transaction.atomic():
        yield sealed_once
        tenant_connection.set_schema_to_public()
        transaction.set_rollback(True)


@pytest.fixture
def quoted(asking: Sealed) -> Sealed:
    """The same with quotes of V1 and V2, a draft of V3, a question and a file."""
    sealed.quote(asking)
    return asking
