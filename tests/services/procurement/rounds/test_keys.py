from datetime import timedelta

import pytest

from kernel import access
from kernel.access.queries import actor_for
from kernel.audit.models import AuditEntry
from kernel.notifications.models import Notification
from services.procurement.rounds import operations, queries
from services.procurement.rounds.models import OpenerKey, QuoteRevision
from services.procurement.rounds.operations.keys import unlock
from tenants.companies.models import Company
from tests.factories import NOW, TODAY, add_actor, add_user, hold_post
from tests.factories_procurement_rounds import (
    AFTER,
    PASSPHRASE,
    add_buyer,
    add_opener,
    add_quoter,
    open_round,
    publish_round,
    send_quote,
)
from tests.services.procurement.rounds.conftest import Asked


def test_a_key_is_locked_by_a_passphrase_that_is_kept_nowhere(tenant: Company) -> None:
    actor = add_opener("finance", "finance_head", passphrase="ｌeise rieselt 42")

    key = OpenerKey.objects.get()
    assert len(unlock(key, "leise rieselt 42")) == 32  # however it is typed
    assert b"rieselt" not in bytes(key.locked_key)
    entry = AuditEntry.objects.get(event="procurement.opener-key.made")
    assert (entry.actor_id, entry.data) == (actor.user_id, {"shares": 0})


@pytest.mark.parametrize("weak", ["", "short", "elf zeichen", "aaaaaaaaaaaaaaaa", "abcabcabcabc"])
def test_a_weak_passphrase_is_refused(tenant: Company, weak: str) -> None:
    actor = add_actor("finance", "finance_head")

    with pytest.raises(operations.PassphraseWeak):
        operations.make_key(actor=actor, passphrase=weak, now=NOW)

    assert not OpenerKey.objects.exists()


def test_only_who_may_open_makes_a_key_and_only_one(tenant: Company) -> None:
    with pytest.raises(access.ActionDenied):
        operations.make_key(actor=add_buyer(), passphrase=PASSPHRASE, now=NOW)
    actor = add_opener("finance", "finance_head")
    with pytest.raises(operations.KeyThere):
        operations.make_key(actor=actor, passphrase=PASSPHRASE, now=NOW)

    assert OpenerKey.objects.count() == 1


def test_ten_wrong_passphrases_bar_for_an_hour_and_the_right_one_as_well(tenant: Company) -> None:
    add_opener("finance", "finance_head")
    key = OpenerKey.objects.get()

    for _number in range(10):
        with pytest.raises(operations.PassphraseWrong):
            unlock(key, "something else 1")
    with pytest.raises(operations.TooManyTries):
        unlock(key, PASSPHRASE)


def test_with_another_passphrase_the_shares_stay_his(asked: Asked) -> None:
    first, second = asked.openers
    operations.change_passphrase(
        actor=first, current=PASSPHRASE, passphrase="another one 77", now=NOW
    )

    operations.release(actor=first, round_id=asked.round.pk, passphrase="another one 77", now=AFTER)
    assert operations.release(
        actor=second, round_id=asked.round.pk, passphrase=PASSPHRASE, now=AFTER
    )


def test_a_passphrase_is_changed_only_by_who_knows_it(asked: Asked) -> None:
    with pytest.raises(operations.PassphraseWrong) as refused:
        operations.change_passphrase(
            actor=asked.openers[0], current="something else 1", passphrase=PASSPHRASE, now=NOW
        )

    assert refused.value.field == "current"


def test_a_replaced_key_says_what_is_lost_and_opens_nothing_of_before(asked: Asked) -> None:
    first, _second = asked.openers

    key, lost = operations.replace_key(actor=first, passphrase="another one 77", now=NOW)

    assert lost == [asked.round]
    assert queries.own_key(first.user_id or 0) == key
    with pytest.raises(operations.NotEntrusted):
        operations.release(
            actor=first, round_id=asked.round.pk, passphrase="another one 77", now=AFTER
        )
    standing = queries.standings(asked.round, today=NOW.date())
    assert [(one.side, one.has_key, one.is_able) for one in standing if not one.has_key] == [
        (next(one.side for one in standing if one.user_id == first.user_id), False, False)
    ]


def test_one_who_replaced_his_key_is_enough_if_another_is_on_his_side(tenant: Company) -> None:
    quoters = [add_quoter("V1"), add_quoter("V2"), add_quoter("V3")]
    openers = [
        add_opener("finance", "finance_head"),
        add_opener("finance2", "finance_head"),
        add_opener("gm", "company_gm"),
        add_opener("gm2", "company_gm"),
    ]
    quote_round = publish_round(add_buyer(), quoters)
    send_quote(quoters[0], quote_round, "28.90", "64.50")
    operations.replace_key(actor=openers[0], passphrase="another one 77", now=NOW)

    opening = open_round(quote_round, (openers[1], openers[2]))

    assert [one["state"] for one in opening.minutes["vendors"]] == ["opened", "silent", "silent"]
    assert QuoteRevision.objects.count() == 1
    assert opening.opened_at - AFTER == timedelta(0)


def test_whoever_signs_in_as_an_opener_does_not_change_his_key_unnoticed(tenant: Company) -> None:
    """An administrator could take an opener's account over before a round is published."""
    user = add_user("finance", email="finance@example.com")
    hold_post(user, "finance_head")
    actor = actor_for(user=user, today=TODAY)
    told = Notification.objects.filter(user=user, kind="procurement.opener-key.changed")

    operations.make_key(actor=actor, passphrase=PASSPHRASE, now=NOW)
    operations.change_passphrase(
        actor=actor, current=PASSPHRASE, passphrase="another one 77", now=NOW
    )
    operations.replace_key(actor=actor, passphrase="yet another 88", now=NOW)

    assert told.count() == 3
    assert not any("another one" in one.text for one in told)
