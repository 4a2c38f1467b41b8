"""S-38: machines for 60,000.00: four parties, the leader, the contract seal, the archive."""

from contextlib import suppress
from datetime import datetime, timedelta
from decimal import Decimal
from io import BytesIO

import pytest

from kernel.access import ActionDenied, Actor
from kernel.approvals import operations as approvals
from kernel.approvals.models import Act, Case, CaseState, StepState
from kernel.approvals.operations import NotYourTurn
from kernel.documents.operations import attach
from kernel.errors import DomainError
from kernel.notifications.models import Notification
from services.procurement.contracts import operations, queries, rules
from services.procurement.contracts.models import Contract, ContractState
from tests import factories_procurement_contracts as factories
from tests.factories import NOW, TODAY
from tests.factories_approvals import person
from tests.factories_procurement_contracts import Company

pytestmark = pytest.mark.usefixtures("tenant")


@pytest.fixture
def company(tenant: object) -> Company:
    return factories.open_company()


def sign(company: Company, contract: Contract, seal: str = "CONTRACT") -> Contract:
    return operations.sign_contract(
        actor=company.delegate,
        contract_id=contract.pk,
        signed_on=TODAY,
        seal=seal,
        now=NOW,
        today=TODAY,
    )


def step_of(case: Case) -> str:
    return case.steps.get(state=StepState.ACTIVE).key


def parties(company: Company) -> list[Actor]:
    return [company.head, company.buyer, company.property_manager, company.real_estate]


def signers(case: Case) -> list[int | None]:
    given = case.signatures.filter(act__in=[Act.APPROVED, Act.COUNTED])
    return list(given.order_by("pk").values_list("user_id", flat=True))


def test_from_the_draft_to_the_register_with_its_reminders(company: Company) -> None:
    contract = factories.draft(company)
    assert rules.is_bulk(contract.amount, threshold=Decimal("20000.00"))

    # Four opinions of four people, in whatever order; then the leader's permission (PR-50).
    case = factories.submit(company, contract)
    for party in reversed(parties(company)):
        assert step_of(case) == "review"
        factories.opine(party, case, text="质量和价格合适，同意")
    assert step_of(case) == "leader"
    factories.opine(company.leader, case)
    case.refresh_from_db()
    assert case.state == CaseState.APPROVED
    people = [one.user_id for one in [*reversed(parties(company)), company.leader]]
    assert signers(case) == people
    assert len(set(people)) == 5

    # The chairman's delegate signs under the contract seal (PR-51, PR-52).
    assert sign(company, contract).state == ContractState.SIGNED

    # Archived with the scan of what was signed; each department has its copies.
    attach(
        actor=company.office,
        subject=contract,
        project_id=contract.project_id,
        upload=BytesIO(b"%PDF-1.4 signed and sealed"),
        name="合同.pdf",
        now=NOW,
    )
    operations.archive_contract(
        actor=company.office, contract_id=contract.pk, place="A-3 柜", now=NOW
    )
    for department in ("客服部", "财务部"):
        operations.give_copy(
            actor=company.office,
            contract_id=contract.pk,
            department=department,
            copies=1,
            received_by="签收人",
            given_on=TODAY,
            now=NOW,
            today=TODAY,
        )
    contract.refresh_from_db()
    assert (contract.state, contract.seal, contract.archive_place) == (
        ContractState.ARCHIVED,
        "CONTRACT",
        "A-3 柜",
    )
    assert [copy.department for copy in contract.copies.order_by("pk")] == ["客服部", "财务部"]

    # The register reminds: of each payment of the plan, and of the end, once (PR-54).
    finance = person("finance", "finance_head")
    told = []
    for day in (*(line.due_on for line in queries.plan_of(contract)), contract.remind_on):
        at = datetime.combine(day, NOW.timetz())
        told.append(operations.remind(now=at, today=day))
        assert operations.remind(now=at + timedelta(days=1), today=day + timedelta(days=1)) == 0
    assert told == [1, 2, 0]  # the second payment is due after the day on which the end is told
    of_payments = Notification.objects.filter(kind="procurement.planned-payment-due")
    assert {note.user_id for note in of_payments} == {company.buyer.user_id, finance.user_id}
    of_end = Notification.objects.filter(kind="procurement.contract-ending")
    assert {note.user_id for note in of_end} == {company.buyer.user_id, company.office.user_id}


def test_the_seal_of_finance_is_refused(company: Company) -> None:
    contract = factories.permitted(company)

    for seal in ("FINANCE", "COMPANY", ""):
        with pytest.raises(rules.SealWrong):
            sign(company, contract, seal)

    contract.refresh_from_db()
    assert (contract.state, contract.seal, contract.signed_by) == (
        ContractState.PERMITTED,
        "",
        None,
    )


def test_nobody_signs_before_the_permission(company: Company) -> None:
    contract = factories.draft(company)
    case = None
    for party in (None, *parties(company), company.leader):
        if party is not None:
            case = case or factories.submit(company, contract)
        with pytest.raises(operations.ContractStateWrong):
            sign(company, contract)
        if party is not None and case is not None:
            factories.opine(party, case)

    assert sign(company, contract).state == ContractState.SIGNED


@pytest.mark.parametrize(
    "posts",
    [
        ("buyer", "real_estate_gm"),
        ("property_manager", "real_estate_gm"),
        ("buyer", "property_manager"),
    ],
)
def test_two_opinions_by_one_person_are_refused(company: Company, posts: tuple[str, str]) -> None:
    """SoD-23: whoever is two of the four gives one opinion, and another person the other."""
    both = person("both", *posts)
    case = factories.submit(company, factories.draft(company))
    factories.opine(both, case)

    factories.opine(both, case, text="再同意")  # the same place again: nothing is written

    assert signers(case) == [both.user_id]
    for party in parties(company):
        with suppress(NotYourTurn):  # his post's opinion is given
            factories.opine(party, case)
    assert len(set(signers(case)[:4])) == 4
    assert step_of(case) == "leader"


def test_nor_one_for_somebody_else_beside_one_s_own(company: Company) -> None:
    """SoD-23 by a delegation: the buyer is the deputy of the general manager of real estate."""
    case = factories.submit(company, factories.draft(company))
    approvals.delegate(
        actor=company.real_estate,
        deputy_id=company.buyer.require_person(),
        valid_from=TODAY,
        valid_to=TODAY + timedelta(days=7),
        reason="出差",
        now=NOW,
    )
    factories.opine(company.buyer, case)
    step = case.steps.get(state=StepState.ACTIVE)

    with pytest.raises(DomainError) as refusal:
        approvals.approve(
            actor=company.buyer,
            case_id=case.pk,
            step_id=step.pk,
            text="代签",
            for_user_id=company.real_estate.user_id,
            now=NOW,
        )

    assert refusal.value.code in {"approvals.signed-already", "duties.meet"}
    assert signers(case) == [company.buyer.user_id]


def test_who_is_none_of_the_four_gives_no_opinion(company: Company) -> None:
    case = factories.submit(company, factories.draft(company))

    for stranger in (company.asker, company.leader, company.delegate, company.office):
        with pytest.raises(DomainError):
            factories.opine(stranger, case)
    assert signers(case) == []


@pytest.mark.parametrize("who", ["buyer", "office", "head", "property_manager"])
def test_only_the_chairman_s_delegate_signs(company: Company, who: str) -> None:
    contract = factories.permitted(company)

    with pytest.raises(ActionDenied):
        operations.sign_contract(
            actor=getattr(company, who),
            contract_id=contract.pk,
            signed_on=TODAY,
            seal="CONTRACT",
            now=NOW,
            today=TODAY,
        )
    contract.refresh_from_db()
    assert contract.state == ContractState.PERMITTED


def test_not_archived_without_the_scan_and_no_copy_before_it_is_signed(company: Company) -> None:
    contract = factories.permitted(company)
    with pytest.raises(operations.ContractStateWrong):
        operations.give_copy(
            actor=company.office,
            contract_id=contract.pk,
            department="客服部",
            copies=1,
            received_by="签收人",
            given_on=TODAY,
            now=NOW,
            today=TODAY,
        )
    sign(company, contract)

    with pytest.raises(operations.ScanMissing):
        operations.archive_contract(
            actor=company.office, contract_id=contract.pk, place="A-3 柜", now=NOW
        )
