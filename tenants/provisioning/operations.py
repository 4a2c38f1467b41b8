"""Create, set up, suspend and resume companies. All of it runs in the public schema."""

import zoneinfo
from datetime import datetime

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django_tenants.utils import tenant_context

from kernel.access.catalogue import LADDERS
from kernel.access.passwords import invite_again
from kernel.db import violated_constraint
from kernel.errors import Conflict, Invalid, NotFound
from kernel.jobs.operations import enqueue_after_commit
from kernel.tenancy import public
from kernel.text import _
from tenants.companies.models import Company, CompanyStatus, Domain, SetupStage
from tenants.companies.rules import check_domain, check_slug
from tenants.operators import operations as operators
from tenants.provisioning.schema import new_schema_name

SETUP_TASK = "tenants.provisioning.tasks.set_up"


class CompanyIncomplete(Invalid):
    code = "provisioning.company-incomplete"


class SlugTaken(Conflict):
    code = "provisioning.slug-taken"


class DomainTaken(Conflict):
    code = "provisioning.domain-taken"


class StatusDiffers(Conflict):
    code = "provisioning.status-differs"


class AdministratorSettled(Conflict):
    code = "provisioning.administrator-settled"


class ReasonMissing(Invalid):
    code = "provisioning.reason-missing"


def create_company(
    *,
    by: str,
    slug: str,
    name: str,
    name_en: str = "",
    domain: str = "",
    time_zone: str = "Asia/Shanghai",
    currency: str = "CNY",
    ladder: str = "",
    admin_username: str,
    admin_name: str,
    admin_email: str,
    now: datetime,
) -> Company:
    """Enter a company and queue its set-up; its site answers when that is done.

    It gets the host name ``<slug>.<base domain>`` and, if ``domain`` is given, that one as its
    primary: the customer has pointed it at us and the operator has seen the proof.

    :param by: the operator's user name.
    :param ladder: which of the handbook's ladders the company follows; without one it starts from
        the handbook's own and has yet to decide.
    :raises SlugInvalid, SlugReserved, DomainInvalid: see ``tenants.companies.rules``.
    :raises CompanyIncomplete: if a name, the administrator or the time zone is missing or wrong,
        or there is no such ladder.
    :raises SlugTaken, DomainTaken: if another company has it.
    """
    check_slug(slug)
    if domain:
        check_domain(domain, settings.BASE_DOMAIN)
    _check_facts(name, time_zone, currency, admin_username, admin_name, admin_email)
    if ladder and ladder not in LADDERS:
        raise CompanyIncomplete(_("There is no such ladder."), field="ladder")
    with public(), transaction.atomic():
        company = Company(
            schema_name=new_schema_name(),
            slug=slug,
            name=name.strip(),
            name_en=name_en.strip(),
            time_zone=time_zone,
            currency=currency,
            ladder=ladder,
            admin_username=admin_username.strip(),
            admin_name=admin_name.strip(),
            admin_email=admin_email,
            created_at=now,
        )
        _save_new(company)
        _add_domain(company, f"{slug}.{settings.BASE_DOMAIN}", is_primary=not domain)
        if domain:
            _add_domain(company, domain, is_primary=True)
        operators.record(
            by=by,
            event="company.created",
            company_id=company.pk,
            now=now,
            data={"slug": slug, **({"ladder": ladder} if ladder else {})},
        )
        enqueue_after_commit(SETUP_TASK, company_id=company.pk)
    return company


def retry_setup(*, by: str, company_id: int, now: datetime) -> Company:
    """Queue the set-up of a company again after it failed.

    :raises NotFound: if there is no such company.
    :raises StatusDiffers: if its set-up has not failed.
    """
    with public(), transaction.atomic():
        company = lock_company(company_id)
        _require_status(company, CompanyStatus.FAILED)
        company.status, company.stage, company.error = (
            CompanyStatus.PROVISIONING,
            SetupStage.WAITING,
            "",
        )
        company.save(update_fields=["status", "stage", "error"])
        operators.record(by=by, event="company.setup-retried", company_id=company.pk, now=now)
        enqueue_after_commit(SETUP_TASK, company_id=company.pk)
    return company


def suspend_company(*, by: str, company_id: int, reason: str, now: datetime) -> Company:
    """Stop a company's site, API and tasks from the next request on; its data stay.

    :raises NotFound: if there is no such company.
    :raises ReasonMissing: without a reason.
    :raises StatusDiffers: if it is not active.
    """
    if not reason.strip():
        raise ReasonMissing(_("Say why; it is written into the log."), field="reason")
    with public(), transaction.atomic():
        company = lock_company(company_id)
        _require_status(company, CompanyStatus.ACTIVE)
        company.status = CompanyStatus.SUSPENDED
        company.suspended_at = now
        company.suspended_reason = reason.strip()[:200]
        company.save(update_fields=["status", "suspended_at", "suspended_reason"])
        operators.record(
            by=by,
            event="company.suspended",
            company_id=company.pk,
            now=now,
            data={"reason": company.suspended_reason},
        )
    return company


def resume_company(*, by: str, company_id: int, now: datetime) -> Company:
    """Let a suspended company work again; tasks that were refused meanwhile are sent anew.

    :raises NotFound: if there is no such company.
    :raises StatusDiffers: if it is not suspended.
    """
    with public(), transaction.atomic():
        company = lock_company(company_id)
        _require_status(company, CompanyStatus.SUSPENDED)
        company.status = CompanyStatus.ACTIVE
        company.suspended_at, company.suspended_reason = None, ""
        company.save(update_fields=["status", "suspended_at", "suspended_reason"])
        operators.record(by=by, event="company.resumed", company_id=company.pk, now=now)
    return company


def invite_administrator_again(
    *, by: str, company_id: int, email: str = "", now: datetime
) -> Company:
    """Send the first administrator the link again, to another address if the first was wrong.

    Only until he has chosen a password: after that nobody outside the company has a say in who
    may enter it.

    :raises NotFound: if there is no such company.
    :raises StatusDiffers: if it is not active.
    :raises AdministratorSettled: if he has a password, or the company has removed him.
    """
    with public(), transaction.atomic():
        company = lock_company(company_id)
        _require_status(company, CompanyStatus.ACTIVE)
        with tenant_context(company):
            invited = invite_again(username=company.admin_username, email=email, now=now)
        if not invited:
            raise AdministratorSettled(
                _("The administrator has chosen a password. The company helps itself from here.")
            )
        operators.record(
            by=by,
            event="company.administrator-invited",
            company_id=company.pk,
            now=now,
            data={"to_another_address": bool(email)},
        )
    return company


def lock_company(company_id: int) -> Company:
    """Return the company, locked until the transaction ends.

    :raises NotFound: if there is none.
    """
    company: Company | None = Company.objects.select_for_update().filter(pk=company_id).first()
    if company is None:
        raise NotFound
    return company


def _check_facts(
    name: str,
    time_zone: str,
    currency: str,
    admin_username: str,
    admin_name: str,
    admin_email: str,
) -> None:
    wanted = {"name": name, "admin_username": admin_username, "admin_name": admin_name}
    for field, value in wanted.items():
        if not value.strip():
            raise CompanyIncomplete(_("This is needed."), field=field)
    try:
        validate_email(admin_email)
    except ValidationError as error:
        raise CompanyIncomplete(_("This is no e-mail address."), field="admin_email") from error
    if time_zone not in zoneinfo.available_timezones():
        raise CompanyIncomplete(_("There is no such time zone."), field="time_zone")
    if not (len(currency) == 3 and currency.isascii() and currency.isupper()):
        raise CompanyIncomplete(
            _("A currency is three capital letters, e.g. CNY."), field="currency"
        )


def _save_new(company: Company) -> None:
    try:
        with transaction.atomic():
            company.save(force_insert=True)
    except IntegrityError as error:
        if not violated_constraint(error).startswith("companies_company_slug"):
            raise
        raise SlugTaken(_("Another company has this short name."), field="slug") from error


def _add_domain(company: Company, domain: str, *, is_primary: bool) -> None:
    try:
        with transaction.atomic():
            Domain(tenant=company, domain=domain, is_primary=is_primary).save(force_insert=True)
    except IntegrityError as error:
        if not violated_constraint(error).startswith("companies_domain_domain"):
            raise
        raise DomainTaken(_("Another company has this host name."), field="domain") from error


def _require_status(company: Company, status: CompanyStatus) -> None:
    if company.status != status:
        raise StatusDiffers(
            _("The company is in another state: %(state)s.")
            % {"state": company.get_status_display()}
        )
