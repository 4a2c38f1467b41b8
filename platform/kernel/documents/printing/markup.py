"""The language of print templates. Pure: text in, a description of the paper out.

It decides nothing and reaches nothing: it names declared fields and repeats declared lists.

    # Title          ## Heading        > to the right        ^ in the middle
    | Item | Amount |                  a table; the line below its head sets the columns
    |------|-------:|
    {{#lines}}                         once for each row of a list, or if a field has a value
    | {{ item }} | {{ amount }} |
    {{/lines}}
    = left | middle | right            a row without lines
    ---                                a rule        ~~~ some space        === a new page
    @ left | right                     on top of each page; @@ at the foot; {{ page }}, {{ pages }}

What a value holds is text wherever it stands: signs of this language in it mean nothing. Only a
field that is declared as one of blocks is read as a template without fields.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from kernel.errors import Invalid
from kernel.text import _

LONGEST_TEMPLATE = 20_000
MOST_LINES = 800
MOST_ROWS = 2_000
MOST_CHARACTERS = 300_000
MOST_CELLS = 60_000  # a line counts as one more: rules and page breaks hold no character
_FIELD = re.compile(r"\{\{\s*([a-z][a-z0-9_]{0,39})\s*\}\}")
_SECTION = re.compile(r"\{\{([#/])([a-z][a-z0-9_]{0,39})\}\}")
_BOLD = re.compile(r"\*\*(.+?)\*\*")
_RULE_CELL = re.compile(r":?-{2,}:?|:-:?|-:")  # a single dash may be what a cell holds
PAGE_FIELDS: Final = frozenset({"page", "pages"})

Value = str | Sequence[Mapping[str, str]]
Block = dict[str, Any]


class TemplateInvalid(Invalid):
    code = "documents.template-invalid"


class TooMuch(Invalid):
    code = "documents.print-too-long"


@dataclass(frozen=True, slots=True)
class Fields:
    """What a template may name.

    :param texts: fields with one value. :param blocks: those whose value is a template itself.
    :param lists: lists with the fields of their rows.
    """

    texts: frozenset[str]
    lists: Mapping[str, frozenset[str]]
    blocks: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of a line: plain text, or a field's value."""

    text: str
    is_field: bool = False
    is_bold: bool = False


Cell = tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a template: what it is and its cells."""

    kind: str
    cells: tuple[Cell, ...] = ()
    aligns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """Lines that stand once for each row of a list, or only if a field has a value."""

    name: str
    lines: tuple[Line, ...]


Template = tuple[Line | Section, ...]


def parse(text: str, fields: Fields) -> Template:
    """Return a template's lines.

    :raises TemplateInvalid: with the number of the first line that is wrong, and why.
    """
    if len(text) > LONGEST_TEMPLATE:
        raise TemplateInvalid(
            _("A template has at most %(most)d characters.") % {"most": LONGEST_TEMPLATE},
            field="body",
        )
    lines = text.replace("\r\n", "\n").split("\n")
    if len(lines) > MOST_LINES:
        raise TemplateInvalid(
            _("A template has at most %(most)d lines.") % {"most": MOST_LINES}, field="body"
        )
    template: list[Line | Section] = []
    section: tuple[str, list[Line]] | None = None
    for number, line in enumerate(lines, start=1):
        mark = _SECTION.fullmatch(line.strip())
        if mark is None:
            known = _known_in(fields, section[0] if section else "")
            parsed = _line(line, number, known, fields.blocks)
            (section[1] if section else template).append(parsed)
        elif mark[1] == "#":
            if section is not None:
                raise _wrong(number, _("a part within a part is not possible"))
            if mark[2] not in fields.lists and mark[2] not in fields.texts:
                raise _wrong(number, _("there is no field {{%(name)s}}") % {"name": mark[2]})
            section = (mark[2], [])
        else:
            if section is None or section[0] != mark[2]:
                raise _wrong(number, _("{{/%(name)s}} closes nothing") % {"name": mark[2]})
            template.append(Section(section[0], tuple(section[1])))
            section = None
    if section is not None:
        raise _wrong(len(lines), _("{{#%(name)s}} is not closed") % {"name": section[0]})
    return tuple(template)


def fill(template: Template, context: Mapping[str, Value]) -> list[Block]:
    """Return the blocks of a paper: plain values for the setter.

    A field without a value is empty. What is not text is refused, never spelled out.

    :raises TooMuch: if a list or the whole is longer than a paper may be.
    :raises TypeError: if a value is not what its field is: a bug, never the user's fault.
    """
    blocks = list(_gather(_bounded(_filled(template, context))))
    if _characters(blocks) > MOST_CHARACTERS:
        raise TooMuch(_("This is more than one print may hold. Split it."))
    return blocks


def _known_in(fields: Fields, section: str) -> frozenset[str]:
    return fields.texts | fields.lists.get(section, frozenset())


def _line(text: str, number: int, known: frozenset[str] | None, blocks: frozenset[str]) -> Line:
    """Return what a line is; with ``known`` None it is a text in which nothing is a field."""
    stripped = text.strip()
    plain = {"": "gap", "---": "rule", "~~~": "space", "===": "page"}.get(stripped)
    if plain is not None:
        return Line(plain)
    whole = _FIELD.fullmatch(stripped)
    if whole and whole[1] in blocks:
        return Line("blocks", ((Run(whole[1], is_field=True),),))
    if stripped.startswith("|"):
        cells = stripped.strip("|").split("|")
        if all(_RULE_CELL.fullmatch(cell.strip()) for cell in cells):
            return Line("columns", aligns=tuple(_align(cell.strip()) for cell in cells))
        return Line("row", tuple(_runs(cell.strip(), number, known) for cell in cells))
    for sign, kind in _ROWS.items():
        if stripped.startswith(sign + " "):
            allowed = known if known is None or kind not in _FRAME else known | PAGE_FIELDS
            cells = stripped.removeprefix(sign).split("|")
            return Line(kind, tuple(_runs(cell.strip(), number, allowed) for cell in cells))
    for sign, kind in _SIGNS.items():
        if stripped.startswith(sign + " "):
            words = stripped.removeprefix(sign).strip()
            return Line(kind, (_runs(words, number, known),))
    # Full-width spaces at the beginning are an indent that was typed on purpose.
    return Line("text", (_runs(text.rstrip().lstrip(" \t"), number, known),))


# On top and at the foot of each page.
_FRAME: Final = frozenset({"header", "footer"})
_SIGNS: Final = {"#": "title", "##": "heading", ">": "right", "^": "centre"}
_ROWS: Final = {"@@": "footer", "@": "header", "=": "parts"}


def _align(cell: str) -> str:
    if cell.startswith(":") and cell.endswith(":"):
        return "center"
    return "right" if cell.endswith(":") else "left"


def _runs(text: str, number: int, known: frozenset[str] | None) -> Cell:
    runs: list[Run] = []
    position = 0
    for bold in _BOLD.finditer(text):
        runs += _fields(text[position : bold.start()], number, known, is_bold=False)
        runs += _fields(bold[1], number, known, is_bold=True)
        position = bold.end()
    runs += _fields(text[position:], number, known, is_bold=False)
    return tuple(runs)


def _fields(
    text: str, number: int, known: frozenset[str] | None, *, is_bold: bool
) -> Iterator[Run]:
    position = 0
    if known is None:
        if text:
            yield Run(text, is_bold=is_bold)
        return
    for match in _FIELD.finditer(text):
        if match[1] not in known:
            raise _wrong(number, _("there is no field {{%(name)s}}") % {"name": match[1]})
        if match.start() > position:
            yield Run(text[position : match.start()], is_bold=is_bold)
        yield Run(match[1], is_field=True, is_bold=is_bold)
        position = match.end()
    rest = text[position:]
    if "{{" in rest or "}}" in rest:
        raise _wrong(number, _("a field is written {{ name }}"))
    if rest:
        yield Run(rest, is_bold=is_bold)


def _wrong(number: int, why: object) -> TemplateInvalid:
    return TemplateInvalid(
        _("Line %(number)d: %(why)s.") % {"number": number, "why": why}, field="body"
    )


def _filled(
    template: Template, context: Mapping[str, Value]
) -> Iterator[tuple[Line, list[list[Block]]]]:
    for node in template:
        if isinstance(node, Line):
            yield from _filled_line(node, context)
            continue
        value = context.get(node.name, "")
        if isinstance(value, str):
            rows: Sequence[Mapping[str, Value]] = [{}] if value.strip() else []
        else:
            rows = value
        if len(rows) > MOST_ROWS:
            raise TooMuch(_("One print holds up to %(most)d rows. Split it.") % {"most": MOST_ROWS})
        for row in rows:
            for line in node.lines:
                yield from _filled_line(line, {**context, **row})


def _bounded(
    lines: Iterator[tuple[Line, list[list[Block]]]],
) -> Iterator[tuple[Line, list[list[Block]]]]:
    """Pass lines on until there are more than one print may hold; the rest is never made."""
    count = 0
    for line, cells in lines:
        count += 1 + len(cells)
        if count > MOST_CELLS:
            raise TooMuch(_("This is more than one print may hold. Split it."))
        yield line, cells


def _filled_line(
    line: Line, context: Mapping[str, Value]
) -> Iterator[tuple[Line, list[list[Block]]]]:
    if line.kind == "blocks":
        text = _text(context.get(line.cells[0][0].text, ""), keeps_lines=True)
        yield from _filled(parse_plain(text), {})
        return
    yield line, [[_piece(run, context) for run in cell] for cell in line.cells]


def blocks_of(text: str) -> list[Block]:
    """Return the blocks of a person's text, for a page that shows what a paper will say."""
    return list(_gather(_filled(parse_plain(_text(text, keeps_lines=True)), {})))


def parse_plain(text: str) -> Template:
    """Return the lines of a text without fields: what a person wrote as the body of a paper.

    Braces are text in it, and it cannot write on top or at the foot of the page.
    """
    lines = [_line(line, 0, None, frozenset()) for line in text.split("\n")]
    return tuple(Line("text", line.cells) if line.kind in _FRAME else line for line in lines)


def _piece(run: Run, context: Mapping[str, Value]) -> Block:
    if not run.is_field:
        return {"t": run.text, "b": run.is_bold}
    if run.text in PAGE_FIELDS and run.text not in context:
        return {"k": run.text, "b": run.is_bold}
    return {"t": _text(context.get(run.text, "")), "b": run.is_bold}


def _text(value: Value, *, keeps_lines: bool = False) -> str:
    if not isinstance(value, str):
        raise TypeError(f"a field's value is text, not {type(value).__name__}")
    kept = "".join(
        character
        for character in value.replace("\r\n", "\n")
        if character == "\n" or unicodedata.category(character) not in {"Cc", "Cf", "Cs", "Co"}
    )
    return kept if keeps_lines else kept.strip("\n")


def _gather(lines: Iterator[tuple[Line, list[list[Block]]]]) -> Iterator[Block]:
    """Make one table of rows that follow each other; a gap only ends what came before it."""
    table: Block | None = None
    for line, cells in lines:
        if line.kind == "row":
            if table is None:
                table = {"kind": "table", "head": None, "aligns": [], "rows": []}
            table["rows"].append(cells)
            continue
        if line.kind == "columns":
            if table is not None and len(table["rows"]) == 1 and table["head"] is None:
                table["head"], table["rows"] = table["rows"][0], []
                table["aligns"] = list(line.aligns)
            continue
        if table is not None:
            yield _squared(table)
            table = None
        if line.kind == "gap":
            continue
        yield {"kind": line.kind, "cells": cells}
    if table is not None:
        yield _squared(table)


def _squared(table: Block) -> Block:
    """Give every row as many cells as the widest has; the setter takes nothing else."""
    rows = [*table["rows"], *([table["head"]] if table["head"] is not None else [])]
    width = max(len(row) for row in rows)
    for row in rows:
        row.extend([] for _missing in range(width - len(row)))
    table["aligns"] = (table["aligns"] + ["left"] * width)[:width]
    return table


def _characters(blocks: Sequence[Block]) -> int:
    total = 0
    for block in blocks:
        cells = block.get("cells") or [cell for row in block.get("rows", []) for cell in row]
        total += sum(len(piece.get("t", "")) for cell in cells for piece in cell)
    return total
