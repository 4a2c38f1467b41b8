"""Sign and seal a contract, archive and distribute it, end it (PR-51, PR-52)."""

from datetime import date, datetime

from django.db import transaction

from kernel.access import Action, Actor
from kernel.access import queries as people
from kernel.documents.queries import attachments_of
from kernel.notifications.operations import notify
from kernel.outbox import operations as outbox
from kernel.tenancy import company_day
from kernel.text import _
from services.procurement.contracts import notices, rules
from services.procurement.contracts.models import Contract, ContractCopy, ContractState, SealKind
from services.procurement.contracts.operations.common import (
    lock_for,
    record_contract,
    require_reason,
    require_state,
)
from services.procurement.contracts.operations.errors import (
    CopyInvalid,
    PersonNeeded,
    ScanMissing,
)
from services.procurement.contracts.operations.review import page_of
from services.procurement.contracts.rules import ContractInvalid

SIGNED_EVENT = "procurement.contract.signed"
MOST_COPIES = 100
LONGEST_PLACE = 100


@transaction.atomic
def sign_contract(
    *,
    actor: Actor,
    contract_id: int,
    signed_on: date,
    seal: str,
    now: datetime,
    today: date,
) -> Contract:
    """Sign a permitted contract on behalf of the legal person, under the contract seal.

    :raises NotFound: if there is none within the actor's sight.
    :raises access.ActionDenied: without ``contract.sign``: who is no delegate does not sign.
    :raises ContractStateWrong: if its review has not permitted it.
    :raises rules.SealWrong: for any other seal.
    :raises rules.ContractInvalid: if the day lies before the permission or in the future.
    """
    contract = lock_for(actor=actor, action=Action.CONTRACT_SIGN, contract_id=contract_id)
    if actor.user_id is None:
        raise PersonNeeded(_("Only a person may do this."))
    require_state(contract, ContractState.PERMITTED)
    rules.check_seal(seal)
    assert contract.permitted_at is not None
    rules.check_signing_day(signed_on, permitted_on=company_day(contract.permitted_at), today=today)
    contract.state, contract.seal = ContractState.SIGNED, SealKind.CONTRACT
    contract.signed_on = signed_on
    contract.signed_by, contract.signed_by_label = actor.user_id, actor.label[:140]
    contract.save(update_fields=["state", "seal", "signed_on", "signed_by", "signed_by_label"])
    record_contract(
        actor, "signed", contract, now, {"signed_on": signed_on.isoformat(), "seal": contract.seal}
    )
    outbox.publish(
        event=SIGNED_EVENT,
        subject=contract,
        project_id=contract.project_id,
        data={"number": contract.number, "amount": f"{contract.amount:.2f}"},
        now=now,
    )
    archivists = people.people_with(
        action=Action.CONTRACT_ARCHIVE, project_id=contract.project_id, today=today
    )
    notify(
        kind=notices.SIGNED.key,
        to={contract.drafted_by, *(user.pk for user in archivists)},
        url=page_of(contract.pk, contract.project_id),
        context={
            "number": contract.number,
            "title": contract.title,
            "vendor": contract.vendor.name,
            "signer": contract.signed_by_label,
        },
        project_id=contract.project_id,
        now=now,
        actor=actor,
    )
    return contract


@transaction.atomic
def archive_contract(*, actor: Actor, contract_id: int, place: str, now: datetime) -> Contract:
    """Put a signed contract into the archive, its scan with the record (PR-52).

    :raises NotFound: if there is none within the actor's sight.
    :raises access.ActionDenied: without ``contract.archive`` there.
    :raises ContractStateWrong: if it is not signed, or archived already.
    :raises ScanMissing: if no file hangs on it.
    :raises rules.ContractInvalid: without a place.
    """
    contract = lock_for(actor=actor, action=Action.CONTRACT_ARCHIVE, contract_id=contract_id)
    require_state(contract, ContractState.SIGNED)
    where = place.strip()
    if not 0 < len(where) <= LONGEST_PLACE:
        raise ContractInvalid(_("Say where it is kept."), field="place")
    if not attachments_of(contract).exists():
        raise ScanMissing(_("Add the signed contract as a file first."))
    contract.state, contract.archive_place = ContractState.ARCHIVED, where
    contract.archived_at = now
    contract.save(update_fields=["state", "archive_place", "archived_at"])
    record_contract(actor, "archived", contract, now, {"place": where})
    return contract


@transaction.atomic
def give_copy(
    *,
    actor: Actor,
    contract_id: int,
    department: str,
    copies: int,
    received_by: str,
    given_on: date,
    now: datetime,
    today: date,
) -> ContractCopy:
    """Register that a department received copies of a signed contract (PR-52).

    :raises NotFound: if there is none within the actor's sight.
    :raises access.ActionDenied: without ``contract.archive`` there.
    :raises ContractStateWrong: if it is not signed.
    :raises CopyInvalid: if somebody or something is not named, or the day lies before the signing
        or in the future.
    """
    contract = lock_for(actor=actor, action=Action.CONTRACT_ARCHIVE, contract_id=contract_id)
    require_state(contract, ContractState.SIGNED, ContractState.ARCHIVED)
    if not 0 < len(department.strip()) <= 100:
        raise CopyInvalid(_("Name the department."), field="department")
    if not 0 < len(received_by.strip()) <= 140:
        raise CopyInvalid(_("Name who received it."), field="received_by")
    if not 1 <= copies <= MOST_COPIES:
        raise CopyInvalid(
            _("Between 1 and %(most)d copies are given.") % {"most": MOST_COPIES}, field="copies"
        )
    if given_on > today or (contract.signed_on is not None and given_on < contract.signed_on):
        raise CopyInvalid(_("A copy is given from the signing on, until today."), field="given_on")
    copy = ContractCopy.objects.create(
        contract=contract,
        department=department.strip(),
        copies=copies,
        received_by_label=received_by.strip(),
        given_by_label=actor.label[:140],
        given_on=given_on,
    )
    record_contract(
        actor,
        "distributed",
        contract,
        now,
        {"department": copy.department, "copies": copies, "received_by": copy.received_by_label},
    )
    return copy


@transaction.atomic
def end_contract(
    *, actor: Actor, contract_id: int, ended_on: date, reason: str, now: datetime, today: date
) -> Contract:
    """End a signed contract: it ran out, was performed or terminated.

    :raises NotFound: if there is none within the actor's sight.
    :raises access.ActionDenied: without ``contract.draft`` there.
    :raises ContractStateWrong: if it is not signed.
    :raises rules.ContractInvalid: if the day lies in the future or before the signing.
    :raises ReasonMissing: without a reason.
    """
    contract = lock_for(actor=actor, action=Action.CONTRACT_DRAFT, contract_id=contract_id)
    require_state(contract, ContractState.SIGNED, ContractState.ARCHIVED)
    if ended_on > today or (contract.signed_on is not None and ended_on < contract.signed_on):
        raise ContractInvalid(
            _("It ends on a day from its signing on, until today."), field="ended_on"
        )
    text = require_reason(reason)
    contract.state, contract.ended_on, contract.end_reason = ContractState.ENDED, ended_on, text
    contract.save(update_fields=["state", "ended_on", "end_reason"])
    record_contract(
        actor, "ended", contract, now, {"ended_on": ended_on.isoformat(), "reason": text}
    )
    return contract
