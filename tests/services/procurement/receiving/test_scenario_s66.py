"""S-66: gloves whose sample is sealed; the delivered pair differs (PR-30 to PR-32)."""

from decimal import Decimal
from typing import Any

import pytest

from kernel.access import ActionDenied
from services.procurement.orders.models import PurchaseOrder
from services.procurement.receiving import operations
from services.procurement.receiving.models import GoodsReceipt, Objection, ObjectionKind
from services.procurement.receiving.operations import seal_sample
from tests.factories import NOW, TODAY
from tests.factories_procurement_money import People, add_order, receive
from tests.factories_procurement_stock import add_item, add_warehouse


@pytest.fixture
def order(people: People) -> PurchaseOrder:
    gloves = add_item("GLOVES", name="劳保手套", is_sampled=True)
    return add_order(people, [(gloves, "100", "5.65")], warehouse=add_warehouse())


def seal(people: People, order: PurchaseOrder, **values: Any):  # type: ignore[no-untyped-def]
    return seal_sample(
        **{
            "actor": people.keeper,
            "item_id": order.lines.get().item_id,
            "vendor_id": order.vendor_id,
            "description": "线手套 10 针",
            "place": "库房封样柜",
            "now": NOW,
            "today": TODAY,
            **values,
        }
    )


def test_goods_are_compared_with_the_sealed_sample(people: People, order: PurchaseOrder) -> None:
    sample = seal(people, order)

    with pytest.raises(operations.SampleNotCompared):
        receive(people, order, "100")
    receipt = receive(people, order, "100", agrees_with_sample=True)

    line = receipt.lines.get()
    assert (line.sample_id, line.agrees_with_sample) == (sample.pk, True)
    assert (sample.sealed_on, sample.sealed_by) == (TODAY, people.keeper.user_id)


def test_what_differs_is_not_accepted_and_objected_to(people: People, order: PurchaseOrder) -> None:
    seal(people, order)

    with pytest.raises(operations.SampleNotCompared):
        receive(people, order, "100", agrees_with_sample=False)
    assert not GoodsReceipt.objects.exists()
    receive(
        people,
        order,
        "100",
        "0",
        agrees_with_sample=False,
        fault=ObjectionKind.UNLIKE_SAMPLE,
        reason="针数不符",
    )

    objection = Objection.objects.get()
    assert (objection.kind, objection.quantity) == (ObjectionKind.UNLIKE_SAMPLE, Decimal(100))
    assert GoodsReceipt.objects.get().value == 0


def test_one_sample_is_in_force(people: People, order: PurchaseOrder) -> None:
    first = seal(people, order)

    with pytest.raises(operations.SampleExists):
        seal(people, order)
    second = seal(people, order, replaces_id=first.pk)

    first.refresh_from_db()
    assert (first.replaced_by_id, first.ended_on) == (second.pk, TODAY)
    with pytest.raises(operations.SampleEnded):
        operations.end_sample(actor=people.keeper, sample_id=first.pk, now=NOW, today=TODAY)
    operations.end_sample(actor=people.keeper, sample_id=second.pk, now=NOW, today=TODAY)
    receive(people, order, "100")


def test_the_buyer_seals_no_sample(people: People, order: PurchaseOrder) -> None:
    with pytest.raises(ActionDenied):
        seal(people, order, actor=people.buyer)
