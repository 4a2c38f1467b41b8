"""Templates that a hostile administrator writes: none of it runs or takes the server."""

import time

import pytest

from kernel.documents.printing import markup, setting
from kernel.documents.printing.markup import Fields

FIELDS = Fields(
    texts=frozenset({"note"}),
    lists={"lines": frozenset({"item"})},
    blocks=frozenset({"body"}),
)
HOSTILE = [
    '#import "@preview/cetz:0.2.0": *',
    '#read("/etc/passwd")',
    "#while true {}",
    "$ sum_(i=0)^n $ @label <label>",
    '#eval("1+1")',
    "\\u{202e} *bold* _it_ `raw` // comment /* */",
]


def text_of(blocks: list[markup.Block]) -> str:
    return "".join(
        piece.get("t", "") for block in blocks for cell in block.get("cells", []) for piece in cell
    )


@pytest.mark.parametrize("text", HOSTILE)
def test_what_is_code_to_the_setter_is_text_on_the_paper(text: str) -> None:
    template = markup.parse(f"({text})\n{{{{ note }}}}\n{{{{ body }}}}", FIELDS)
    blocks = markup.fill(template, {"note": text, "body": f"({text})"})

    assert text_of(blocks).count(text) == 3
    made = setting.set_pdf(blocks, title=text, language="en", paper="a4", watermark=text)
    assert made.startswith(b"%PDF")


@pytest.mark.parametrize("value", ["{{ note }}", "{{#lines}}", "{{/lines}}", "{% x %}", "{{"])
def test_a_value_is_no_template(value: str) -> None:
    blocks = markup.fill(
        markup.parse("{{ note }}\n{{ body }}", FIELDS), {"note": value, "body": value}
    )
    assert text_of(blocks) == value * 2


@pytest.mark.parametrize("line", ["---", "===", "~~~", "| {{ item }} |", "= |||||||||||||||"])
def test_a_loop_of_little_text_is_too_much_as_well(line: str) -> None:
    body = "\n".join(["{{#lines}}", *[line] * 700, "{{/lines}}"])
    rows = [{"item": ""} for _ in range(1500)]
    template = markup.parse(body, FIELDS)

    began = time.process_time()
    with pytest.raises(markup.TooMuch):
        markup.fill(template, {"lines": rows})
    assert time.process_time() - began < 3


def test_many_loops_over_one_list_are_too_much_as_well() -> None:
    body = "\n".join(["{{#lines}}", "===", "{{/lines}}"] * 260)
    with pytest.raises(markup.TooMuch):
        markup.fill(markup.parse(body, FIELDS), {"lines": [{"item": "x"}] * 2000})
