"""A contract's way through its joint review: ``contract.joint_review`` (000/16 section 4.6; S-38).

Four parties give their opinions, each another person (SoD-23), then the leader permits. It is the
using unit's paper: the buyer who drafts it is one of the parties himself. The signing comes after
it, as an operation of its own: nobody signs what is not permitted (PR-52).

Case before record: whoever locks both locks the case first, as a signature does.
"""

from datetime import datetime

from django.db import transaction
from django.urls import reverse

from kernel.access import Action, Actor
from kernel.access import queries as people
from kernel.approvals import operations as approvals
from kernel.approvals.models import Case, CaseState
from kernel.approvals.registry import DocumentKind
from kernel.approvals.rules.facts import Fact, FactType
from kernel.notifications.operations import notify
from kernel.outbox import operations as outbox
from kernel.tenancy import company_day
from kernel.text import _, _p, in_company_language
from services.procurement.contracts import notices, queries, rules
from services.procurement.contracts.models import Contract, ContractKind, ContractState
from services.procurement.contracts.operations.common import (
    lock_for,
    record_contract,
    require_state,
)
from services.procurement.contracts.operations.drafting import open_case_of, planned
from services.procurement.contracts.operations.errors import PricesMissing

PERMITTED_EVENT = "procurement.contract.permitted"


def joint_review() -> DocumentKind:
    """Return the kind of document that a contract is to the approvals."""
    return DocumentKind(
        key=queries.KIND,
        name=_("Joint review of a contract"),
        module=_("Procurement"),
        facts=(Fact("amount", _("Amount"), FactType.MONEY, _("CNY")),),
        url=page_of,
        on_approved=permit,
        on_rejected=back_to_draft,
        on_withdrawn=back_to_draft,
        is_ready=True,
    )


@transaction.atomic
def submit_contract(*, actor: Actor, contract_id: int, now: datetime) -> Contract:
    """Send a draft to its joint review; after a rejection it begins anew.

    :raises NotFound: if there is none within the actor's sight.
    :raises access.ActionDenied: without ``contract.draft`` there.
    :raises ContractStateWrong: if it is no draft.
    :raises PlanInvalid: if the payments of the plan do not come to the amount (PR-54).
    :raises PricesMissing: if an agreement of prices names none.
    :raises approvals.ChainMissing: if no chain is published for it.
    """
    case = open_case_of(contract_id)
    contract = lock_for(actor=actor, action=Action.CONTRACT_DRAFT, contract_id=contract_id)
    require_state(contract, ContractState.DRAFT)
    plan = planned(list(queries.plan_of(contract)))
    if contract.amount or plan:
        rules.check_plan(plan, amount=contract.amount, is_complete=True)
    if contract.kind == ContractKind.FRAMEWORK and not contract.prices.exists():
        raise PricesMissing(_("A framework agreement names its prices. Enter them first."))
    if case is not None and case.state == CaseState.REJECTED:
        text = str(_("Submitted anew after it was corrected."))
        approvals.withdraw_for(actor=actor, case_id=case.pk, text=text, now=now)
    contract.state = ContractState.REVIEW
    contract.save(update_fields=["state"])
    record_contract(actor, "submitted", contract, now, {"amount": f"{contract.amount:.2f}"})
    approvals.submit(
        actor=actor,
        kind=queries.KIND,
        subject=contract,
        project_id=contract.project_id,
        title=f"{contract.number} {contract.title}",
        facts={"amount": contract.amount},
        summary=_summary(contract),
        is_own=False,
        applicant_id=contract.asked_by,
        now=now,
    )
    contract.refresh_from_db()  # a chain without steps has permitted it already
    return contract


def page_of(contract_id: int, _project_id: int | None) -> str:
    """Return the address of a contract's page."""
    return reverse("contracts-contract", args=[contract_id])


def permit(case: Case, actor: Actor, now: datetime) -> None:
    """Let a contract be signed: the last signature of its review is given."""
    contract = queries.lock_contract(case.subject_id)
    require_state(contract, ContractState.REVIEW)
    contract.state, contract.permitted_at = ContractState.PERMITTED, now
    contract.save(update_fields=["state", "permitted_at"])
    record_contract(actor, "permitted", contract, now, {"case": case.number})
    outbox.publish(
        event=PERMITTED_EVENT,
        subject=contract,
        project_id=contract.project_id,
        data={"number": contract.number, "amount": f"{contract.amount:.2f}"},
        now=now,
    )
    signers = people.people_with(
        action=Action.CONTRACT_SIGN, project_id=contract.project_id, today=company_day(now)
    )
    notify(
        kind=notices.PERMITTED.key,
        to={contract.drafted_by, *(user.pk for user in signers)},
        url=page_of(contract.pk, contract.project_id),
        context={
            "number": contract.number,
            "title": contract.title,
            "vendor": contract.vendor.name,
        },
        project_id=contract.project_id,
        now=now,
        actor=actor,
    )


def back_to_draft(case: Case, actor: Actor, now: datetime) -> None:
    """Make a contract a draft again: its review rejected it, or it was taken back."""
    contract = queries.lock_contract(case.subject_id)
    if contract.state != ContractState.REVIEW:
        return
    contract.state = ContractState.DRAFT
    contract.save(update_fields=["state"])
    record_contract(actor, "returned", contract, now, {"case": case.number})


def _summary(contract: Contract) -> dict[str, str]:
    """Return what the facts do not say."""
    with in_company_language():
        found = {
            str(_("Contract")): f"{contract.number} {contract.title}",
            str(_("Kind")): str(contract.get_kind_display()),
            str(_("Vendor")): contract.vendor.name,
            str(_("Using unit")): contract.using_unit,
            str(
                _p("of a paper", "Valid")
            ): f"{contract.valid_from:%Y-%m-%d} – {contract.valid_to:%Y-%m-%d}",
        }
        if contract.award is not None:
            found[str(_("Award of"))] = contract.award.round.number
        if contract.summary:
            found[str(_("Summary"))] = contract.summary
    return found
