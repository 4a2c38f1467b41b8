"""What people are told about exemptions, and who they are."""

from datetime import datetime

from kernel.access.actors import Actor
from kernel.duties import queries
from kernel.duties.models import Exemption, ExemptionState
from kernel.notifications.operations import notify
from kernel.notifications.registry import Notice
from kernel.tenancy import company_day
from kernel.text import _

_FIELDS = {
    "rule": _("Pair of duties"),
    "name": _("Whom it is for"),
    "person": _("Who did it"),
    "last_day": _("Last day"),
    "text": _("Reason or opinion"),
}

NOTICES = (
    Notice(
        key="duties.exemption-waiting",
        name=_("An exemption from the separation of duties waits for my decision"),
        subject=_("To decide: exemption from %(rule)s for %(name)s"),
        text=_(
            "%(person)s asks that %(name)s may carry both duties of %(rule)s until %(last_day)s: "
            "%(text)s"
        ),
        fields=_FIELDS,
    ),
    Notice(
        key="duties.exemption-approved",
        name=_("An exemption that concerns me is approved"),
        subject=_("Approved: exemption from %(rule)s for %(name)s"),
        text=_("%(person)s approved it until %(last_day)s. %(text)s"),
        fields=_FIELDS,
    ),
    Notice(
        key="duties.exemption-rejected",
        name=_("An exemption that concerns me is turned down"),
        subject=_("Turned down: exemption from %(rule)s for %(name)s"),
        text=_("%(person)s turned it down: %(text)s"),
        fields=_FIELDS,
    ),
)


def tell_deciders(exemption: Exemption, *, actor: Actor, now: datetime) -> None:
    """Tell those who may decide on an exemption that it waits for them."""
    deciders = queries.deciders_of(exemption, today=company_day(now))
    people = [user.pk for user in deciders]
    _tell("waiting", exemption, people, exemption.reason, actor=actor, now=now)


def tell_decision(exemption: Exemption, *, actor: Actor, now: datetime) -> None:
    """Tell the person, and whoever asked, what was decided."""
    kind = "approved" if exemption.state == ExemptionState.APPROVED else "rejected"
    people = [exemption.user_id, exemption.requested_by]
    _tell(kind, exemption, people, exemption.opinion, actor=actor, now=now)


def _tell(
    kind: str, exemption: Exemption, to: list[int], text: str, *, actor: Actor, now: datetime
) -> None:
    notify(
        kind=f"duties.exemption-{kind}",
        to=to,
        url=f"/c/duties/exemptions/{exemption.pk}/",
        context={
            "rule": exemption.rule,
            "name": exemption.user.label,
            "person": actor.label,
            "last_day": exemption.last_day.isoformat(),
            "text": text,
        },
        project_id=exemption.project_id,
        now=now,
        actor=actor,
    )
