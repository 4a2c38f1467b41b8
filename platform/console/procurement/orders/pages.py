"""One order: its lines and how much of them is here, changes, deliveries, its paper."""

from typing import Any

from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from console.histories import told_with_cases
from console.procurement import links
from console.procurement.records import holds
from console.views import ConsoleView
from kernel.access import Action, Actor
from kernel.approvals import queries as approvals
from kernel.approvals.telling import case_path
from kernel.errors import NotFound
from kernel.tenancy import current_company
from services.procurement.orders import operations, queries
from services.procurement.orders.models import (
    ChangeState,
    OrderChange,
    OrderState,
    PurchaseOrder,
)


class OrderPage(ConsoleView):
    action = Action.PURCHASE_VIEW

    def get(self, request: HttpRequest, order_id: int) -> HttpResponseBase:
        order = queries.get_order(actor=self.actor, order_id=order_id)
        lines = list(queries.lines_of(order))
        changes = [
            _told(change, {line.pk: line.name for line in lines})
            for change in queries.changes_of(order)
        ]
        context = {
            "title": order.number,
            "crumbs": [(_("Purchase orders"), reverse("purchase-orders"))],
            "order": order,
            "facts": [order.vendor.name, order.project.name if order.project else _("The company")],
            "lines": lines,
            "changes": changes,
            "deliveries": queries.deliveries_of(order),
            "losses": order.losses.order_by("pk"),
            "tables": links.of_order(self.actor, order),
            "history": told_with_cases(
                {
                    PurchaseOrder: [order.pk],
                    OrderChange: [told["change"].pk for told in changes],
                }
            ),
            "may": _may(self.actor, order, changes)
            | {
                "receive": links.may_receive(self.actor, order),
                "bill": links.may_bill(self.actor, order),
                "lose": order.state != OrderState.DRAFT
                and holds(self.actor, Action.INVOICE_MATCH, order.project_id)
                and self.actor.user_id not in {order.created_by, order.declared_by},
                "see_vendor": self.actor.may(Action.VENDOR_VIEW),
            },
        }
        return render(request, "console/procurement/orders/order.html", context)


class OrderPrint(ConsoleView):
    """采购订单 as paper."""

    action = Action.PURCHASE_VIEW

    def get(self, request: HttpRequest, order_id: int) -> HttpResponseBase:
        order = queries.get_order(actor=self.actor, order_id=order_id)
        context = {
            "title": order.number,
            "back_url": reverse("purchase-orders-order", args=[order.pk]),
            "order": order,
            "lines": queries.lines_of(order),
            "company": current_company(),
            "now": self.now,
        }
        return render(request, "console/procurement/orders/print.html", context)


class _OfChange(ConsoleView):
    """A button beside a change."""

    action = Action.PURCHASE_BUY

    def post(self, request: HttpRequest, order_id: int, change_id: int) -> HttpResponseBase:
        order = queries.get_order(actor=self.actor, order_id=order_id)
        if not queries.changes_of(order).filter(pk=change_id).exists():
            raise NotFound
        self.step(change_id)
        return HttpResponseRedirect(reverse("purchase-orders-order", args=[order_id]))

    def step(self, change_id: int) -> None:
        """Call the operation."""
        raise NotImplementedError


class TakeUp(_OfChange):
    def step(self, change_id: int) -> None:
        operations.take_up_change(actor=self.actor, change_id=change_id, now=self.now)


class Drop(_OfChange):
    def step(self, change_id: int) -> None:
        operations.drop_change(actor=self.actor, change_id=change_id, now=self.now)


def _told(change: OrderChange, names: dict[int, str]) -> dict[str, Any]:
    """Return a change as the page tells it: rows of what, before and after."""
    case = approvals.case_of(kind=queries.KIND, subject=change)
    rows: list[tuple[object, str, str]] = []
    day = change.changes.get("deliver_by")
    if day:
        rows.append((_("Deliver by"), day[0] or "—", day[1]))
    for pk, new in change.changes.get("lines", {}).items():
        rows += [(names.get(int(pk), ""), before, after) for before, after in new.values()]
    return {
        "change": change,
        "rows": rows,
        "case_url": case_path(case.pk) if case is not None else "",
        "may_take_up": change.state == ChangeState.PROPOSED
        and change.proposed_by is None
        and case is None,
        "may_drop": change.state in queries.OPEN_CHANGES,
    }


def _may(actor: Actor, order: PurchaseOrder, changes: list[dict[str, Any]]) -> dict[str, bool]:
    """Return which buttons the page has."""
    buys = (
        actor.may_everywhere(Action.PURCHASE_BUY)
        if order.project_id is None
        else actor.may(Action.PURCHASE_BUY, order.project_id)
    )
    state = order.state
    is_open = any(told["may_drop"] for told in changes)
    return {
        "draft": buys and state == OrderState.DRAFT,
        "change": buys and state in queries.RUNNING and not is_open,
        "decide": buys,
        "close": buys and state == OrderState.DELIVERING and not is_open,
        "cancel": buys
        and state in {OrderState.DRAFT, OrderState.SENT, OrderState.ACKNOWLEDGED}
        and not is_open,
    }
