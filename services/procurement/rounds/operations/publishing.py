"""Ask the vendors: from here on quotes can be sealed, and nobody alone can open them."""

from collections.abc import Collection, Sequence
from datetime import date, datetime

from django.db import transaction
from django.views.decorators.debug import sensitive_variables

from kernel import sealing
from kernel.access import Action, Actor
from kernel.audit import operations as audit
from kernel.outbox import operations as outbox
from kernel.text import _
from services.procurement import scope
from services.procurement.rounds import about, agreed, queries, telling
from services.procurement.rounds.models import KeyShare, OpenerKey, Round, RoundLine, RoundState
from services.procurement.rounds.operations import fewer
from services.procurement.rounds.operations.drafting import criteria, lock_own
from services.procurement.rounds.operations.errors import DeadlineInvalid, RoundIncomplete
from services.procurement.rounds.rules import awards, sides
from services.procurement.rounds.rules.sides import Sides
from services.procurement.vendors.operations import require_all_fit


@transaction.atomic
def publish(
    *,
    actor: Actor,
    round_id: int,
    opener_ids: Sequence[Collection[int]] | None = None,
    now: datetime,
    today: date,
) -> Round:
    """Publish a draft: invite its vendors, and entrust its key to two sides of openers.

    The private key is cut in two and forgotten; each half is wrapped for the people of one side.

    :param opener_ids: who is on each side; ``None``: all who may, as evenly as posts can be.
    :raises NotFound: if there is none within his reach.
    :raises access.ActionDenied: without ``purchase.buy`` there.
    :raises RoundStateWrong: if it is no draft.
    :raises RoundIncomplete, DeadlineInvalid, awards.WeightsInvalid: if something is missing.
    :raises fewer.TooFewInvited: without enough vendors or the special approval.
    :raises VendorNotFit: if one of them may not quote today (PR-66).
    :raises sides.SideEmpty, sides.SidesMeet: if nobody could open it, or one post alone.
    """
    published = lock_own(actor, round_id, RoundState.DRAFT)
    _require_complete(published, now)
    fewer.require_enough(published)
    require_all_fit(
        published.invitations.order_by().values_list("vendor_id", flat=True), today=today
    )
    chosen = sides_of(published, actor=actor, opener_ids=opener_ids, today=today)
    sides.check(chosen)
    _note_agreed_prices(published, today)
    published.public_key = _entrust(published, chosen)
    published.state, published.published_at = RoundState.OPEN, now
    published.save(update_fields=["public_key", "state", "published_at"])
    published.invitations.update(invited_at=now)
    audit.record(
        actor=actor,
        event="procurement.round.published",
        subject=published,
        project_id=published.project_id,
        now=now,
        data={
            "number": published.number,
            "closes_at": published.closes_at.isoformat() if published.closes_at else None,
            "vendors": sorted(published.invitations.values_list("vendor_id", flat=True)),
            "sides": [[one.user_id for one in side] for side in chosen],
        },
    )
    outbox.publish(
        event="procurement.round.published",
        subject=published,
        project_id=published.project_id,
        data={"number": published.number, "title": published.title},
        now=now,
    )
    telling.tell_vendors(published, telling.PUBLISHED, now=now)
    telling.tell_openers(published, telling.ENTRUSTED, now=now, actor=actor)
    return published


def sides_of(
    quote_round: Round,
    *,
    actor: Actor,
    opener_ids: Sequence[Collection[int]] | None = None,
    today: date,
) -> Sides:
    """Return who would open the round; never who made or publishes it, nor any buyer.

    :raises access.ActionDenied: without ``purchase.buy`` there.
    :raises sides.SidesMeet: if one of ``opener_ids`` may not, or is on both sides.
    """
    scope.require_of(actor, Action.PURCHASE_BUY, quote_round.project_id)
    openers = queries.candidates(
        project_id=quote_round.project_id,
        today=today,
        except_ids={quote_round.created_by, actor.user_id},
    )
    return sides.divide(openers) if opener_ids is None else sides.choose(openers, opener_ids)


def _require_complete(quote_round: Round, now: datetime) -> None:
    if not quote_round.lines.exists():
        raise RoundIncomplete(_("Add at least one line."), field="lines")
    if quote_round.closes_at is None or quote_round.closes_at <= now:
        raise DeadlineInvalid(_("Enter a deadline that is still to come."), field="closes_at")
    awards.check_weights(quote_round.weights, criteria=criteria())


def _note_agreed_prices(quote_round: Round, today: date) -> None:
    """Keep on the lines at which price each article could be called off by an agreement today."""
    lines = list(quote_round.lines.filter(item__isnull=False).order_by("pk"))
    prices = agreed.prices_in_force(
        {line.item_id for line in lines if line.item_id is not None},
        project_id=quote_round.project_id,
        today=today,
    )
    for line in lines:
        line.agreed_price = prices.get(line.item_id or 0)
    RoundLine.objects.bulk_update(lines, ["agreed_price"])


@sensitive_variables("pair", "share", "halves")
def _entrust(quote_round: Round, chosen: Sides) -> bytes:
    """Wrap the halves of a new key for each side and return its public key."""
    pair = sealing.new_key_pair()
    halves = sealing.cut(pair.private)
    people = [one.user_id for side in chosen for one in side]
    # Locked: none of them replaces his key while it is wrapped for.
    keys = {
        key.user_id: key
        for key in OpenerKey.objects.select_for_update()
        .filter(user_id__in=people, ended_at__isnull=True)
        .order_by("pk")
    }
    KeyShare.objects.bulk_create(
        KeyShare(
            round=quote_round,
            side=number,
            post=one.post,
            opener_key=keys[one.user_id],
            wrapped=sealing.seal(
                share,
                to=bytes(keys[one.user_id].public_key),
                about=about.share(quote_round.pk, number),
            ),
        )
        for number, side, share in zip((1, 2), chosen, halves, strict=True)
        for one in side
    )
    return pair.public
