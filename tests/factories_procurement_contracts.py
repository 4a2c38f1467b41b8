"""Contracts with vendors for tests: who takes part, awards, contracts in each state."""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from kernel.access import Action, Actor, Grant
from kernel.access.models import Department, DepartmentHead, User
from kernel.approvals import operations as approvals
from kernel.approvals import queries as approval_queries
from kernel.approvals.models import Case, StepState
from services.procurement.contracts import operations
from services.procurement.contracts.models import Contract, ContractKind
from services.procurement.contracts.operations import Terms
from services.procurement.contracts.rules import PlannedPayment
from services.procurement.vendors.models import PaperKind, Vendor
from services.properties.models import Project
from tests.factories import NOW, TODAY
from tests.factories_approvals import person
from tests.factories_procurement_vendors import add_vendor
from tests.factories_properties import add_project


@dataclass(frozen=True, slots=True)
class Company:
    """Who takes part in a contract, by post, and with whom it is."""

    project: Project
    vendor: Vendor
    buyer: Actor
    asker: Actor  # of the using unit
    head: Actor  # of the using unit's department
    property_manager: Actor
    real_estate: Actor
    leader: Actor  # permits
    delegate: Actor  # signs
    office: Actor  # archives


def open_company() -> Company:
    """Return a company with everybody whom the default chain of a joint review means."""
    approvals.seed_chains(now=NOW)
    PaperKind.objects.update(is_active=False)
    project = add_project()
    asker, head = person("asker", "front_desk"), person("head", "cs_supervisor")
    department = Department.objects.create(key="USING", name="客服部")
    User.objects.filter(pk=asker.require_person()).update(department=department)
    DepartmentHead.objects.create(department=department, user_id=head.require_person())
    return Company(
        project=project,
        vendor=add_vendor(),
        buyer=person("buyer", "buyer"),
        asker=asker,
        head=head,
        property_manager=person("fangqiming", "property_manager", project_id=project.pk),
        real_estate=person("dichan", "real_estate_gm"),
        leader=person("leader", "deputy_gm"),
        delegate=person("delegate", "company_gm"),
        office=person("office", "general_office"),
    )


PLAN = (
    PlannedPayment(condition="验收合格后", due_on=date(2026, 12, 10), amount=Decimal("57000.00")),
    PlannedPayment(condition="质保期满", due_on=date(2027, 12, 10), amount=Decimal("3000.00")),
)


def terms(company: Company, **values: Any) -> Terms:
    return replace(
        Terms(
            title="清洁设备采购合同",
            amount=Decimal("60000.00"),
            valid_from=TODAY,
            valid_to=date(2027, 12, 31),
            using_unit="客服部",
            asked_by=company.asker.require_person(),
            summary="洗地机 2 台",
            plan=PLAN,
        ),
        **values,
    )


def draft(
    company: Company,
    *,
    kind: str = ContractKind.PURCHASE,
    award_id: int | None = None,
    **values: Any,
) -> Contract:
    return operations.draft_contract(
        actor=company.buyer,
        kind=kind,
        vendor_id=company.vendor.pk,
        project_id=company.project.pk,
        award_id=award_id,
        terms=terms(company, **values),
        now=NOW,
        today=TODAY,
    )


def submit(company: Company, contract: Contract) -> Case:
    operations.submit_contract(actor=company.buyer, contract_id=contract.pk, now=NOW)
    return case_of(contract)


def case_of(contract: Contract) -> Case:
    case = approval_queries.case_of(kind="contract.joint_review", subject=contract)
    assert case is not None
    return case


def opine(actor: Actor, case: Case, text: str = "同意") -> None:
    """Sign the step under way."""
    step = case.steps.get(state=StepState.ACTIVE)
    approvals.approve(actor=actor, case_id=case.pk, step_id=step.pk, text=text, now=NOW)


def permitted(company: Company, contract: Contract | None = None, **values: Any) -> Contract:
    """Return a contract that its four parties and the leader let through."""
    contract = contract or draft(company, **values)
    case = submit(company, contract)
    for party in (company.head, company.buyer, company.property_manager, company.real_estate):
        opine(party, case)
    opine(company.leader, case)
    contract.refresh_from_db()
    return contract


def signed(company: Company, contract: Contract | None = None, **values: Any) -> Contract:
    contract = permitted(company, contract, **values)
    return operations.sign_contract(
        actor=company.delegate,
        contract_id=contract.pk,
        signed_on=TODAY,
        seal="CONTRACT",
        now=NOW,
        today=TODAY,
    )


def add_row(project: Project, mark: str, user_id: int) -> Contract:
    """Return a draft of a project for tests that visit every page, made by the one it names."""
    buyer = Actor(
        label=f"{mark} buyer",
        user_id=user_id,
        grants=frozenset({Grant(Action.CONTRACT_DRAFT, None)}),
    )
    # The company's, of no project: it bears no mark.
    vendor = add_vendor(f"V-{project.code}-{Contract.objects.count()}", "vendor")
    PaperKind.objects.update(is_required=False)
    return operations.draft_contract(
        actor=buyer,
        kind=ContractKind.PURCHASE,
        vendor_id=vendor.pk,
        project_id=project.pk,
        award_id=None,
        terms=Terms(
            title=f"{mark} contract",
            amount=Decimal("60000.00"),
            valid_from=TODAY,
            valid_to=date(2027, 12, 31),
            using_unit=f"{mark} unit",
            asked_by=user_id,
            plan=PLAN,
        ),
        now=NOW,
        today=TODAY,
    )
