"""Take a former owner's phone and ID number out of the registry (SH-23)."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q

from kernel import access
from kernel.access import Action, Actor
from kernel.audit import operations as audit
from kernel.errors import Conflict
from kernel.tenancy import company_day
from kernel.text import _
from services.properties.models import Occupancy, Party
from services.properties.queries import lock_party, projects_of_party


class StillThere(Conflict):
    code = "properties.still-there"


@transaction.atomic
def erase_personal_data(*, actor: Actor, party_id: int, now: datetime) -> Party:
    """Remove phone and ID number of somebody who has no unit any more; his name stays.

    The effect of an approved disposal: who signs it need not hold an action of the registry.

    :raises StillThere: if he owns, rents or lives somewhere.
    """
    party = lock_party(party_id)
    in_force = Q(valid_to__isnull=True) | Q(valid_to__gt=company_day(now))
    if Occupancy.objects.filter(in_force, party=party).exists():
        raise StillThere(_("%(name)s has a unit again.") % {"name": party.name})
    projects = sorted(projects_of_party(party.pk))
    access.require(actor, Action.REGISTRY_VIEW, projects[0] if projects else None)
    erased = [
        field
        for field, stored in (("phone", party.phone_index), ("id_number", party.id_number_index))
        if stored
    ]
    party.phone_encrypted = party.phone_index = party.phone_head = party.phone_tail = ""
    party.id_number_encrypted = party.id_number_index = party.id_number_tail = ""
    party.save()
    audit.record(
        actor=actor,
        event="properties.personal-data.erased",
        subject=party,
        project_id=projects[0] if projects else None,
        now=now,
        data={"name": party.name, "changed": erased},
    )
    return party


def erase_of_disposal(party_id: int, actor: Actor, now: datetime) -> None:
    """Do it as the effect of an approved disposal."""
    erase_personal_data(actor=actor, party_id=party_id, now=now)
