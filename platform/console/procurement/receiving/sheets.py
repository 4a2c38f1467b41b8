"""Forms of receiving: count what arrived, object, settle, send back, seal samples."""

from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy as _p

from console.procurement.receiving import forms
from console.procurement.records import named
from console.sheets import EditSheet
from kernel.access import Action
from services.procurement.catalogue.models import Item
from services.procurement.receiving import operations, queries
from services.procurement.receiving.models import GoodsReceipt, ObjectionKind
from services.procurement.receiving.operations import Counted
from services.procurement.stock.models import Asset, AssetState, Warehouse, WarehouseKind
from services.procurement.vendors.models import Vendor

ZERO = Decimal(0)


class Receive(EditSheet):
    """The keeper counts at the gate, on his telephone."""

    action = Action.GOODS_RECEIVE
    form_class = forms.Receive
    title = _("Take goods in")
    button = _("Take in what is accepted")
    made: GoodsReceipt | None = None

    def form_options(self) -> dict[str, Any]:
        order = queries.order_to_receive(actor=self.actor, order_id=named(self))
        lines = queries.lines_to_come(order.pk)
        ids = [line.item_id for line in lines if line.item_id is not None]
        samples = queries.samples_in_force(vendor_id=order.vendor_id, item_ids=ids)
        return {"lines": lines, "samples": samples}

    def words(self) -> dict[str, Any]:
        order = queries.order_to_receive(actor=self.actor, order_id=named(self))
        return {"lead": f"{order.number} {order.vendor.name}"}

    def save(self, values: dict[str, Any]) -> None:
        lines = queries.lines_to_come(named(self))
        self.made = operations.receive_goods(
            actor=self.actor,
            order_id=named(self),
            counted=[_counted(line.pk, values) for line in lines],
            is_rest_to_come=values["is_rest_to_come"],
            sales_slip=values["sales_slip"],
            note=values["note"],
            key=values["key"],
            now=self.now,
            today=self.today,
        )

    def back(self) -> str:
        return reverse("goods-receipts-coming")

    def done(self) -> str:
        assert self.made is not None
        return reverse("goods-receipts-receipt", args=[self.made.pk])


def _counted(line_id: int, values: dict[str, Any]) -> Counted:
    arrived = values.get(f"arrived_{line_id}") or ZERO
    accepted = values.get(f"accepted_{line_id}")
    return Counted(
        order_line_id=line_id,
        arrived=arrived,
        accepted=arrived if accepted is None else accepted,
        fault=ObjectionKind(values.get(f"fault_{line_id}") or ObjectionKind.DAMAGED),
        reason=values.get(f"reason_{line_id}") or "",
        agrees_with_sample=values.get(f"agrees_{line_id}"),
        lot_number=values.get(f"lot_{line_id}") or "",
        expires_on=values.get(f"expires_{line_id}"),
    )


class ObjectInUse(EditSheet):
    action = Action.GOODS_RECEIVE
    form_class = forms.ObjectInUse
    title = _("Object to goods found bad in use")
    button = _("Object to it")
    made_id = 0

    def form_options(self) -> dict[str, Any]:
        places = Warehouse.objects.filter(kind=WarehouseKind.QUARANTINE, is_active=True)
        return {"quarantines": [(place.pk, place.name) for place in places.order_by("name")]}

    def save(self, values: dict[str, Any]) -> None:
        self.made_id = operations.object_in_use(
            actor=self.actor,
            receipt_line_id=named(self),
            quantity=values["quantity"],
            text=values["text"],
            quarantine_id=values["quarantine"],
            now=self.now,
            today=self.today,
        ).pk

    def back(self) -> str:
        return reverse("goods-receipts")

    def done(self) -> str:
        return reverse("goods-objections-objection", args=[self.made_id])


class _OfObjection(EditSheet):
    def back(self) -> str:
        return reverse("goods-objections-objection", args=[named(self)])

    def words(self) -> dict[str, Any]:
        found = queries.get_objection(actor=self.actor, objection_id=named(self))
        return {"lead": f"{found.number} {found.order_line.name}"}


class TakeUp(_OfObjection):
    action = Action.PURCHASE_BUY
    form_class = forms.Nothing
    title = _("Take it up with the vendor")
    button = _("I talk with the vendor")

    def save(self, values: dict[str, Any]) -> None:
        operations.take_up_objection(actor=self.actor, objection_id=named(self), now=self.now)


class Settle(_OfObjection):
    action = Action.PURCHASE_BUY
    form_class = forms.Settle
    title = _("Settle the objection")
    button = _p("of an objection", "Settle")

    def save(self, values: dict[str, Any]) -> None:
        operations.settle_objection(
            actor=self.actor,
            objection_id=named(self),
            settlement=values["settlement"],
            text=values["text"],
            credit=values["credit"] or ZERO,
            now=self.now,
        )


class PutBack(_OfObjection):
    action = Action.GOODS_RECEIVE
    form_class = forms.Nothing
    title = _("Put the goods back where they lay")
    button = _("Put it back")

    def save(self, values: dict[str, Any]) -> None:
        operations.put_back(
            actor=self.actor, objection_id=named(self), now=self.now, today=self.today
        )


class Return(_OfObjection):
    action = Action.GOODS_RECEIVE
    form_class = forms.Return
    title = _("Send goods back to the vendor")
    button = _("Send it back")

    def form_options(self) -> dict[str, Any]:
        found = queries.get_objection(actor=self.actor, objection_id=named(self))
        assets = Asset.objects.filter(receipt_line_id=found.receipt_line_id).exclude(
            state=AssetState.SCRAPPED
        )
        is_taken_in = found.receipt_line_id is not None
        return {
            "assets": [(asset.pk, asset.code) for asset in assets.order_by("code")]
            if is_taken_in
            else [],
            "initial": {"quantity": (found.quantity - queries.returned_of(found)).normalize()},
        }

    def save(self, values: dict[str, Any]) -> None:
        operations.return_goods(
            actor=self.actor,
            objection_id=named(self),
            quantity=values["quantity"],
            asset_ids=values.get("assets", []),
            now=self.now,
            today=self.today,
        )


class Seal(EditSheet):
    action = Action.GOODS_RECEIVE
    form_class = forms.Seal
    title = _("Seal a sample")
    button = _("Seal it")

    def form_options(self) -> dict[str, Any]:
        items = Item.objects.filter(is_active=True, is_sampled=True).order_by("name", "pk")
        in_force = queries.samples(actor=self.actor).filter(ended_on__isnull=True)
        return {
            "items": [(item.pk, f"{item.code} {item.name}") for item in items],
            "vendors": [(row.pk, row.name) for row in Vendor.objects.order_by("name", "pk")],
            "samples": [(row.pk, f"{row.number} {row.item.name}") for row in in_force],
        }

    def save(self, values: dict[str, Any]) -> None:
        operations.seal_sample(
            actor=self.actor,
            item_id=values["item"],
            vendor_id=values["vendor"],
            replaces_id=values["replaces"],
            description=values["description"],
            place=values["place"],
            now=self.now,
            today=self.today,
        )

    def back(self) -> str:
        return reverse("sealed-samples")


class EndSample(EditSheet):
    action = Action.GOODS_RECEIVE
    form_class = forms.Nothing
    title = _("Take the sample out of force")
    button = _("Take it out of force")

    def save(self, values: dict[str, Any]) -> None:
        operations.end_sample(
            actor=self.actor, sample_id=named(self), now=self.now, today=self.today
        )

    def back(self) -> str:
        return reverse("sealed-samples-sample", args=[named(self)])
