"""Mails to vendors' people about their sign-ins. Public schema: no company sends them."""

from celery import shared_task
from django.utils import timezone
from django_tenants.utils import tenant_context

from kernel import policies
from tenants.companies.models import Company, CompanyStatus
from tenants.vendors import mails, operations, queries
from tenants.vendors.operations.applying import APPLY_TASK, keep_application
from tenants.vendors.operations.passwords import RESET_TASK


@shared_task(name=RESET_TASK, ignore_result=True)
def mail_reset_link(*, schema: str, email: str, **_kwargs: object) -> None:
    """Send the link to set a new password to whoever has the address."""
    login = queries.login_of(email=email)
    if login is not None:
        mails.send_reset_link(login)


@shared_task(name=APPLY_TASK, ignore_result=True)
def mail_application(
    *, schema: str, slug: str, email: str, answers: str, **_kwargs: object
) -> None:
    """Send an applicant his link, if there is such a company and it takes applications."""
    company = Company.objects.filter(slug=slug, status=CompanyStatus.ACTIVE).first()
    if company is None:
        return
    with tenant_context(company):
        takes_applications = policies.get("vendor.applications", bool)
    if takes_applications:
        key = keep_application(
            company=company, email=email, answers_encrypted=answers, now=timezone.now()
        )
        mails.send_application_link(company, email, key)


@shared_task(name="tenants.vendors.drop_expired", ignore_result=True)
def drop_expired(*, schema: str, **_kwargs: object) -> None:
    """Forget links and sessions that are over."""
    operations.drop_expired(now=timezone.now())
