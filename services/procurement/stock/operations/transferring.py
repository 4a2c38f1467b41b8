"""Goods moved from one warehouse to another (调拨)."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction

from kernel.access import Action, Actor
from kernel.audit import operations as audit
from kernel.db import refusing
from kernel.documents import numbers
from kernel.errors import Invalid
from kernel.text import _
from services.procurement.scope import require_of
from services.procurement.stock import queries, rules
from services.procurement.stock.models import MoveKind, Transfer, TransferLine
from services.procurement.stock.operations.moving import (
    Delivery,
    Paper,
    lock_balances,
    put,
    take_out,
)
from services.procurement.stock.operations.papers import (
    Line,
    entered_before,
    key_reused,
    naming,
    require_lines,
)
from services.procurement.texts import line

TRANSFER_SERIES = "goods-transfer"


class TransferInvalid(Invalid):
    code = "procurement.transfer-invalid"


@transaction.atomic
def transfer_goods(
    *,
    actor: Actor,
    source_id: int,
    target_id: int,
    reason: str,
    lines: Sequence[Line],
    key: str = "",
    today: date,
    now: datetime,
) -> Transfer:
    """Move goods to another warehouse; what the one loses the other gains, to the cent.

    They stay of the lots that they were of. Nothing is posted: they remain stock of the company.

    :param key: of the form; sent twice it is one transfer.
    :raises NotFound: if one of the warehouses is out of sight, or there is no such article.
    :raises access.ActionDenied: without ``stock.keep`` in both.
    :raises TransferInvalid: if both are the same.
    :raises TextInvalid: if nothing says why.
    :raises rules.StockTooSmall: if there is less of an article.
    :raises LotInvalid: if nothing of a lot lies there.
    :raises StockExpired: if there is enough only with what has expired.
    :raises KeyReused: if another transfer was entered with the key.
    """
    source, target = queries.require_warehouse(source_id), queries.require_warehouse(target_id)
    require_of(actor, Action.STOCK_KEEP, source.project_id)
    require_of(actor, Action.STOCK_KEEP, target.project_id)
    if source_id == target_id:
        raise TransferInvalid(
            _("Choose another warehouse than the one they lie in."), field="target_id"
        )
    require_lines(lines)
    why = line(reason, field="reason", longest=200, is_required=True)
    balances = lock_balances(
        (warehouse_id, each.item_id) for each in lines for warehouse_id in (source_id, target_id)
    )
    earlier = entered_before(
        Transfer.objects.all(), key, source_id=source_id, target_id=target_id, reason=why
    )
    if earlier is not None:
        return earlier
    transfer = Transfer(
        number=numbers.next_number(series=TRANSFER_SERIES, project_id=source.project_id, on=today),
        source=source,
        target=target,
        reason=why,
        moved_by=actor.require_person(),
        moved_by_label=actor.label[:140],
        moved_on=today,
        moved_at=now,
        key=key,
    )
    with refusing(transfer_key_once=key_reused()):
        transfer.save(force_insert=True)
    total = Decimal(0)
    for each in lines:
        with naming(balances[source_id, each.item_id].item):
            rules.require_quantity(each.quantity)
            row = TransferLine.objects.create(
                transfer=transfer, item_id=each.item_id, quantity=each.quantity, value=Decimal(0)
            )
            taken = take_out(
                warehouse_id=source_id,
                item_id=each.item_id,
                quantity=each.quantity,
                source_type="transferline",
                source_id=row.pk,
                moved_on=today,
                now=now,
                actor=actor,
                lot_id=each.lot_id,
                kind=MoveKind.TRANSFER,
            )
        row.value = taken.value
        row.save(update_fields=["value"])
        total += taken.value
        paper = Paper(
            kind=MoveKind.TRANSFER,
            source_type="transferline",
            source_id=row.pk,
            moved_on=today,
            now=now,
            actor=actor,
        )
        into = lock_balances([(target_id, each.item_id)])[target_id, each.item_id]
        for move in taken.moves:
            put(
                into,
                quantity=-move.quantity,
                value=-move.value,
                delivery=Delivery.of(move.lot, today),
                paper=paper,
            )
    audit.record(
        actor=actor,
        event="procurement.transfer.made",
        subject=transfer,
        now=now,
        project_id=source.project_id,
        data={
            "number": transfer.number,
            "source": source.code,
            "target": target.code,
            "reason": why,
            "value": f"{total:f}",
            "lines": len(lines),
        },
    )
    return transfer
