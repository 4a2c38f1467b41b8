"""Draft a contract, change the draft, cancel it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from kernel.access import Action, Actor
from kernel.access.models import User
from kernel.approvals import operations as approvals
from kernel.approvals import queries as approval_queries
from kernel.approvals.models import Case
from kernel.documents import numbers
from kernel.text import _
from services.procurement import scope
from services.procurement.contracts import queries, rules
from services.procurement.contracts.models import (
    Contract,
    ContractKind,
    ContractState,
    PaymentPlanLine,
)
from services.procurement.contracts.operations.common import (
    lock_for,
    record_contract,
    require_reason,
    require_state,
)
from services.procurement.contracts.operations.errors import (
    AwardNotApproved,
    PersonNeeded,
    PersonUnknown,
    VendorNotAwarded,
)
from services.procurement.contracts.rules import ContractInvalid, PlannedPayment
from services.procurement.vendors.operations import require_fit

SERIES = "purchase-contract"
_LONGEST = {"title": 120, "using_unit": 100, "summary": 5000}


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What a contract says.

    :ivar asked_by: somebody of the using unit, whose paper the joint review is; his department's
        head is one of its parties.
    :ivar summary: for the reviewers: what it is about and what to look at (PR-50).
    """

    title: str
    amount: Decimal
    valid_from: date
    valid_to: date
    using_unit: str
    asked_by: int
    summary: str = ""
    remind_days: int = 30
    plan: Sequence[PlannedPayment] = ()


@transaction.atomic
def draft_contract(
    *,
    actor: Actor,
    kind: str,
    vendor_id: int,
    project_id: int | None,
    award_id: int | None,
    terms: Terms,
    now: datetime,
    today: date,
) -> Contract:
    """Draft a contract with a vendor, on an approved award or free of one.

    :raises NotFound: if project, vendor or award are not there for the actor.
    :raises access.ActionDenied: without ``contract.draft`` there.
    :raises VendorNotFit: if the vendor may not be dealt with today (PR-60, PR-66).
    :raises AwardNotApproved: if the award is not.
    :raises VendorNotAwarded: if nothing of the award is his.
    :raises ContractInvalid: and PlanInvalid, PersonUnknown: if the terms are not in order.
    """
    scope.require_for(actor, Action.CONTRACT_DRAFT, project_id)
    drafter = _person(actor)
    if kind not in ContractKind.values:
        raise ContractInvalid(_("Choose what kind of contract it is."), field="kind")
    vendor = require_fit(vendor_id, today=today)
    if award_id is not None:
        _require_award(actor, award_id, vendor_id)
    contract = Contract(
        number=numbers.next_number(series=SERIES, project_id=project_id, on=today),
        kind=kind,
        vendor=vendor,
        project_id=project_id,
        award_id=award_id,
        drafted_by=drafter,
        drafted_by_label=actor.label[:140],
        drafted_at=now,
        **_checked(terms),
    )
    contract.save(force_insert=True)
    _write_plan(contract, terms.plan)
    record_contract(
        actor, "drafted", contract, now, {"after": _facts(contract), "vendor": vendor.name}
    )
    return contract


@transaction.atomic
def change_contract(*, actor: Actor, contract_id: int, terms: Terms, now: datetime) -> Contract:
    """Change what a draft says.

    :raises NotFound: if there is none within the actor's sight.
    :raises access.ActionDenied: without ``contract.draft`` there.
    :raises ContractStateWrong: if it is no draft any more.
    :raises ContractInvalid: and PlanInvalid, PersonUnknown: if the terms are not in order.
    """
    contract = lock_for(actor=actor, action=Action.CONTRACT_DRAFT, contract_id=contract_id)
    require_state(contract, ContractState.DRAFT)
    before, values = _facts(contract), _checked(terms)
    for name, value in values.items():
        setattr(contract, name, value)
    contract.save(update_fields=list(values))
    contract.plan.all().delete()
    _write_plan(contract, terms.plan)
    record_contract(actor, "changed", contract, now, {"before": before, "after": _facts(contract)})
    return contract


@transaction.atomic
def cancel_contract(*, actor: Actor, contract_id: int, reason: str, now: datetime) -> Contract:
    """Give up a contract that is not signed; a review that is under way ends.

    :raises NotFound: if there is none within the actor's sight.
    :raises access.ActionDenied: without ``contract.draft`` there.
    :raises ContractStateWrong: if it is signed, or given up already.
    :raises ReasonMissing: without a reason.
    """
    case = open_case_of(contract_id)
    contract = lock_for(actor=actor, action=Action.CONTRACT_DRAFT, contract_id=contract_id)
    require_state(contract, ContractState.DRAFT, ContractState.REVIEW, ContractState.PERMITTED)
    text = require_reason(reason)
    if case is not None and case.is_open:
        approvals.withdraw_for(actor=actor, case_id=case.pk, text=text, now=now)
    before = contract.state
    contract.state, contract.end_reason = ContractState.CANCELLED, text
    contract.save(update_fields=["state", "end_reason"])
    record_contract(
        actor, "cancelled", contract, now, {"before": {"state": before}, "reason": text}
    )
    return contract


def open_case_of(contract_id: int) -> Case | None:
    """Return the contract's open case, locked, before the contract itself is."""
    case = approval_queries.open_case_of(kind=queries.KIND, subject=Contract(pk=contract_id))
    return approval_queries.lock_case(case.pk) if case is not None else None


def planned(lines: Sequence[PaymentPlanLine]) -> list[PlannedPayment]:
    """Return a stored plan as the rules read it."""
    return [
        PlannedPayment(condition=line.condition, due_on=line.due_on, amount=line.amount)
        for line in lines
    ]


def _checked(terms: Terms) -> dict[str, Any]:
    """Return the fields of a contract by its terms, each looked at."""
    amount = rules.check_amount(terms.amount)
    rules.check_days(
        valid_from=terms.valid_from, valid_to=terms.valid_to, remind_days=terms.remind_days
    )
    rules.check_plan(terms.plan, amount=amount, is_complete=False)
    texts = {name: getattr(terms, name).strip() for name in _LONGEST}
    for name, longest in _LONGEST.items():
        if len(texts[name]) > longest or (name != "summary" and not texts[name]):
            raise ContractInvalid(
                _("Enter this in at most %(most)d characters.") % {"most": longest}, field=name
            )
    person = User.objects.filter(pk=terms.asked_by, is_active=True).first()
    if person is None:
        raise PersonUnknown(_("Choose somebody of the using unit."), field="asked_by")
    return {
        **texts,
        "amount": amount,
        "valid_from": terms.valid_from,
        "valid_to": terms.valid_to,
        "remind_days": terms.remind_days,
        "remind_on": rules.remind_on(valid_to=terms.valid_to, remind_days=terms.remind_days),
        "asked_by": person.pk,
        "asked_by_label": person.label[:140],
    }


def _require_award(actor: Actor, award_id: int, vendor_id: int) -> None:
    award = queries.awards_for_contracts(actor=actor).filter(pk=award_id).first()
    if award is None:
        raise AwardNotApproved(_("This award is not approved."), field="award")
    if not queries.award_total(award=award, vendor_id=vendor_id):
        raise VendorNotAwarded(_("Nothing of this award is this vendor's."), field="vendor")


def _write_plan(contract: Contract, plan: Sequence[PlannedPayment]) -> None:
    PaymentPlanLine.objects.bulk_create(
        PaymentPlanLine(
            contract=contract,
            position=position,
            condition=payment.condition.strip(),
            due_on=payment.due_on,
            amount=payment.amount,
        )
        for position, payment in enumerate(plan, start=1)
    )


def _facts(contract: Contract) -> dict[str, Any]:
    return {
        "title": contract.title,
        "kind": contract.kind,
        "amount": f"{contract.amount:.2f}",
        "valid_from": contract.valid_from.isoformat(),
        "valid_to": contract.valid_to.isoformat(),
        "using_unit": contract.using_unit,
        "asked_by": contract.asked_by_label,
        "remind_days": contract.remind_days,
        "plan": [
            {
                "condition": line.condition,
                "due_on": line.due_on.isoformat(),
                "amount": f"{line.amount:.2f}",
            }
            for line in queries.plan_of(contract)
        ],
    }


def _person(actor: Actor) -> int:
    if actor.user_id is None:
        raise PersonNeeded(_("Only a person may do this."))
    return actor.user_id
