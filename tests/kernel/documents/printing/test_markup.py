"""The language of templates: what it says, and what it cannot say."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.documents.printing import markup

FIELDS = markup.Fields(
    frozenset({"name", "note"}),
    {"lines": frozenset({"item", "amount"})},
    frozenset({"body"}),
)


def blocks_of(template: str, **context: Any) -> list[markup.Block]:
    return markup.fill(markup.parse(template, FIELDS), context)


def words(block: markup.Block) -> list[str]:
    cells = block.get("cells") or []
    return ["".join(piece.get("t", "") for piece in cell) for cell in cells]


def rows(block: markup.Block) -> list[list[str]]:
    return [["".join(piece["t"] for piece in cell) for cell in row] for row in block["rows"]]


def test_lines_say_what_they_are() -> None:
    found = blocks_of(
        "# Notice\n## Part\n> right\n^ middle\n---\n~~~\n===\n= a | b\nplain\n@ top\n@@ foot"
    )

    assert [block["kind"] for block in found] == [
        "title", "heading", "right", "centre", "rule", "space", "page", "parts", "text",
        "header", "footer",
    ]  # fmt: skip
    assert words(found[7]) == ["a", "b"]


def test_a_list_is_repeated_within_its_table() -> None:
    (table,) = blocks_of(
        "| Item | Amount |\n|---|---:|\n{{#lines}}\n| {{ item }} | {{ amount }} |\n{{/lines}}\n"
        "| Total | **3** |",
        lines=[{"item": "fee", "amount": "1"}, {"item": "water", "amount": "2"}],
    )

    assert table["aligns"] == ["left", "right"]
    assert [cell[0]["t"] for cell in table["head"]] == ["Item", "Amount"]
    assert rows(table) == [["fee", "1"], ["water", "2"], ["Total", "3"]]
    assert table["rows"][-1][1][0]["b"] is True


def test_rows_are_made_as_wide_as_the_widest() -> None:
    (table,) = blocks_of("| a | b | c |\n|---|---|---|\n| 1 |")

    assert rows(table) == [["1", "", ""]]


def test_a_part_stands_only_if_its_field_has_a_value() -> None:
    template = "{{#note}}\nNote: {{ note }}\n{{/note}}"

    assert [words(block) for block in blocks_of(template, note="late")] == [["Note: late"]]
    assert blocks_of(template, note=" ") == []
    assert blocks_of(template) == []


HOSTILE = [
    "{{ name }}",
    "{{#lines}}",
    "{% debug %}",
    "#read(\"/etc/passwd\")",
    "$x$ @ref <label> `raw` \\ */ //",
    "| a | b |",
    "# title",
    "**bold**",
    "===",
    "<script>alert(1)</script>",
]  # fmt: skip


@pytest.mark.parametrize("value", HOSTILE)
def test_a_value_is_text_whatever_it_holds(value: str) -> None:
    (block,) = blocks_of("{{ name }}", name=value)

    assert block == {"kind": "text", "cells": [[{"t": value, "b": False}]]}


@pytest.mark.parametrize("value", ["{{ name }}", "{{#lines}}", "@ x", "@@ x", "{{ page }}"])
def test_a_persons_text_names_no_field_and_no_frame(value: str) -> None:
    (block,) = blocks_of("{{ body }}", body=value, name="secret")

    assert block["kind"] == "text"
    assert "secret" not in json.dumps(block)


def test_a_persons_text_has_headings_and_tables() -> None:
    found = blocks_of("{{ body }}", body="## 1 目的\n　　缩进\n| a | b |\n|---|---|\n| 1 | 2 |")

    assert [block["kind"] for block in found] == ["heading", "text", "table"]
    assert words(found[1]) == ["　　缩进"]


@pytest.mark.parametrize(
    ("template", "line"),
    [
        ("{{ who }}", 1),
        ("ok\n{{ item }}", 2),  # of a row, outside its list
        ("{{#lines}}\n{{ name.x }}\n{{/lines}}", 2),
        ("{{#nothing}}\n{{/nothing}}", 1),
        ("{{#lines}}\n{{#note}}\n{{/note}}\n{{/lines}}", 2),
        ("{{/lines}}", 1),
        ("{{#lines}}", 1),
        ("{{#lines}}\n{{/note}}", 2),
        ("{{ name|safe }}", 1),
        ("{{ name", 1),
        ("text {{ body }}", 1),
        ("text {{ page }}", 1),
        ("{{ name.__class__ }}", 1),
    ],
)
def test_a_template_that_cannot_be_read_names_its_line(template: str, line: int) -> None:
    with pytest.raises(markup.TemplateInvalid, match=f"Line {line}"):
        markup.parse(template, FIELDS)


@pytest.mark.parametrize("template", ["x" * 20_001, "\n" * 800])
def test_a_template_beyond_its_bounds_is_refused(template: str) -> None:
    with pytest.raises(markup.TemplateInvalid):
        markup.parse(template, FIELDS)


def test_a_paper_beyond_its_bounds_is_refused() -> None:
    template = "{{#lines}}\n| {{ item }} |\n{{/lines}}"
    with pytest.raises(markup.TooMuch):
        blocks_of(template, lines=[{"item": "x"}] * 2001)
    with pytest.raises(markup.TooMuch):
        blocks_of(template, lines=[{"item": "x" * 200}] * 2000)
    with pytest.raises(markup.TooMuch):
        blocks_of("{{ name }}", name="x" * 300_001)


def test_a_value_that_is_no_text_is_a_bug() -> None:
    with pytest.raises(TypeError):
        blocks_of("{{ name }}", name=object())


def test_invisible_and_direction_characters_are_left_out() -> None:
    (block,) = blocks_of("{{ name }}", name="a\u202eb\u0000c\u200bd")

    assert words(block) == ["abcd"]


@given(st.text(max_size=200), st.text(max_size=200))
def test_any_text_is_read_or_refused_and_any_value_filled(template: str, value: str) -> None:
    try:
        parsed = markup.parse(template, FIELDS)
    except markup.TemplateInvalid:
        parsed = markup.parse("{{ name }}\n{{ body }}", FIELDS)

    json.dumps(markup.fill(parsed, {"name": value, "body": value}))


@pytest.mark.parametrize(
    ("rule", "aligns"),
    [
        ("|---|:-:|--:|", ["left", "center", "right"]),
        ("|:-|-:|:--:|", ["left", "right", "center"]),
        ("| -- | :---: | ----: |", ["left", "center", "right"]),
    ],
)
def test_a_rule_below_the_head_sets_the_columns(rule: str, aligns: list[str]) -> None:
    fields = markup.Fields(frozenset(), {})

    (table,) = markup.fill(markup.parse(f"| a | b | c |\n{rule}\n| 1 | 2 | 3 |", fields), {})

    assert (table["aligns"], len(table["rows"])) == (aligns, 1)


def test_a_row_of_single_dashes_is_a_row() -> None:
    (table,) = markup.fill(markup.parse("| a | b |\n| - | - |", markup.Fields(frozenset(), {})), {})

    assert (table["head"], len(table["rows"])) == (None, 2)
