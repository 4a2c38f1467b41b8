"""What people are told about cases: notices, and whom they go to."""

from collections.abc import Iterable
from datetime import datetime

from django.utils.functional import Promise

from kernel.access import queries as access_queries
from kernel.access.actors import SYSTEM, Actor
from kernel.approvals.models import Case
from kernel.notifications.operations import notify
from kernel.notifications.registry import Notice
from kernel.tenancy import company_day
from kernel.text import _

_FIELDS: dict[str, Promise] = {
    "number": _("Number of the case"),
    "title": _("What it is about"),
    "applicant": _("Applicant"),
    "person": _("Who did it"),
    "text": _("What he wrote"),
}

NOTICES = (
    Notice(
        key="approvals.waiting",
        name=_("Something waits for my signature"),
        subject=_("To approve: %(title)s"),
        text=_("%(applicant)s submitted %(number)s “%(title)s”. It waits for your signature."),
        fields=_FIELDS,
    ),
    Notice(
        key="approvals.urged",
        name=_("I am urged to sign"),
        subject=_("Please sign soon: %(title)s"),
        text=_("%(person)s asks for your signature on %(number)s “%(title)s”. %(text)s"),
        fields=_FIELDS,
    ),
    Notice(
        key="approvals.reminder",
        name=_("A time limit for my signature comes near"),
        subject=_("The time limit comes near: %(title)s"),
        text=_("%(number)s “%(title)s” still waits for your signature."),
        fields=_FIELDS,
    ),
    Notice(
        key="approvals.overdue",
        name=_("A signature is overdue"),
        subject=_("Overdue: %(title)s"),
        text=_("The time limit of %(number)s “%(title)s” has passed. %(text)s"),
        fields=_FIELDS,
        is_urgent=True,
    ),
    Notice(
        key="approvals.stuck",
        name=_("A case has stopped: nobody can sign"),
        subject=_("Stopped: %(title)s"),
        text=_(
            "%(number)s “%(title)s” of %(applicant)s has stopped, because nobody may sign its next "
            "step. Give the post to somebody, or name a signer on the page of the case."
        ),
        fields=_FIELDS,
        is_urgent=True,
    ),
    Notice(
        key="approvals.approved",
        name=_("My paper is approved"),
        subject=_("Approved: %(title)s"),
        text=_("%(number)s “%(title)s” is approved."),
        fields=_FIELDS,
    ),
    Notice(
        key="approvals.rejected",
        name=_("My paper is rejected"),
        subject=_("Rejected: %(title)s"),
        text=_("%(person)s rejected %(number)s “%(title)s”: %(text)s"),
        fields=_FIELDS,
    ),
    Notice(
        key="approvals.withdrawn",
        name=_("A paper that I was to sign is withdrawn"),
        subject=_("Withdrawn: %(title)s"),
        text=_("%(person)s withdrew %(number)s “%(title)s”."),
        fields=_FIELDS,
        by_mail=False,
    ),
    Notice(
        key="approvals.consented",
        name=_("My verbal consent was logged"),
        subject=_("Your verbal consent was logged: %(title)s"),
        text=_(
            "%(person)s logged that you consented to %(number)s “%(title)s”: %(text)s If you did "
            "not, tell the company's administrator."
        ),
        fields=_FIELDS,
        is_urgent=True,
    ),
)


def tell(
    kind: str,
    case: Case,
    to: Iterable[int],
    *,
    now: datetime,
    actor: Actor = SYSTEM,
    text: str = "",
) -> None:
    """Tell people about a case; ``kind`` is the key of a notice without its module."""
    notify(
        kind=f"approvals.{kind}",
        to=to,
        url=case_path(case.pk),
        context={
            "number": case.number,
            "title": case.title,
            "applicant": case.applicant_label,
            "person": actor.label,
            "text": text,
        },
        project_id=case.project_id,
        now=now,
        actor=actor,
    )


def administrators(*, now: datetime) -> list[int]:
    """Return who configures the company: they are told where a case stops."""
    found = access_queries.people_of_post(
        post="company_admin", project_id=None, today=company_day(now)
    )
    return [user.pk for user in found]


def case_path(case_id: int) -> str:
    """Return the address of a case's page in the console."""
    return f"/approvals/{case_id}/"
