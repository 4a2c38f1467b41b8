"""Patterns of numbers."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.documents.numbers import rules

ALLOWED = frozenset({"CO", "PROJECT", "DEPT"})
DAY = date(2026, 11, 9)


@pytest.mark.parametrize(
    ("text", "frame", "tenth"),
    [
        ("{CO}-{DEPT}-{NN}", "JYHT-KF-{N}", "JYHT-KF-10"),
        ("{YYYY}{MM}{DD}{NNNN}", "20261109{N}", "202611090010"),
        ("{PROJECT}-{YY}-{N}", "YL-26-{N}", "YL-26-10"),
        ("函〔{YYYY}〕{NNN}号", "函〔2026〕{N}号", "函〔2026〕010号"),
    ],
)
def test_a_number_is_its_frame_with_the_count_in(text: str, frame: str, tenth: str) -> None:
    pattern = rules.parse(text, allowed=ALLOWED)
    values = {"CO": "jyht", "DEPT": "KF", "PROJECT": "YL"}

    assert rules.frame(pattern, on=DAY, values=values) == frame
    assert rules.number(frame, pattern.width, 10) == tenth


@pytest.mark.parametrize(
    "text",
    [
        "",
        "JYHT",
        "{NN}{NN}",
        "{NNNNNNNNN}",
        "{WHO}-{NN}",
        "{nn}",
        "{DEPT}{NN}",
        "{NN}{DEPT}",
        "{NN}{YYYY}",
        "{DEPT}{YY}{NN}",  # A26261: of A the 261st, of A26 the first
        "{NN}7{DEPT}",
        "{DEPT}A{N}A{PROJECT}",  # XA1A2AY: of X the first, of XA1 the second
        "2026{NN}",
        "{NN}7",
        "<b>{NN}",
        "{NN}\n",
        "{NN",
        "x" * 61 + "{NN}",
        "{YYYY.__class__}{NN}",
    ],
)
def test_what_is_no_pattern_is_refused(text: str) -> None:
    with pytest.raises(rules.PatternInvalid):
        rules.parse(text, allowed=ALLOWED)


@pytest.mark.parametrize("value", ["", "K F", "K-F", "科", "K" * 21, "{NN}"])
def test_a_value_that_no_paper_bears_is_refused(value: str) -> None:
    pattern = rules.parse("{CO}-{DEPT}-{NN}", allowed=ALLOWED)

    with pytest.raises(rules.ValueMissing):
        rules.frame(pattern, on=DAY, values={"CO": "A", "DEPT": value})


@pytest.mark.parametrize(
    ("pattern", "code", "frame", "again"),
    [
        ("{CO}-{DEPT}-{NNN}", "JYHT-KF-10", "JYHT-KF-{N}", False),  # 10 has not three digits
        ("{CO}-{DEPT}-{NN}", "JYHT-KF-10", "JYHT-KF-{N}", False),  # the same frame counts on
        ("{CO}-{NN}", "JYHT-10", "JYHT-{N}", False),
        ("{NN}-{YY}", "10-26", "{N}-26", False),
        ("{YY}-{NN}", "10-26", "{N}-26", True),
        ("{DEPT}-{NN}", "2026-10", "2026-{N}", False),
        ("{YYYY}-{NN}", "2026-1011", "2026-1{N}", True),
    ],
)
def test_a_pattern_that_could_repeat_a_number_is_known(
    pattern: str,
    code: str,
    frame: str,
    again: bool,  # noqa: FBT001 - of the table above
) -> None:
    assert rules.meets(rules.parse(pattern, allowed=ALLOWED), code, frame) is again


@given(
    st.dates(min_value=date(2020, 1, 1), max_value=date(2099, 12, 31)),
    st.dates(min_value=date(2020, 1, 1), max_value=date(2099, 12, 31)),
    st.integers(1, 10**6),
    st.integers(1, 10**6),
    st.sampled_from(["{YYYY}{MM}{NNN}", "{CO}-{DEPT}-{NN}", "{YY}-{N}", "{YYYY}-{MM}{DD}{NNNN}"]),
)
def test_two_counts_or_frames_never_give_one_number(
    first: date, second: date, one: int, two: int, text: str
) -> None:
    pattern = rules.parse(text, allowed=ALLOWED)
    values = {"CO": "A", "DEPT": "B"}
    frames = [rules.frame(pattern, on=day, values=values) for day in (first, second)]
    codes = [
        rules.number(frame, pattern.width, count)
        for frame, count in zip(frames, (one, two), strict=True)
    ]

    assert (codes[0] == codes[1]) == (frames[0] == frames[1] and one == two)


PARTS = st.sampled_from(["{DEPT}", "{PROJECT}", "{YY}", "-", "A", "x", "1", ""])
# Few characters, so that values look like what stands around them.
VALUES = st.text(alphabet="A126", min_size=1, max_size=4)


@given(
    st.lists(PARTS, max_size=4),
    st.lists(PARTS, max_size=4),
    st.lists(st.tuples(VALUES, VALUES, st.integers(1, 300)), min_size=2, max_size=12),
)
def test_no_values_make_two_numbers_alike(
    before: list[str], after: list[str], takers: list[tuple[str, str, int]]
) -> None:
    try:
        pattern = rules.parse("".join([*before, "{N}", *after]), allowed=ALLOWED)
    except rules.PatternInvalid:
        return
    given_out: dict[str, str] = {}
    for department, project, count in takers:
        values = {"DEPT": department, "PROJECT": project}
        frame = rules.frame(pattern, on=DAY, values=values)
        assert given_out.setdefault(rules.number(frame, pattern.width, count), frame) == frame
