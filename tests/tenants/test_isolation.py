"""One company never sees, reads or writes another's rows, whatever the code does."""

import pytest
from django.db import connection, transaction
from django.db.utils import ProgrammingError
from django_tenants.utils import tenant_context

from kernel.access.models import User
from kernel.tenancy import current_schema
from tenants.companies.models import Company
from tests import factories


def test_beta_sees_nothing_of_alpha(tenant: Company, companies: dict[str, Company]) -> None:
    factories.add_user("wang")

    with tenant_context(companies["beta"]):
        assert User.objects.count() == 0
    assert User.objects.count() == 1


def test_naming_another_schema_is_refused_by_the_database(
    tenant: Company, companies: dict[str, Company]
) -> None:
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        connection.cursor().execute(f"SELECT * FROM {companies['beta'].schema_name}.access_user")


def test_a_company_cannot_read_the_list_of_companies(tenant: Company) -> None:
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        connection.cursor().execute("SELECT * FROM public.companies_company")


def test_the_public_context_cannot_read_a_company(companies: dict[str, Company]) -> None:
    assert current_schema() == "public"
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        connection.cursor().execute(f"SELECT * FROM {companies['alpha'].schema_name}.access_user")


def test_with_company_is_refused(tenant: Company) -> None:
    with pytest.raises(TypeError, match="tenant_context"):
        tenant.__enter__()
