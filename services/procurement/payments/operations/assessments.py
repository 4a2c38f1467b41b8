"""Monthly assessments of outsourced services: without one, nothing is paid (PR-75, S-67)."""

from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.urls import reverse

from kernel.access import Action, Actor
from kernel.approvals import operations as approvals
from kernel.approvals.models import Case
from kernel.approvals.registry import DocumentKind
from kernel.approvals.rules.facts import Fact, FactType
from kernel.audit import operations as audit
from kernel.db import refusing
from kernel.errors import NotFound
from kernel.text import _, in_company_language
from services.procurement import scope
from services.procurement.contracts.models import ContractKind, ContractState, PaymentPlanLine
from services.procurement.payments import rules
from services.procurement.payments.models import AssessmentState, ServiceAssessment
from services.procurement.payments.operations.errors import (
    AssessmentExists,
    AssessmentInvalid,
)
from services.procurement.texts import lines as text_lines

KIND = "service.assessment"
IN_FORCE = (ContractState.SIGNED, ContractState.ARCHIVED, ContractState.ENDED)


def service_assessment() -> DocumentKind:
    """Return the kind of document that an assessment is to the approvals."""
    return DocumentKind(
        key=KIND,
        name=_("Assessment of an outsourced service"),
        module=_("Procurement"),
        facts=(
            Fact("score", _("Score"), FactType.NUMBER),
            Fact("deduction", _("Deduction"), FactType.MONEY, _("CNY")),
            Fact("amount", _("Amount"), FactType.MONEY, _("CNY")),
        ),
        url=lambda pk, _project: reverse("service-assessments-assessment", args=[pk]),
        on_approved=_approved,
        on_withdrawn=_withdrawn,
        is_ready=True,
    )


@transaction.atomic
def assess_service(
    *,
    actor: Actor,
    plan_line_id: int,
    project_id: int,
    month: date,
    score: int,
    deduction: Decimal,
    text: str,
    now: datetime,
    today: date,
) -> ServiceAssessment:
    """Score a month of an outsourced service and send the score to be approved.

    :param plan_line_id: what the contract foresees for the month; the deduction is taken off it.
    :raises NotFound: if there is no such contract or project within the actor's sight.
    :raises access.ActionDenied: without ``service.assess`` in the project.
    :raises AssessmentInvalid: if it is no service in force in that month and project, if the month
        is not over, or a figure is none; a deduction needs its reason.
    :raises AssessmentExists: if the month, or this payment of the plan, is assessed.
    """
    person_id = actor.require_person()
    scope.require_for(actor, Action.SERVICE_ASSESS, project_id)
    line = PaymentPlanLine.objects.select_related("contract").filter(pk=plan_line_id).first()
    if line is None or line.contract.project_id not in (None, project_id):
        raise NotFound(_("There is no such contract here."), field="plan_line")
    contract, month = line.contract, month.replace(day=1)
    _check_month(line, month, today)
    if not 0 <= score <= 100:
        raise AssessmentInvalid(_("A score lies between 0 and 100."), field="score")
    if deduction:
        rules.require_amount(deduction, field="deduction")
    if deduction > line.amount:
        raise AssessmentInvalid(
            _("No more than %(amount)s can be deducted.") % {"amount": f"{line.amount:,.2f}"},
            field="deduction",
        )
    assessment = ServiceAssessment(
        contract=contract,
        project_id=project_id,
        month=month,
        plan_line=line,
        score=score,
        deduction=deduction,
        amount=line.amount - deduction,
        text=text_lines(text, field="text", longest=2000, is_required=bool(deduction)),
        state=AssessmentState.SUBMITTED,
        scored_by=person_id,
        scored_by_label=actor.label[:140],
        scored_at=now,
    )
    exists = AssessmentExists(_("This month is assessed already."), field="month")
    with refusing(serviceassessment_once=exists, serviceassessment_of_plan_once=exists):
        assessment.save(force_insert=True)
    audit.record(
        actor=actor,
        event="procurement.service.assessed",
        subject=assessment,
        project_id=project_id,
        now=now,
        data={
            "contract": contract.number,
            "month": f"{month:%Y-%m}",
            "score": score,
            "deduction": str(deduction),
            "amount": str(assessment.amount),
        },
    )
    with in_company_language():
        summary = {
            str(_("Contract")): f"{contract.number} {contract.title}",
            str(_("Month")): f"{month:%Y-%m}",
            **({str(_("Remarks")): assessment.text} if assessment.text else {}),
        }
    approvals.submit(
        actor=actor,
        kind=KIND,
        subject=assessment,
        project_id=project_id,
        title=f"{contract.number} {month:%Y-%m}",
        facts={
            "score": Decimal(score),
            "deduction": assessment.deduction,
            "amount": assessment.amount,
        },
        summary=summary,
        now=now,
    )
    return assessment


def _check_month(line: PaymentPlanLine, month: date, today: date) -> None:
    contract = line.contract
    last = contract.ended_on or contract.valid_to
    is_service = contract.kind == ContractKind.SERVICE and contract.state in IN_FORCE
    if not is_service or not contract.valid_from.replace(day=1) <= month <= last:
        raise AssessmentInvalid(
            _("No service of this contract is due in that month."), field="month"
        )
    if (month.year, month.month) >= (today.year, today.month):
        raise AssessmentInvalid(_("A month is assessed when it is over."), field="month")


def _approved(case: Case, _actor: Actor, _now: datetime) -> None:
    ServiceAssessment.objects.filter(pk=case.subject_id, state=AssessmentState.SUBMITTED).update(
        state=AssessmentState.APPROVED
    )


def _withdrawn(case: Case, _actor: Actor, _now: datetime) -> None:
    ServiceAssessment.objects.filter(pk=case.subject_id, state=AssessmentState.SUBMITTED).update(
        state=AssessmentState.REFUSED
    )
