"""What a vendor sees: the rounds he is invited to, his own quotes, never another's."""

from collections.abc import Collection
from decimal import Decimal

from django.db.models import Exists, OuterRef, QuerySet

from kernel.access import Actor
from kernel.errors import NotFound
from services.procurement.rounds.models import (
    Invitation,
    LetterKind,
    QuoteLine,
    QuoteRevision,
    RoundLetter,
    RoundLine,
)
from services.procurement.vendors.queries import require_vendor


def invitations(*, actor: Actor) -> QuerySet[Invitation]:
    """Return the published rounds that the actor's vendor is invited to, newest first.

    :raises NotFound: if the actor is no vendor's contact.
    """
    require_vendor(actor, actor.vendor_id)
    return (
        Invitation.objects.filter(vendor=actor.vendor_id, invited_at__isnull=False)
        .select_related("round", "vendor")
        .order_by("-round_id")
    )


def get_invitation(*, actor: Actor, round_id: int) -> Invitation:
    """Return the invitation of the actor's vendor to a published round.

    :raises NotFound: if he is not invited: whether there is such a round is not told.
    """
    found = invitations(actor=actor).filter(round=round_id).first()
    if found is None:
        raise NotFound
    return found


def unanswered(*, actor: Actor) -> QuerySet[Invitation]:
    """Return the invitations for which nothing was sent and that were not declined.

    :raises NotFound: if the actor is no vendor's contact.
    """
    return invitations(actor=actor).filter(declined_at__isnull=True, revisions__isnull=True)


def lines_of(invitation: Invitation) -> list[RoundLine]:
    """Return what is asked for, in its order."""
    return list(invitation.round.lines.order_by("position"))


def lock_invitation(invitation_id: int) -> Invitation:
    """Return the invitation, locked until the transaction ends: one revision at a time.

    The lock of a round comes before those of its invitations.
    """
    return Invitation.objects.select_for_update(of=("self",)).get(pk=invitation_id)


def revisions_of(invitation: Invitation) -> QuerySet[QuoteRevision]:
    """Return what a vendor has sent, newest first, without the sealed content."""
    return invitation.revisions.defer("sealed", "own_copy").order_by("-number")


def revisions_of_colleagues(*, actor: Actor) -> QuerySet[QuoteRevision]:
    """Return what others have sent for the actor's vendor, newest first, without its content.

    :raises NotFound: if the actor is no vendor's contact.
    """
    require_vendor(actor, actor.vendor_id)
    return (
        QuoteRevision.objects.filter(invitation__vendor=actor.vendor_id)
        .exclude(contact_id=actor.contact_id or 0)
        .select_related("invitation__round")
        .defer("sealed", "own_copy")
        .order_by("-pk")
    )


def last_revision(invitation: Invitation) -> QuoteRevision | None:
    """Return the revision that counts, ``None`` if nothing was sent."""
    return invitation.revisions.order_by("-number").first()


def own_revisions(*, actor: Actor) -> QuerySet[QuoteRevision]:
    """Return all that the actor's vendor has sent, newest first, without the sealed content.

    :raises NotFound: if the actor is no vendor's contact.
    """
    require_vendor(actor, actor.vendor_id)
    later = QuoteRevision.objects.filter(
        invitation=OuterRef("invitation"), number__gt=OuterRef("number")
    )
    return (
        QuoteRevision.objects.filter(
            invitation__vendor=actor.vendor_id, invitation__invited_at__isnull=False
        )
        .annotate(is_last=~Exists(later))
        .select_related("invitation__round")
        .defer("sealed", "own_copy")
        .order_by("-pk")
    )


def outcomes(*, actor: Actor) -> dict[int, LetterKind]:
    """Return, by round, whether the actor's vendor was awarded something or was regretted.

    :raises NotFound: if the actor is no vendor's contact.
    """
    require_vendor(actor, actor.vendor_id)
    found = RoundLetter.objects.filter(
        contact__vendor=actor.vendor_id, kind__in=[LetterKind.AWARDED, LetterKind.REGRET]
    ).values_list("round_id", "kind")
    return {round_id: LetterKind(kind) for round_id, kind in found.order_by("pk")}


def letters(*, actor: Actor) -> QuerySet[RoundLetter]:
    """Return what the contact was written about rounds, newest first.

    :raises NotFound: if the actor is no vendor's contact.
    """
    require_vendor(actor, actor.vendor_id)
    return (
        RoundLetter.objects.filter(contact=actor.contact_id or 0)
        .select_related("round")
        .order_by("-pk")
    )


def earlier_prices(*, actor: Actor, item_ids: Collection[int]) -> dict[int, Decimal]:
    """Return what the vendor himself last quoted for items of the catalogue, in opened rounds.

    :raises NotFound: if the actor is no vendor's contact.
    """
    require_vendor(actor, actor.vendor_id)
    found = (
        QuoteLine.objects.filter(
            quote__invitation__vendor=actor.vendor_id, line__item__in=set(item_ids)
        )
        .order_by("line__item_id", "-pk")
        .distinct("line__item_id")
        .values_list("line__item_id", "unit_price")
    )
    return dict(found)


def prices_of_first(invitation: Invitation) -> dict[int, Decimal]:
    """Return what the vendor offered in the round before a second one, by line of the second.

    A line is the same if it is the same article, or has the same words.
    """
    first_id = invitation.round.earlier_id
    if first_id is None:
        return {}
    offered = {
        (line.item_id, line.name, line.spec, line.unit): price
        for line, price in (
            (found.line, found.unit_price)
            for found in QuoteLine.objects.filter(
                quote__invitation__round=first_id, quote__invitation__vendor=invitation.vendor_id
            )
            .select_related("line")
            .order_by("pk")
        )
    }
    lines = invitation.round.lines.order_by("position")
    return {
        line.pk: offered[key]
        for line in lines
        if (key := (line.item_id, line.name, line.spec, line.unit)) in offered
    }
