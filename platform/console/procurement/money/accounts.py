"""Pages of vendors' accounts: by age, entry by entry, and their reconciliations."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Model
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy as _p

from console.procurement.records import (
    Button,
    Cell,
    RecordPage,
    Table,
    day,
    money,
    person,
    place,
    text,
)
from console.views import ConsoleView
from kernel.access import Action
from kernel.errors import NotFound
from services.procurement.payments import queries
from services.procurement.payments.models import (
    StatementState,
    VendorInvoice,
    VendorStatement,
)
from services.procurement.vendors.models import Vendor


class StatementPage(RecordPage):
    action = Action.VENDOR_VIEW
    crumb, route = _("Reconciliations with vendors"), "vendor-statements"

    def find(self, pk: int) -> Model:
        return queries.get_statement(actor=self.actor, statement_id=pk)

    def meta(self, record: VendorStatement) -> list[Any]:
        return [record.vendor.name]

    def note(self, record: VendorStatement) -> tuple[str, Any] | None:
        return ("warn", record.answer) if record.state == StatementState.DISPUTED else None

    def tables(self, record: VendorStatement) -> Iterable[Table]:
        found = queries.entries(actor=self.actor, vendor_id=record.vendor_id)
        yield _account(list(found.filter(effective_on__lte=record.to_day)))

    def facts(self, record: VendorStatement) -> Iterable[tuple[Any, Cell]]:
        yield (
            _("Vendor"),
            text(
                record.vendor.name, url=reverse("vendor-accounts-vendor", args=[record.vendor_id])
            ),
        )
        yield _("Up to"), day(record.to_day)
        yield _("Our balance"), money(record.balance)
        yield _("Vendor's balance"), money(record.vendor_balance)
        yield _("Sent by"), person(record.sent_by_label)
        yield _("Answered by"), person(record.answered_by_label)
        yield _p("questions", "Answer"), text(record.answer)

    def buttons(self, record: VendorStatement) -> Iterable[Button]:
        if record.state != StatementState.AGREED and self.actor.may_everywhere(
            Action.INVOICE_MATCH
        ):
            yield Button(
                label=_("Note the vendor's answer"),
                url=reverse("vendor-statements-answer", args=[record.pk]),
            )


class Ageing(ConsoleView):
    """应付账龄: what is owed to vendors, by how long it is overdue."""

    action = Action.VENDOR_VIEW

    def get(self, request: HttpRequest) -> HttpResponseBase:
        rows = queries.ageing(actor=self.actor, today=self.today)
        columns = [sum(column) for column in zip(*(row.columns for row in rows), strict=True)]
        context = {
            "title": _("Payables by age"),
            "rows": rows,
            "columns": columns,
            "total": sum(columns),
            "may_ask": self.actor.may(Action.VENDOR_PAYMENT_ASK),
        }
        return render(request, "console/procurement/money/ageing.html", context)


class AccountPage(ConsoleView):
    """A vendor's account: every entry with the balance after it, and what is open."""

    action = Action.VENDOR_VIEW

    def get(self, request: HttpRequest, vendor_id: int) -> HttpResponseBase:
        entries = list(queries.entries(actor=self.actor, vendor_id=vendor_id))
        vendor = Vendor.objects.filter(pk=vendor_id).first()
        if vendor is None:
            raise NotFound
        invoices = list(queries.open_invoices(actor=self.actor, vendor_id=vendor_id))
        debts = list(queries.debts(actor=self.actor, vendor_id=vendor_id))
        context = {
            "title": vendor.name,
            "crumbs": [(_("Payables by age"), reverse("vendor-accounts"))],
            "vendor": vendor,
            "balance": queries.balance_of(vendor_id),
            "tables": [_open(invoices), *_debts(debts), _account(entries)],
            "may_ask": self.actor.may(Action.VENDOR_PAYMENT_ASK) and bool(invoices),
        }
        return render(request, "console/procurement/money/account.html", context)


def _open(invoices: list[VendorInvoice]) -> Table:
    return Table(
        title=_("Open invoices"),
        headings=(
            _("Number"),
            _("Project"),
            _p("payable", "Due"),
            _("Amount"),
            _p("payable", "Open"),
        ),
        rows=[
            (
                text(invoice.number, url=reverse("vendor-invoices-invoice", args=[invoice.pk])),
                text(place(invoice.project)),
                day(invoice.due_on),
                money(invoice.amount),
                money(invoice.open_amount),  # type: ignore[attr-defined]  # annotated
            )
            for invoice in invoices
        ],
        empty=_("Nothing is owed."),
    )


def _debts(invoices: list[VendorInvoice]) -> Iterable[Table]:
    if invoices:
        yield Table(
            title=_("Owed by the vendor"),
            headings=(_("Number"), _("Project"), _("Credited"), _("Owed by the vendor")),
            rows=[
                (
                    text(invoice.number, url=reverse("vendor-invoices-invoice", args=[invoice.pk])),
                    text(place(invoice.project)),
                    money(invoice.credited_amount),
                    money(invoice.debt),  # type: ignore[attr-defined]  # annotated
                )
                for invoice in invoices
            ],
        )


def _account(entries: list[Any]) -> Table:
    return Table(
        title=_("Account"),
        headings=(_("Day"), _("Entry"), _("Paper"), _("Amount"), _("Balance")),
        rows=[
            (
                day(entry.effective_on),
                text(entry.get_kind_display()),
                text(entry.text),
                money(entry.amount),
                money(entry.balance),
            )
            for entry in entries
        ],
        empty=_("Nothing is booked yet."),
    )
