"""What the clock sends, and when: seconds between two, or a time of day in UTC."""

from typing import Any, Final

from celery.schedules import crontab


def in_every_company(task: str, when: float | crontab) -> dict[str, Any]:
    """Return an entry that sends a task once for each company."""
    return {
        "task": "tenants.provisioning.tasks.fan_out",
        "schedule": when,
        "kwargs": {"schema": "public", "task": task},
    }


def once(task: str, when: float) -> dict[str, Any]:
    """Return an entry of a task that is the platform's own."""
    return {"task": task, "schedule": when, "kwargs": {"schema": "public"}}


SCHEDULE: Final = {
    "resend-lost-jobs": in_every_company("kernel.jobs.resend_lost", 30.0),
    "deliver-events": in_every_company("kernel.outbox.deliver", 60.0),
    "deliver-notices": in_every_company("kernel.notifications.deliver", 60.0),
    "deliver-round-mails": in_every_company("services.procurement.rounds.deliver", 60.0),
    "remind-openers": in_every_company("services.procurement.rounds.remind", 300.0),
    "deliver-orders": in_every_company("services.procurement.orders.deliver", 60.0),
    "deliver-letters-to-vendors": in_every_company("services.procurement.vendors.deliver", 60.0),
    "look-after-approvals": in_every_company("kernel.approvals.sweep", 300.0),
    # The shortest limit is three minutes.
    "sweep-deadlines": in_every_company("kernel.deadlines.sweep", 30.0),
    "resume-setups": once("tenants.provisioning.tasks.resume_setups", 30.0),
    "drop-vendors-links": once("tenants.vendors.drop_expired", 6 * 3600.0),
    "resume-verifying": once("tenants.companies.resume_verifying", 60.0),
    # 02:30, 03:10, 03:15, 03:25, 03:40, 09:10, 09:20, 09:25 and 09:35 in China.
    "check-the-books": in_every_company(
        "services.billing.ledger.check", crontab(hour="18", minute="30")
    ),
    "drop-expired-exports": in_every_company(
        "console.drop_expired_exports", crontab(hour="19", minute="10")
    ),
    "drop-expired-batches": in_every_company(
        "kernel.documents.drop_expired_batches", crontab(hour="19", minute="15")
    ),
    "forget-sessions": in_every_company(
        "kernel.identity.forget_sessions", crontab(hour="19", minute="25")
    ),
    "verify-the-record": in_every_company(
        "tenants.companies.verify_record", crontab(hour="19", minute="40")
    ),
    "remind-of-contracts": in_every_company(
        "services.procurement.contracts.remind", crontab(hour="1", minute="10")
    ),
    "remind-of-tokens": in_every_company("kernel.identity.remind", crontab(hour="1", minute="20")),
    "remind-of-vendors-papers": in_every_company(
        "services.procurement.vendors.remind", crontab(hour="1", minute="25")
    ),
    "remind-of-purchase-plans": in_every_company(
        "services.procurement.requests.remind", crontab(hour="1", minute="40")
    ),
    "remind-of-stock": in_every_company(
        "services.procurement.stock.remind", crontab(hour="1", minute="35")
    ),
}
