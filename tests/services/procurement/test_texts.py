"""What is typed is kept tidy; sentences keep their Chinese punctuation."""

import pytest

from services.procurement import texts


@pytest.mark.parametrize(
    ("field", "typed", "kept"),
    [
        ("reason", " 多开 ２ 箱，请按　28 箱（Ａ）重开！ ", "多开 2 箱，请按 28 箱（A）重开！"),
        ("note", "见附件：第三页；\u200b共五页——完", "见附件：第三页；共五页——完"),
        ("number", " ＲＫ－０１（甲） ", "RK-01(甲)"),
        ("name", "杭州（恒达）　机电", "杭州(恒达) 机电"),
    ],
)
def test_sentences_keep_their_punctuation_and_codes_do_not(
    field: str, typed: str, kept: str
) -> None:
    assert texts.line(typed, field=field, longest=100) == kept


def test_a_text_of_several_lines_keeps_them() -> None:
    assert texts.lines("含税，\n\t送货上门。 ", field="terms", longest=100) == "含税，\n送货上门。"


def test_what_is_too_long_or_missing_is_refused_by_its_field() -> None:
    for typed in ("", "三个字"):
        with pytest.raises(texts.TextInvalid) as refused:
            texts.line(typed, field="reason", longest=2, is_required=True)
        assert refused.value.field == "reason"
