from collections.abc import Iterator

import pytest
from django.db import transaction
from pytest_django.plugin import DjangoDbBlocker

from kernel.tenancy import tenant_connection
from tenants.companies.models import Company
from tests import database
from tests.matrix import world as worlds
from tests.matrix.world import World


@pytest.fixture(scope="module")
def built_world(
    test_database: str, django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[World]:
    """Make the world once for all tests of a module, in one transaction that is rolled back."""
    with django_db_blocker.unblock():
        database.copy_template(test_database)  # numbers begin at 1, whatever has run before
        tenant_connection.set_schema_to_public()
        with transaction.atomic():
            companies = {company.slug: company for company in Company.objects.all()}
            yield worlds.build(companies["alpha"], companies["beta"])
            transaction.set_rollback(True)


@pytest.fixture
def world(built_world: World) -> Iterator[World]:
    """Give the world as it was made: what a test does to it is rolled back."""
    tenant_connection.set_schema_to_public()
    with transaction.atomic():
        yield built_world
        tenant_connection.set_schema_to_public()
        transaction.set_rollback(True)
