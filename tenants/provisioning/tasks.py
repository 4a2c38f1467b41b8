"""Tasks of the public schema: set-up, and what is to be done in every company."""

from celery import current_app, shared_task
from django.utils import timezone

from tenants.companies.queries import active_schemas, waiting_for_setup
from tenants.provisioning import setup
from tenants.provisioning.operations import SETUP_TASK


@shared_task(name=SETUP_TASK, ignore_result=True)
def set_up(*, schema: str, company_id: int, **_kwargs: object) -> None:
    """Set one company up. Safe to send twice."""
    setup.set_up(company_id=company_id, clock=timezone.now)


@shared_task(name="tenants.provisioning.tasks.resume_setups", ignore_result=True)
def resume_setups(*, schema: str, **_kwargs: object) -> None:
    """Send the set-ups again whose message or worker was lost."""
    for company_id in waiting_for_setup(now=timezone.now()):
        current_app.send_task(SETUP_TASK, kwargs={"schema": schema, "company_id": company_id})


@shared_task(name="tenants.provisioning.tasks.fan_out", ignore_result=True)
def fan_out(*, schema: str, task: str, **_kwargs: object) -> None:
    """Send ``task`` once for every company at work: a failure in one stops no other."""
    for company_schema in active_schemas():
        current_app.send_task(task, kwargs={"schema": company_schema})
