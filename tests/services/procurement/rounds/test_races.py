"""At the deadline: quotes, an extension, the opening and two openers at the same moment."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from services.procurement.rounds import operations, queries
from services.procurement.rounds.models import (
    Opening,
    Quote,
    QuoteRevision,
    Release,
    Round,
    RoundState,
)
from tenants.companies.models import Company
from tests.factories import NOW, TODAY
from tests.factories_procurement_rounds import (
    AFTER,
    CLOSES,
    PASSPHRASE,
    add_buyer,
    add_opener,
    add_quoter,
    publish_round,
    send_quote,
    sheet_of,
)
from tests.services.procurement.rounds.conftest import Asked, ask
from tests.threads import Meeting, at_once

LAST_MOMENT = CLOSES - timedelta(microseconds=1)


def releasing(asked: Asked, number: int) -> Callable[[], Any]:
    return lambda: operations.release(
        actor=asked.openers[number],
        round_id=asked.round.pk,
        passphrase=PASSPHRASE,
        now=AFTER,
    )


def sending(asked: Asked, number: int, now: Any) -> Callable[[], Any]:
    quoter = asked.quoters[number]
    sheet = sheet_of(asked.round, ["28.90", "645.00"])
    return lambda: operations.submit(
        actor=quoter.actor, round_id=asked.round.pk, sheet=sheet, now=now, today=TODAY
    )


def test_of_two_releases_at_once_one_opens(committed_tenant: Company) -> None:
    asked = ask()
    send_quote(asked.quoters[0], asked.round, "28.90", "645.00")

    results = at_once(committed_tenant, [releasing(asked, 0), releasing(asked, 1)])

    assert sorted(type(one).__name__ for one in results) == ["NoneType", "Opening"]
    assert (Release.objects.count(), Opening.objects.count(), Quote.objects.count()) == (2, 1, 1)


def test_without_the_rounds_lock_nobody_would_open_it(
    committed_tenant: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The test above has teeth: both look for the other's release before either is written."""
    asked = ask()
    meeting = Meeting()

    def read_only(round_id: int) -> Round:
        found = Round.objects.get(pk=round_id)
        meeting.come()
        return found

    monkeypatch.setattr(queries, "lock_round", read_only)

    results = at_once(committed_tenant, [releasing(asked, 0), releasing(asked, 1)])

    assert results == [None, None]
    assert not Opening.objects.exists()


def test_of_two_of_one_side_one_releases(committed_tenant: Company) -> None:
    first = add_opener("finance", "finance_head")
    second = add_opener("finance2", "finance_head")
    third = add_opener("gm", "company_gm")
    quoters = (add_quoter("V1"), add_quoter("V2"), add_quoter("V3"))
    buyer = add_buyer()
    asked = Asked(publish_round(buyer, quoters), buyer, (first, second), quoters)

    results = at_once(committed_tenant, [releasing(asked, 0), releasing(asked, 1)])

    assert sorted(type(one).__name__ for one in results) == ["NoneType", "ReleasedAlready"]
    assert operations.release(
        actor=third, round_id=asked.round.pk, passphrase=PASSPHRASE, now=AFTER
    )


@pytest.mark.parametrize("turn", range(3))
def test_a_quote_of_the_last_moment_is_opened_with_the_others_or_refused(
    committed_tenant: Company, turn: int
) -> None:
    """Its clock was read before the deadline; it arrives while the round is being opened."""
    asked = ask()
    releasing(asked, 0)()

    results = at_once(committed_tenant, [sending(asked, turn, LAST_MOMENT), releasing(asked, 1)])

    assert isinstance(results[1], Opening)
    assert isinstance(results[0], QuoteRevision | operations.QuoteLate)
    sent = QuoteRevision.objects.count()
    assert Quote.objects.count() == sent == isinstance(results[0], QuoteRevision)


def test_an_extension_and_a_late_quote_at_once_leave_no_quote_out_of_time(
    committed_tenant: Company,
) -> None:
    asked = ask()
    later = CLOSES + timedelta(hours=1)

    results = at_once(
        committed_tenant,
        [
            sending(asked, 0, CLOSES),
            lambda: operations.amend(
                actor=asked.buyer,
                round_id=asked.round.pk,
                text="延期",
                closes_at=later,
                now=LAST_MOMENT,
            ),
        ],
    )

    asked.round.refresh_from_db()
    assert asked.round.closes_at == later
    assert isinstance(results[0], QuoteRevision | operations.QuoteLate)
    assert all(one.submitted_at < later for one in QuoteRevision.objects.all())


def test_an_extension_does_not_come_after_the_first_release(committed_tenant: Company) -> None:
    asked = ask()

    results = at_once(
        committed_tenant,
        [
            releasing(asked, 0),
            lambda: operations.amend(
                actor=asked.buyer,
                round_id=asked.round.pk,
                text="延期",
                closes_at=CLOSES + timedelta(hours=1),
                now=AFTER,
            ),
        ],
    )

    assert results[0] is None
    assert isinstance(results[1], operations.DeadlinePassed)
    asked.round.refresh_from_db()
    assert (asked.round.closes_at, asked.round.state) == (CLOSES, RoundState.OPEN)


def test_two_revisions_of_a_vendor_at_once_are_two_in_a_row(committed_tenant: Company) -> None:
    asked = ask()

    at_once(committed_tenant, [sending(asked, 0, NOW), sending(asked, 0, NOW)])

    assert sorted(QuoteRevision.objects.values_list("number", flat=True)) == [1, 2]
