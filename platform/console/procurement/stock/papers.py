"""领料单 and 调拨单: written line by line with keyboard or scanner, shown, printed."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, ClassVar

from django import forms as django_forms
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django_htmx.http import HttpResponseClientRedirect

from console.histories import told
from console.inputs import read_number
from console.procurement.stock import forms
from console.procurement.stock.choices import COMPANY_OWN, kept_warehouses, people, places
from console.procurement.stock.warehouses import may_keep
from console.sheets import EditSheet
from console.views import ConsoleView
from kernel.access import Action
from kernel.errors import Conflict, DomainError, Invalid
from services.procurement.catalogue.models import Item
from services.procurement.stock import operations, queries
from services.procurement.stock.models import Issue, Transfer
from services.procurement.stock.operations import Line

MOST_LINES = 200


@dataclass
class Row:
    """A line as it stands in the form."""

    item: Item
    quantity: str
    here: Decimal | None = None

    @property
    def is_short(self) -> bool:
        wanted = read_number(self.quantity)
        return wanted is not None and self.here is not None and wanted > self.here


class EntryPage(ConsoleView):
    """A paper of several lines. Enter or a scan adds one; Ctrl+Enter books all of them."""

    action = Action.STOCK_KEEP
    template: ClassVar[str]
    title: ClassVar[Any]

    def new_form(self, data: Any = None) -> django_forms.Form:
        raise NotImplementedError

    def place(self, form: django_forms.Form) -> str:
        """Return what the form says of where the goods lie."""
        raise NotImplementedError

    def book(self, values: dict[str, Any], lines: Sequence[Line]) -> str:
        """Call the operation; return where the paper is shown."""
        raise NotImplementedError

    def get(self, request: HttpRequest) -> HttpResponseBase:
        return self._show(self.new_form(), [])

    def post(self, request: HttpRequest) -> HttpResponseBase:
        form, rows = self.new_form(request.POST), self._rows()
        do = request.POST.get("do", "add")
        if do == "book":
            return self._book(form, rows)
        if do.startswith("remove-"):
            rows = [row for row in rows if f"remove-{row.item.pk}" != do]
            return self._show(self._unasked(), rows)
        return self._add(rows)

    def _add(self, rows: list[Row]) -> HttpResponse:
        code = self.request.POST.get("code", "")[:100]
        item = queries.find_item(code)
        problem = ""
        if item is None:
            if code.strip():
                problem = gettext("There is no such article, or several begin like this.")
        elif any(row.item == item for row in rows):
            (row,) = [row for row in rows if row.item == item]
            row.quantity = f"{(read_number(row.quantity) or Decimal(0)) + 1:f}"
        elif len(rows) < MOST_LINES:
            rows.append(Row(item, "1"))
        form = self._unasked(code=code if problem else "")
        return self._show(form, rows, problem=problem, status=422 if problem else 200)

    def _book(self, form: django_forms.Form, rows: list[Row]) -> HttpResponseBase:
        quantities = [read_number(row.quantity) for row in rows]
        if any(quantity is None for quantity in quantities):
            form.add_error(None, gettext("Enter the quantity of every article as a number."))
        if form.is_valid():
            lines = [
                Line(item_id=row.item.pk, quantity=quantity)
                for row, quantity in zip(rows, quantities, strict=True)
                if quantity is not None
            ]
            values = {key: value for key, value in form.cleaned_data.items() if key != "code"}
            try:
                address = self.book(values, lines)
            except (Invalid, Conflict) as error:
                self._take(form, error)
            else:
                if self.request.headers.get("HX-Request") == "true":
                    return HttpResponseClientRedirect(address)
                return redirect(address)
        return self._show(form, rows, status=422)

    def _take(self, form: django_forms.Form, error: DomainError) -> None:
        self.note_refusal(error)
        form.add_error(error.field if error.field in form.fields else None, str(error))

    def _unasked(self, code: str = "") -> django_forms.Form:
        """Return the form as it was filled in, not asked yet whether all is there."""
        form = self.new_form()
        form.initial = {
            name: value
            for name, value in self.request.POST.items()
            if name in form.fields and name != "code"
        } | {"code": code}
        return form

    def _rows(self) -> list[Row]:
        ids, quantities = self.request.POST.getlist("item"), self.request.POST.getlist("quantity")
        given = dict(zip(ids[:MOST_LINES], quantities, strict=False))
        items = queries.items_of([int(pk) for pk in given if pk.isdecimal() and len(pk) < 19])
        return [Row(items[int(pk)], given[pk][:20]) for pk in given if int_of(pk) in items]

    def _show(
        self,
        form: django_forms.Form,
        rows: list[Row],
        *,
        problem: str = "",
        status: int = 200,
    ) -> HttpResponse:
        self._tell_stock(form, rows)
        context = {
            "title": self.title,
            "crumbs": self.crumbs(),
            "form": form,
            "rows": rows,
            "problem": problem,
            "address": self.request.path,
        }
        is_part = self.request.headers.get("HX-Request") == "true"
        template = self.template.replace(".html", "_form.html") if is_part else self.template
        return render(self.request, template, context, status=status)

    def _tell_stock(self, form: django_forms.Form, rows: list[Row]) -> None:
        """Say beside each line how much lies in the chosen warehouse, if he keeps it."""
        chosen = int_of(self.place(form))
        if chosen is None or all(chosen != pk for pk, _name in kept_warehouses(self)):
            return
        here = queries.on_hand(warehouse_id=chosen, item_ids=[row.item.pk for row in rows])
        for row in rows:
            row.here = here.get(row.item.pk, Decimal(0))

    def crumbs(self) -> list[tuple[Any, str]]:
        raise NotImplementedError


def int_of(text: object) -> int | None:
    """Return the number of an id in a form, ``None`` if it is none."""
    word = str(text)
    return int(word) if word.isascii() and word.isdecimal() and len(word) < 19 else None


class NewIssue(EntryPage):
    template = "console/procurement/stock/issue_new.html"
    title = _("Issue goods")

    def new_form(self, data: Any = None) -> forms.IssueHead:
        initial = {"warehouse_id": self.request.GET.get("warehouse", "")}
        return forms.IssueHead(
            data,
            initial=initial,
            warehouses=kept_warehouses(self),
            places=places(self, Action.STOCK_KEEP),
            people=people(),
        )

    def place(self, form: django_forms.Form) -> str:
        default = form.fields["warehouse_id"].choices  # type: ignore[attr-defined]
        given = str(form["warehouse_id"].value() or "")
        return given or (str(default[0][0]) if default else "")

    def book(self, values: dict[str, Any], lines: Sequence[Line]) -> str:
        made = operations.issue_goods(
            actor=self.actor, lines=lines, today=self.today, now=self.now, **values
        )
        return reverse("stock-issues-issue", args=[made.pk])

    def crumbs(self) -> list[tuple[Any, str]]:
        return [(_("Issues of goods"), reverse("stock-issues"))]


class NewTransfer(EntryPage):
    template = "console/procurement/stock/transfer_new.html"
    title = _("Transfer goods")

    def new_form(self, data: Any = None) -> forms.TransferHead:
        return forms.TransferHead(data, warehouses=kept_warehouses(self))

    def place(self, form: django_forms.Form) -> str:
        default = form.fields["source_id"].choices  # type: ignore[attr-defined]
        given = str(form["source_id"].value() or "")
        return given or (str(default[0][0]) if default else "")

    def book(self, values: dict[str, Any], lines: Sequence[Line]) -> str:
        made = operations.transfer_goods(
            actor=self.actor, lines=lines, today=self.today, now=self.now, **values
        )
        return reverse("stock-transfers-transfer", args=[made.pk])

    def crumbs(self) -> list[tuple[Any, str]]:
        return [(_("Transfers"), reverse("stock-transfers"))]


class IssuePage(ConsoleView):
    """One slip; ``template`` is the page or the print."""

    action = Action.STOCK_VIEW
    template: ClassVar[str] = "console/procurement/stock/issue.html"

    def get(self, request: HttpRequest, issue_id: int) -> HttpResponseBase:
        issue = queries.get_issue(actor=self.actor, issue_id=issue_id)
        context = {
            "title": issue.number,
            "crumbs": [(_("Issues of goods"), reverse("stock-issues"))],
            "issue": issue,
            "place": issue.project.name if issue.project else COMPANY_OWN,
            "lines": list(queries.issue_lines(issue)),
            "may_keep": may_keep(self, issue.warehouse),
            "history": told({Issue: [issue.pk]}),
            "back_url": reverse("stock-issues-issue", args=[issue.pk]),
        }
        return render(request, self.template, context)


class PrintIssue(IssuePage):
    template = "console/procurement/stock/issue_print.html"


class TransferPage(ConsoleView):
    action = Action.STOCK_VIEW
    template: ClassVar[str] = "console/procurement/stock/transfer.html"

    def get(self, request: HttpRequest, transfer_id: int) -> HttpResponseBase:
        transfer = queries.get_transfer(actor=self.actor, transfer_id=transfer_id)
        context = {
            "title": transfer.number,
            "crumbs": [(_("Transfers"), reverse("stock-transfers"))],
            "transfer": transfer,
            "lines": list(queries.transfer_lines(transfer)),
            "history": told({Transfer: [transfer.pk]}),
            "back_url": reverse("stock-transfers-transfer", args=[transfer.pk]),
        }
        return render(request, self.template, context)


class PrintTransfer(TransferPage):
    template = "console/procurement/stock/transfer_print.html"


class GiveBack(EditSheet):
    """What of a line comes back unused."""

    action = Action.STOCK_KEEP
    form_class = forms.GiveBack
    title, button = _("Take back what was not used"), _("Take it back into stock")

    def save(self, values: dict[str, Any]) -> None:
        operations.give_back(
            actor=self.actor,
            line_id=self._line_id(),
            today=self.today,
            now=self.now,
            **values,
        )

    def form_options(self) -> dict[str, Any]:
        self._line_id()
        return {}

    def _line_id(self) -> int:
        issue = queries.get_issue(
            actor=self.actor, issue_id=self.kwargs["issue_id"], action=Action.STOCK_KEEP
        )
        return queries.get_issue_line(issue, self.kwargs["issue_line_id"]).pk

    def back(self) -> str:
        return reverse("stock-issues-issue", args=[self.kwargs["issue_id"]])
