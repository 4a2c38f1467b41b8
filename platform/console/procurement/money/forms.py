from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from console.inputs import DayField, MoneyField, NumberField, read_month
from services.billing.ledger.models import AccountRole
from services.procurement.orders.models import OrderLine
from services.procurement.payments.models import VendorInvoice

Choices = list[tuple[object, object]]
PAID_FROM = [
    (AccountRole.CASH.value, AccountRole.CASH.label),
    (AccountRole.BANK.value, AccountRole.BANK.label),
]


class MonthField(forms.CharField):
    def clean(self, value: Any) -> Any:
        month = read_month(super().clean(value))
        if month is None:
            raise forms.ValidationError(_("Enter a month, e.g. 2026-10."), code="invalid")
        return month


class InvoiceFigures(forms.Form):
    """What stands on a vendor's invoice."""

    number = forms.CharField(label=_("Invoice number"), max_length=60)
    invoiced_on = DayField(label=_("Invoice date"))
    net_amount = MoneyField(label=_("Amount without tax"))
    tax_amount = MoneyField(label=_("Tax"), min_value=0)
    freight = MoneyField(label=_("Freight in it, with tax"), required=False, min_value=0)


class Invoice(InvoiceFigures):
    def __init__(self, *args: Any, lines: list[OrderLine], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for line in lines:
            open_quantity = line.received_quantity - line.returned_quantity - line.billed_quantity
            self.fields[f"quantity_{line.pk}"] = NumberField(
                label=_("%(name)s: billed quantity") % {"name": line.name},
                required=False,
                min_value=0,
                max_digits=10,
                decimal_places=3,
                initial=open_quantity if open_quantity > 0 else None,
            )
            self.fields[f"price_{line.pk}"] = NumberField(
                label=_("%(name)s: unit price with tax") % {"name": line.name},
                required=False,
                min_value=0,
                max_digits=11,
                decimal_places=4,
                initial=line.unit_price,
            )


class ServiceInvoice(InvoiceFigures):
    freight = None  # type: ignore[assignment]  # Django's way to leave a field out


class Claim(InvoiceFigures):
    sales_slip = forms.CharField(label=_("Number of the sales slip"), max_length=60)
    advance = forms.TypedChoiceField(
        label=_("Settles the advance"), coerce=int, empty_value=None, required=False
    )
    field_order = ("sales_slip",)

    def __init__(self, *args: Any, advances: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["advance"].choices = [("", _("None")), *advances]  # type: ignore[attr-defined]


class Paper(forms.Form):
    kind = forms.ChoiceField(
        label=_("Paper"), choices=[("SALES_SLIP", _("Sales slip")), ("INVOICE", _("Invoice"))]
    )
    file = forms.FileField(label=_("File"))


class Credit(forms.Form):
    number = forms.CharField(label=_("Number of the credit note"), max_length=60)
    invoiced_on = DayField(label=_("Date"))
    net_amount = MoneyField(label=_("Amount without tax"))
    tax_amount = MoneyField(label=_("Tax"), min_value=0)
    goods_return = forms.TypedChoiceField(
        label=_("For goods that went back"), coerce=int, empty_value=None, required=False
    )
    reason = forms.CharField(label=_("Reason"), max_length=300)

    def __init__(self, *args: Any, returns: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices: Choices = [("", _("None: a price was reduced")), *returns]
        self.fields["goods_return"].choices = choices  # type: ignore[attr-defined]


class Reason(forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=300)


class Nothing(forms.Form):
    """A question that is answered by its button."""


class AskAdvance(forms.Form):
    request = forms.TypedChoiceField(label=_("Purchase request"), coerce=int)
    amount = MoneyField(label=_("Amount"))
    purpose = forms.CharField(label=_("Purpose"), max_length=200)

    def __init__(self, *args: Any, requests: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["request"].choices = requests  # type: ignore[attr-defined]


class PayOut(forms.Form):
    paid_from = forms.ChoiceField(label=_("Paid from"), choices=PAID_FROM)


class TakeBack(forms.Form):
    paid_into = forms.ChoiceField(label=_("Paid into"), choices=PAID_FROM)
    reason = forms.CharField(label=_("Reason"), max_length=300)


class AskPayment(forms.Form):
    """A part of each open invoice; what is left empty is not paid now."""

    key = forms.CharField(widget=forms.HiddenInput, max_length=80)

    def __init__(
        self, *args: Any, invoices: list[VendorInvoice], plans: dict[int, Choices], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        for invoice in invoices:
            open_amount = invoice.open_amount  # type: ignore[attr-defined]
            self.fields[f"amount_{invoice.pk}"] = MoneyField(
                label=_("%(number)s: amount") % {"number": invoice.number},
                required=False,
                min_value=0,
                help_text=_("%(open)s open, due %(day)s")
                % {"open": f"{open_amount:,.2f}", "day": invoice.due_on.isoformat()},
            )
            if plans.get(invoice.pk):
                self.fields[f"plan_{invoice.pk}"] = forms.TypedChoiceField(
                    label=_("%(number)s: by the contract's plan") % {"number": invoice.number},
                    choices=[("", _("None")), *plans[invoice.pk]],
                    coerce=int,
                    empty_value=None,
                    required=False,
                )


class Pay(forms.Form):
    reference = forms.CharField(label=_("The bank's reference"), max_length=60)
    paid_on = DayField(label=_("Paid on"))


class Refund(forms.Form):
    amount = MoneyField(label=_("Amount"))
    reference = forms.CharField(label=_("The bank's reference"), max_length=60)
    refunded_on = DayField(label=_("Came on"))


class SendStatement(forms.Form):
    vendor = forms.TypedChoiceField(label=_("Vendor"), coerce=int)
    to_day = DayField(label=_("Up to"))

    def __init__(self, *args: Any, vendors: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["vendor"].choices = vendors  # type: ignore[attr-defined]


class AnswerStatement(forms.Form):
    balance = MoneyField(label=_("Balance in the vendor's books"), min_value=None)
    text = forms.CharField(label=_("What he says"), max_length=500, required=False)


class Assess(forms.Form):
    plan_line = forms.TypedChoiceField(label=_("Contract and payment"), coerce=int)
    project = forms.TypedChoiceField(label=_("Project"), coerce=int)
    month = MonthField(label=_("Month"), max_length=10)
    score = forms.IntegerField(label=_("Score of 100"), min_value=0, max_value=100)
    deduction = MoneyField(label=_("Deduction"), required=False, min_value=0)
    text = forms.CharField(
        label=_("Remarks"), widget=forms.Textarea(attrs={"rows": 4}), required=False
    )

    def __init__(self, *args: Any, plan: Choices, projects: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["plan_line"].choices = plan
        fields["project"].choices = projects
