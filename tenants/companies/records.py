"""The nightly look at a company's record, and what of it is kept outside of the company.

It is done in portions, each a task and a transaction of its own: a record has no largest size,
while a message that is worked on for four minutes is given to another worker as well.
"""

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django_tenants.utils import tenant_context

from kernel.access.queries import people_of_post
from kernel.audit import operations as audit
from kernel.audit import verification
from kernel.audit.verification import Anchor, Place, Report
from kernel.jobs.operations import enqueue_after_commit
from kernel.locks import LockClass, try_lock
from kernel.notifications.operations import notify
from kernel.tenancy import SignatureInvalid, company_day, public, sign, unsign
from tenants.companies.models import AuditCheck, AuditWalk, Company, CompanyStatus

logger = logging.getLogger(__name__)

GO_ON_TASK: Final = "tenants.companies.go_on_verifying"
PORTION: Final = 100_000  # links, some eight seconds on one core
STANDS_STILL_AFTER: Final = timedelta(minutes=5)
# What was read longer ago is read again: a verification tells of one night.
PLACE_HOLDS_FOR: Final = timedelta(hours=12)
_PURPOSE: Final = "audit-walk"


def verify_record(*, company: Company, anchors: Iterable[Anchor] = ()) -> Report:
    """Verify a company's record against its own anchors, those kept here, and ``anchors``."""
    kept = anchors_of(company_id=company.pk)
    with tenant_context(company):
        return verification.verify(anchors=[*kept, *anchors])


@transaction.atomic
def check_record(*, company: Company, now: datetime) -> AuditCheck | None:
    """Verify the next portion of a company's record, the first one if none was verified yet.

    At the end keep what that came to, and anchor the record where it is whole. Before, keep the
    place, have the rest verified by further messages, and return ``None``: so too while another
    worker is at this record.

    A fault is logged as an error, which reaches the operators; so does each anchor as a line of the
    log, which usually lies on another machine.
    """
    if not try_lock(LockClass.VERIFICATION, company.pk):
        return None
    anchors = anchors_of(company_id=company.pk)
    with tenant_context(company):
        anchors += verification.own_anchors()
        place = _place(company) or verification.begin()
        walked = verification.walk(place, anchors=anchors, most=PORTION)
        if not walked.is_over:
            _keep_place(company, walked.place, now)
            enqueue_after_commit(GO_ON_TASK)
            return None
        report = verification.conclude(walked, anchors=anchors)
    with public():
        AuditWalk.objects.filter(company=company).delete()
    return _close(company, report, now)


@transaction.atomic
def go_on(*, company: Company, now: datetime) -> AuditCheck | None:
    """Do what ``check_record`` does, if a verification of the company's record is under way."""
    if not try_lock(LockClass.VERIFICATION, company.pk):
        return None
    with public():
        if not AuditWalk.objects.filter(company=company).exists():
            return None
    return check_record(company=company, now=now)


@transaction.atomic
def standing_still(*, now: datetime) -> list[str]:
    """Return the schemas of companies whose verification waits too long for its next portion.

    The caller sends for it again: a message or its worker was lost. Each is named once in a while.
    """
    with public():
        still = AuditWalk.objects.filter(
            company__status=CompanyStatus.ACTIVE, touched_at__lt=now - STANDS_STILL_AFTER
        )
        schemas = list(still.order_by("pk").values_list("company__schema_name", flat=True))
        AuditWalk.objects.filter(company__schema_name__in=schemas).update(touched_at=now)
    return schemas


def _close(company: Company, report: Report, now: datetime) -> AuditCheck:
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


def _place(company: Company) -> Place | None:
    """Return where the company's verification goes on, ``None`` to begin with the first entry."""
    with public():
        kept = AuditWalk.objects.filter(company=company).first()
    if kept is None:
        return None
    seconds = int(PLACE_HOLDS_FOR.total_seconds())
    try:
        seq, mark, until, head = unsign(kept.place, purpose=_PURPOSE, max_age_seconds=seconds)
    except SignatureInvalid:
        logger.warning("a verification begins anew", extra={"company": company.slug})
        return None
    return Place(seq, bytes.fromhex(mark), until, bytes.fromhex(head))


def _keep_place(company: Company, place: Place, now: datetime) -> None:
    token = sign((place.seq, place.hash.hex(), place.until, place.head.hex()), purpose=_PURPOSE)
    with public():
        AuditWalk.objects.update_or_create(
            company=company, defaults={"place": token, "touched_at": now}
        )


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
