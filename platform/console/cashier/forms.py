"""What is typed at the counter."""

import re
from decimal import Decimal
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from console.inputs import MoneyField, read_number
from kernel.money import CENT, MAX_AMOUNT
from services.billing.cashier.models import PaymentMethod

_ID = re.compile(r"\d{1,18}")
MOST_LINES = 500


class TakePayment(forms.Form):
    """A payment.

    Beside the fields it holds ``line`` (the ids chosen) and, for each line that was shown,
    ``shown-<id>`` with its open amount: what the payer saw, to be compared, not believed.
    """

    idempotency_key = forms.CharField(max_length=80, widget=forms.HiddenInput)
    method = forms.ChoiceField(
        label=_("Way to pay"), choices=PaymentMethod.choices, widget=forms.RadioSelect
    )
    amount = MoneyField(label=_("Take only"), required=False)
    tendered = MoneyField(label=_("Cash received"), required=False)
    reference = forms.CharField(label=_("Reference number"), max_length=60, required=False)
    payer_name = forms.CharField(label=_("Paid by, as on the receipt"), max_length=100)
    note = forms.CharField(label=_("Note"), max_length=200, required=False)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        assert isinstance(self.data, QueryDict)
        ids = self.data.getlist("line")[:MOST_LINES]
        cleaned["line_ids"] = [int(text) for text in ids if _ID.fullmatch(text)]
        if not cleaned["line_ids"]:
            self.add_error(None, forms.ValidationError(_("Choose at least one bill."), "empty"))
        cleaned["expected_total"] = sum(
            (self._shown(line_id) for line_id in cleaned["line_ids"]), Decimal("0.00")
        )
        if cleaned.get("method") != PaymentMethod.CASH:
            cleaned["tendered"] = None  # what is not shown does not count
        else:
            cleaned["reference"] = ""
        return cleaned

    def _shown(self, line_id: int) -> Decimal:
        """Return what the page says it showed; what cannot be an amount is none."""
        amount = read_number(self.data.get(f"shown-{line_id}", "")) or Decimal(0)
        is_amount = 0 <= amount <= MAX_AMOUNT and not amount % CENT
        return amount if is_amount else Decimal(0)


class VoidReceipt(forms.Form):
    reason = forms.CharField(
        label=_("Reason"), max_length=300, widget=forms.Textarea(attrs={"rows": 2})
    )
