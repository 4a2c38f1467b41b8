"""Forms of advances, claims, payments, reconciliations and assessments."""

import secrets
from decimal import Decimal
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from console.procurement.choices import projects_of
from console.procurement.money import forms
from console.procurement.money.sheets import figures_of
from console.procurement.records import named
from console.sheets import EditSheet
from kernel.access import Action
from kernel.documents import operations as documents
from kernel.errors import Conflict, Invalid
from services.procurement.contracts.models import ContractKind, PaymentPlanLine
from services.procurement.payments import operations, queries
from services.procurement.payments.models import AdvanceState
from services.procurement.payments.operations import Share
from services.procurement.payments.operations.assessments import IN_FORCE
from services.procurement.receiving import queries as receiving
from services.procurement.requests.models import PurchaseRequest
from services.procurement.requests.queries import may_be_bought
from services.procurement.vendors.models import Vendor

ZERO = Decimal(0)


class AskAdvance(EditSheet):
    action = Action.PURCHASE_BUY
    form_class = forms.AskAdvance
    title, button = _("Ask for an advance"), _("Ask for it")

    def form_options(self) -> dict[str, Any]:
        found = PurchaseRequest.objects.order_by("-pk")[:200]
        return {
            "requests": [
                (row.pk, f"{row.number} {row.title} {row.amount:,.2f}")
                for row in found
                if may_be_bought(row)
                and (
                    self.actor.may_everywhere(Action.PURCHASE_BUY)
                    or (
                        row.project_id is not None
                        and self.actor.may(Action.PURCHASE_BUY, row.project_id)
                    )
                )
            ]
        }

    def save(self, values: dict[str, Any]) -> None:
        operations.ask_advance(
            actor=self.actor,
            request_id=values["request"],
            amount=values["amount"],
            purpose=values["purpose"],
            now=self.now,
        )

    def back(self) -> str:
        return reverse("advances")


class PayAdvance(EditSheet):
    action = Action.VENDOR_PAYMENT_PAY
    form_class = forms.PayOut
    title, button = _("Pay the advance out"), _("Pay it out")

    def save(self, values: dict[str, Any]) -> None:
        operations.pay_advance(actor=self.actor, advance_id=named(self), now=self.now, **values)

    def back(self) -> str:
        return reverse("advances-advance", args=[named(self)])


class DropAdvance(EditSheet):
    action = Action.PURCHASE_BUY
    form_class = forms.Reason
    title, button = _("Give the advance up"), _("Give it up")

    def save(self, values: dict[str, Any]) -> None:
        operations.drop_advance(actor=self.actor, advance_id=named(self), now=self.now, **values)

    def back(self) -> str:
        return reverse("advances-advance", args=[named(self)])


class TakeBackAdvance(EditSheet):
    action = Action.VENDOR_PAYMENT_PAY
    form_class = forms.TakeBack
    title, button = _("Take the advance back: nothing was bought of it"), _("Take the money back")

    def words(self) -> dict[str, Any]:
        advance = queries.get_advance(actor=self.actor, advance_id=named(self))
        words = _("%(person)s gives back %(amount)s, all of it.")
        return {
            "lead": words % {"person": advance.person_label, "amount": f"{advance.amount:,.2f}"}
        }

    def save(self, values: dict[str, Any]) -> None:
        operations.take_back_advance(
            actor=self.actor, advance_id=named(self), now=self.now, **values
        )

    def back(self) -> str:
        return reverse("advances-advance", args=[named(self)])


class NewClaim(EditSheet):
    action = Action.PURCHASE_BUY
    form_class = forms.Claim
    title, button = _("Claim the money for what was bought"), _("Begin the claim")
    lead = _("Sales slip and invoice are attached next; the stock-in slip is there.")
    made_id = 0

    def form_options(self) -> dict[str, Any]:
        receipt = receiving.get_receipt(actor=self.actor, receipt_id=named(self))
        own = queries.advances(actor=self.actor).filter(
            person_id=self.actor.require_person(), state=AdvanceState.OPEN
        )
        return {
            "advances": [(row.pk, f"{row.number} {row.amount:,.2f}") for row in own],
            "initial": {
                "sales_slip": receipt.sales_slip,
                "invoiced_on": self.today,
                "net_amount": receipt.value,
                "tax_amount": queries.claimable(receipt) - receipt.value,
            },
        }

    def save(self, values: dict[str, Any]) -> None:
        self.made_id = operations.draft_claim(
            actor=self.actor,
            receipt_id=named(self),
            sales_slip=values["sales_slip"],
            figures=figures_of(values),
            advance_id=values["advance"],
            now=self.now,
            today=self.today,
        ).pk

    def back(self) -> str:
        return reverse("goods-receipts-receipt", args=[named(self)])

    def done(self) -> str:
        return reverse("claims-claim", args=[self.made_id])


class _OfClaim(EditSheet):
    def back(self) -> str:
        return reverse("claims-claim", args=[named(self)])


class AttachPaper(_OfClaim):
    """The sales slip or the invoice, as a picture or a PDF."""

    action = Action.PURCHASE_BUY
    form_class = forms.Paper
    title, button = _("Attach a paper of the claim"), _("Attach")
    sheet_template = "console/procurement/money/_attach.html"

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        claim = queries.get_claim(actor=self.actor, claim_id=named(self))
        form = forms.Paper(request.POST, request.FILES)
        if form.is_valid():
            upload = form.cleaned_data["file"]
            try:
                documents.attach(
                    actor=self.actor,
                    subject=claim,
                    project_id=claim.receipt.order.project_id,
                    upload=upload.file,
                    name=upload.name,
                    kind=form.cleaned_data["kind"],
                    now=self.now,
                )
            except (Conflict, Invalid) as error:
                self.take(form, error)
            else:
                return self.go(self.done())
        return self._sheet(form, status=422)


class SubmitClaim(_OfClaim):
    action = Action.PURCHASE_BUY
    form_class = forms.Nothing
    title, button = _("Submit the claim to finance"), _("Submit")

    def save(self, values: dict[str, Any]) -> None:
        operations.submit_claim(actor=self.actor, claim_id=named(self), now=self.now)


class DiscardClaim(_OfClaim):
    action = Action.PURCHASE_BUY
    form_class = forms.Nothing
    title, button = _("Give the claim up"), _("Give it up")

    def save(self, values: dict[str, Any]) -> None:
        operations.discard_claim(actor=self.actor, claim_id=named(self), now=self.now)


class SettleClaim(_OfClaim):
    action = Action.VENDOR_PAYMENT_PAY
    form_class = forms.PayOut
    title, button = _("Settle the claim"), _("Settle")

    def words(self) -> dict[str, Any]:
        claim = queries.get_claim(actor=self.actor, claim_id=named(self))
        lent = claim.advance.amount if claim.advance is not None else ZERO
        difference = claim.amount - lent
        if difference < 0:
            return {"lead": _("He gives back %(amount)s.") % {"amount": f"{-difference:,.2f}"}}
        return {"lead": _("He gets %(amount)s.") % {"amount": f"{difference:,.2f}"}}

    def save(self, values: dict[str, Any]) -> None:
        operations.settle_claim(actor=self.actor, claim_id=named(self), now=self.now, **values)


class AskPayment(EditSheet):
    action = Action.VENDOR_PAYMENT_ASK
    form_class = forms.AskPayment
    title, button = _("Ask for a payment"), _("Ask for it")
    made_id = 0

    def form_options(self) -> dict[str, Any]:
        invoices = list(queries.open_invoices(actor=self.actor, vendor_id=self.kwargs["vendor_id"]))
        contracts = {
            invoice.pk: invoice.contract_id or (invoice.order and invoice.order.contract_id)
            for invoice in invoices
        }
        lines = PaymentPlanLine.objects.filter(contract_id__in=filter(None, contracts.values()))
        plans = {
            pk: [
                (line.pk, f"{line.due_on} {line.amount:,.2f} {line.condition}")
                for line in lines.order_by("contract_id", "position")
                if line.contract_id == contract_id
            ]
            for pk, contract_id in contracts.items()
        }
        return {
            "invoices": invoices,
            "plans": plans,
            "initial": {"key": secrets.token_urlsafe(16)},
        }

    def save(self, values: dict[str, Any]) -> None:
        ids = [int(name.removeprefix("amount_")) for name in values if "amount_" in name]
        self.made_id = operations.ask_payment(
            actor=self.actor,
            vendor_id=self.kwargs["vendor_id"],
            shares=[
                Share(
                    invoice_id=pk,
                    amount=values[f"amount_{pk}"],
                    plan_line_id=values.get(f"plan_{pk}"),
                )
                for pk in ids
                if values[f"amount_{pk}"]
            ],
            idempotency_key=values["key"],
            now=self.now,
        ).pk

    def back(self) -> str:
        return reverse("vendor-accounts-vendor", args=[self.kwargs["vendor_id"]])

    def done(self) -> str:
        return reverse("vendor-payments-payment", args=[self.made_id])


class _OfPayment(EditSheet):
    def back(self) -> str:
        return reverse("vendor-payments-payment", args=[named(self)])

    def words(self) -> dict[str, Any]:
        payment = queries.get_payment(actor=self.actor, payment_id=named(self))
        account = f"{payment.account.bank} *{payment.account.number_tail}"
        return {"lead": f"{payment.vendor.name} {payment.amount:,.2f} {account}"}


class PayVendor(_OfPayment):
    action = Action.VENDOR_PAYMENT_PAY
    form_class = forms.Pay
    title, button = _("Book the payment"), _("Book the payment")

    def form_options(self) -> dict[str, Any]:
        return {"initial": {"paid_on": self.today}}

    def save(self, values: dict[str, Any]) -> None:
        operations.pay_vendor(actor=self.actor, payment_id=named(self), now=self.now, **values)


class UndoPayment(_OfPayment):
    action = Action.VENDOR_PAYMENT_ASK
    form_class = forms.Reason
    title, button = _("Undo the payment: it came back"), _("Undo")

    def save(self, values: dict[str, Any]) -> None:
        operations.undo_payment(actor=self.actor, payment_id=named(self), now=self.now, **values)


class SendStatement(EditSheet):
    action = Action.INVOICE_MATCH
    form_class = forms.SendStatement
    title, button = _("Send an account to be reconciled"), _("Send it")

    def form_options(self) -> dict[str, Any]:
        vendors = Vendor.objects.filter(entries__isnull=False).distinct().order_by("name", "pk")
        return {"vendors": [(vendor.pk, vendor.name) for vendor in vendors]}

    def save(self, values: dict[str, Any]) -> None:
        operations.send_statement(
            actor=self.actor,
            vendor_id=values["vendor"],
            to_day=values["to_day"],
            now=self.now,
            today=self.today,
        )

    def back(self) -> str:
        return reverse("vendor-statements")


class AnswerStatement(EditSheet):
    """What a vendor without the portal answers on paper."""

    action = Action.INVOICE_MATCH
    form_class = forms.AnswerStatement
    title, button = _("Note the vendor's answer"), _("Note it")

    def save(self, values: dict[str, Any]) -> None:
        operations.answer_statement(
            actor=self.actor, statement_id=named(self), now=self.now, **values
        )

    def back(self) -> str:
        return reverse("vendor-statements-statement", args=[named(self)])


class AssessService(EditSheet):
    action = Action.SERVICE_ASSESS
    form_class = forms.Assess
    title, button = _("Assess a month of a service"), _("Submit the score")
    made_id = 0

    def form_options(self) -> dict[str, Any]:
        plan = (
            PaymentPlanLine.objects.filter(
                contract__kind=ContractKind.SERVICE, contract__state__in=IN_FORCE
            )
            .exclude(assessments__state__in=["SCORED", "SUBMITTED", "APPROVED"])
            .select_related("contract__vendor")
            .order_by("due_on", "pk")
        )
        return {
            "plan": [
                (
                    line.pk,
                    f"{line.contract} {line.contract.vendor} {line.due_on} {line.amount:,.2f}",
                )
                for line in plan
                if line.contract.project_id is None
                or self.actor.may(Action.SERVICE_ASSESS, line.contract.project_id)
            ],
            "projects": projects_of(self),
        }

    def save(self, values: dict[str, Any]) -> None:
        self.made_id = operations.assess_service(
            actor=self.actor,
            plan_line_id=values["plan_line"],
            project_id=values["project"],
            month=values["month"],
            score=values["score"],
            deduction=values["deduction"] or ZERO,
            text=values["text"],
            now=self.now,
            today=self.today,
        ).pk

    def back(self) -> str:
        return reverse("service-assessments")

    def done(self) -> str:
        return reverse("service-assessments-assessment", args=[self.made_id])
