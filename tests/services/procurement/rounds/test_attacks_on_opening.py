"""Ways to open early, alone or another's share, each tried: by the operations and by SQL."""

import hashlib
from datetime import timedelta
from typing import Any, Final

import pytest
from django.db import IntegrityError, connection, transaction

from kernel.access.models import PostHolding, User
from kernel.access.queries import actor_for
from services.procurement.rounds import operations
from services.procurement.rounds.models import (
    Amendment,
    KeyShare,
    OpenerKey,
    Quote,
    QuoteRevision,
    Release,
    Round,
    RoundState,
)
from services.procurement.rounds.rules import sheets, sides
from tenants.companies.models import Company
from tests import factories
from tests.factories import NOW, TODAY
from tests.factories_procurement_rounds import (
    AFTER,
    CLOSES,
    PASSPHRASE,
    add_buyer,
    add_opener,
    add_openers,
    add_quoter,
    add_round,
    open_round,
    publish_round,
    send_quote,
    sheet_of,
)
from tests.services.procurement.rounds import haystack
from tests.services.procurement.rounds.conftest import Asked

EARLIER: Final = NOW + timedelta(minutes=5)
LATER: Final = CLOSES + timedelta(days=1)


def release(asked: Asked, number: int = 0, **values: Any) -> Any:
    given = {"actor": asked.openers[number], "passphrase": PASSPHRASE, "now": AFTER, **values}
    return operations.release(round_id=asked.round.pk, **given)


def run(statement: str, *values: Any) -> None:
    """Write as somebody who has the database login of the web server, and not our program."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)


# ---- the deadline ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("closes_at", EARLIER),
        ("closes_at", LATER),  # without an amendment that tells the vendors
        ("closes_at", None),
        ("published_at", NOW - timedelta(days=1)),
        ("public_key", b"\1" * 32),
        ("created_by", 10**9),
        ("state", "DRAFT"),
        ("state", "OPENED"),
    ],
)
def test_what_a_published_round_is_stands_whoever_writes(
    asked: Asked, column: str, value: object
) -> None:
    with pytest.raises(IntegrityError, match=r"is published|is not opened"):
        run(f"UPDATE procurement_round SET {column} = %s WHERE id = %s", value, asked.round.pk)


def test_no_deadline_is_moved_by_way_of_a_cancelled_round(asked: Asked) -> None:
    """A cancelled round may be without a deadline: it could lose one and come back with another."""
    take_away = (
        "UPDATE procurement_round SET state = 'CANCELLED', cancel_reason = 'x', closes_at = NULL"
        " WHERE id = %s"
    )
    with pytest.raises(IntegrityError, match="is published"):
        run(take_away, asked.round.pk)
    run(take_away.replace(", closes_at = NULL", ""), asked.round.pk)
    for change in ("state = 'OPEN'", "state = 'OPEN', closes_at = now()", "closes_at = NULL"):
        with pytest.raises(IntegrityError, match="is published"):
            run(f"UPDATE procurement_round SET {change} WHERE id = %s", asked.round.pk)

    with pytest.raises(operations.RoundStateWrong):
        release(asked)


def test_an_opened_round_takes_no_quotes_again(asked: Asked) -> None:
    open_round(asked.round, asked.openers)

    with pytest.raises(IntegrityError, match="is published"):
        run("UPDATE procurement_round SET state = 'OPEN' WHERE id = %s", asked.round.pk)


def test_no_deadline_is_put_off_once_a_part_of_the_key_is_out(asked: Asked) -> None:
    """Half of the key lies in the database by then: nothing new is to be sealed to it."""
    release(asked)

    with pytest.raises(operations.DeadlinePassed):
        operations.amend(
            actor=asked.buyer, round_id=asked.round.pk, text="x", closes_at=LATER, now=AFTER
        )
    Amendment.objects.create(
        round=asked.round,
        number=1,
        text="x",
        closes_before=CLOSES,
        closes_after=LATER,
        made_by=1,
        made_by_label="x",
        made_at=NOW,
    )
    with pytest.raises(IntegrityError, match="is published"):
        run("UPDATE procurement_round SET closes_at = %s WHERE id = %s", LATER, asked.round.pk)


def test_whoever_puts_the_deadline_off_opens_later_as_well(asked: Asked) -> None:
    operations.amend(actor=asked.buyer, round_id=asked.round.pk, text="x", closes_at=LATER, now=NOW)

    with pytest.raises(operations.NotClosedYet):
        release(asked)
    assert release(asked, now=LATER) is None


def test_a_cancelled_round_is_read_by_nobody(asked: Asked) -> None:
    send_quote(asked.quoters[0], asked.round, "73519.37", "1")
    release(asked)
    operations.cancel(actor=asked.buyer, round_id=asked.round.pk, reason="x", now=AFTER)

    with pytest.raises(operations.RoundStateWrong):
        release(asked, 1)
    with pytest.raises(IntegrityError, match="too early, or by another"), transaction.atomic():
        Release.objects.create(**released_by(asked, 1))
    assert not Quote.objects.exists()


# ---- people ------------------------------------------------------------------------------------


def released_by(asked: Asked, number: int, **values: Any) -> dict[str, Any]:
    """Return a release by one of the openers, as it is written."""
    user_id = asked.openers[number].require_person()
    share = KeyShare.objects.get(round=asked.round, opener_key__user_id=user_id)
    return {
        "round": asked.round,
        "side": share.side,
        "share": b"x" * 32,
        "user_id": user_id,
        "user_label": "x",
        "post": share.post,
        "released_at": AFTER,
        **values,
    }


def test_a_release_is_by_the_post_that_it_was_entrusted_to(asked: Asked) -> None:
    with pytest.raises(IntegrityError, match="too early, or by another"), transaction.atomic():
        Release.objects.create(**released_by(asked, 0, post="general_office"))

    Release.objects.create(**released_by(asked, 0))


def test_one_person_with_two_posts_is_one_person(tenant: Company) -> None:
    buyer, quoters = add_buyer(), [add_quoter(code) for code in ("V1", "V2", "V3")]
    alone = add_opener("both", "finance_head")
    user = User.objects.get(pk=alone.require_person())
    factories.hold_post(user, "company_gm")
    made = add_round(buyer, quoters)

    def publish(opener_ids: Any = None) -> Round:
        return operations.publish(
            actor=buyer, round_id=made.pk, opener_ids=opener_ids, now=NOW, today=TODAY
        )

    with pytest.raises(sides.SideEmpty):
        publish()
    with pytest.raises(sides.SidesMeet):
        publish([[user.pk], [user.pk]])
    other = add_opener("gm", "company_gm")
    published = publish([[user.pk], [other.require_person()]])
    both = actor_for(user=User.objects.get(pk=user.pk), today=TODAY)
    operations.release(actor=both, round_id=published.pk, passphrase=PASSPHRASE, now=AFTER)
    with pytest.raises(operations.ReleasedAlready):
        operations.release(actor=both, round_id=published.pk, passphrase=PASSPHRASE, now=AFTER)


def test_a_second_key_puts_nobody_on_both_sides(asked: Asked) -> None:
    own = KeyShare.objects.select_related("opener_key").get(
        round=asked.round, opener_key__user_id=asked.openers[0].require_person()
    )
    draft = add_round(asked.buyer, asked.quoters)
    own.opener_key.ended_at = NOW
    own.opener_key.save(update_fields=["ended_at"])
    second = OpenerKey.objects.create(
        user_id=own.opener_key.user_id, public_key=b"\2" * 32, locked_key=b"x", made_at=NOW
    )

    def entrust(quote_round: Round, key: OpenerKey, side: int, post: str) -> None:
        with transaction.atomic():
            KeyShare.objects.create(
                round=quote_round, side=side, post=post, opener_key=key, wrapped=b"x"
            )

    with pytest.raises(IntegrityError, match="entrusted already"):
        entrust(asked.round, second, 3 - own.side, "general_office")
    entrust(draft, own.opener_key, 1, "finance_head")
    with pytest.raises(IntegrityError, match="entrusted already"):
        entrust(draft, second, 2, "general_office")
    with pytest.raises(IntegrityError, match="entrusted already"):  # the same post on both sides
        entrust(draft, OpenerKey.objects.exclude(user_id=second.user_id).get(), 2, "finance_head")


def test_whoever_takes_over_an_openers_account_opens_nothing(asked: Asked) -> None:
    """An administrator who resets somebody's password comes in as him, without his passphrase."""
    send_quote(asked.quoters[0], asked.round, "73519.37", "1")
    user = User.objects.get(pk=asked.openers[0].require_person())
    user.set_password("set by the administrator")
    user.save(update_fields=["password"])
    taken_over = actor_for(user=user, today=TODAY)

    with pytest.raises(operations.PassphraseWrong):
        release(asked, actor=taken_over, passphrase="set by the administrator")
    with pytest.raises(operations.PassphraseWrong):
        operations.change_passphrase(
            actor=taken_over,
            current="set by the administrator",
            passphrase="known to him alone",
            now=AFTER,
        )
    operations.replace_key(actor=taken_over, passphrase="known to him alone", now=AFTER)
    with pytest.raises(operations.NotEntrusted):
        release(asked, actor=taken_over, passphrase="known to him alone")

    assert not Release.objects.exists()


@pytest.mark.parametrize("change", ["public_key = '\\x01'", "user_id = 1", "ended_at = NULL"])
def test_a_key_is_no_other_key_whoever_writes(asked: Asked, change: str) -> None:
    """Another public half, put there before the next round, would have its shares wrapped to it."""
    key = OpenerKey.objects.get(user_id=asked.openers[0].require_person())
    if change.startswith("ended_at"):
        OpenerKey.objects.filter(pk=key.pk).update(ended_at=NOW)

    with pytest.raises(IntegrityError, match="is not edited"):
        run(f"UPDATE procurement_openerkey SET {change} WHERE id = %s", key.pk)


def test_who_has_left_the_company_opens_nothing(asked: Asked) -> None:
    User.objects.filter(pk=asked.openers[0].require_person()).update(is_active=False)

    with pytest.raises(operations.NotEntrusted):
        release(asked)


def test_a_post_taken_up_after_the_publication_opens_nothing(asked: Asked) -> None:
    """What counts is to whom the key was entrusted, not who holds the post by now."""
    PostHolding.objects.filter(user_id=asked.openers[0].require_person()).update(valid_to=TODAY)
    successor = add_opener("successor", "finance_head")

    with pytest.raises(operations.NotEntrusted):
        release(asked, actor=successor)


def test_an_administrator_who_makes_himself_an_opener_opens_nothing(asked: Asked) -> None:
    admin = factories.add_user("admin")
    for post in ("company_admin", "property_manager"):
        factories.hold_post(admin, post)
    actor = actor_for(user=admin, today=TODAY)
    operations.make_key(actor=actor, passphrase=PASSPHRASE, now=NOW)

    with pytest.raises(operations.NotEntrusted):
        release(asked, actor=actor)


# ---- a second round ----------------------------------------------------------------------------


def test_the_openers_of_a_first_round_have_nothing_of_the_second(asked: Asked) -> None:
    for quoter in asked.quoters:
        send_quote(quoter, asked.round, "28.90", "645.00")
    open_round(asked.round, asked.openers)
    second = operations.ask_second(
        actor=asked.buyer, round_id=asked.round.pk, now=AFTER, today=TODAY
    )
    Round.objects.filter(pk=second.pk).update(closes_at=LATER)
    operations.publish(actor=asked.buyer, round_id=second.pk, now=AFTER, today=TODAY)
    second.refresh_from_db()
    send_quote(asked.quoters[0], second, "27.11", "633.37", now=AFTER)

    assert bytes(second.public_key or b"") != bytes(asked.round.public_key or b"")
    with pytest.raises(operations.NotClosedYet):
        operations.release(
            actor=asked.openers[0], round_id=second.pk, passphrase=PASSPHRASE, now=AFTER
        )
    assert Quote.objects.filter(invitation__round=second).count() == 0
    assert Round.objects.get(pk=second.pk).state == RoundState.OPEN


# ---- guessing ----------------------------------------------------------------------------------


def test_nothing_that_is_kept_lets_a_price_be_guessed(committed_tenant: Company) -> None:
    """Prices have few digits: any digest of one, or of a quote, would be tried out in seconds."""
    buyer, openers = add_buyer(), add_openers()
    quoters = [add_quoter(code) for code in ("V1", "V2", "V3")]
    asked = publish_round(buyer, quoters)
    sheet = sheet_of(asked, ["73519.37", "64287.91"])
    sent = [
        operations.submit(actor=quoter.actor, round_id=asked.pk, sheet=sheet, now=NOW, today=TODAY)
        for quoter in quoters[:2]
        for _again in range(2)
    ]

    assert openers
    assert len({one.receipt for one in sent}) == len(sent)
    assert len({bytes(one.own_copy) for one in sent}) == len(sent)
    guessed = [sheets.to_bytes(sheet), sheets.to_bytes(sheet).rstrip(), b"73519.37", b"73519.3700"]
    needles = {
        f"{name} of {text[:12]!r}": hashlib.new(name, text).hexdigest()
        for name in ("md5", "sha1", "sha256", "sha512", "blake2b")
        for text in guessed
    }
    kept = haystack.rows()
    assert QuoteRevision.objects.count() == len(sent)
    assert haystack.found_in(kept, needles) == []
    assert haystack.found_in(kept, {"receipt": sent[0].receipt})  # it would be found
