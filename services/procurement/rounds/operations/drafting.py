"""Rounds before vendors see them: drafts from requests and from free lines."""

from collections.abc import Collection, Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Final, TypeVar

from django.db import transaction
from django.db.models import Model, QuerySet

from kernel import policies
from kernel.access import Action, Actor
from kernel.audit import operations as audit
from kernel.documents.numbers import next_number
from kernel.errors import NotFound
from kernel.text import _
from services.procurement import scope
from services.procurement.catalogue.models import Item
from services.procurement.requests import operations as requests
from services.procurement.requests.models import RequestLine
from services.procurement.rounds import queries
from services.procurement.rounds.models import (
    Invitation,
    Round,
    RoundLine,
    RoundSource,
    RoundState,
)
from services.procurement.rounds.operations.errors import (
    LinesInvalid,
    RoundChanged,
    RoundStateWrong,
)
from services.procurement.rounds.rules import drafts
from services.procurement.rounds.rules.drafts import Draft, Line
from services.procurement.vendors.models import PaperKind, Vendor

SERIES: Final = "quote-round"
_M = TypeVar("_M", bound=Model)


@transaction.atomic
def create_round(*, actor: Actor, draft: Draft, now: datetime, today: date) -> Round:
    """Begin a round; what it takes of requests is bound for it from now on.

    :raises NotFound: if the project, a request's line, a vendor or an item is none of his.
    :raises access.ActionDenied: without ``purchase.buy`` there.
    :raises drafts.DraftInvalid, LinesInvalid: if something in it cannot be kept.
    :raises requests.LineTaken, requests.NotToBuy: if a request does not give that much.
    """
    scope.require_for(actor, Action.PURCHASE_BUY, draft.project_id)
    drafts.check(draft, criteria=criteria())
    made = Round(
        number=next_number(series=SERIES, project_id=draft.project_id, on=today),
        created_by=actor.require_person(),
        created_by_label=actor.label[:140],
        created_at=now,
    )
    _fill(made, draft)
    made.save(force_insert=True)
    _lay(made, draft, actor=actor, now=now)
    _record(actor, "drafted", made, now)
    return made


@transaction.atomic
def save_draft(*, actor: Actor, round_id: int, draft: Draft, version: int, now: datetime) -> Round:
    """Put another draft in place of the one there is; what it bound before is free again first.

    :param version: the draft's, as the actor saw it when he began.
    :raises RoundChanged: if somebody saved it meanwhile.
    :raises RoundStateWrong: if it was published.
    """
    seen = queries.get_round(actor=actor, round_id=round_id)
    if draft.project_id != seen.project_id:
        scope.require_for(actor, Action.PURCHASE_BUY, draft.project_id)
    changed = lock_own(actor, round_id, RoundState.DRAFT)
    if changed.version != version:
        raise RoundChanged(_("Somebody else has changed this draft. Look at it again."))
    drafts.check(draft, criteria=criteria())
    before = _summary(changed)
    release_lines(changed)
    RoundSource.objects.filter(line__round=changed).delete()
    changed.lines.all().delete()
    _fill(changed, draft)
    # A permission for fewer quotes was given for the vendors that it named.
    changed.is_fewer_allowed = changed.is_fewer_allowed and _keeps_vendors(changed, draft)
    changed.version += 1
    changed.save()
    _lay(changed, draft, actor=actor, now=now)
    _record(actor, "changed", changed, now, before)
    return changed


def criteria() -> tuple[str, ...]:
    """Return by what quotes are evaluated, ``purchase.criteria``; the price first."""
    chosen = tuple(policies.get("purchase.criteria", tuple))
    return tuple(sorted(chosen, key=lambda key: key != "price"))


def lock_own(actor: Actor, round_id: int, *states: RoundState) -> Round:
    """Return a round that the actor may work on as its buyer, locked.

    :raises NotFound: if there is none within his reach.
    :raises access.ActionDenied: without ``purchase.buy`` there.
    :raises RoundStateWrong: in another state.
    """
    found = queries.get_round(actor=actor, round_id=round_id)
    scope.require_of(actor, Action.PURCHASE_BUY, found.project_id)
    locked = queries.lock_round(round_id)
    if locked.state not in states:
        raise RoundStateWrong(
            _("This cannot be done now: the round is in the state “%(state)s”.")
            % {"state": locked.get_state_display()},
            details={"state": locked.state},
        )
    return locked


def release_lines(quote_round: Round) -> None:
    """Give back what a locked round has bound of requests."""
    sources = RoundSource.objects.filter(line__round=quote_round)
    total: dict[int, Decimal] = {}
    for line_id, quantity in sources.values_list("request_line_id", "quantity"):
        total[line_id] = total.get(line_id, Decimal(0)) + quantity
    if total:
        requests.free_lines(total)


def _fill(quote_round: Round, draft: Draft) -> None:
    quote_round.title = draft.title.strip()
    quote_round.project_id = draft.project_id
    quote_round.place, quote_round.terms = draft.place.strip(), draft.terms.strip()
    quote_round.needed_on, quote_round.closes_at = draft.needed_on, draft.closes_at
    quote_round.weights = dict(draft.weights)
    quote_round.tax_percent = draft.tax_percent


def _lay(quote_round: Round, draft: Draft, *, actor: Actor, now: datetime) -> None:
    """Write lines, vendors and papers of a draft."""
    bound = drafts.bound(draft.lines)
    if bound:
        requests.require_buyer(actor=actor, line_ids=bound.keys(), now=now)
        _require_fitting(quote_round, draft.lines)
        requests.bind_lines(bound)
    _lay_lines(quote_round, draft.lines)
    quote_round.paper_kinds.set(
        _known(PaperKind.objects.filter(pk__in=draft.paper_kind_ids), draft.paper_kind_ids)
    )
    wanted = set(draft.vendor_ids)
    _known(Vendor.objects.filter(pk__in=wanted), wanted)
    Invitation.objects.filter(round=quote_round).exclude(vendor__in=wanted).delete()
    there = set(quote_round.invitations.values_list("vendor_id", flat=True))
    Invitation.objects.bulk_create(
        Invitation(round=quote_round, vendor_id=pk) for pk in sorted(wanted - there)
    )


def _lay_lines(quote_round: Round, lines: Iterable[Line]) -> None:
    lines = list(lines)
    ids = {line.item_id for line in lines if line.item_id is not None}
    _known(Item.objects.filter(pk__in=ids), ids)
    before = queries.last_prices(ids)
    rows = RoundLine.objects.bulk_create(
        RoundLine(
            round=quote_round,
            position=position,
            item_id=line.item_id,
            name=line.name.strip(),
            spec=line.spec.strip(),
            unit=line.unit.strip(),
            quantity=line.quantity,
            last_price=before.get(line.item_id) if line.item_id else None,
        )
        for position, line in enumerate(lines, 1)
    )
    RoundSource.objects.bulk_create(
        RoundSource(line=row, request_line_id=source_id, quantity=quantity)
        for row, line in zip(rows, lines, strict=True)
        for source_id, quantity in sorted(line.sources.items())
    )


def _require_fitting(quote_round: Round, lines: Iterable[Line]) -> None:
    """Return if what is consolidated is the same thing, for projects of the round."""
    wanted = [(line, pk) for line in lines for pk in line.sources]
    found = RequestLine.objects.select_related("request").in_bulk([pk for _line, pk in wanted])
    for line, pk in wanted:
        source = found[pk]
        place = quote_round.project_id
        if source.unit != line.unit.strip() or source.item_id != line.item_id:
            raise LinesInvalid(
                _("“%(name)s” is asked for in another unit, or as another article.")
                % {"name": source.name},
                field="lines",
            )
        if place is not None and source.request.project_id != place:
            raise LinesInvalid(
                _("“%(name)s” is asked for by another project. Leave the round's project empty.")
                % {"name": source.name},
                field="lines",
            )


def _known(found: QuerySet[_M], ids: Collection[int]) -> list[_M]:
    rows = list(found)
    if len(rows) < len(set(ids)):
        raise NotFound
    return rows


def _keeps_vendors(quote_round: Round, draft: Draft) -> bool:
    there = set(quote_round.invitations.values_list("vendor_id", flat=True))
    return there <= set(draft.vendor_ids)


def _summary(quote_round: Round) -> dict[str, object]:
    return {
        "title": quote_round.title,
        "lines": quote_round.lines.count(),
        "vendors": sorted(quote_round.invitations.values_list("vendor_id", flat=True)),
        "weights": quote_round.weights,
        "closes_at": quote_round.closes_at.isoformat() if quote_round.closes_at else None,
    }


def _record(
    actor: Actor,
    what: str,
    quote_round: Round,
    now: datetime,
    before: dict[str, object] | None = None,
) -> None:
    audit.record(
        actor=actor,
        event=f"procurement.round.{what}",
        subject=quote_round,
        project_id=quote_round.project_id,
        now=now,
        data={"number": quote_round.number},
        before=before,
        after=_summary(quote_round),
    )
