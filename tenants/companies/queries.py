"""Reads of companies. All of them run in the public schema."""

from collections.abc import Set
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet

from kernel.errors import NotFound
from kernel.tenancy import public
from tenants.companies.models import Company, CompanyStatus, Domain

SETUP_WAITS_TOO_LONG = timedelta(seconds=30)


def companies() -> QuerySet[Company]:
    """Return all companies by short name; evaluate it in the public schema."""
    found: QuerySet[Company] = Company.objects.order_by("slug")
    return found


def search(*, text: str = "", status: str = "") -> QuerySet[Company]:
    """Return companies by short name whose short name or name has ``text``, in one state or any."""
    found = companies()
    if text:
        found = found.filter(
            Q(slug__icontains=text) | Q(name__icontains=text) | Q(name_en__icontains=text)
        )
    return found.filter(status=status) if status in CompanyStatus.values else found


def names_of(ids: Set[int]) -> dict[int, str]:
    """Return the names of companies by id."""
    return dict(Company.objects.filter(pk__in=ids).values_list("pk", "name"))


def active_schemas() -> list[str]:
    """Return the schemas of companies at work, in a stable order."""
    with public():
        return list(
            Company.objects.filter(status=CompanyStatus.ACTIVE)
            .order_by("pk")
            .values_list("schema_name", flat=True)
        )


def schemas_set_up() -> list[str]:
    """Return the schemas of companies whose set-up is done, at work or not."""
    with public():
        return list(
            Company.objects.filter(status__in=[CompanyStatus.ACTIVE, CompanyStatus.SUSPENDED])
            .order_by("pk")
            .values_list("schema_name", flat=True)
        )


def waiting_for_setup(*, now: datetime) -> list[int]:
    """Return the ids of companies whose set-up should have begun by now."""
    with public():
        return list(
            Company.objects.filter(
                status=CompanyStatus.PROVISIONING, created_at__lt=now - SETUP_WAITS_TOO_LONG
            )
            .order_by("pk")
            .values_list("pk", flat=True)
        )


def get_company(*, slug: str) -> Company:
    """Return one company.

    :raises NotFound: if there is none of that short name.
    """
    with public():
        company: Company | None = Company.objects.filter(slug=slug).first()
    if company is None:
        raise NotFound
    return company


def get_company_by_id(*, company_id: int) -> Company:
    """Return one company. :raises NotFound: if there is none."""
    with public():
        company: Company | None = Company.objects.filter(pk=company_id).first()
    if company is None:
        raise NotFound
    return company


def primary_domain(*, company_id: int) -> str:
    """Return the host name that links are built with. :raises NotFound: if it has none."""
    with public():
        domain: Domain | None = Domain.objects.filter(tenant_id=company_id, is_primary=True).first()
    if domain is None:
        raise NotFound
    return str(domain.domain)


def get_company_by_schema(*, schema: str) -> Company:
    """Return one company. :raises NotFound: if there is none."""
    with public():
        company: Company | None = Company.objects.filter(schema_name=schema).first()
    if company is None:
        raise NotFound
    return company
