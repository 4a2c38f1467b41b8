from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy as _p

from console.inputs import DayField, MoneyField, read_day, read_number
from services.procurement.contracts.models import Contract, ContractKind
from services.procurement.contracts.rules import MOST_REMIND_DAYS, PlannedPayment

Choices = list[tuple[object, object]]


class PlanField(forms.CharField):
    """Payments, one in a line: day, amount, condition; as rows of a spreadsheet are pasted."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.Textarea(attrs={"rows": 4, "spellcheck": "false"}))
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> Any:
        if isinstance(value, list):
            return value
        return [self._read(line) for line in (value or "").splitlines() if line.strip()]

    def prepare_value(self, value: Any) -> Any:
        if not isinstance(value, list):
            return value
        return "\n".join(
            f"{payment.due_on.isoformat()} {payment.amount:.2f} {payment.condition}"
            for payment in value
        )

    def validate(self, value: Any) -> None:
        if self.required and not value:
            raise forms.ValidationError(self.error_messages["required"], code="required")

    def run_validators(self, value: Any) -> None:
        """Leave what was read to the rules of contracts."""

    def _read(self, line: str) -> PlannedPayment:
        parts = line.split(None, 2)
        day = read_day(parts[0])
        amount = read_number(parts[1]) if len(parts) > 1 else None
        if day is None or amount is None or len(parts) < 3:
            raise forms.ValidationError(
                _("Write each payment as day, amount and condition: “%(line)s” is none."),
                params={"line": line.strip()[:60]},
                code="invalid",
            )
        return PlannedPayment(condition=parts[2].strip(), due_on=day, amount=amount)


class ContractTerms(forms.Form):
    """What a contract says, as a draft of it is changed."""

    title = forms.CharField(label=_("Title"), max_length=120)
    amount = MoneyField(label=_("Amount"), min_value=0)
    valid_from = DayField(label=_("Valid from"))
    valid_to = DayField(label=_p("of a contract", "Valid until"))
    using_unit = forms.CharField(label=_("Using unit"), max_length=100)
    asked_by = forms.TypedChoiceField(
        label=_p("of a contract", "For whom"),
        coerce=int,
        help_text=_("Whose paper the joint review is; the head of the department reviews it."),
    )
    remind_days = forms.IntegerField(
        label=_("Remind so many days before the end"),
        min_value=0,
        max_value=MOST_REMIND_DAYS,
        initial=30,
    )
    plan = PlanField(
        label=_("Payment plan"),
        required=False,
        help_text=_("One payment in a line: day, amount, condition."),
    )
    summary = forms.CharField(
        label=_("Summary for the reviewers"),
        widget=forms.Textarea(attrs={"rows": 3}),
        required=False,
    )

    def __init__(self, *args: Any, people: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["asked_by"].choices = people  # type: ignore[attr-defined]


class NewContract(ContractTerms):
    kind = forms.ChoiceField(label=_("Kind"), choices=ContractKind.choices)
    vendor_id = forms.TypedChoiceField(label=_("Vendor"), coerce=int)
    project_id = forms.TypedChoiceField(
        label=_("Project"), coerce=int, empty_value=None, required=False
    )
    award_id = forms.TypedChoiceField(
        label=_("Award"), coerce=int, empty_value=None, required=False
    )
    field_order = ("kind", "vendor_id", "project_id", "award_id")

    def __init__(
        self,
        *args: Any,
        vendors: Choices,
        projects: Choices,
        awards: Choices,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["vendor_id"].choices = vendors
        fields["project_id"].choices = projects
        fields["award_id"].choices = [("", _("Without an award")), *awards]


class Sign(forms.Form):
    signed_on = DayField(label=_("Signed on"))
    is_sealed = forms.BooleanField(
        label=_("It bears the contract seal and no other"),
        help_text=_("Neither the seal of finance nor the company's own will do."),
    )


class Archive(forms.Form):
    place = forms.CharField(label=_("Where it is kept"), max_length=100)


class GiveCopy(forms.Form):
    department = forms.CharField(label=_("Department"), max_length=100)
    copies = forms.IntegerField(
        label=_p("of a contract", "Copies"), min_value=1, max_value=100, initial=1
    )
    received_by = forms.CharField(label=_("Received by"), max_length=140)
    given_on = DayField(label=_("Given on"))


class End(forms.Form):
    ended_on = DayField(label=_("Ended on"))
    reason = forms.CharField(label=_("Reason"), max_length=300)


class Cancel(forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=300)


def initial_of(contract: Contract, plan: list[PlannedPayment]) -> dict[str, Any]:
    """Return what the form of a draft shows."""
    return {
        "title": contract.title,
        "amount": contract.amount,
        "valid_from": contract.valid_from,
        "valid_to": contract.valid_to,
        "using_unit": contract.using_unit,
        "asked_by": contract.asked_by,
        "remind_days": contract.remind_days,
        "plan": plan,
        "summary": contract.summary,
    }
