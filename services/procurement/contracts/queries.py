"""Reads of contracts: the register, what runs out, what is due, what covers an award."""

from datetime import date, timedelta
from decimal import Decimal

from django.db.models import F, Q, QuerySet

from kernel import access
from kernel.access import Action, Actor
from kernel.access.models import User
from kernel.approvals.queries import history_with_cases
from kernel.approvals.queries.people import colleagues
from kernel.audit.models import AuditEntry
from kernel.errors import NotFound
from services.procurement.contracts.models import (
    Contract,
    ContractCopy,
    ContractState,
    PaymentPlanLine,
)
from services.procurement.contracts.rules import PLAN_REMINDED_DAYS
from services.procurement.rounds.models import Award, AwardState
from services.procurement.vendors.models import Vendor, VendorState

KIND = "contract.joint_review"  # of documents in approval
IN_FORCE = (ContractState.SIGNED, ContractState.ARCHIVED)


def contracts(*, actor: Actor) -> QuerySet[Contract]:
    """Return the contracts within the actor's reach, the newest first, with vendor and project."""
    return access.scoped(
        Contract.objects.select_related("vendor", "project"), actor, Action.CONTRACT_VIEW
    ).order_by("-pk")


def get_contract(*, actor: Actor, contract_id: int) -> Contract:
    """Return one contract. :raises NotFound: if there is none within the actor's reach."""
    found = contracts(actor=actor).filter(pk=contract_id).first()
    if found is None:
        raise NotFound
    return found


def history(*, actor: Actor, contract_id: int) -> QuerySet[AuditEntry]:
    """Return what was done to a contract and in its joint review, newest first.

    :raises NotFound: if there is no contract within the actor's reach.
    """
    found = get_contract(actor=actor, contract_id=contract_id)
    return history_with_cases({Contract: [found.pk]})


def lock_contract(contract_id: int) -> Contract:
    """Return a contract, locked until the transaction ends. :raises NotFound: if there is none."""
    found = (
        Contract.objects.select_for_update(of=("self",))
        .select_related("vendor", "project")
        .filter(pk=contract_id)
        .first()
    )
    if found is None:
        raise NotFound
    return found


def plan_of(contract: Contract) -> QuerySet[PaymentPlanLine]:
    """Return the payments that a contract foresees, in order."""
    return contract.plan.order_by("position")


def copies_of(contract: Contract) -> QuerySet[ContractCopy]:
    """Return which departments have a copy, the first first."""
    return contract.copies.order_by("pk")


def is_in_force(contract: Contract, *, today: date) -> bool:
    """Tell whether it is signed and today is one of its days."""
    return contract.state in IN_FORCE and contract.valid_from <= today <= contract.valid_to


def ending(*, today: date) -> Q:
    """Return the condition for contracts in force whose end is near, or past (PR-54)."""
    return Q(state__in=IN_FORCE, remind_on__lte=today)


def payments_due(*, today: date) -> QuerySet[PaymentPlanLine]:
    """Return the payments of contracts in force that are due within a week and not paid whole."""
    return (
        PaymentPlanLine.objects.select_related("contract__vendor", "contract__project")
        .filter(
            contract__state__in=IN_FORCE,
            paid_amount__lt=F("amount"),
            due_on__lte=today + timedelta(days=PLAN_REMINDED_DAYS),
        )
        .order_by("due_on", "pk")
    )


def signed_amount(*, award_id: int, vendor_id: int) -> Decimal | None:
    """Return to what the signed contracts of an award with a vendor come; ``None``: there is none.

    Asks no action: orders ask before they are sent.
    """
    amounts = list(
        Contract.objects.filter(
            award_id=award_id, vendor_id=vendor_id, state__in=IN_FORCE
        ).values_list("amount", flat=True)
    )
    return sum(amounts, Decimal(0)) if amounts else None


def signed_contract(*, award_id: int, vendor_id: int) -> Contract | None:
    """Return the first signed contract of an award with a vendor, ``None`` if there is none."""
    return (
        Contract.objects.filter(award_id=award_id, vendor_id=vendor_id, state__in=IN_FORCE)
        .order_by("pk")
        .first()
    )


def award_total(*, award: Award, vendor_id: int) -> Decimal:
    """Return what an award comes to for one of its vendors, with his freight; 0: not his."""
    quotes = {}
    total = Decimal(0)
    lines = award.lines.select_related("quote_line__quote").filter(
        quote_line__quote__invitation__vendor_id=vendor_id
    )
    for line in lines:
        total += line.quote_line.amount
        quotes[line.quote_line.quote_id] = line.quote_line.quote.freight
    return total + sum(quotes.values(), Decimal(0))


def awards_for_contracts(*, actor: Actor) -> QuerySet[Award]:
    """Return the approved awards within the actor's reach that a contract may rest on."""
    return access.scoped(
        Award.objects.select_related("round").filter(state=AwardState.APPROVED),
        actor,
        Action.CONTRACT_DRAFT,
        field="round__project_id",
    ).order_by("-pk")


def vendors_for_contracts(*, actor: Actor) -> QuerySet[Vendor]:
    """Return the active vendors, by name, to choose one for a contract.

    :raises access.ActionDenied: without ``contract.draft``.
    """
    access.require(actor, Action.CONTRACT_DRAFT)
    return Vendor.objects.filter(state=VendorState.ACTIVE).order_by("name", "pk")


def people_of_using_units(*, actor: Actor, today: date) -> QuerySet[User]:
    """Return who may be named as asking for a contract: everybody with a post, by name.

    :raises access.ActionDenied: without ``contract.draft``.
    """
    access.require(actor, Action.CONTRACT_DRAFT)
    return colleagues(project_ids=None, today=today)
