"""Where orders begin: awards, framework agreements, emergencies."""

from typing import Any

from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from console.procurement.orders import forms
from console.sheets import EditSheet
from console.views import ConsoleView
from kernel.access import Action
from services.procurement.contracts import queries as contracts
from services.procurement.contracts.models import Contract
from services.procurement.orders import operations, queries
from services.procurement.orders.models import PurchaseOrder
from services.procurement.orders.rules import OrderInvalid

MOST = 100  # of each kind that is shown


class New(ConsoleView):
    """What can be ordered now."""

    action = Action.PURCHASE_BUY

    def get(self, request: HttpRequest) -> HttpResponseBase:
        context = {
            "title": _("New order"),
            "crumbs": [(_("Purchase orders"), reverse("purchase-orders"))],
            "awards": queries.awards_to_order(actor=self.actor)[:MOST],
            "agreements": queries.agreements(actor=self.actor, today=self.today)[:MOST],
            "emergencies": queries.emergencies_to_order(actor=self.actor)[:MOST],
        }
        return render(request, "console/procurement/orders/new.html", context)


class OrderAward(ConsoleView):
    """Make the orders of an award."""

    action = Action.PURCHASE_BUY

    def post(self, request: HttpRequest, award_id: int) -> HttpResponseBase:
        made = operations.order_award(
            actor=self.actor, award_id=award_id, now=self.now, today=self.today
        )
        if len(made) == 1:
            return HttpResponseRedirect(reverse("purchase-orders-order", args=[made[0].pk]))
        return HttpResponseRedirect(f"{reverse('purchase-orders')}?state=DRAFT")


class _Making(EditSheet):
    """A form that makes an order."""

    action = Action.PURCHASE_BUY
    button = _("Make the order")
    made: PurchaseOrder | None = None

    def back(self) -> str:
        return reverse("purchase-orders-new")

    def done(self) -> str:
        assert self.made is not None
        return reverse("purchase-orders-order", args=[self.made.pk])


class CallOff(_Making):
    form_class = forms.CallOff
    title = _("Call off goods of an agreement")

    def form_options(self) -> dict[str, Any]:
        return {"lines": queries.lines_to_call_off(actor=self.actor, contract=self.contract())}

    def words(self) -> dict[str, Any]:
        contract = self.contract()
        return {"lead": f"{contract.number} {contract.vendor.name}"}

    def save(self, values: dict[str, Any]) -> None:
        self.made = operations.call_off(
            actor=self.actor,
            contract_id=self.kwargs["contract_id"],
            quantities=values["quantities"],
            deliver_by=values["deliver_by"],
            place=values["place"],
            now=self.now,
            today=self.today,
        )

    def contract(self) -> Contract:
        return contracts.get_contract(actor=self.actor, contract_id=self.kwargs["contract_id"])


class Emergency(_Making):
    form_class = forms.Emergency
    title = _("Order in an emergency")

    def form_options(self) -> dict[str, Any]:
        request = queries.get_emergency(actor=self.actor, request_id=self.kwargs["emergency_id"])
        return {
            "lines": queries.lines_left(actor=self.actor, request=request).select_related(
                "request"
            ),
            "vendors": [
                (vendor.pk, vendor.name)
                for vendor in queries.vendors_to_order_from(actor=self.actor)
            ],
        }

    def save(self, values: dict[str, Any]) -> None:
        self.made = operations.order_emergency(
            actor=self.actor,
            request_id=self.kwargs["emergency_id"],
            vendor_id=values["vendor_id"],
            bought=values["bought"],
            deliver_by=values["deliver_by"],
            place=values["place"],
            now=self.now,
            today=self.today,
        )


class Prices(EditSheet):
    """The prices of a framework agreement's draft."""

    action = Action.CONTRACT_DRAFT
    form_class = forms.Prices
    title = _("Prices of the agreement")

    def form_options(self) -> dict[str, Any]:
        contract = contracts.get_contract(actor=self.actor, contract_id=self.kwargs["contract_id"])
        rows = [
            " ".join(
                filter(
                    None,
                    [
                        price.item.code,
                        f"{price.unit_price.normalize():f}",
                        f"{price.minimum_quantity.normalize():f}",
                        f"{price.maximum_quantity.normalize():f}"
                        if price.maximum_quantity is not None
                        else "",
                    ],
                )
            )
            for price in queries.prices_of(contract)
        ]
        return {"initial": {"prices": "\n".join(rows)}}

    def save(self, values: dict[str, Any]) -> None:
        by_code = values["prices"]
        known = queries.articles_by_code(by_code)
        missing = [code for code in by_code if code not in known]
        if missing:
            raise OrderInvalid(
                gettext("There is no article of this code: %(codes)s.")
                % {"codes": forms.joined(missing[:10])},
                field="prices",
            )
        operations.set_prices(
            actor=self.actor,
            contract_id=self.kwargs["contract_id"],
            prices={known[code]: price for code, price in by_code.items()},
            now=self.now,
        )

    def back(self) -> str:
        return reverse("contracts-contract", args=[self.kwargs["contract_id"]])
