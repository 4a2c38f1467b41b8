"""Whose paper a paper in an owner's file is (SH-23)."""

from datetime import date

import pytest

from services.properties.rules import Owned, former_since

SOLD = date(2026, 3, 1)
SEEN = date(2026, 11, 9)
CHEN, LIN, WANG = 1, 2, 3


@pytest.mark.parametrize(
    ("put_in_on", "owned", "since"),
    [
        (date(2020, 1, 1), [Owned(CHEN, None, None)], None),  # he still is the owner
        (date(2020, 1, 1), [Owned(CHEN, None, SOLD), Owned(LIN, SOLD, None)], SOLD),
        (SOLD, [Owned(CHEN, None, SOLD), Owned(LIN, SOLD, None)], None),  # on the new one's day
        # One of a couple keeps the flat.
        (date(2020, 1, 1), [Owned(CHEN, None, SOLD), Owned(LIN, None, None)], None),
        # He sold one flat of the account and keeps the other.
        (date(2020, 1, 1), [Owned(CHEN, None, SOLD), Owned(CHEN, None, None)], None),
        # He bought it back, and sold it again.
        (
            date(2020, 1, 1),
            [Owned(CHEN, None, SOLD), Owned(CHEN, date(2026, 5, 1), date(2026, 8, 1))],
            date(2026, 8, 1),
        ),
        # It is sold on a day to come.
        (date(2020, 1, 1), [Owned(CHEN, None, date(2026, 12, 1))], None),
        (date(2020, 1, 1), [Owned(CHEN, None, SEEN)], SEEN),
        # Two sales: the paper of the second owner ends with the second.
        (
            date(2026, 4, 1),
            [
                Owned(CHEN, None, SOLD),
                Owned(LIN, SOLD, date(2026, 9, 1)),
                Owned(WANG, date(2026, 9, 1), None),
            ],
            date(2026, 9, 1),
        ),
        # Nobody owned it then: nobody can tell whose it is.
        (date(2019, 1, 1), [Owned(CHEN, date(2020, 1, 1), SOLD)], None),
        (date(2019, 1, 1), [], None),
    ],
)
def test_a_paper_is_of_who_owned_something_when_it_was_put_in(
    put_in_on: date, owned: list[Owned], since: date | None
) -> None:
    assert former_since(put_in_on, owned, until=SEEN) == since
