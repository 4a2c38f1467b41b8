"""Contracts from draft to end (PR-50 to PR-54), with the scenario S-38."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest

from kernel.access import ActionDenied
from kernel.approvals import operations as approvals
from kernel.approvals.models import CaseState, StepState
from kernel.audit.models import AuditEntry
from kernel.documents.operations import attach
from kernel.errors import NotFound
from kernel.notifications.models import Notification
from kernel.outbox.models import Event
from services.procurement.contracts import operations, queries, rules
from services.procurement.contracts.models import (
    Contract,
    ContractCopy,
    ContractKind,
    ContractState,
    PaymentPlanLine,
)
from services.procurement.vendors.operations import VendorNotFit
from tests import factories_procurement_contracts as factories
from tests.factories import NOW, TODAY
from tests.factories_approvals import person
from tests.factories_procurement_contracts import Company
from tests.factories_procurement_vendors import add_hold
from tests.factories_properties import add_project

pytestmark = pytest.mark.usefixtures("tenant")


@pytest.fixture
def company(tenant: object) -> Company:
    return factories.open_company()


class TestDraft:
    def test_it_keeps_terms_and_plan(self, company: Company) -> None:
        contract = factories.draft(company)

        assert contract.state == ContractState.DRAFT
        assert contract.amount == Decimal("60000.00")
        assert contract.remind_on == date(2027, 12, 1)
        assert contract.asked_by == company.asker.user_id
        assert [(line.position, line.amount) for line in queries.plan_of(contract)] == [
            (1, Decimal("57000.00")),
            (2, Decimal("3000.00")),
        ]
        assert AuditEntry.objects.filter(event="procurement.contract.drafted").count() == 1

    def test_who_does_not_buy_drafts_none(self, company: Company) -> None:
        with pytest.raises(ActionDenied):
            factories.draft(replace(company, buyer=company.leader))
        assert not Contract.objects.exists()

    def test_no_contract_with_a_vendor_on_hold(self, company: Company) -> None:
        add_hold(company.vendor)

        with pytest.raises(VendorNotFit):
            factories.draft(company)
        assert not Contract.objects.exists()

    def test_the_using_unit_is_a_person_who_is_there(self, company: Company) -> None:
        with pytest.raises(operations.PersonUnknown):
            factories.draft(company, asked_by=999_999)

    @pytest.mark.parametrize("name", ["title", "using_unit"])
    def test_a_title_and_a_unit_are_named(self, company: Company, name: str) -> None:
        named: dict[str, Any] = {name: " "}
        with pytest.raises(rules.ContractInvalid) as refusal:
            factories.draft(company, **named)
        assert refusal.value.field == name

    def test_a_draft_is_changed_with_its_plan(self, company: Company) -> None:
        contract = factories.draft(company)
        plan = [replace(factories.PLAN[0], amount=Decimal("58000.00"))]

        operations.change_contract(
            actor=company.buyer,
            contract_id=contract.pk,
            terms=factories.terms(company, amount=Decimal("58000.00"), plan=plan),
            now=NOW,
        )

        contract.refresh_from_db()
        assert contract.amount == Decimal("58000.00")
        assert [line.amount for line in queries.plan_of(contract)] == [Decimal("58000.00")]

    def test_nothing_is_changed_in_review(self, company: Company) -> None:
        contract = factories.draft(company)
        factories.submit(company, contract)

        with pytest.raises(operations.ContractStateWrong):
            operations.change_contract(
                actor=company.buyer,
                contract_id=contract.pk,
                terms=factories.terms(company, title="别的"),
                now=NOW,
            )

    def test_another_project_s_buyer_finds_none(self, company: Company) -> None:
        contract = factories.draft(company)
        other = add_project("B", "乙苑")
        stranger = person("stranger", "mo_manager", project_id=other.pk)

        with pytest.raises(NotFound):
            queries.get_contract(actor=stranger, contract_id=contract.pk)
        with pytest.raises(NotFound):
            operations.cancel_contract(actor=stranger, contract_id=contract.pk, reason="x", now=NOW)


class TestReview:
    def test_four_parties_then_the_leader_permit(self, company: Company) -> None:
        """S-38."""
        contract = factories.draft(company)
        case = factories.submit(company, contract)
        assert case.applicant_id == company.asker.user_id

        for party in (company.head, company.buyer, company.property_manager):
            factories.opine(party, case)
        case.refresh_from_db()
        assert case.steps.get(state=StepState.ACTIVE).key == "review"
        factories.opine(company.real_estate, case)
        assert case.steps.get(state=StepState.ACTIVE).key == "leader"
        contract.refresh_from_db()
        assert contract.state == ContractState.REVIEW

        factories.opine(company.leader, case)

        contract.refresh_from_db()
        assert contract.state == ContractState.PERMITTED
        assert contract.permitted_at == NOW
        told = Notification.objects.filter(kind="procurement.contract-permitted")
        assert {note.user_id for note in told} == {
            company.buyer.user_id,
            company.delegate.user_id,
        }
        assert Event.objects.filter(name="procurement.contract.permitted").count() == 1

    def test_an_opinion_is_more_than_a_signature(self, company: Company) -> None:
        case = factories.submit(company, factories.draft(company))

        with pytest.raises(approvals.TextMissing):
            factories.opine(company.buyer, case, text=" ")

    def test_nobody_gives_two_opinions(self, company: Company) -> None:
        """SoD-23: who is two of the four parties signs once, and the case waits for another."""
        both = person("both", "buyer", "real_estate_gm")
        case = factories.submit(company, factories.draft(company))
        factories.opine(both, case)
        factories.opine(both, case)  # a second press of the button

        for party in (company.head, company.property_manager):
            factories.opine(party, case)
        assert case.signatures.filter(user_id=both.require_person()).count() == 1
        assert case.steps.get(state=StepState.ACTIVE).key == "review"

    def test_the_plan_comes_to_the_amount(self, company: Company) -> None:
        contract = factories.draft(company, plan=factories.PLAN[:1])

        with pytest.raises(rules.PlanInvalid):
            operations.submit_contract(actor=company.buyer, contract_id=contract.pk, now=NOW)
        contract.refresh_from_db()
        assert contract.state == ContractState.DRAFT

    def test_an_agreement_without_prices_is_not_reviewed(self, company: Company) -> None:
        contract = factories.draft(company, kind=ContractKind.FRAMEWORK, amount=Decimal(0), plan=())

        with pytest.raises(operations.PricesMissing):
            operations.submit_contract(actor=company.buyer, contract_id=contract.pk, now=NOW)

    def test_rejected_it_is_a_draft_again_and_is_reviewed_anew(self, company: Company) -> None:
        contract = factories.draft(company)
        case = factories.submit(company, contract)
        step = case.steps.get(state=StepState.ACTIVE)
        approvals.reject(
            actor=company.property_manager,
            case_id=case.pk,
            step_id=step.pk,
            text="质保期太短",
            now=NOW,
        )
        contract.refresh_from_db()
        assert contract.state == ContractState.DRAFT

        again = factories.permitted(company, contract)

        assert again.state == ContractState.PERMITTED
        case.refresh_from_db()
        assert case.state == CaseState.WITHDRAWN
        assert factories.case_of(contract).pk != case.pk

    def test_given_up_in_review_its_case_ends(self, company: Company) -> None:
        contract = factories.draft(company)
        case = factories.submit(company, contract)

        operations.cancel_contract(
            actor=company.buyer, contract_id=contract.pk, reason="不再需要", now=NOW
        )

        contract.refresh_from_db()
        case.refresh_from_db()
        assert (contract.state, contract.end_reason) == (ContractState.CANCELLED, "不再需要")
        assert case.state == CaseState.WITHDRAWN

    def test_giving_up_takes_a_reason(self, company: Company) -> None:
        contract = factories.draft(company)

        with pytest.raises(operations.ReasonMissing):
            operations.cancel_contract(
                actor=company.buyer, contract_id=contract.pk, reason=" ", now=NOW
            )


class TestSigning:
    def sign(self, contract: Contract, company: Company, **values: Any) -> Contract:
        return operations.sign_contract(
            **{
                "actor": company.delegate,
                "contract_id": contract.pk,
                "signed_on": TODAY,
                "seal": "CONTRACT",
                "now": NOW,
                "today": TODAY,
                **values,
            }
        )

    def test_a_delegate_signs_under_the_contract_seal(self, company: Company) -> None:
        contract = self.sign(factories.permitted(company), company)

        contract.refresh_from_db()
        assert contract.state == ContractState.SIGNED
        assert contract.seal == "CONTRACT"
        assert contract.signed_by == company.delegate.user_id
        assert contract.signed_by_label == company.delegate.label
        assert Event.objects.filter(name="procurement.contract.signed").count() == 1

    def test_nobody_signs_before_the_permission(self, company: Company) -> None:
        contract = factories.draft(company)
        with pytest.raises(operations.ContractStateWrong):
            self.sign(contract, company)
        factories.submit(company, contract)
        with pytest.raises(operations.ContractStateWrong):
            self.sign(contract, company)
        contract.refresh_from_db()
        assert contract.signed_by is None

    def test_the_seal_of_finance_is_refused(self, company: Company) -> None:
        contract = factories.permitted(company)

        with pytest.raises(rules.SealWrong):
            self.sign(contract, company, seal="FINANCE")
        contract.refresh_from_db()
        assert contract.state == ContractState.PERMITTED

    @pytest.mark.parametrize("who", ["buyer", "office", "head"])
    def test_who_is_no_delegate_does_not_sign(self, company: Company, who: str) -> None:
        contract = factories.permitted(company)

        with pytest.raises(ActionDenied):
            self.sign(contract, company, actor=getattr(company, who))
        contract.refresh_from_db()
        assert contract.state == ContractState.PERMITTED

    def test_the_day_is_neither_before_nor_to_come(self, company: Company) -> None:
        contract = factories.permitted(company)
        for day in (TODAY - timedelta(days=1), TODAY + timedelta(days=1)):
            with pytest.raises(rules.ContractInvalid):
                self.sign(contract, company, signed_on=day)

    def test_a_signed_one_is_not_given_up(self, company: Company) -> None:
        contract = factories.signed(company)

        with pytest.raises(operations.ContractStateWrong):
            operations.cancel_contract(
                actor=company.buyer, contract_id=contract.pk, reason="x", now=NOW
            )


@pytest.fixture
def signed(company: Company) -> Contract:
    return factories.signed(company)


class TestArchive:
    def archive(self, contract: Contract, company: Company, place: str = "A-3 柜") -> Contract:
        return operations.archive_contract(
            actor=company.office, contract_id=contract.pk, place=place, now=NOW
        )

    def scan(self, contract: Contract, company: Company) -> None:
        attach(
            actor=company.office,
            subject=contract,
            project_id=contract.project_id,
            upload=BytesIO(b"%PDF-1.4 signed"),
            name="合同.pdf",
            now=NOW,
        )

    def test_it_is_archived_with_its_scan(self, company: Company, signed: Contract) -> None:
        self.scan(signed, company)

        self.archive(signed, company)

        signed.refresh_from_db()
        assert (signed.state, signed.archive_place) == (ContractState.ARCHIVED, "A-3 柜")

    def test_not_without_the_scan(self, company: Company, signed: Contract) -> None:
        with pytest.raises(operations.ScanMissing):
            self.archive(signed, company)

    def test_not_before_it_is_signed(self, company: Company) -> None:
        with pytest.raises(operations.ContractStateWrong):
            self.archive(factories.permitted(company), company)

    def test_departments_get_copies(self, company: Company, signed: Contract) -> None:
        operations.give_copy(
            actor=company.office,
            contract_id=signed.pk,
            department="财务部",
            copies=2,
            received_by="钱会计",
            given_on=TODAY,
            now=NOW,
            today=TODAY,
        )

        copy = ContractCopy.objects.get(contract=signed)
        assert (copy.department, copy.copies, copy.received_by_label) == ("财务部", 2, "钱会计")

    @pytest.mark.parametrize(
        "wrong",
        [
            {"department": " "},
            {"received_by": ""},
            {"copies": 0},
            {"copies": 101},
            {"given_on": TODAY + timedelta(days=1)},
            {"given_on": TODAY - timedelta(days=1)},
        ],
    )
    def test_a_copy_names_who_has_it(
        self, company: Company, signed: Contract, wrong: dict[str, Any]
    ) -> None:
        values: dict[str, Any] = {
            "department": "财务部",
            "copies": 1,
            "received_by": "钱",
            "given_on": TODAY,
        }
        with pytest.raises(operations.CopyInvalid):
            operations.give_copy(
                actor=company.office,
                contract_id=signed.pk,
                now=NOW,
                today=TODAY,
                **{**values, **wrong},
            )
        assert not ContractCopy.objects.exists()

    def test_it_ends_with_a_reason(self, company: Company, signed: Contract) -> None:
        operations.end_contract(
            actor=company.buyer,
            contract_id=signed.pk,
            ended_on=TODAY,
            reason="履行完毕",
            now=NOW,
            today=TODAY,
        )

        signed.refresh_from_db()
        assert (signed.state, signed.ended_on) == (ContractState.ENDED, TODAY)


class TestReminding:
    def remind(self, moment: datetime) -> int:
        return operations.remind(now=moment, today=moment.date())

    def test_of_the_end_once(self, company: Company, signed: Contract) -> None:
        PaymentPlanLine.objects.all().delete()
        first = datetime.combine(signed.remind_on, NOW.timetz())

        assert self.remind(first - timedelta(days=1)) == 0
        assert self.remind(first) == 1
        assert self.remind(first + timedelta(days=1)) == 0

        told = Notification.objects.filter(kind="procurement.contract-ending")
        assert {note.user_id for note in told} == {company.buyer.user_id, company.office.user_id}

    def test_of_payments_a_week_before_they_are_due(
        self, company: Company, signed: Contract
    ) -> None:
        finance = person("finance", "finance_head")
        due = datetime(2026, 12, 10, 2, 0, tzinfo=NOW.tzinfo)

        assert self.remind(due - timedelta(days=8)) == 0
        assert self.remind(due - timedelta(days=7)) == 1
        assert self.remind(due) == 0

        told = Notification.objects.filter(kind="procurement.planned-payment-due")
        assert {note.user_id for note in told} == {company.buyer.user_id, finance.user_id}

    def test_not_of_what_is_paid_or_not_signed(self, company: Company) -> None:
        factories.draft(company)
        contract = factories.signed(company, title="另一份")
        for line in queries.plan_of(contract):
            PaymentPlanLine.objects.filter(pk=line.pk).update(paid_amount=line.amount)

        assert self.remind(datetime(2026, 12, 10, 2, 0, tzinfo=NOW.tzinfo)) == 0
