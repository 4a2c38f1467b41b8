"""Looking at the personal data of people in full."""

from datetime import datetime
from enum import StrEnum

from django.db import transaction

from kernel import crypto
from kernel.access import Action, Actor
from kernel.audit import operations as audit
from kernel.records import operations as records
from kernel.text import _
from services.properties.operations.parties import lock_in_sight
from services.properties.queries.files import REVEALED


class PersonalField(StrEnum):
    PHONE = "phone"
    ID_NUMBER = "id_number"


@transaction.atomic
def reveal_personal_data(
    *, actor: Actor, party_id: int, field: PersonalField, reason: str, now: datetime
) -> str:
    """Return a party's phone or ID number in full.

    Who looked, and why, is in the audit record, in the register of looks and in the security log
    (SH-25, SH-30).

    :raises NotFound: if the party is out of the actor's sight.
    :raises access.ActionDenied: without ``personal-data.reveal`` where the party is, or if the
        actor is no person.
    :raises records.ReasonTooShort: without a reason that says something.
    """
    party, project_id = lock_in_sight(actor, Action.PERSONAL_DATA_REVEAL, party_id)
    is_phone = field == PersonalField.PHONE
    look = records.note_figure_shown(
        actor=actor,
        subject=party,
        project_id=project_id,
        what=str(_("Phone")) if is_phone else str(_("ID number")),
        field=field.value,
        reason=reason,
        now=now,
    )
    audit.record(
        actor=actor,
        event=REVEALED,
        subject=party,
        project_id=project_id,
        now=now,
        data={"field": field.value, "reason": look.reason},
    )
    return crypto.decrypt(party.phone_encrypted if is_phone else party.id_number_encrypted)
