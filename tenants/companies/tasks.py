from celery import current_app, shared_task
from django.utils import timezone

from tenants.companies import records
from tenants.companies.queries import get_company_by_schema


@shared_task(name="tenants.companies.verify_record", ignore_result=True)
def verify_record(*, schema: str, **_kwargs: object) -> None:
    """Verify one company's record and anchor it; further messages go on where this one ends."""
    records.check_record(company=get_company_by_schema(schema=schema), now=timezone.now())


@shared_task(name=records.GO_ON_TASK, ignore_result=True)
def go_on_verifying(*, schema: str, **_kwargs: object) -> None:
    """Verify the next portion of one company's record. Safe to send twice."""
    records.go_on(company=get_company_by_schema(schema=schema), now=timezone.now())


@shared_task(name="tenants.companies.resume_verifying", ignore_result=True)
def resume_verifying(*, schema: str, **_kwargs: object) -> None:
    """Send for the next portions again whose message or worker was lost."""
    for company_schema in records.standing_still(now=timezone.now()):
        current_app.send_task(records.GO_ON_TASK, kwargs={"schema": company_schema})
