"""What people type about rounds."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django.utils.translation import pgettext_lazy as _p

from console.inputs import DayField, NumberField
from services.procurement.rounds.rules.drafts import TAX_PERCENTS, Draft, Line

MOST_ROWS = 600
MOMENT = "%Y-%m-%dT%H:%M"
CRITERIA_WORDS = {
    "price": pgettext_lazy("criterion", "Price"),
    "quality": _("Quality"),
    "delivery": _("Delivery time"),
    "after_sales": _("After-sales service"),
    "qualification": _("Qualification"),
}


class MomentField(forms.DateTimeField):
    """A day with its time, where the company is."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format=MOMENT)
        super().__init__(widget=widget, **kwargs)


class RoundForm(forms.Form):
    """A round without its lines, which are rows of their own."""

    title = forms.CharField(label=_("Title"), max_length=100)
    project_id = forms.TypedChoiceField(
        label=_("Project"), coerce=int, empty_value=None, required=False
    )
    closes_at = MomentField(
        label=pgettext_lazy("of quotes", "Deadline"),
        required=False,
        help_text=_("By the server's clock. Later quotes are refused."),
    )
    needed_on = DayField(label=_("Needed on"), required=False)
    tax_percent = forms.TypedChoiceField(
        label=_("Tax rate"),
        coerce=Decimal,
        choices=[(f"{rate}", f"{rate} %") for rate in reversed(TAX_PERCENTS)],
    )
    place = forms.CharField(label=_("Place of delivery"), max_length=200, required=False)
    terms = forms.CharField(
        label=_("Conditions"),
        max_length=5000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    vendors = forms.TypedMultipleChoiceField(
        label=_("Invited vendors"),
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Those who may not quote today are not listed."),
    )
    papers = forms.TypedMultipleChoiceField(
        label=_("Papers that are asked for"),
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(
        self,
        *args: Any,
        projects: Sequence[tuple[int, str]],
        vendors: Sequence[tuple[int, str]],
        papers: Sequence[tuple[int, str]],
        criteria: Sequence[str],
        is_company_wide: bool,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        whole = [("", _("Several projects, or the company"))] if is_company_wide else []
        self._choose("project_id", [*whole, *projects])
        self._choose("vendors", vendors)
        self._choose("papers", papers)
        self.criteria = tuple(criteria)
        for key in criteria:
            self.fields[f"weight_{key}"] = forms.IntegerField(
                label=CRITERIA_WORDS[key], min_value=0, max_value=100, required=False
            )

    def _choose(self, name: str, choices: Sequence[Any]) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]

    @property
    def weights(self) -> list[forms.BoundField]:
        """Return the fields of the weights, in the order of the criteria."""
        return [self[f"weight_{key}"] for key in self.criteria]

    def draft(self, lines: Sequence[Line]) -> Draft:
        """Return what was typed, as the operation takes it."""
        values = self.cleaned_data
        weights = {key: values[f"weight_{key}"] for key in self.criteria}
        return Draft(
            title=values["title"],
            project_id=values["project_id"],
            lines=lines,
            vendor_ids=values["vendors"],
            weights={key: weight for key, weight in weights.items() if weight is not None},
            paper_kind_ids=values["papers"],
            tax_percent=values["tax_percent"],
            place=values["place"],
            needed_on=values["needed_on"],
            terms=values["terms"],
            closes_at=values["closes_at"],
        )


class LineForm(forms.Form):
    """A row. What comes from requests keeps its quantity: it is taken whole or taken out."""

    name = forms.CharField(label=_("Article"), max_length=100, required=False)
    spec = forms.CharField(label=_("Specification"), max_length=300, required=False)
    unit = forms.CharField(label=pgettext_lazy("of measure", "Unit"), max_length=10, required=False)
    quantity = NumberField(label=_("Quantity"), required=False, max_digits=10, decimal_places=3)
    item = forms.IntegerField(widget=forms.HiddenInput, required=False)
    sources = forms.CharField(widget=forms.HiddenInput, required=False)
    is_out = forms.BooleanField(label=pgettext_lazy("of lines", "Take out"), required=False)

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        try:
            values["sources"] = read_sources(values.get("sources", ""))
        except (ValueError, ArithmeticError) as error:
            raise forms.ValidationError(
                _("This line cannot be read. Load the page again.")
            ) from error
        if self.is_used(values) and not (values.get("name") and values.get("unit")):
            self.add_error("name", _("Enter a name and a unit."))
        if self.is_used(values) and not values["sources"] and not values.get("quantity"):
            self.add_error("quantity", _("Enter a quantity."))
        return values

    @staticmethod
    def is_used(values: Mapping[str, Any]) -> bool:
        """Tell whether anything stands in the row that is to stay."""
        filled = any(values.get(key) for key in ("name", "spec", "unit", "quantity"))
        return filled and not values.get("is_out")

    def line(self) -> Line | None:
        """Return the line, ``None`` for an empty row or one that is taken out."""
        values = self.cleaned_data
        if not self.is_used(values):
            return None
        sources: dict[int, Decimal] = values["sources"]
        return Line(
            name=values["name"],
            spec=values["spec"],
            unit=values["unit"],
            quantity=sum(sources.values(), Decimal(0)) if sources else values["quantity"],
            item_id=values["item"],
            sources=sources,
        )


def rows_of(data: QueryDict) -> list[LineForm]:
    """Return the rows that were sent, in their order."""
    count = data.get("rows", "0")
    number = int(count) if count.isascii() and count.isdigit() else 0
    return [LineForm(data, prefix=f"line-{index}") for index in range(min(number, MOST_ROWS))]


def rows_for(lines: Sequence[Line]) -> list[LineForm]:
    """Return rows to show: those there are, and some to write in."""
    rows = [
        LineForm(
            prefix=f"line-{index}",
            initial={
                "name": line.name,
                "spec": line.spec,
                "unit": line.unit,
                "quantity": f"{line.quantity.normalize():f}",
                "item": line.item_id,
                "sources": write_sources(line.sources),
            },
        )
        for index, line in enumerate(lines)
    ]
    return and_spare(rows)


def and_spare(rows: Sequence[LineForm]) -> list[LineForm]:
    """Return the rows and an empty one to write in."""
    return [*rows, LineForm(prefix=f"line-{len(rows)}")]


def read_sources(text: str) -> dict[int, Decimal]:
    """Return which lines of requests a row is for: ``"12:30.000,15:2"``."""
    pairs = (part.split(":") for part in text.split(",") if part)
    return {int(line_id): Decimal(quantity) for line_id, quantity in pairs}


def write_sources(sources: Mapping[int, Decimal]) -> str:
    return ",".join(f"{line_id}:{quantity}" for line_id, quantity in sources.items())


class Publish(forms.Form):
    """Who opens the round: for each person a side, or none."""

    def __init__(
        self,
        *args: Any,
        people: Sequence[tuple[int, str]],
        sides: Mapping[int, int],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.people = tuple(user_id for user_id, _label in people)
        choices = [("0", _("Does not open")), ("1", _("First side")), ("2", _("Second side"))]
        for user_id, label in people:
            self.fields[f"side_{user_id}"] = forms.ChoiceField(
                label=label, choices=choices, initial=str(sides.get(user_id, 0))
            )

    def opener_ids(self) -> list[list[int]]:
        """Return who is on the first side, and who on the second."""
        chosen = {user_id: self.cleaned_data[f"side_{user_id}"] for user_id in self.people}
        return [[pk for pk, side in chosen.items() if side == wanted] for wanted in ("1", "2")]


class Reason(forms.Form):
    reason = forms.CharField(
        label=_("Reason"), max_length=300, widget=forms.Textarea(attrs={"rows": 3})
    )


class FewerReason(forms.Form):
    reason = forms.CharField(
        label=_("Why there are no more vendors"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    proof = forms.FileField(
        label=_("Proof"), help_text=_("The signers see it, the vendors never do.")
    )


class Amendment(forms.Form):
    text = forms.CharField(
        label=_p("of a round", "What changes"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    closes_at = MomentField(
        label=_("Later deadline"),
        required=False,
        help_text=_("Left empty, the deadline stays. It can only be made later."),
    )


class Answer(forms.Form):
    text = forms.CharField(
        label=_p("questions", "Answer"), max_length=2000, widget=forms.Textarea(attrs={"rows": 4})
    )


class Passphrase(forms.Form):
    passphrase = forms.CharField(
        label=_("Your passphrase"),
        strip=False,
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )


class NewKey(forms.Form):
    passphrase = forms.CharField(
        label=_("New passphrase"),
        strip=False,
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=_("At least 12 characters, e.g. four words. It is kept nowhere."),
    )
    again = forms.CharField(
        label=_("The new passphrase again"),
        strip=False,
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("passphrase") != values.get("again"):
            self.add_error("again", _("The two are not the same."))
        return values


class ChangePassphrase(NewKey):
    current = forms.CharField(
        label=_("Your present passphrase"),
        strip=False,
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )
    field_order = ("current", "passphrase", "again")


def moment_of(value: datetime | None) -> str:
    """Return a moment as the browser's field takes it."""
    return timezone.localtime(value).strftime(MOMENT) if value is not None else ""
