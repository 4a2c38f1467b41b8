"""The company of the current connection. Nothing else touches ``connection.tenant``."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any, Protocol, cast
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core import signing  # noqa: TID251 - the one place
from django.db import connection
from django_tenants.utils import (
    get_public_schema_name,
    get_tenant_domain_model,
    get_tenant_model,
    schema_context,
)

from kernel.errors import Invalid

# Typed Any: django-stubs types it as the stock wrapper, which knows no schemas.
tenant_connection = cast("Any", connection)


class Company(Protocol):
    """What the kernel and the services may know of the company they work for."""

    pk: int
    schema_name: str
    name: str
    name_en: str
    slug: str
    time_zone: str
    currency: str


class NoCompany(RuntimeError):
    """Code that needs a company ran in the public schema: a bug, never the user's fault."""


class SignatureInvalid(Invalid):
    code = "tenancy.signature-invalid"


def current_schema() -> str:
    """Return the schema that queries run in now, e.g. ``"t_4k1q9zt0ab"`` or ``"public"``."""
    schema: str = tenant_connection.schema_name
    return schema


def is_public() -> bool:
    """Tell whether no company is in force."""
    return current_schema() == str(get_public_schema_name())


def current_company() -> Company:
    """Return the company in force.

    :raises NoCompany: in the public schema.
    """
    if is_public():
        raise NoCompany("no company is in force")
    tenant = tenant_connection.tenant
    if not hasattr(tenant, "time_zone"):
        # ``schema_context`` puts a stand-in there; one query replaces it by the real row.
        schema = current_schema()
        with schema_context(get_public_schema_name()):
            tenant = get_tenant_model().objects.get(schema_name=schema)
        tenant_connection.tenant = tenant
    return cast("Company", tenant)


def company_time_zone() -> ZoneInfo:
    """Return the time zone in which the company's days begin and end."""
    return ZoneInfo(current_company().time_zone)


def company_day(moment: datetime) -> date:
    """Return the calendar day of an aware ``moment`` where the company is."""
    return moment.astimezone(company_time_zone()).date()


def company_url(path: str) -> str:
    """Return the address of a page of the company in force, on its primary host name.

    Never built from a request: its host name is the sender's to choose.

    :raises NoCompany: in the public schema, or if the company has no host name.
    """
    company = current_company()
    with schema_context(get_public_schema_name()):
        domain = get_tenant_domain_model().objects.filter(tenant_id=company.pk, is_primary=True)
        host = domain.values_list("domain", flat=True).first()
    if host is None:
        raise NoCompany(f"{company.slug} has no host name")
    return f"{settings.PUBLIC_SCHEME}://{host}{port_suffix()}{path}"


def vendor_host() -> str:
    """Return the host name on which vendors sign in, whichever companies they work for."""
    return f"vendors.{settings.BASE_DOMAIN}"


def vendor_url(path: str) -> str:
    """Return the address of a page of the vendors' host; never built from a request."""
    return f"{settings.PUBLIC_SCHEME}://{vendor_host()}{port_suffix()}{path}"


def port_suffix() -> str:
    """Return ``":8000"``, or ``""`` where the port is the scheme's own."""
    own = {"http": "80", "https": "443"}[settings.PUBLIC_SCHEME]
    return "" if own == settings.PUBLIC_PORT else f":{settings.PUBLIC_PORT}"


@contextmanager
def public() -> Iterator[None]:
    """Run the block in the public schema, then return to the company."""
    with schema_context(get_public_schema_name()):
        yield


def sign(value: Any, *, purpose: str) -> str:
    """Return a URL-safe token of a JSON value that is void in any other company."""
    return signing.dumps(value, salt=_salt(purpose), compress=True)


def unsign(token: str, *, purpose: str, max_age_seconds: int) -> Any:
    """Return the value of a token made by :func:`sign` in this company.

    :raises SignatureInvalid: if it was altered, is too old or belongs to another company.
    """
    try:
        return signing.loads(token, salt=_salt(purpose), max_age=max_age_seconds)
    except signing.BadSignature as error:
        raise SignatureInvalid("This link is not valid any more.") from error


def cache_key(key: str, key_prefix: str, version: int) -> str:
    """Build every cache key (``KEY_FUNCTION``): one company never reads another's entry."""
    return f"{current_schema()}:{key_prefix}:{version}:{key}"


def _salt(purpose: str) -> str:
    return f"guanjia:{current_schema()}:{purpose}"
