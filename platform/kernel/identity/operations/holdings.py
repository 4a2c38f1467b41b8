"""Company items: issuing them, passing them on, taking them back. Every change of hands is kept."""

from datetime import datetime
from decimal import Decimal
from typing import Final

from django.db import transaction

from kernel import access
from kernel.access.models import User
from kernel.access.queries import lock_user
from kernel.audit import operations as audit
from kernel.db import refusing
from kernel.errors import Conflict, Invalid, NotFound
from kernel.identity.models import HeldItem, HeldItemEvent, ItemEventKind, ItemKind
from kernel.identity.queries import open_departure_of, possible_holders
from kernel.money import round_money
from kernel.tenancy import company_day
from kernel.text import _

# These do not pass from hand to hand: they go back to finance, which issues them anew (BL-77).
BACK_TO_FINANCE: Final = frozenset({ItemKind.RECEIPT_BOOK, ItemKind.CASH_FLOAT, ItemKind.LOAN})
MONEY: Final = frozenset({ItemKind.CASH_FLOAT, ItemKind.LOAN})
MOST_MONEY: Final = Decimal(1_000_000)


class ItemInvalid(Invalid):
    code = "identity.item-invalid"


class NumberTaken(Conflict):
    code = "identity.item-number-taken"


class ItemWithSomebody(Conflict):
    code = "identity.item-with-somebody"


class ItemWithNobody(Conflict):
    code = "identity.item-with-nobody"


class GoesBackToFinance(Conflict):
    code = "identity.item-goes-back-to-finance"


class HolderIsLeaving(Conflict):
    code = "identity.holder-is-leaving"


class CountWrong(Invalid):
    code = "identity.count-wrong"


class SamePerson(Conflict):
    """Who gives something back does not confirm that it came back."""

    code = "identity.same-person"


@transaction.atomic
def issue(
    *,
    actor: access.Actor,
    kind: str,
    number: str,
    holder_id: int,
    project_id: int | None = None,
    amount: Decimal | None = None,
    note: str = "",
    now: datetime,
) -> HeldItem:
    """Issue an item to a person: a new one, or one that had come back.

    :raises access.ActionDenied: without ``item.manage`` there.
    :raises NotFound: if there is no such person or project, or he is out.
    :raises ItemInvalid: if the kind, the number or the amount is none.
    :raises HolderIsLeaving: if the person is on his way out.
    :raises ItemWithSomebody: if somebody has it.
    """
    _require(actor, project_id)
    number, note = number.strip(), note.strip()
    amount = _checked(kind=kind, number=number, amount=amount, note=note)
    holder = _receiver(actor, holder_id, now)
    item = HeldItem.objects.select_for_update().filter(kind=kind, number=number).first()
    if item is None:
        item = HeldItem(kind=kind, number=number, project_id=project_id)
    elif item.holder_id is not None:
        raise ItemWithSomebody(_("Somebody has this item already."), field="number")
    elif item.project_id != project_id:
        raise NumberTaken(_("An item of another place has this number."), field="number")
    item.note, item.amount, item.holder, item.since = note, amount, holder, now
    _save(item)
    _enter(
        actor, item, ItemEventKind.ISSUED, "identity.item.issued", now, to_user=holder, note=note
    )
    return item


@transaction.atomic
def hand_over(
    *, actor: access.Actor, item_id: int, to_user_id: int, note: str = "", now: datetime
) -> HeldItem:
    """Pass an item on to another person.

    :raises access.ActionDenied: without ``item.manage`` there.
    :raises NotFound: if there is no such item or person, or he is out.
    :raises ItemWithNobody: if nobody has it.
    :raises GoesBackToFinance: for receipt books and money.
    :raises HolderIsLeaving: if the receiver is on his way out.
    :raises ItemWithSomebody: if he has it already.
    """
    item = _lock(actor, item_id)
    giver = item.holder
    if giver is None:
        raise _with_nobody()
    if item.kind in BACK_TO_FINANCE:
        raise GoesBackToFinance(
            _("Receipt books and money are not passed on: they come back and are issued anew.")
        )
    receiver = _receiver(actor, to_user_id, now)
    if receiver.pk == giver.pk:
        raise ItemWithSomebody(_("This person has it already."), field="to_user")
    item.holder, item.since = receiver, now
    item.save(update_fields=["holder", "since"])
    _enter(
        actor,
        item,
        ItemEventKind.HANDED_OVER,
        "identity.item.handed-over",
        now,
        from_user=giver,
        to_user=receiver,
        note=note,
    )
    return item


@transaction.atomic
def take_back(
    *,
    actor: access.Actor,
    item_id: int,
    received_by_id: int | None = None,
    counted: Decimal | None = None,
    note: str = "",
    now: datetime,
) -> HeldItem:
    """Take an item back. Whoever receives or confirms it cannot be who had it.

    :param received_by_id: who has received it; the actor if not given.
    :param counted: money only: what was counted, which must be what was issued.
    :raises access.ActionDenied: without ``item.manage`` there.
    :raises NotFound: if there is no such item.
    :raises ItemWithNobody: if nobody has it.
    :raises SamePerson: if the actor or the receiver has it himself.
    :raises CountWrong: if money was not counted, or is not what was issued.
    """
    item = _lock(actor, item_id)
    giver = item.holder
    if giver is None:
        raise _with_nobody()
    if giver.pk in {actor.user_id, received_by_id}:
        raise SamePerson(_("Somebody else must confirm that it was given back."))
    if item.amount is not None:
        if counted is None or round_money(counted) != item.amount:
            raise CountWrong(
                _("Count the money: it must be what was issued. Settle a difference first."),
                field="counted",
            )
    elif counted is not None:
        raise CountWrong(_("Only money is counted."), field="counted")
    item.holder, item.since = None, now
    item.save(update_fields=["holder", "since"])
    receiver_id = received_by_id or actor.user_id
    receiver = User.objects.filter(is_active=True, pk=receiver_id).first() if receiver_id else None
    if received_by_id is not None and receiver is None:
        raise NotFound
    _enter(
        actor,
        item,
        ItemEventKind.RETURNED,
        "identity.item.returned",
        now,
        from_user=giver,
        to_user=receiver,
        counted=counted,
        note=note,
    )
    return item


@transaction.atomic
def report_lost(*, actor: access.Actor, item_id: int, note: str, now: datetime) -> HeldItem:
    """Enter that an item is lost, and how; it is with nobody then.

    Receipt books and money are never simply lost: that is a case of its own.

    :raises access.ActionDenied: without ``item.manage`` there.
    :raises NotFound: if there is no such item.
    :raises ItemWithNobody: if nobody has it.
    :raises GoesBackToFinance: for receipt books and money.
    :raises SamePerson: if the actor has it himself.
    :raises ItemInvalid: without a word on how.
    """
    item = _lock(actor, item_id)
    giver = item.holder
    if giver is None:
        raise _with_nobody()
    if item.kind in BACK_TO_FINANCE:
        raise GoesBackToFinance(_("Receipt books and money cannot be written off here."))
    if actor.user_id == giver.pk:
        raise SamePerson(_("Somebody else must enter what you have lost."))
    if not note.strip():
        raise ItemInvalid(_("Say how it was lost and what was done."), field="note")
    item.holder, item.since = None, now
    item.save(update_fields=["holder", "since"])
    _enter(actor, item, ItemEventKind.LOST, "identity.item.lost", now, from_user=giver, note=note)
    return item


def _require(actor: access.Actor, project_id: int | None) -> None:
    if project_id is None:
        access.require_everywhere(actor, access.Action.ITEM_MANAGE)
    else:
        access.require_in_project(actor, access.Action.ITEM_MANAGE, project_id)


def _lock(actor: access.Actor, item_id: int) -> HeldItem:
    access.require(actor, access.Action.ITEM_MANAGE)
    item = (
        HeldItem.objects.select_for_update(of=("self",))
        .select_related("holder")
        .filter(pk=item_id)
        .first()
    )
    if item is None or not (
        actor.may_everywhere(access.Action.ITEM_MANAGE)
        if item.project_id is None
        else actor.may(access.Action.ITEM_MANAGE, item.project_id)
    ):
        raise NotFound
    return item


def _receiver(actor: access.Actor, user_id: int, now: datetime) -> User:
    user = lock_user(user_id)  # against a departure that begins at this moment
    if not possible_holders(actor=actor, today=company_day(now)).filter(pk=user_id).exists():
        raise NotFound
    if open_departure_of(user_id=user_id) is not None:
        raise HolderIsLeaving(_("This person is leaving and gets nothing more."), field="holder")
    return user


def _save(item: HeldItem) -> None:
    with refusing(helditem_number_once=NumberTaken(_("This number is taken."), field="number")):
        item.save()


def _checked(*, kind: str, number: str, amount: Decimal | None, note: str) -> Decimal | None:
    if kind not in ItemKind.values:
        raise ItemInvalid(_("There is no such kind."), field="kind")
    if not number or len(number) > 60 or not number.isprintable():
        raise ItemInvalid(_("Enter up to 60 characters."), field="number")
    if len(note) > 200:
        raise ItemInvalid(_("Enter up to 200 characters."), field="note")
    if kind not in MONEY:
        if amount is not None:
            raise ItemInvalid(_("Only money has an amount."), field="amount")
        return None
    if amount is None or not amount.is_finite() or not 0 < amount <= MOST_MONEY:
        raise ItemInvalid(_("Enter the amount of the money."), field="amount")
    return round_money(amount)


def _with_nobody() -> ItemWithNobody:
    return ItemWithNobody(_("Nobody has this item."))


def _enter(
    actor: access.Actor,
    item: HeldItem,
    kind: ItemEventKind,
    event: str,
    now: datetime,
    *,
    from_user: User | None = None,
    to_user: User | None = None,
    counted: Decimal | None = None,
    note: str = "",
) -> None:
    HeldItemEvent.objects.create(
        item=item,
        kind=kind,
        from_user=from_user,
        to_user=to_user,
        by_label=actor.label[:140],
        counted=counted,
        note=note.strip()[:200],
        at=now,
    )
    audit.record(
        actor=actor,
        event=event,
        subject=item,
        project_id=item.project_id,
        now=now,
        data={
            "item": f"{item.kind} {item.number}",
            "from": from_user.username if from_user else "",
            "to": to_user.username if to_user else "",
        },
    )
