"""What the operations on contracts share."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from kernel.access import Action, Actor
from kernel.audit import operations as audit
from kernel.errors import NotFound
from kernel.text import _
from services.procurement import scope
from services.procurement.contracts import queries
from services.procurement.contracts.models import Contract, ContractState
from services.procurement.contracts.operations.errors import ContractStateWrong, ReasonMissing

LONGEST_REASON = 300


def lock_for(*, actor: Actor, action: Action, contract_id: int) -> Contract:
    """Return a contract, locked, if the actor holds ``action`` where it lies.

    :raises NotFound: if there is none within his sight.
    :raises access.ActionDenied: if he sees it and lacks the action.
    """
    contract = queries.lock_contract(contract_id)
    _require_sight(actor, contract)
    scope.require_of(actor, action, contract.project_id)
    return contract


def require_state(contract: Contract, *states: ContractState) -> None:
    """Return if it is in one of the states. :raises ContractStateWrong: otherwise."""
    if contract.state not in states:
        raise ContractStateWrong(
            _("%(number)s is “%(state)s”: this is not possible now.")
            % {"number": contract.number, "state": contract.get_state_display()},
            details={"state": contract.state},
        )


def require_reason(reason: str) -> str:
    """Return a reason without blanks around it. :raises ReasonMissing: if it is none."""
    text = reason.strip()
    if not 0 < len(text) <= LONGEST_REASON:
        raise ReasonMissing(
            _("Say why, in at most %(most)d characters.") % {"most": LONGEST_REASON}, field="reason"
        )
    return text


def record_contract(
    actor: Actor, what: str, contract: Contract, now: datetime, data: Mapping[str, Any]
) -> None:
    """Write into the audit record what happened to a contract."""
    audit.record(
        actor=actor,
        event=f"procurement.contract.{what}",
        subject=contract,
        project_id=contract.project_id,
        now=now,
        data={"number": contract.number, **data},
    )


def _require_sight(actor: Actor, contract: Contract) -> None:
    """Hide a contract from vendors, and the company's own from who holds nothing at all."""
    if actor.vendor_id is not None:
        raise NotFound
    if contract.project_id is None and not (actor.grants or actor.is_system):
        raise NotFound
