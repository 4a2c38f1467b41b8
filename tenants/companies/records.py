"""The nightly look at a company's record, and what of it is kept outside of the company."""

import logging
from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django_tenants.utils import tenant_context

from kernel.access.queries import people_of_post
from kernel.audit import operations as audit
from kernel.audit.verification import Anchor, Report, verify
from kernel.notifications.operations import notify
from kernel.tenancy import company_day, public
from tenants.companies.models import AuditCheck, Company

logger = logging.getLogger(__name__)


def verify_record(*, company: Company, anchors: Iterable[Anchor] = ()) -> Report:
    """Verify a company's record against its own anchors, those kept here, and ``anchors``."""
    kept = anchors_of(company_id=company.pk)
    with tenant_context(company):
        return verify(anchors=[*kept, *anchors])


@transaction.atomic
def check_record(*, company: Company, now: datetime) -> AuditCheck:
    """Verify a company's record, keep what that came to, and anchor it where it is whole.

    A fault is logged as an error, which reaches the operators; so does each anchor as a line of the
    log, which usually lies on another machine.
    """
    report = verify_record(company=company)
    if report.is_whole:
        with tenant_context(company):
            audit.anchor(now=now)
    check = _keep(company, report, now)
    facts = {"company": company.slug, "seq": report.seq, "hash": report.hash.hex()}
    if report.is_whole:
        logger.info("audit anchor", extra=facts)
    else:
        _tell_administrators(company, now)
        logger.error("the record of a company is not whole", extra=facts | {"fault": check.detail})
    return check


def last_check(*, company_id: int) -> AuditCheck | None:
    """Return the last verification of a company's record, ``None`` before the first."""
    with public():
        return AuditCheck.objects.filter(company_id=company_id).order_by("-pk").first()


def anchors_of(*, company_id: int) -> list[Anchor]:
    """Return what is kept here of a company's chain, one for each number and hash."""
    with public():
        rows = set(
            AuditCheck.objects.filter(company_id=company_id, fault="").values_list("seq", "hash")
        )
    return [Anchor(seq, bytes(mark), "the platform") for seq, mark in rows if seq]


def _tell_administrators(company: Company, now: datetime) -> None:
    with tenant_context(company):
        people = people_of_post(post="company_admin", project_id=None, today=company_day(now))
        notify(
            kind="audit.not-whole",
            to=[user.pk for user in people],
            url="/c/audit/",
            context={"company": company.name},
            now=now,
        )


def _keep(company: Company, report: Report, now: datetime) -> AuditCheck:
    with public():
        return AuditCheck.objects.create(
            company_id=company.pk,
            at=now,
            seq=report.seq,
            hash=report.hash,
            fault=report.faults[0].kind.value if report.faults else "",
            detail="\n".join(str(fault) for fault in report.faults),
        )
