"""Goods in and goods out: the one writer of balances, lots and moves.

These functions are called inside another operation's transaction, after it has checked who may:
the actor is only written down. Nothing is moved without the lock of its balance; whoever moves
several articles locks their balances at once with ``lock_balances``.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import connection, transaction

from kernel.access import Actor
from kernel.db import refusing
from kernel.errors import Conflict, Invalid, NotFound
from kernel.money import split
from kernel.text import _
from services.procurement.catalogue.models import Item
from services.procurement.stock import rules
from services.procurement.stock.models import Lot, MoveKind, StockBalance, StockMove
from services.procurement.stock.operations.alerts import tell_if_low

Place = tuple[int, int]  # warehouse and item


class WarehouseClosed(Conflict):
    code = "procurement.warehouse-closed"


class LotInvalid(Invalid):
    code = "procurement.lot-invalid"


class StockExpired(Conflict):
    code = "procurement.stock-expired"


class MovedAlready(Conflict):
    code = "procurement.moved-already"


@dataclass(frozen=True, slots=True)
class Taken:
    """What left a warehouse: one move for each lot it was drawn from."""

    quantity: Decimal
    value: Decimal
    moves: tuple[StockMove, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """What every move of one line is written down with."""

    kind: MoveKind
    source_type: str
    source_id: int
    moved_on: date
    now: datetime
    actor: Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """By what lots are told apart: goods of one delivery are one lot wherever they go."""

    number: str = ""
    received_on: date
    expires_on: date | None = None

    @classmethod
    def of(cls, lot: Lot | None, moved_on: date) -> "Delivery":
        """Return the delivery that a lot came with; what lies in no lot came with none."""
        if lot is None:
            return cls(received_on=moved_on)
        return cls(number=lot.number, received_on=lot.received_on, expires_on=lot.expires_on)

    @property
    def is_lot(self) -> bool:
        return bool(self.number or self.expires_on)


def lock_balances(places: Iterable[Place]) -> dict[Place, StockBalance]:
    """Return the balances of articles in warehouses, locked in one order for all; make the missing.

    The warehouses are kept from being closed until the transaction ends.

    :raises NotFound: if there is no such warehouse or article.
    :raises WarehouseClosed: if a warehouse is no longer used.
    """
    wanted = sorted(set(places))
    _keep_open({warehouse_id for warehouse_id, _item in wanted})
    items = {item_id for _warehouse, item_id in wanted}
    if Item.objects.filter(pk__in=items).count() != len(items):
        raise NotFound
    known = _balances(wanted)
    StockBalance.objects.bulk_create(
        (
            StockBalance(warehouse_id=warehouse_id, item_id=item_id)
            for warehouse_id, item_id in wanted
            if (warehouse_id, item_id) not in known
        ),
        ignore_conflicts=True,  # another may make the same one at this moment
    )
    return _balances(wanted, lock=True)


@transaction.atomic
def take_in(
    *,
    warehouse_id: int,
    item_id: int,
    quantity: Decimal,
    value: Decimal,
    source_type: str,
    source_id: int,
    moved_on: date,
    now: datetime,
    actor: Actor,
    lot_number: str = "",
    expires_on: date | None = None,
    kind: MoveKind = MoveKind.RECEIPT,
) -> StockMove:
    """Put goods into a warehouse at what they cost.

    :param value: of all of them, not of one.
    :param source_type: with ``source_id`` the line of the paper that they came with.
    :raises NotFound: if there is no such warehouse or article.
    :raises WarehouseClosed: if the warehouse is no longer used.
    :raises rules.QuantityInvalid: if nothing comes in, or it has more than three decimals.
    :raises rules.ValueInvalid: if the value is below zero or no whole number of cents.
    :raises LotInvalid: if goods that expire come without their day, or are received after it.
    :raises MovedAlready: if this line was taken in before.
    """
    balance = lock_balances([(warehouse_id, item_id)])[warehouse_id, item_id]
    if expires_on is None and balance.item.has_expiry:
        raise LotInvalid(_("Enter the day until which these goods keep."), field="expires_on")
    if kind == MoveKind.RECEIPT and expires_on is not None and expires_on < moved_on:
        raise LotInvalid(_("These goods have expired already."), field="expires_on")
    return put(
        balance,
        quantity=quantity,
        value=value,
        delivery=Delivery(number=lot_number, received_on=moved_on, expires_on=expires_on),
        paper=Paper(
            kind=kind,
            source_type=source_type,
            source_id=source_id,
            moved_on=moved_on,
            now=now,
            actor=actor,
        ),
    )


@transaction.atomic
def take_out(
    *,
    warehouse_id: int,
    item_id: int,
    quantity: Decimal,
    source_type: str,
    source_id: int,
    moved_on: date,
    now: datetime,
    actor: Actor,
    lot_id: int | None = None,
    kind: MoveKind = MoveKind.ISSUE,
    even_expired: bool = False,
) -> Taken:
    """Take goods out of a warehouse at their moving average; the last of them take what is left.

    What expires first leaves first; what has no day of expiry leaves last.

    :param lot_id: takes from this lot alone, also if it has expired: whoever names it means it.
    :param even_expired: takes what is past its day like the rest, for what is counted missing.
    :raises NotFound: if there is no such warehouse or article.
    :raises WarehouseClosed: if the warehouse is no longer used.
    :raises LotInvalid: if nothing of the lot lies there.
    :raises rules.QuantityInvalid: if nothing leaves, or it has more than three decimals.
    :raises rules.StockTooSmall: if there is less.
    :raises StockExpired: if there is enough only with what has expired.
    :raises MovedAlready: if this line was taken out before.
    """
    balance = lock_balances([(warehouse_id, item_id)])[warehouse_id, item_id]
    stock = rules.Stock(balance.quantity, balance.value)
    _after, value = rules.take_out(stock, quantity=quantity)
    parts = _parts(balance, quantity, lot_id=lot_id, today=None if even_expired else moved_on)
    paper = Paper(
        kind=kind,
        source_type=source_type,
        source_id=source_id,
        moved_on=moved_on,
        now=now,
        actor=actor,
    )
    shares = split(value, [part for _lot, part in parts])
    moves = tuple(
        _move(balance, lot, quantity=-part, value=-share, paper=paper)
        for (lot, part), share in zip(parts, shares, strict=True)
    )
    tell_if_low(balance, before=stock.quantity, today=moved_on, now=now)
    return Taken(quantity, value, moves)


def put(
    balance: StockBalance,
    *,
    quantity: Decimal,
    value: Decimal,
    delivery: Delivery,
    paper: Paper,
) -> StockMove:
    """Put goods of a delivery into a locked balance."""
    rules.put_in(rules.Stock(balance.quantity, balance.value), quantity=quantity, value=value)
    lot = _lot_of(balance, delivery) if delivery.is_lot else None
    return _move(balance, lot, quantity=quantity, value=value, paper=paper)


def _keep_open(warehouse_ids: set[int]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT is_active FROM procurement_warehouse WHERE id = ANY(%s) ORDER BY id FOR SHARE",
            [sorted(warehouse_ids)],
        )
        found = [is_active for (is_active,) in cursor.fetchall()]
    if len(found) != len(warehouse_ids):
        raise NotFound
    if not all(found):
        raise WarehouseClosed(_("This warehouse is no longer used."), field="warehouse")


def _balances(places: Sequence[Place], *, lock: bool = False) -> dict[Place, StockBalance]:
    balances = StockBalance.objects.filter(
        warehouse_id__in={warehouse_id for warehouse_id, _item in places},
        item_id__in={item_id for _warehouse, item_id in places},
    ).order_by("warehouse_id", "item_id")
    if lock:
        balances = balances.select_for_update(of=("self",)).select_related("item", "warehouse")
    found = {(balance.warehouse_id, balance.item_id): balance for balance in balances}
    return {place: found[place] for place in places if place in found}


def _parts(
    balance: StockBalance, quantity: Decimal, *, lot_id: int | None, today: date | None
) -> list[tuple[Lot | None, Decimal]]:
    """Return from which lots a quantity is taken; ``None`` stands for what lies in no lot."""
    lots = {
        lot.pk: lot
        for lot in Lot.objects.filter(
            warehouse_id=balance.warehouse_id, item_id=balance.item_id, quantity__gt=0
        )
    }
    if lot_id is not None:
        if lot_id not in lots:
            raise LotInvalid(_("Nothing of this lot lies here."), field="lot_id")
        rules.draw([_as_rule(lots[lot_id])], quantity=quantity)
        return [(lots[lot_id], quantity)]
    fit = {
        pk: lot
        for pk, lot in lots.items()
        if today is None or lot.expires_on is None or lot.expires_on >= today
    }
    loose = balance.quantity - sum((lot.quantity for lot in lots.values()), Decimal(0))
    usable = loose + sum((lot.quantity for lot in fit.values()), Decimal(0))
    if quantity > usable:
        raise StockExpired(
            _("Only %(usable)s have not expired. Name the lot if expired goods are meant.")
            % {"usable": f"{usable.normalize():f}"},
            field="quantity",
            details={"usable": f"{usable:f}"},
        )
    in_lots = min(quantity, usable - loose)
    drawn = rules.draw(map(_as_rule, fit.values()), quantity=in_lots)
    parts: list[tuple[Lot | None, Decimal]] = [(fit[pk], part) for pk, part in drawn]
    if quantity > in_lots:
        parts.append((None, quantity - in_lots))
    return parts


def _as_rule(lot: Lot) -> rules.Lot:
    return rules.Lot(
        lot_id=lot.pk,
        expires_on=lot.expires_on,
        received_on=lot.received_on,
        quantity=lot.quantity,
    )


def _lot_of(balance: StockBalance, delivery: Delivery) -> Lot:
    """Return the lot of a delivery here; the lock of the balance is the lock of its lots."""
    lot, _is_new = Lot.objects.get_or_create(
        warehouse_id=balance.warehouse_id,
        item_id=balance.item_id,
        number=delivery.number,
        received_on=delivery.received_on,
        expires_on=delivery.expires_on,
        defaults={"quantity": 0},
    )
    return lot


def _move(
    balance: StockBalance, lot: Lot | None, *, quantity: Decimal, value: Decimal, paper: Paper
) -> StockMove:
    """Write one move, and what balance and lot are after it."""
    move = StockMove(
        kind=paper.kind,
        warehouse_id=balance.warehouse_id,
        item_id=balance.item_id,
        lot=lot,
        quantity=quantity,
        value=value,
        quantity_after=balance.quantity + quantity,
        value_after=balance.value + value,
        source_type=paper.source_type,
        source_id=paper.source_id,
        moved_on=paper.moved_on,
        moved_at=paper.now,
        moved_by=paper.actor.user_id,
        moved_by_label=paper.actor.label[:140],
    )
    with refusing(
        stockmove_source_once=MovedAlready(_("This line is in the books of the stock already."))
    ):
        move.save(force_insert=True)
    balance.quantity, balance.value = move.quantity_after, move.value_after
    balance.save(update_fields=["quantity", "value"])
    if lot is not None:
        lot.quantity += quantity
        lot.save(update_fields=["quantity"])
    return move
