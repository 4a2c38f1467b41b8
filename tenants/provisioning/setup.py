"""The set-up of one company: its schema, what it starts with, its first administrator.

Safe to run twice and at the same time: a lock of the database lets one through, and whatever an
interrupted run has left is removed before the next begins.
"""

import logging
from collections.abc import Callable
from datetime import datetime

from django.db import transaction
from django_tenants.utils import tenant_context

from kernel import access, seeds
from kernel.access import operations as people
from kernel.access import passwords
from kernel.access.ladders import choose_ladder
from kernel.errors import DomainError
from kernel.locks import LockClass
from kernel.tenancy import company_day, public
from tenants.companies.models import Company, CompanyStatus, SetupStage
from tenants.provisioning import schema

logger = logging.getLogger(__name__)

Clock = Callable[[], datetime]


def set_up(*, company_id: int, clock: Clock) -> CompanyStatus | None:
    """Set a company up if it waits for that; return the state it is in afterwards.

    Returns ``None`` if another process is at it. A failure leaves neither schema nor role, puts
    its reason on the company for the operator, and rises.
    """
    with schema.session_lock(LockClass.PROVISIONING, company_id) as is_mine:
        if not is_mine:
            return None
        with public():
            company: Company = Company.objects.get(pk=company_id)
        if company.status != CompanyStatus.PROVISIONING:
            return CompanyStatus(company.status)
        try:
            _make_schema(company)
            _fill(company, clock())
        except Exception as error:
            _give_up(company, error)
            raise
    logger.info("company set up", extra={"company": company.slug})
    return CompanyStatus.ACTIVE


def _make_schema(company: Company) -> None:
    _note(company, SetupStage.SCHEMA)
    dump = schema.dump_template()
    with schema.owner_cursor() as cursor:
        schema.drop(cursor, company.schema_name)
        schema.replay(cursor, company.schema_name, dump)


def _fill(company: Company, now: datetime) -> None:
    """Seed the company, add its administrator and open it, all in one transaction."""
    _note(company, SetupStage.CONTENT)
    with public(), transaction.atomic():
        with tenant_context(company):
            seeds.run_all(now)
            if company.ladder:
                choose_ladder(actor=access.SYSTEM, key=company.ladder, now=now)
            _add_administrator(company, now)
        company.status, company.stage, company.error = CompanyStatus.ACTIVE, SetupStage.DONE, ""
        company.admin_name = company.admin_email = company.ladder = ""
        company.save(
            update_fields=["status", "stage", "error", "admin_name", "admin_email", "ladder"]
        )


def _add_administrator(company: Company, now: datetime) -> None:
    user = people.add_user(
        actor=access.SYSTEM,
        username=company.admin_username,
        name=company.admin_name,
        email=company.admin_email,
        now=now,
    )
    people.give_post(
        actor=access.SYSTEM,
        user_id=user.pk,
        post="company_admin",
        project_id=None,
        valid_from=company_day(now),
        now=now,
    )
    passwords.send_link(actor=access.SYSTEM, user_id=user.pk, now=now)


def _give_up(company: Company, error: Exception) -> None:
    """Remove what was made and say why."""
    with schema.owner_cursor() as cursor:
        schema.drop(cursor, company.schema_name)
    anticipated = isinstance(error, (DomainError, schema.ReplayFailed))
    reason = str(error) if anticipated else type(error).__name__
    with public():
        Company.objects.filter(pk=company.pk).update(
            status=CompanyStatus.FAILED, error=reason[:2000]
        )


def _note(company: Company, stage: SetupStage) -> None:
    with public():
        Company.objects.filter(pk=company.pk).update(stage=stage)
