import gc
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.cache import cache
from hypothesis import settings
from pytest_django.plugin import DjangoDbBlocker

from kernel.tenancy import tenant_connection
from tenants.companies.models import Company
from tests import database

# Marks of whole modules that have runs of their own.
APART = ("browser", "contract")
# No deadline for a single example: on a busy machine it measures the neighbours. The same examples
# in every run: what fails for one fails for all. Others are tried with --hypothesis-profile=search.
settings.register_profile("guanjia", deadline=None, derandomize=True)
settings.register_profile("search", deadline=None, derandomize=False, print_blob=True)
settings.load_profile("guanjia")


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave unread a module whose tests ``-m`` leaves out: the API's whole document takes long."""
    if collection_path.suffix == ".py":
        left_out = [mark for mark in APART if f"not {mark}" in config.option.markexpr]
        text = collection_path.read_text(encoding="utf-8") if left_out else ""
        if any(f"\npytestmark = pytest.mark.{mark}\n" in text for mark in left_out):
            return True
    return None


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Iterator[None]:
    """Look for no garbage in what is collected: it stays to the end."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.enable()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Refuse ``django_db(transaction=True)``: its flush empties the table of companies."""
    for item in items:
        if any(mark.kwargs.get("transaction") for mark in item.iter_markers("django_db")):
            raise pytest.UsageError(f"{item.nodeid}: use the fixture committed_tenant")


def pytest_collection_finish() -> None:
    """Take what is there now out of the collector's rounds: a tenth of the run's time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 50, 100)


@pytest.fixture(scope="session")
def test_database() -> str:
    return database.worker_database()


@pytest.fixture(scope="session")
def django_db_setup(
    test_database: str, django_test_environment: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[None]:
    """Replace pytest-django's own set-up: copy the template, migrate nothing."""
    with django_db_blocker.unblock():
        database.copy_template(test_database)
    yield
    with django_db_blocker.unblock():
        database.drop(test_database)


@pytest.fixture(autouse=True)
def _fresh_cache() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@pytest.fixture(autouse=True)
def _back_in_public() -> Iterator[None]:
    """Leave no company in force for the next test."""
    yield
    tenant_connection.set_schema_to_public()


@pytest.fixture
def companies(db: None) -> dict[str, Company]:
    return {company.slug: company for company in Company.objects.order_by("pk")}


@pytest.fixture
def tenant(companies: dict[str, Company]) -> Iterator[Company]:
    """Run the test in alpha's schema; whatever it writes is rolled back."""
    tenant_connection.set_tenant(companies["alpha"])
    yield companies["alpha"]
    tenant_connection.set_schema_to_public()


@pytest.fixture
def committed_tenant(
    test_database: str, django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[Company]:
    """Run the test in alpha's schema with real commits; the database is copied anew after it.

    For races and locks only: it costs one CREATE DATABASE (about half a second).
    """
    with django_db_blocker.unblock():
        company = Company.objects.get(slug="alpha")
        tenant_connection.set_tenant(company)
        yield company
        tenant_connection.set_schema_to_public()
        database.copy_template(test_database)
