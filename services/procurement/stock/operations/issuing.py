"""Goods given out to a person for a purpose (领料, PR-39), and what of them comes back unused."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction

from kernel.access import Action, Actor
from kernel.access.models import User
from kernel.audit import operations as audit
from kernel.db import refusing
from kernel.documents import numbers
from kernel.errors import Conflict, Invalid, NotFound
from kernel.money import split
from kernel.text import _
from services.billing.ledger.models import AccountRole, JournalKind
from services.procurement.scope import require_for, require_of
from services.procurement.stock import queries, rules
from services.procurement.stock.models import (
    Issue,
    IssueLine,
    IssueReturn,
    Lot,
    MoveKind,
    StockMove,
    Warehouse,
    WarehouseKind,
)
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
from services.procurement.stock.operations.posting import post
from services.procurement.texts import line

ISSUE_SERIES = "goods-issue"


class SetAside(Conflict):
    code = "procurement.set-aside"


class PersonInvalid(Invalid):
    code = "procurement.person-invalid"


@transaction.atomic
def issue_goods(
    *,
    actor: Actor,
    warehouse_id: int,
    project_id: int | None,
    unit: str,
    person_id: int | None = None,
    person_label: str = "",
    purpose: str,
    lines: Sequence[Line],
    reference_type: str = "",
    reference_id: int | None = None,
    key: str = "",
    today: date,
    now: datetime,
) -> Issue:
    """Give goods out; their value becomes cost of the project for which they are used.

    A technician issues from his own stock himself, for a paid repair or whatever it is used for,
    where his stock is; the company's also elsewhere in his sight.

    :param project_id: for which they are used; ``None`` for the company's own offices.
    :param key: of the form; sent twice it is one issue.
    :param person_id: who takes them, if he is of the staff; anybody else by ``person_label``.
    :raises NotFound: if there is no such warehouse in sight, no such article.
    :raises access.ActionDenied: without ``stock.keep`` in the warehouse, and in the project, if it
        is not his own stock.
    :raises TextInvalid: if unit or purpose is missing.
    :raises PersonInvalid: if nobody takes them.
    :raises SetAside: if the warehouse is for goods that are set aside.
    :raises rules.StockTooSmall: if there is less of an article.
    :raises LotInvalid: if nothing of a lot lies there.
    :raises StockExpired: if there is enough only with what has expired.
    :raises KeyReused: if another issue was entered with the key.
    """
    warehouse = queries.require_warehouse(warehouse_id)
    require_keeper(actor, warehouse)
    if project_id != warehouse.project_id:
        if not is_holder(actor, warehouse) or warehouse.project_id is not None:
            require_for(actor, Action.STOCK_KEEP, project_id)
        elif project_id is None or not actor.sees(project_id):
            raise NotFound
    if warehouse.kind == WarehouseKind.QUARANTINE:
        raise SetAside(_("What is set aside is not issued."), field="warehouse_id")
    require_lines(lines)
    issue = Issue(
        warehouse=warehouse,
        project_id=project_id,
        unit=line(unit, field="unit", longest=100, is_required=True),
        person_id=person_id,
        person_label=_person(person_id, person_label),
        purpose=line(purpose, field="purpose", longest=200, is_required=True),
        reference_type=reference_type,
        reference_id=reference_id,
        issued_by=actor.require_person(),
        issued_by_label=actor.label[:140],
        issued_on=today,
        issued_at=now,
    )
    balances = lock_balances((warehouse_id, each.item_id) for each in lines)
    same = {"warehouse_id": warehouse_id, "issued_by": issue.issued_by, "purpose": issue.purpose}
    earlier = entered_before(Issue.objects.all(), key, **same)
    if earlier is not None:
        return earlier
    issue.key = key
    issue.number = numbers.next_number(series=ISSUE_SERIES, project_id=project_id, on=today)
    with refusing(issue_key_once=key_reused()):
        issue.save(force_insert=True)
    total = Decimal(0)
    for each in lines:
        with naming(balances[warehouse_id, each.item_id].item):
            rules.require_quantity(each.quantity)
            row = IssueLine.objects.create(
                issue=issue, item_id=each.item_id, quantity=each.quantity, value=Decimal(0)
            )
            taken = take_out(
                warehouse_id=warehouse_id,
                item_id=each.item_id,
                quantity=each.quantity,
                source_type="issueline",
                source_id=row.pk,
                moved_on=today,
                now=now,
                actor=actor,
                lot_id=each.lot_id,
            )
        row.value = taken.value
        row.save(update_fields=["value"])
        total += taken.value
    post(
        kind=JournalKind.ISSUE,
        source=issue,
        project_id=project_id,
        debit=AccountRole.MATERIAL_COST,
        credit=AccountRole.STOCK,
        amount=total,
        effective_on=today,
        now=now,
        actor=actor,
    )
    audit.record(
        actor=actor,
        event="procurement.issue.made",
        subject=issue,
        now=now,
        project_id=warehouse.project_id,
        data={
            "number": issue.number,
            "unit": issue.unit,
            "person": issue.person_label,
            "purpose": issue.purpose,
            "value": f"{total:f}",
            "lines": len(lines),
        },
    )
    return issue


@transaction.atomic
def give_back(
    *,
    actor: Actor,
    line_id: int,
    quantity: Decimal,
    reason: str,
    key: str = "",
    today: date,
    now: datetime,
) -> IssueReturn:
    """Take back what of an issued article was not used, at what it was issued for.

    The last of it brings back all that is left of the line's value, into the lots it came from.

    :param key: of the form; sent twice it is one return.

    :raises NotFound: if there is no such line in sight.
    :raises access.ActionDenied: without ``stock.keep`` there, if it is not his own stock.
    :raises TextInvalid: if nothing says why.
    :raises rules.StockTooSmall: if less is out.
    :raises WarehouseClosed: if the warehouse is no longer used.
    :raises KeyReused: if another return was entered with the key.
    """
    row = IssueLine.objects.select_for_update(of=("self",)).filter(pk=line_id).first()
    if row is None:
        raise NotFound
    issue = Issue.objects.select_related("warehouse").get(pk=row.issue_id)
    warehouse = issue.warehouse
    require_keeper(actor, warehouse)
    why = line(reason, field="reason", longest=200, is_required=True)
    earlier = entered_before(IssueReturn.objects.all(), key, line_id=row.pk, quantity=quantity)
    if earlier is not None:
        return earlier
    out = rules.Stock(row.quantity - row.returned_quantity, row.value - row.returned_value)
    _left, value = rules.take_out(out, quantity=quantity)
    balance = lock_balances([(warehouse.pk, row.item_id)])[warehouse.pk, row.item_id]
    parts = _parts(row, quantity)
    returned = IssueReturn(
        line=row,
        quantity=quantity,
        value=value,
        reason=why,
        returned_by=actor.require_person(),
        returned_by_label=actor.label[:140],
        returned_on=today,
        returned_at=now,
        key=key,
    )
    with refusing(issuereturn_key_once=key_reused()):
        returned.save(force_insert=True)
    paper = Paper(
        kind=MoveKind.GIVE_BACK,
        source_type="issuereturn",
        source_id=returned.pk,
        moved_on=today,
        now=now,
        actor=actor,
    )
    shares = split(value, [part for _lot, part in parts])
    for (lot, part), share in zip(parts, shares, strict=True):
        put(balance, quantity=part, value=share, delivery=Delivery.of(lot, today), paper=paper)
    row.returned_quantity += quantity
    row.returned_value += value
    row.save(update_fields=["returned_quantity", "returned_value"])
    post(
        kind=JournalKind.ISSUE_RETURN,
        source=returned,
        project_id=issue.project_id,
        debit=AccountRole.STOCK,
        credit=AccountRole.MATERIAL_COST,
        amount=value,
        effective_on=today,
        now=now,
        actor=actor,
    )
    audit.record(
        actor=actor,
        event="procurement.issue.given-back",
        subject=issue,
        now=now,
        project_id=warehouse.project_id,
        data={
            "item": balance.item.code,
            "quantity": f"{quantity:f}",
            "value": f"{value:f}",
            "reason": why,
        },
    )
    return returned


def is_holder(actor: Actor, warehouse: Warehouse) -> bool:
    """Tell whether it is the actor's own stock, as a technician has one, where he still works."""
    is_his = warehouse.holder_id is not None and warehouse.holder_id == actor.user_id
    return is_his and (warehouse.project_id is None or actor.sees(warehouse.project_id))


def require_keeper(actor: Actor, warehouse: Warehouse) -> None:
    """Return if the actor may give out of a warehouse, and take back into it.

    :raises NotFound: if it is out of his sight.
    :raises access.ActionDenied: without ``stock.keep`` there, if it is not his own stock.
    """
    if not is_holder(actor, warehouse):
        require_of(actor, Action.STOCK_KEEP, warehouse.project_id)


def _person(person_id: int | None, person_label: str) -> str:
    if person_id is not None:
        person = User.objects.filter(pk=person_id, is_active=True).first()
        if person is None:
            raise PersonInvalid(_("There is no such person."), field="person_id")
        return person.label[:140]
    label = line(person_label, field="person_label", longest=140)
    if not label:
        raise PersonInvalid(_("Say who takes the goods."), field="person_label")
    return label


def _parts(row: IssueLine, quantity: Decimal) -> list[tuple[Lot | None, Decimal]]:
    """Return into which lots a quantity goes back: those drawn last first."""
    returns = IssueReturn.objects.filter(line=row).values("pk")
    moves = StockMove.objects.filter(source_type="issueline", source_id=row.pk) | (
        StockMove.objects.filter(source_type="issuereturn", source_id__in=returns)
    )
    out: dict[Lot | None, Decimal] = {}
    for move in moves.select_related("lot").order_by("pk"):
        out[move.lot] = out.get(move.lot, Decimal(0)) - move.quantity
    parts: list[tuple[Lot | None, Decimal]] = []
    for lot, still_out in reversed(out.items()):
        part = min(still_out, quantity)
        if part > 0:
            parts.append((lot, part))
            quantity -= part
    return parts
