"""Forms of requests, their lines, consents and budgets."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from console.inputs import DayField, MoneyField, NumberField, plain
from kernel.tenancy import company_time_zone
from services.procurement.catalogue import queries as catalogue
from services.procurement.catalogue.models import Item
from services.procurement.requests.models import ClassChoice, PurchaseRequest, RequestLine
from services.procurement.requests.operations import LineValues, RequestValues
from services.procurement.requests.operations.drafting import MOST_LINES

COUNT = "line_count"
BIGGEST = 2**63 - 1  # of an id


def category_choices() -> list[tuple[str, str]]:
    return [("", str(_("Choose"))), *((str(one.category.pk), one.path) for one in catalogue.tree())]


class RequestForm(forms.Form):
    """The head of a request. Its place is chosen once: the approvers go by it."""

    project = forms.ChoiceField(label=_("For"), required=False)
    title = forms.CharField(label=_("Title"), max_length=100)
    unit = forms.CharField(label=_("Using unit"), max_length=100)
    purchase_class = forms.ChoiceField(
        label=_("Class"),
        required=False,
        choices=[("", _("By the goods: A or B")), *ClassChoice.choices],
    )
    needed_on = DayField(label=_("Needed on"), required=False)
    place = forms.CharField(label=_("Place of delivery"), max_length=200, required=False)
    reason = forms.CharField(
        label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(
        self,
        *args: Any,
        projects: Sequence[tuple[int, str]] = (),
        is_company_wide: bool = False,
        is_new: bool = True,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        if not is_new:
            del self.fields["project"]
            return
        places = [(str(pk), name) for pk, name in projects]
        if is_company_wide:
            places.append(("", str(_("The company itself"))))
        self.fields["project"].choices = places  # type: ignore[attr-defined]

    def values(self) -> RequestValues:
        data = self.cleaned_data
        return RequestValues(
            title=data["title"],
            unit=data["unit"],
            reason=data["reason"],
            purchase_class=data["purchase_class"],
            needed_on=data["needed_on"],
            place=data["place"],
        )

    @property
    def project_id(self) -> int | None:
        chosen = self.cleaned_data.get("project")
        return int(chosen) if chosen else None


class LineForm(forms.Form):
    """A line. What the catalogue says of an article is shown, and not taken from the browser."""

    line_id = forms.IntegerField(required=False, max_value=BIGGEST, widget=forms.HiddenInput)
    item = forms.IntegerField(required=False, max_value=BIGGEST, widget=forms.HiddenInput)
    name = forms.CharField(label=_("Goods"), max_length=100)
    spec = forms.CharField(label=_("Specification"), max_length=200, required=False)
    category = forms.ChoiceField(label=_("Category"))
    quantity = NumberField(label=_("Quantity"), max_digits=10, decimal_places=3)
    unit = forms.CharField(label=pgettext_lazy("of measure", "Unit"), max_length=10)
    unit_price = NumberField(label=_("Unit price with tax"), max_digits=12, decimal_places=4)
    is_fixed_asset = forms.BooleanField(label=_("Fixed asset"), required=False)
    note = forms.CharField(label=_("Remark"), max_length=200, required=False)

    def __init__(self, *args: Any, categories: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["category"].choices = categories  # type: ignore[attr-defined]
        if self["item"].value():
            for name in ("name", "spec", "unit"):
                self.fields[name].widget.attrs["readonly"] = True

    def values(self) -> LineValues:
        data = self.cleaned_data
        return LineValues(
            id=data["line_id"],
            item_id=data["item"],
            category_id=int(data["category"]),
            name=data["name"],
            spec=data["spec"],
            unit=data["unit"],
            is_fixed_asset=data["is_fixed_asset"],
            quantity=data["quantity"],
            unit_price=data["unit_price"],
            note=data["note"],
        )


def posted_lines(data: QueryDict) -> list[dict[str, str]]:
    """Return the lines that were sent, as they were typed."""
    typed = str(data.get(COUNT, ""))
    # One more than there may be: the operation says what is wrong.
    count = min(int(typed), MOST_LINES + 1) if typed.isdecimal() and len(typed) < 6 else 0
    names = tuple(LineForm.base_fields)
    return [
        {name: data.get(f"line-{number}-{name}", "") for name in names} for number in range(count)
    ]


def bound_lines(rows: Sequence[dict[str, str]]) -> list[LineForm]:
    """Return forms of lines as they were typed, numbered from 0."""
    categories = category_choices()
    return [
        LineForm(
            {f"line-{number}-{name}": value for name, value in row.items()},
            prefix=f"line-{number}",
            categories=categories,
        )
        for number, row in enumerate(rows)
    ]


def fresh_lines(rows: Sequence[dict[str, Any]]) -> list[LineForm]:
    """Return forms of lines that nobody has typed yet."""
    categories = category_choices()
    return [
        LineForm(prefix=f"line-{number}", initial=row, categories=categories)
        for number, row in enumerate(rows)
    ]


def row_of_line(line: RequestLine) -> dict[str, Any]:
    return {
        "line_id": line.pk,
        "item": line.item_id,
        "name": line.name,
        "spec": line.spec,
        "category": str(line.category_id),
        "quantity": plain(line.quantity),
        "unit": line.unit,
        "unit_price": plain(line.unit_price, 2),
        "is_fixed_asset": line.is_fixed_asset,
        "note": line.note,
    }


def row_of_item(item: Item) -> dict[str, str]:
    return {
        "line_id": "",
        "item": str(item.pk),
        "name": item.name,
        "spec": item.spec,
        "category": str(item.category_id),
        "quantity": "",
        "unit": item.unit,
        "unit_price": plain(item.reference_price, 2) if item.reference_price else "",
        "is_fixed_asset": "on" if item.is_fixed_asset else "",
        "note": "",
    }


class SubmitForm(forms.Form):
    budget_reason = forms.CharField(
        label=_("Why it goes beyond the budget"),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Needed only if it does. Those who sign see it."),
    )


class ReallocationForm(forms.Form):
    note = forms.CharField(
        label=_("What was found"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Who was asked, what there is, why it cannot be used."),
    )


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"), max_length=300, widget=forms.Textarea(attrs={"rows": 2})
    )


class GiveUpForm(ReasonForm):
    line_ids = forms.TypedMultipleChoiceField(
        label=_("What you do without"), coerce=int, widget=forms.CheckboxSelectMultiple
    )
    field_order = ("line_ids",)

    def __init__(self, *args: Any, lines: Sequence[RequestLine], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["line_ids"].choices = [  # type: ignore[attr-defined]
            (line.pk, f"{line.name} {line.spec}: {line.rest.normalize():f} {line.unit}")
            for line in lines
        ]


class ConsentForm(SubmitForm):
    """The form of an emergency: who consented, when, how, to what (PR-08)."""

    consenter = forms.ChoiceField(label=_("Who consented"))
    day = DayField(label=pgettext_lazy("of a consent", "Day"))
    at = forms.TimeField(
        label=pgettext_lazy("of a consent", "Time"),
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
    )
    means = forms.CharField(label=_("How"), max_length=60)
    text = forms.CharField(
        label=_("What was asked, what was said"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    field_order = ("consenter", "day", "at", "means", "text", "budget_reason")

    def __init__(self, *args: Any, people: Sequence[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["consenter"].choices = [  # type: ignore[attr-defined]
            ("", _("Choose")),
            *((str(pk), label) for pk, label in people),
        ]


def moment_of(values: dict[str, Any]) -> datetime:
    """Return when it was, by the day and time of a consent's form."""
    local = datetime.combine(values["day"], values["at"])
    return timezone.make_aware(local, company_time_zone())


class BudgetForm(forms.Form):
    project = forms.ChoiceField(label=_("For"), required=False)
    category = forms.ChoiceField(label=_("Category"))
    year = forms.IntegerField(label=_("Year"), min_value=2000, max_value=2100)
    amount = MoneyField(label=_("Amount"), min_value=Decimal(0))

    def __init__(
        self,
        *args: Any,
        projects: Sequence[tuple[int, str]] = (),
        is_company_wide: bool = False,
        is_new: bool = True,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        if not is_new:
            for name in ("project", "category", "year"):
                del self.fields[name]
            return
        places = [("", str(_("The company itself")))] if is_company_wide else []
        places += [(str(pk), name) for pk, name in projects]
        self.fields["project"].choices = places  # type: ignore[attr-defined]
        self.fields["category"].choices = category_choices()  # type: ignore[attr-defined]


class MonthForm(forms.Form):
    """Which month a page shows."""

    month = forms.DateField(required=False, input_formats=["%Y-%m", "%Y-%m-%d"])

    @classmethod
    def month_of(cls, data: QueryDict, today: date) -> date:
        form = cls(data)
        found = form.cleaned_data.get("month") if form.is_valid() else None
        return (found or today).replace(day=1)


def initial_of(request: PurchaseRequest) -> dict[str, Any]:
    """Return the head of a request as its form shows it."""
    return {
        "title": request.title,
        "unit": request.unit,
        "purchase_class": request.purchase_class,
        "needed_on": request.needed_on,
        "place": request.place,
        "reason": request.reason,
    }
