"""The style page: every component in its states, for those who build pages."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from console.inputs import DayField, MoneyField
from console.views import PersonalView


class SampleForm(forms.Form):
    starts_on = DayField(label="Starts on")
    price = MoneyField(label="Price", help_text="Per square metre and month.")
    cycle = forms.ChoiceField(
        label="Billing cycle", choices=[("M", "Monthly"), ("Q", "Quarterly"), ("Y", "Yearly")]
    )
    note = forms.CharField(label="Note", widget=forms.Textarea, required=False)
    notify = forms.BooleanField(label="Tell the household", required=False)
    method = forms.ChoiceField(
        label="Method",
        widget=forms.RadioSelect,
        choices=[("CASH", "Cash"), ("TRANSFER", "Transfer"), ("QR", "QR code")],
    )


class Components(PersonalView):
    def get(self, request: HttpRequest) -> HttpResponseBase:
        refused = SampleForm({"starts_on": "2026-13-01", "price": "28.001", "cycle": "M"})
        refused.is_valid()
        context: dict[str, Any] = {
            "title": _("Components"),
            "crumbs": [(_("Style"), "/c/components/")],
            "form": SampleForm(auto_id="ok_%s", initial={"price": "2.80"}),
            "refused": refused,
            "facts": ["118.36 m²", "2021-06-18"],
            "now": self.now,
            "earlier": self.now - timedelta(days=8, hours=3),
            "tones": ["", "ok", "warn", "bad", "info", "vio", "brand"],
            "tabs": [
                {"url": "#", "label": "Overview", "current": True},
                {"url": "#bills", "label": "Bills", "count": 6},
                {"url": "#orders", "label": "Work orders", "count": 9},
            ],
            "amounts": [Decimal("2239.76"), Decimal(-200), Decimal(0), None],
            "ages": [
                {"label": "0–30 d", "amount": Decimal("98214.60"), "count": 86},
                {"label": "31–90 d", "amount": Decimal("142306.36"), "count": 74},
                {"label": "91–180 d", "amount": Decimal("106820.00"), "count": 41},
                {"label": "181–365 d", "amount": Decimal("66522.00"), "count": 19},
                {"label": "> 1 a", "amount": Decimal("128540.30"), "count": 12},
            ],
            "months": [
                {
                    "label": f"{month}月",
                    "behind": Decimal(44),
                    "front": Decimal(front),
                    "top": f"{front / 0.44:.1f}%",
                }
                for month, front in enumerate([42, 38, 43, 41, 40, 43, 41, 39, 42, 40, 29], start=1)
            ],
        }
        return render(request, "console/shell/components.html", context)
