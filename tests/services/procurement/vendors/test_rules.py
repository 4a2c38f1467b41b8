from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from services.procurement.vendors import rules
from services.procurement.vendors.rules import Hold, Paper, Record, Standing

TODAY = date(2026, 11, 22)


def paper(kind: str = "licence", to: date | None = None, *, is_checked: bool = True) -> Paper:
    return Paper(kind=kind, valid_from=date(2026, 1, 1), valid_to=to, is_checked=is_checked)


@pytest.mark.parametrize(
    ("papers", "missing"),
    [
        ([paper()], []),
        ([paper(to=TODAY)], []),  # the last day counts
        ([paper(to=date(2026, 11, 21))], ["licence"]),  # S-39
        ([paper(to=date(2026, 11, 21)), paper()], []),  # renewed
        ([paper(is_checked=False)], ["licence"]),
        ([paper("tax")], ["licence"]),
        ([], ["licence"]),
    ],
)
def test_a_paper_counts_while_it_is_valid_and_checked(
    papers: list[Paper], missing: list[str]
) -> None:
    assert rules.kinds_missing(papers, required={"licence"}, today=TODAY) == missing


def test_a_paper_that_begins_tomorrow_does_not_count() -> None:
    later = Paper(kind="licence", valid_from=date(2026, 11, 23))

    assert rules.kinds_missing([later], required=["licence"], today=TODAY) == ["licence"]


@pytest.mark.parametrize(
    ("first", "last", "is_on"),
    [
        (date(2026, 11, 22), date(2026, 11, 22), True),
        (date(2026, 1, 1), None, True),
        (date(2026, 11, 23), None, False),
        (date(2026, 1, 1), date(2026, 11, 21), False),
    ],
)
def test_a_hold_lasts_from_its_first_to_its_last_day(
    *, first: date, last: date | None, is_on: bool
) -> None:
    hold = Hold(first_day=first, last_day=last, reason="串标调查")

    assert hold.is_on(TODAY) is is_on
    assert rules.current_holds([hold], today=TODAY) == ((hold,) if is_on else ())


def test_a_blacklisting_stands_before_holds_and_the_longest_before_the_shorter() -> None:
    week = Hold(first_day=TODAY, last_day=date(2026, 11, 29), reason="送货延误")
    endless = Hold(first_day=TODAY, last_day=None, reason="调查")
    black = Hold(first_day=TODAY, last_day=TODAY, reason="串标", is_blacklisting=True)

    assert rules.current_holds([week, endless, black], today=TODAY) == (black, endless, week)


def standing(**values: Any) -> Standing:
    return Standing(**{"vendor_id": 1, "is_active": True, **values})


HELD = Hold(first_day=TODAY, last_day=date(2026, 11, 29), reason="送货延误")
ENDLESS = Hold(first_day=TODAY, last_day=None, reason="调查")
BLACK = Hold(first_day=TODAY, last_day=None, reason="串标", is_blacklisting=True)


@pytest.mark.parametrize(
    ("found", "sentences"),
    [
        (standing(), []),
        (standing(is_active=False), ["The vendor is not active in the register."]),
        (standing(holds=(HELD,)), ["The vendor is on hold until 2026-11-29."]),
        (standing(holds=(ENDLESS,)), ["The vendor is on hold."]),
        (standing(holds=(BLACK,)), ["The vendor is blacklisted."]),
        (
            standing(missing=("Food licence", "Lift licence")),
            [
                "“Food licence” is missing, not checked or not valid today.",
                "“Lift licence” is missing, not checked or not valid today.",
            ],
        ),
        (standing(is_unchecked=True), ["The intermediary has not passed its check."]),
    ],
)
def test_whoever_is_not_fit_is_refused_with_every_reason(
    found: Standing, sentences: list[str]
) -> None:
    with override("en"):
        assert [str(reason) for reason in found.reasons] == sentences
        assert found.is_fit is (not sentences)
        if found.is_fit:
            rules.require_fit(found)
            return

        with pytest.raises(rules.VendorNotFit) as refusal:
            rules.require_fit(found)

        assert str(refusal.value).endswith(": " + " ".join(sentences))
        assert refusal.value.details["papers"] == list(found.missing)
        assert "串标" not in str(refusal.value)  # why is not for the vendor's eyes


@pytest.mark.parametrize(("backups", "missing"), [(0, 2), (1, 1), (2, 0), (3, 0)])
def test_a_category_has_two_backup_vendors(backups: int, missing: int) -> None:
    assert rules.backups_missing(backups=backups, least=2) == missing


def test_a_scorecard_weighs_what_can_be_judged() -> None:
    assert rules.scorecard(
        Record(deliveries=12, on_time=11, lines=40, lines_refused=2, quotes=8, quotes_cheapest=4)
    ) == {
        "delivery": Decimal("91.7"),
        "quality": Decimal("95.0"),
        "price": Decimal("50.0"),
        "disputes": Decimal(100),
        "total": Decimal("88.0"),
    }


def test_a_vendor_who_did_nothing_yet_has_no_points() -> None:
    assert set(rules.scorecard(Record()).values()) == {None}


@given(
    st.builds(
        lambda deliveries, late, lines, bad, quotes, won, disputes, open_: Record(
            deliveries=deliveries + late,
            on_time=deliveries,
            lines=lines + bad,
            lines_refused=bad,
            quotes=quotes + won,
            quotes_cheapest=won,
            disputes=disputes + open_,
            disputes_settled=disputes,
        ),
        *[st.integers(0, 50)] * 8,
    )
)
def test_points_stay_between_nothing_and_a_hundred(record: Record) -> None:
    for points in rules.scorecard(record).values():
        assert points is None or 0 <= points <= 100


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("6222 0210 0111 6245 702", "6222021001116245702"),
        ("６２２２－０２１０－０１１１", "622202100111"),
        ("de89 3704 0044 0532 0130 00", "DE89370400440532013000"),
    ],
)
def test_an_account_is_the_same_however_it_is_typed(typed: str, number: str) -> None:
    assert rules.account_number(typed) == number


@pytest.mark.parametrize("typed", ["", "12345", "6222 0210 账户", "1" * 35, "6222;DROP"])
def test_what_is_no_account_is_refused(typed: str) -> None:
    with pytest.raises(rules.AccountInvalid) as refusal:
        rules.account_number(typed)

    assert refusal.value.field == "number"


@pytest.mark.parametrize(
    ("day", "months", "before"),
    [
        (date(2026, 11, 22), 6, date(2026, 5, 22)),
        (date(2026, 8, 31), 6, date(2026, 2, 28)),
        (date(2026, 3, 31), 12, date(2025, 3, 31)),
        (date(2026, 1, 15), 3, date(2025, 10, 15)),
    ],
)
def test_months_are_counted_back_to_a_day_that_there_is(
    day: date, months: int, before: date
) -> None:
    assert rules.months_back(day, months) == before


@pytest.mark.parametrize(
    ("days_left", "stage"),
    [(31, None), (30, 30), (8, 30), (7, 7), (0, 7), (-1, -1), (-400, -1)],
)
def test_the_end_of_a_paper_is_told_at_the_nearest_stage(days_left: int, stage: int | None) -> None:
    assert rules.reminder_stage(days_left, ahead=(30, 7)) == stage
