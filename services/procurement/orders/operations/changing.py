"""Changes of sent orders: proposed, approved, agreed with the vendor, in force (PR-34).

What a change adds is bound of the requests and the agreement when it is submitted, and given back
if it does not come about; what it takes away is given back when it is in force.

Case before order before change: whoever locks them goes that way.
"""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Max

from kernel.access import Actor
from kernel.approvals import operations as approvals
from kernel.approvals import queries as approval_queries
from kernel.approvals.models import Case
from kernel.approvals.registry import DocumentKind
from kernel.approvals.rules.facts import Fact, FactType
from kernel.db import refusing
from kernel.duties import Step
from kernel.duties import operations as duties
from kernel.errors import NotFound
from kernel.text import _, in_company_language
from services.procurement.orders import queries, telling
from services.procurement.orders.models import (
    ChangeState,
    LetterKind,
    OrderChange,
    OrderLine,
    OrderState,
    PurchaseOrder,
)
from services.procurement.orders.operations.common import (
    lock_lines,
    lock_own,
    lock_to_buy,
    record_order,
    release,
    require_agreed_amount,
    require_contract,
    require_person,
    require_state,
    reserve,
)
from services.procurement.orders.operations.errors import ChangeOpen, ChangeStateWrong
from services.procurement.orders.operations.sending import publish
from services.procurement.orders.rules import (
    Change,
    ChangeInvalid,
    NewFigures,
    change_of,
    check_promise,
    check_reason,
)
from services.procurement.requests.rules import line_amount

CHANGED_EVENT = "procurement.order.changed"


def order_change() -> DocumentKind:
    """Return the kind of document that a change of an order is to the approvals."""
    return DocumentKind(
        key=queries.KIND,
        name=_("Change of a purchase order"),
        module=_("Procurement"),
        facts=(
            Fact("amount", _("Amount"), FactType.MONEY, _("CNY")),
            Fact("rise", _("More than before"), FactType.MONEY, _("CNY"), may_be_negative=True),
        ),
        url=_page_of,
        on_approved=change_approved,
        on_withdrawn=change_withdrawn,
        is_ready=True,
    )


@transaction.atomic
def propose_change(
    *,
    actor: Actor,
    order_id: int,
    lines: Mapping[int, NewFigures],
    deliver_by: date | None,
    reason: str,
    now: datetime,
    today: date,
) -> OrderChange:
    """Propose a change of a sent order and submit it to be approved.

    :param deliver_by: the new day, ``None`` where it stays.
    :raises NotFound: if there is no such order within the actor's sight.
    :raises access.ActionDenied: without ``purchase.buy`` there.
    :raises OrderStateWrong: if it is not with the vendor, or done.
    :raises ChangeOpen: if a change of it is open.
    :raises ChangeInvalid: if nothing changes, or it contradicts what has arrived.
    :raises LineTaken: if less is left of a request.
    :raises PriceLimits: if less is left of the agreement that it calls off.
    :raises ContractMissing: if it becomes a bulk purchase without its contract.
    """
    order = lock_to_buy(actor=actor, order_id=order_id, now=now)
    change = _propose(
        actor,
        order,
        lines=lines,
        deliver_by=deliver_by,
        reason=reason,
        proposed_by=require_person(actor),
        now=now,
        today=today,
    )
    _submit(actor, order, change, now)
    change.refresh_from_db()  # a chain without steps has approved it already
    return change


@transaction.atomic
def propose_as_vendor(
    *,
    actor: Actor,
    order_id: int,
    lines: Mapping[int, NewFigures],
    deliver_by: date | None,
    reason: str,
    now: datetime,
    today: date,
) -> OrderChange:
    """Propose a change to the company; its buyer takes it up or refuses it.

    :raises NotFound: if it is no order of the actor's vendor.
    :raises OrderStateWrong: if it is done.
    :raises ChangeOpen: if a change of it is open.
    :raises ChangeInvalid: if nothing changes, or it contradicts what has arrived.
    """
    order = lock_own(actor=actor, order_id=order_id)
    change = _propose(
        actor,
        order,
        lines=lines,
        deliver_by=deliver_by,
        reason=reason,
        proposed_by=None,
        now=now,
        today=today,
    )
    telling.tell_buyer(order, telling.CHANGE_PROPOSED, now=now)
    return change


@transaction.atomic
def take_up_change(*, actor: Actor, change_id: int, now: datetime) -> OrderChange:
    """Submit what a vendor proposed to be approved; then it is in force.

    :raises NotFound: if there is no such change within the actor's sight.
    :raises access.ActionDenied: without ``purchase.buy`` there.
    :raises ChangeStateWrong: if it is not a vendor's, decided, or in approval.
    :raises LineTaken: if less is left of a request.
    :raises ContractMissing: if it becomes a bulk purchase without its contract.
    """
    order, change = _lock(actor, change_id, now)
    require_person(actor)
    if change.proposed_by is not None or change.state != ChangeState.PROPOSED or _case_of(change):
        raise ChangeStateWrong(_("This change is decided or in approval already."))
    _submit(actor, order, change, now)
    change.refresh_from_db()
    return change


@transaction.atomic
def drop_change(*, actor: Actor, change_id: int, now: datetime) -> OrderChange:
    """Refuse what a vendor proposed, or take back one's own before the vendor has agreed.

    :raises NotFound: if there is no such change within the actor's sight.
    :raises access.ActionDenied: without ``purchase.buy`` there.
    :raises ChangeStateWrong: if it is decided.
    """
    case = approval_queries.open_case_of(kind=queries.KIND, subject=OrderChange(pk=change_id))
    if case is not None:
        case = approval_queries.lock_case(case.pk)
    order, change = _lock(actor, change_id, now)
    if change.state not in queries.OPEN_CHANGES:
        raise ChangeStateWrong(_("This change is decided already."))
    if case is not None and case.is_open:
        text = str(_("The change was taken back."))
        approvals.withdraw_for(actor=actor, case_id=case.pk, text=text, now=now)
        change.refresh_from_db()
    else:
        _refuse(order, change, actor=actor, now=now)
    return change


@transaction.atomic
def answer_change(*, actor: Actor, order_id: int, agrees: bool, now: datetime) -> OrderChange:
    """Agree to the company's approved change, which is in force then, or refuse it.

    :raises NotFound: if it is no order of the actor's vendor.
    :raises ChangeStateWrong: if no change waits for him.
    :raises ChangeInvalid: if more has arrived meanwhile than the change leaves.
    """
    order = lock_own(actor=actor, order_id=order_id)
    change = (
        OrderChange.objects.select_for_update()
        .filter(order=order, state=ChangeState.APPROVED)
        .first()
    )
    if change is None:
        raise ChangeStateWrong(_("No change of this order waits for an answer."))
    if agrees:
        _put_in_force(order, change, actor=actor, now=now)
    else:
        _refuse(order, change, actor=actor, now=now)
    telling.tell_buyer(order, telling.CHANGE_AGREED if agrees else telling.CHANGE_REFUSED, now=now)
    return change


def change_approved(case: Case, actor: Actor, now: datetime) -> None:
    """Ask the vendor, or put in force what he himself proposed: the last signature is given."""
    order, change = _lock_both(case.subject_id)
    duties.require_step_apart(
        Step.PURCHASE_APPROVE_SECOND,
        actor=actor,
        done={Step.PURCHASE_BUY: queries.buyers_of(order)},
        subject=order,
        project_id=order.project_id,
        now=now,
    )
    if change.proposed_by is None:
        _put_in_force(order, change, actor=actor, now=now)
        telling.tell_vendor(order, LetterKind.CHANGED, now=now)
        return
    change.state = ChangeState.APPROVED
    change.save(update_fields=["state"])
    record_order(actor, "change-approved", order, now, {"change": change.number})
    telling.tell_vendor(order, LetterKind.CHANGE, now=now)


def change_withdrawn(case: Case, actor: Actor, now: datetime) -> None:
    """Give up a change whose paper was taken back."""
    order, change = _lock_both(case.subject_id)
    if change.state in queries.OPEN_CHANGES:
        _refuse(order, change, actor=actor, now=now)


def figures_of(change: OrderChange) -> dict[int, NewFigures]:
    """Return the figures that a stored change asks for, by line."""
    return {
        int(pk): NewFigures(
            quantity=Decimal(new["quantity"][1]) if "quantity" in new else None,
            unit_price=Decimal(new["unit_price"][1]) if "unit_price" in new else None,
        )
        for pk, new in change.changes.get("lines", {}).items()
    }


def _propose(
    actor: Actor,
    order: PurchaseOrder,
    *,
    lines: Mapping[int, NewFigures],
    deliver_by: date | None,
    reason: str,
    proposed_by: int | None,
    now: datetime,
    today: date,
) -> OrderChange:
    require_state(order, *queries.RUNNING)
    text = check_reason(reason)
    rows = lock_lines(order)
    found = change_of(queries.ordered(rows), lines, freight=order.freight)
    is_moved = deliver_by is not None and deliver_by != order.deliver_by
    if is_moved and deliver_by is not None:
        check_promise(deliver_by, today=today)
    if not found.lines and not is_moved:
        raise ChangeInvalid(_("Nothing changes."), field="lines")
    if order.award_id is None and order.contract_id is not None:
        _require_agreed_prices(rows, found)
    number = order.changes.aggregate(last=Max("number"))["last"] or 0
    with refusing(orderchange_one_open=ChangeOpen(_("A change of this order is open already."))):
        change = OrderChange.objects.create(
            order=order,
            number=number + 1,
            changes=_as_json(order, rows, found, deliver_by if is_moved else None),
            amount_before=order.amount,
            amount_after=found.amount,
            reason=text,
            proposed_by=proposed_by,
            proposed_by_label=actor.label[:140],
            proposed_at=now,
        )
    record_order(
        actor,
        "change-proposed",
        order,
        now,
        {"change": change.number, "changes": change.changes, "reason": text},
    )
    return change


def _require_agreed_prices(rows: list[OrderLine], found: Change) -> None:
    prices = {row.pk: row.unit_price for row in rows}
    if any(price != prices[pk] for pk, (_quantity, price) in found.lines.items()):
        raise ChangeInvalid(_("The agreement's prices are not changed by an order."), field="lines")


def _submit(actor: Actor, order: PurchaseOrder, change: OrderChange, now: datetime) -> None:
    rows = {row.pk: row for row in lock_lines(order)}
    found = change_of(queries.ordered(rows.values()), figures_of(change), freight=order.freight)
    if found.amount > order.amount:
        require_agreed_amount(order, found.amount)
    reserve(order, {rows[pk]: delta for pk, delta in found.deltas.items() if delta > 0})
    if found.amount > order.amount:
        require_contract(order, queries.award_amount(order) + found.amount - order.amount)
    with in_company_language():
        summary = _summary(order, change, rows)
    approvals.submit(
        actor=actor,
        kind=queries.KIND,
        subject=change,
        project_id=order.project_id,
        title=f"{order.number} #{change.number}",
        facts={"amount": change.amount_after, "rise": change.amount_after - change.amount_before},
        summary=summary,
        now=now,
    )


def _put_in_force(
    order: PurchaseOrder, change: OrderChange, *, actor: Actor, now: datetime
) -> None:
    require_state(order, *queries.RUNNING)
    rows = {row.pk: row for row in lock_lines(order)}
    found = change_of(queries.ordered(rows.values()), figures_of(change), freight=order.freight)
    release(order, {rows[pk]: -delta for pk, delta in found.deltas.items() if delta < 0})
    for pk, (quantity, price) in found.lines.items():
        row = rows[pk]
        row.quantity, row.unit_price = quantity, price
        row.amount = line_amount(quantity=quantity, unit_price=price)
        row.save(update_fields=["quantity", "unit_price", "amount"])
    day = change.changes.get("deliver_by")
    if day:
        order.deliver_by = date.fromisoformat(day[1])
    order.amount, order.version = found.amount, order.version + 1
    if order.state == OrderState.DELIVERING and not any(
        row.to_come for row in queries.ordered(rows.values())
    ):
        order.state = OrderState.RECEIVED
    order.save(update_fields=["deliver_by", "amount", "version", "state"])
    _decide(change, ChangeState.AGREED, actor, now)
    record_order(
        actor,
        "changed",
        order,
        now,
        {"change": change.number, "version": order.version, "amount": f"{order.amount:.2f}"},
    )
    publish(CHANGED_EVENT, order, now)


def _refuse(order: PurchaseOrder, change: OrderChange, *, actor: Actor, now: datetime) -> None:
    is_reserved = change.state == ChangeState.APPROVED or _case_of(change) is not None
    if is_reserved:
        rows = {row.pk: row for row in lock_lines(order)}
        wanted = figures_of(change)
        release(
            order,
            {
                rows[pk]: new.quantity - rows[pk].quantity
                for pk, new in wanted.items()
                if new.quantity is not None and new.quantity > rows[pk].quantity
            },
        )
    _decide(change, ChangeState.REFUSED, actor, now)
    record_order(actor, "change-refused", order, now, {"change": change.number})
    if change.proposed_by is None and actor.vendor_id is None:
        telling.tell_vendor(order, LetterKind.REFUSED, now=now)


def _decide(change: OrderChange, state: ChangeState, actor: Actor, now: datetime) -> None:
    change.state, change.decided_at = state, now
    change.decided_by_label = actor.label[:140]
    change.save(update_fields=["state", "decided_at", "decided_by_label"])


def _lock(actor: Actor, change_id: int, now: datetime) -> tuple[PurchaseOrder, OrderChange]:
    found = OrderChange.objects.filter(pk=change_id).first()
    if found is None:
        raise NotFound
    order = lock_to_buy(actor=actor, order_id=found.order_id, now=now)
    return order, OrderChange.objects.select_for_update().get(pk=change_id)


def _lock_both(change_id: int) -> tuple[PurchaseOrder, OrderChange]:
    order = queries.lock_order(OrderChange.objects.get(pk=change_id).order_id)
    return order, OrderChange.objects.select_for_update().get(pk=change_id)


def _case_of(change: OrderChange) -> Case | None:
    return approval_queries.case_of(kind=queries.KIND, subject=change)


def _as_json(
    order: PurchaseOrder, rows: list[OrderLine], found: Change, deliver_by: date | None
) -> dict[str, Any]:
    """Return what it was and is to be: ``{"lines": {"12": {"quantity": ["30", "28"]}}}``."""
    changes: dict[str, Any] = {"lines": {}}
    by_id = {row.pk: row for row in rows}
    for pk, (quantity, price) in found.lines.items():
        row, new = by_id[pk], {}
        if quantity != row.quantity:
            new["quantity"] = [f"{row.quantity:f}", f"{quantity:f}"]
        if price != row.unit_price:
            new["unit_price"] = [f"{row.unit_price:f}", f"{price:f}"]
        changes["lines"][str(pk)] = new
    if deliver_by is not None:
        before = order.deliver_by.isoformat() if order.deliver_by else None
        changes["deliver_by"] = [before, deliver_by.isoformat()]
    return changes


def _summary(
    order: PurchaseOrder, change: OrderChange, rows: Mapping[int, OrderLine]
) -> dict[str, str]:
    """Return what the facts do not say."""
    found = {
        str(_("Order")): order.number,
        str(_("Vendor")): order.vendor.name,
        str(_("Reason")): change.reason,
    }
    day = change.changes.get("deliver_by")
    if day:
        found[str(_("Deliver by"))] = f"{day[0] or '—'} → {day[1]}"
    for pk, new in change.changes["lines"].items():
        row = rows[int(pk)]
        found[f"{row.position} {row.name}"] = ", ".join(
            f"{before} → {after}" for before, after in new.values()
        )
    return found


def _page_of(change_id: int, _project_id: int | None) -> str:
    order_id = OrderChange.objects.values_list("order_id", flat=True).get(pk=change_id)
    return telling.page_of(order_id)
