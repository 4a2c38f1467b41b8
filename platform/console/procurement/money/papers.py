"""Pages of advances, claims and monthly assessments."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Model
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy as _p

from console.procurement.records import (
    Button,
    Cell,
    RecordPage,
    Table,
    holds,
    money,
    person,
    text,
)
from kernel.access import Action
from services.procurement.payments import queries
from services.procurement.payments.models import (
    Advance,
    AdvanceState,
    AssessmentState,
    Claim,
    ClaimState,
    ServiceAssessment,
)
from services.procurement.payments.operations import advances, assessments, claims


class AdvancePage(RecordPage):
    crumb, route = _p("purchase", "Advances"), "advances"
    kind = advances.KIND

    def find(self, pk: int) -> Model:
        return queries.get_advance(actor=self.actor, advance_id=pk)

    def meta(self, record: Advance) -> list[Any]:
        return [record.person_label, record.purpose]

    def tables(self, record: Advance) -> Iterable[Table]:
        yield Table(
            title=_("Claims"),
            headings=(_("Number"), _("Amount"), _("Paid out"), _("Given back"), _("State")),
            rows=[
                (
                    text(claim.number, url=reverse("claims-claim", args=[claim.pk])),
                    money(claim.amount),
                    money(claim.paid_out),
                    money(claim.given_back),
                    text(claim.get_state_display()),
                )
                for claim in record.claims.order_by("pk")
            ],
            empty=_("Nothing was claimed for it yet."),
        )

    def facts(self, record: Advance) -> Iterable[tuple[Any, Cell]]:
        yield _("Person"), person(record.person_label)
        yield _("Purchase request"), text(record.request.number)
        yield _("Purpose"), text(record.purpose)
        yield _("Estimate"), money(record.estimate)
        yield _("Amount"), money(record.amount)
        yield _("Paid by"), person(record.paid_by_label)
        yield _p("payable", "Paid"), Cell(value=record.paid_at, kind="time")
        is_back = record.state == AdvanceState.RETURNED
        yield _("Taken back by") if is_back else _("Given up by"), person(record.ended_by_label)
        yield _("When"), Cell(value=record.ended_at, kind="time")

    def note(self, record: Advance) -> tuple[str, Any] | None:
        return ("info", record.end_reason) if record.end_reason else None

    def buttons(self, record: Advance) -> Iterable[Button]:
        yield Button(
            label=_("Print"),
            url=reverse("advances-print", args=[record.pk]),
            icon="printer",
            is_sheet=False,
        )
        is_approved = record.state == AdvanceState.APPROVED
        if is_approved and record.person_id == self.actor.user_id:
            yield self._button(_("Give it up"), "drop", record)
        if not holds(self.actor, Action.VENDOR_PAYMENT_PAY, record.request.project_id):
            return
        if is_approved:
            yield self._button(_("Pay it out"), "pay", record, is_primary=True)
        if record.state == AdvanceState.OPEN:
            yield self._button(_("Take the money back"), "take-back", record)

    def _button(self, label: Any, what: str, record: Advance, **more: Any) -> Button:
        return Button(label=label, url=reverse(f"advances-{what}", args=[record.pk]), **more)


class ClaimPage(RecordPage):
    crumb, route = _("Claims"), "claims"
    kind = claims.KIND
    carrier = "procurement.claim"

    def find(self, pk: int) -> Model:
        return queries.get_claim(actor=self.actor, claim_id=pk)

    def meta(self, record: Claim) -> list[Any]:
        return [record.person_label]

    def tables(self, record: Claim) -> Iterable[Table]:
        there = queries.papers_of(record)
        numbers = {
            "SALES_SLIP": text(record.sales_slip),
            "STOCK_IN_SLIP": text(
                record.receipt.number,
                url=reverse("goods-receipts-receipt", args=[record.receipt_id]),
            ),
            "INVOICE": text(
                record.invoice_number,
                url=reverse("vendor-invoices-invoice", args=[record.invoice_id]),
            ),
        }
        yield Table(
            title=_("The three papers"),
            headings=(_("Paper"), _("Number"), _("Here")),
            rows=[
                (
                    text(words),
                    numbers[paper.value],
                    text(
                        _("attached") if paper in there else _("missing"),
                        tone="ok" if paper in there else "bad",
                    ),
                )
                for paper, words in claims.PAPERS.items()
            ],
        )

    def facts(self, record: Claim) -> Iterable[tuple[Any, Cell]]:
        yield _("Person"), person(record.person_label)
        yield _("Order"), text(record.receipt.order.number)
        yield _("Vendor"), text(record.receipt.order.vendor.name)
        yield _("Amount"), money(record.amount)
        if record.advance is not None:
            yield (
                _("Advance"),
                text(
                    record.advance.number, url=reverse("advances-advance", args=[record.advance_id])
                ),
            )
        if record.state == ClaimState.PAID:
            yield _("Paid out"), money(record.paid_out)
            yield _("Given back"), money(record.given_back)
        yield _("Settled by"), person(record.settled_by_label)

    def buttons(self, record: Claim) -> Iterable[Button]:
        yield self._button(_("Print"), "print", record, icon="printer", is_sheet=False)
        is_own = record.person_id == self.actor.user_id
        if record.state == ClaimState.DRAFT and is_own:
            yield self._button(_("Attach a paper"), "attach", record)
            yield self._button(_("Give it up"), "discard", record)
            yield self._button(_("Submit"), "submit", record, is_primary=True)
        project_id = record.receipt.order.project_id
        if record.state == ClaimState.APPROVED and holds(
            self.actor, Action.VENDOR_PAYMENT_PAY, project_id
        ):
            yield self._button(_("Settle"), "settle", record, is_primary=True)

    def _button(self, label: Any, what: str, record: Claim, **more: Any) -> Button:
        return Button(label=label, url=reverse(f"claims-{what}", args=[record.pk]), **more)


class AssessmentPage(RecordPage):
    crumb, route = _("Assessments of services"), "service-assessments"
    kind = assessments.KIND

    def find(self, pk: int) -> Model:
        return queries.get_assessment(actor=self.actor, assessment_id=pk)

    def title(self, record: ServiceAssessment) -> Any:
        return f"{record.contract.number} {record.month:%Y-%m}"

    def meta(self, record: ServiceAssessment) -> list[Any]:
        return [record.contract.vendor.name, record.project.name]

    def facts(self, record: ServiceAssessment) -> Iterable[tuple[Any, Cell]]:
        yield _("Contract"), text(f"{record.contract.number} {record.contract.title}")
        yield _("Month"), text(f"{record.month:%Y-%m}")
        yield _("Score of 100"), text(str(record.score))
        yield _("Foreseen"), money(record.plan_line.amount)
        yield _("Deduction"), money(record.deduction)
        yield _("Amount"), money(record.amount)
        yield _("Remarks"), text(record.text)
        yield _("Scored by"), person(record.scored_by_label)
        if record.invoice is not None:
            yield (
                _("Invoice"),
                text(
                    record.invoice.number,
                    url=reverse("vendor-invoices-invoice", args=[record.invoice_id]),
                ),
            )

    def buttons(self, record: ServiceAssessment) -> Iterable[Button]:
        if (
            record.state == AssessmentState.APPROVED
            and record.invoice_id is None
            and holds(self.actor, Action.INVOICE_MATCH, record.project_id)
        ):
            yield Button(
                label=_("Enter its invoice"),
                url=reverse("vendor-invoices-service", args=[record.pk]),
                is_primary=True,
            )
