"""The register of fixed assets: where each stands, who has it, and what became of it.

The ledger has the cost of what was bought from the receipt on. Nothing here writes it down month by
month, so that an asset that is scrapped takes all of it off the account; what the company had
before, and entered by hand, never came onto it.
"""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from kernel.access import Action, Actor
from kernel.access.models import User
from kernel.audit import operations as audit
from kernel.documents import numbers
from kernel.errors import Conflict, Invalid, NotFound
from kernel.money import split
from kernel.tenancy import company_day
from kernel.text import _
from services.billing.ledger.models import AccountRole, JournalKind
from services.procurement.catalogue.models import Item
from services.procurement.scope import require_for, require_of
from services.procurement.stock import rules
from services.procurement.stock.models import Asset, AssetState
from services.procurement.stock.operations.posting import post
from services.procurement.texts import line

ASSET_SERIES = "asset"
MOST_PIECES = 500


class AssetStateWrong(Conflict):
    code = "procurement.asset-state-wrong"


class AssetInvalid(Invalid):
    code = "procurement.asset-invalid"


@transaction.atomic
def add_received(
    *,
    actor: Actor,
    item_id: int,
    project_id: int | None,
    pieces: int,
    value: Decimal,
    receipt_line_id: int,
    place: str = "",
    serial_numbers: Sequence[str] = (),
    warranty_to: date | None = None,
    received_on: date,
    now: datetime,
) -> list[Asset]:
    """Enter what a line of a receipt brought, piece by piece; receiving has asked who may.

    They stand idle until somebody gets them. The value is divided to the cent.

    :raises NotFound: if there is no such article.
    :raises AssetInvalid: if there are no pieces, or more serial numbers than pieces.
    """
    if not 0 < pieces <= MOST_PIECES or len(serial_numbers) > pieces:
        raise AssetInvalid(
            _("Enter between 1 and %(most)d pieces.") % {"most": MOST_PIECES}, field="pieces"
        )
    serials = [*serial_numbers, *[""] * (pieces - len(serial_numbers))]
    return [
        _enter(
            actor,
            now,
            item_id=item_id,
            project_id=project_id,
            cost=cost,
            receipt_line_id=receipt_line_id,
            place=place,
            serial_number=serial,
            warranty_to=warranty_to,
            received_on=received_on,
            note="",
        )
        for serial, cost in zip(serials, split(value, [Decimal(1)] * pieces), strict=True)
    ]


@transaction.atomic
def add_asset(
    *,
    actor: Actor,
    item_id: int,
    project_id: int | None,
    cost: Decimal,
    place: str = "",
    serial_number: str = "",
    warranty_to: date | None = None,
    received_on: date,
    note: str = "",
    now: datetime,
) -> Asset:
    """Enter an asset that the company has already; one that is bought is entered with its receipt.

    :raises NotFound: if the project is out of sight, or there is no such article.
    :raises access.ActionDenied: without ``asset.keep`` there.
    :raises rules.ValueInvalid: if the cost is none.
    """
    require_for(actor, Action.ASSET_KEEP, project_id)
    return _enter(
        actor,
        now,
        item_id=item_id,
        project_id=project_id,
        cost=cost,
        receipt_line_id=None,
        place=place,
        serial_number=serial_number,
        warranty_to=warranty_to,
        received_on=received_on,
        note=note,
    )


@transaction.atomic
def move_asset(
    *, actor: Actor, asset_id: int, project_id: int | None, place: str, now: datetime
) -> Asset:
    """Take an asset to another place, or to another project; who has it keeps it.

    :raises NotFound: if there is no such asset or project in sight.
    :raises access.ActionDenied: without ``asset.keep`` in both.
    :raises AssetStateWrong: if it was scrapped.
    """
    asset = _lock(actor, asset_id)
    if project_id != asset.project_id:
        require_for(actor, Action.ASSET_KEEP, project_id)
    _require(asset, AssetState.IN_USE, AssetState.IDLE, AssetState.REPAIR)
    return _change(
        actor,
        asset,
        "moved",
        now,
        project_id=project_id,
        place=line(place, field="place", longest=100),
    )


@transaction.atomic
def hand_over(
    *, actor: Actor, asset_id: int, holder_id: int, place: str | None = None, now: datetime
) -> Asset:
    """Give an asset to a person, who answers for it from now on.

    :param place: where it will stand; ``None``: where it stands.
    :raises NotFound: if there is no such asset in sight.
    :raises access.ActionDenied: without ``asset.keep`` there.
    :raises AssetStateWrong: if it is in repair or scrapped.
    :raises AssetInvalid: if there is no such person.
    """
    asset = _lock(actor, asset_id)
    _require(asset, AssetState.IN_USE, AssetState.IDLE)
    holder = User.objects.filter(pk=holder_id, is_active=True).first()
    if holder is None:
        raise AssetInvalid(_("There is no such person."), field="holder_id")
    where = {} if place is None else {"place": line(place, field="place", longest=100)}
    return give_to(asset, holder, actor=actor, now=now, **where)


@transaction.atomic
def take_back(*, actor: Actor, asset_id: int, place: str = "", now: datetime) -> Asset:
    """Take an asset back: it stands idle, and whoever needs one is told of it (PR-06).

    :raises NotFound: if there is no such asset in sight.
    :raises access.ActionDenied: without ``asset.keep`` there.
    :raises AssetStateWrong: if it is not in use.
    """
    asset = _lock(actor, asset_id)
    _require(asset, AssetState.IN_USE)
    return make_idle(
        asset, actor=actor, now=now, place=line(place, field="place", longest=100) or asset.place
    )


@transaction.atomic
def send_to_repair(*, actor: Actor, asset_id: int, reason: str, now: datetime) -> Asset:
    """Send an asset to be repaired; who has it gets it back.

    :raises NotFound: if there is no such asset in sight.
    :raises access.ActionDenied: without ``asset.keep`` there.
    :raises AssetStateWrong: if it is in repair or scrapped.
    :raises TextInvalid: if nothing says why.
    """
    asset = _lock(actor, asset_id)
    _require(asset, AssetState.IN_USE, AssetState.IDLE)
    return _change(
        actor,
        asset,
        "sent-to-repair",
        now,
        state=AssetState.REPAIR,
        note=line(reason, field="reason", longest=300, is_required=True),
    )


@transaction.atomic
def end_repair(*, actor: Actor, asset_id: int, note: str = "", now: datetime) -> Asset:
    """Take an asset back from repair: to whoever has it, or idle.

    :raises NotFound: if there is no such asset in sight.
    :raises access.ActionDenied: without ``asset.keep`` there.
    :raises AssetStateWrong: if it is not in repair.
    """
    asset = _lock(actor, asset_id)
    _require(asset, AssetState.REPAIR)
    state = AssetState.IN_USE if asset.holder_id is not None else AssetState.IDLE
    kept = line(note, field="note", longest=300)
    return _change(actor, asset, "repaired", now, state=state, note=kept)


@transaction.atomic
def scrap(*, actor: Actor, asset_id: int, reason: str, now: datetime) -> Asset:
    """Take an asset out of the register's use for good; it stays on the list with its reason.

    What it cost, if it was bought here, becomes a loss of the project that has it.

    :raises NotFound: if there is no such asset in sight.
    :raises access.ActionDenied: without ``asset.keep`` there.
    :raises AssetStateWrong: if it was scrapped.
    :raises TextInvalid: if nothing says why.
    """
    asset = _lock(actor, asset_id)
    _require(asset, AssetState.IN_USE, AssetState.IDLE, AssetState.REPAIR)
    why = line(reason, field="reason", longest=300, is_required=True)
    if asset.receipt_line_id is not None:
        post(
            kind=JournalKind.ASSET_SCRAP,
            source=asset,
            project_id=asset.project_id,
            debit=AccountRole.DISPOSAL_LOSS,
            credit=AccountRole.FIXED_ASSET,
            amount=asset.cost,
            effective_on=company_day(now),
            now=now,
            actor=actor,
        )
    return _change(
        actor,
        asset,
        "scrapped",
        now,
        state=AssetState.SCRAPPED,
        holder_id=None,
        holder_label="",
        note=why,
    )


def give_to(asset: Asset, holder: User, *, actor: Actor, now: datetime, **where: str) -> Asset:
    """Give a locked asset to a person; the caller has asked who may."""
    return _change(
        actor,
        asset,
        "handed-over",
        now,
        state=AssetState.REPAIR if asset.state == AssetState.REPAIR else AssetState.IN_USE,
        holder_id=holder.pk,
        holder_label=holder.label[:140],
        **where,
    )


def make_idle(asset: Asset, *, actor: Actor, now: datetime, place: str) -> Asset:
    """Take a locked asset from its holder; the caller has asked who may."""
    return _change(
        actor,
        asset,
        "taken-back",
        now,
        state=AssetState.REPAIR if asset.state == AssetState.REPAIR else AssetState.IDLE,
        holder_id=None,
        holder_label="",
        place=place,
    )


def _enter(actor: Actor, now: datetime, **values: Any) -> Asset:
    if not Item.objects.filter(pk=values["item_id"]).exists():
        raise NotFound
    rules.require_value(values["cost"], field="cost")
    if values["warranty_to"] is not None and values["warranty_to"] < values["received_on"]:
        raise AssetInvalid(_("The warranty ends before the asset came."), field="warranty_to")
    for name, longest in (("place", 100), ("serial_number", 80), ("note", 300)):
        values[name] = line(values[name], field=name, longest=longest)
    asset = Asset.objects.create(
        code=numbers.next_number(
            series=ASSET_SERIES, project_id=values["project_id"], on=values["received_on"]
        ),
        state=AssetState.IDLE,
        **values,
    )
    audit.record(
        actor=actor,
        event="procurement.asset.entered",
        subject=asset,
        now=now,
        project_id=asset.project_id,
        data={"code": asset.code, "cost": f"{asset.cost:f}", "place": asset.place},
    )
    return asset


def _lock(actor: Actor, asset_id: int) -> Asset:
    found = Asset.objects.select_for_update(of=("self",)).select_related("item")
    asset = found.filter(pk=asset_id).first()
    if asset is None:
        raise NotFound
    require_of(actor, Action.ASSET_KEEP, asset.project_id)
    return asset


def _require(asset: Asset, *states: AssetState) -> None:
    if asset.state not in states:
        raise AssetStateWrong(_("The asset is “%(state)s”.") % {"state": asset.get_state_display()})


def _change(actor: Actor, asset: Asset, what: str, now: datetime, **values: Any) -> Asset:
    before, project_id = {name: getattr(asset, name) for name in values}, asset.project_id
    for name, value in values.items():
        setattr(asset, name, value)
    asset.save(update_fields=list(values))
    shown = {name for name in values if name != "holder_id"}
    audit.record(
        actor=actor,
        event=f"procurement.asset.{what}",
        subject=asset,
        now=now,
        project_id=project_id,
        before={name: before[name] for name in sorted(shown)},
        after={name: values[name] for name in sorted(shown)},
    )
    return asset
