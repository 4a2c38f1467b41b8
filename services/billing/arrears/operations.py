"""Write a household a payment notice: numbered, and kept with the household (SH-44, SH-80)."""

import io
from collections.abc import Callable
from datetime import date, datetime

from django.db import transaction

from kernel import access
from kernel.access import Action
from kernel.audit import operations as audit
from kernel.documents import numbers
from kernel.documents import operations as documents
from kernel.errors import Conflict
from kernel.text import _
from services.billing.runs import queries as runs
from services.properties import queries as properties
from services.properties.models import Household


class NothingOwed(Conflict):
    code = "arrears.nothing-owed"


@transaction.atomic
def issue_notice(
    *,
    actor: access.Actor,
    household_id: int,
    render: Callable[[Household, str], bytes],
    now: datetime,
    today: date,
) -> tuple[str, bytes]:
    """Give a household's payment notice a number, print it and keep the paper.

    :param render: makes the paper of a household under a number.
    :raises NotFound: if the household is not within the actor's sight.
    :raises access.ActionDenied: without ``notice.print`` in its project.
    :raises NothingOwed: if no bill of it is due.
    """
    household = properties.get_household(
        actor=actor, household_id=household_id, action=Action.NOTICE_PRINT
    )
    owed = runs.open_lines_of_household(household.pk)
    if all(line.due_on >= today for line in owed):
        raise NothingOwed(_("Nothing is overdue here."))
    number = numbers.next_number(series="notice", project_id=household.project_id, on=today)
    paper = render(household, number)
    # Whoever may write notices need not be one who changes the registry.
    attachment = documents.attach(
        actor=access.SYSTEM,
        subject=household,
        project_id=household.project_id,
        upload=io.BytesIO(paper),
        name=f"{number}.pdf",
        kind="payment-notice",
        now=now,
    )
    audit.record(
        actor=actor,
        event="arrears.notice.issued",
        subject=household,
        project_id=household.project_id,
        now=now,
        data={"number": number, "file": attachment.pk},
    )
    return number, paper
