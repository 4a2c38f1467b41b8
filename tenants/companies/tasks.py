from celery import shared_task
from django.utils import timezone

from tenants.companies import records
from tenants.companies.queries import get_company_by_schema


@shared_task(name="tenants.companies.verify_record", ignore_result=True)
def verify_record(*, schema: str, **_kwargs: object) -> None:
    """Verify and anchor one company's record."""
    records.check_record(company=get_company_by_schema(schema=schema), now=timezone.now())
