"""Patterns of numbers. Pure: a pattern is text with ``{…}`` in it, and one of them counts.

``{CO}-{DEPT}-{NN}`` gives ``JYHT-KF-10``. Whatever stands around the count is the number's frame;
each frame counts for itself, from 1: a pattern with ``{YYYY}`` begins anew each year, and no
pattern can begin anew without showing why. So no number comes twice.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from kernel.errors import Invalid
from kernel.text import _

LONGEST_PATTERN = 60
LONGEST_NUMBER = 60
# What the count becomes in a frame: no number holds it.
COUNT = "{N}"
_TOKEN = re.compile(r"\{([A-Z]+)\}")
_COUNT = re.compile(r"N{1,8}", re.ASCII)
_DAY_TOKENS: Final = {"YYYY": r"\d{4}", "YY": r"\d{2}", "MM": r"\d{2}", "DD": r"\d{2}"}
# What is filled in for these: short, and never digits alone beside the count.
VALUE: Final = re.compile(r"[A-Z0-9]{1,20}", re.ASCII)
_PLAIN = re.compile(r"[A-Za-z0-9\-/._()#\u3007\u4e00-\u9fff〔〕（）]*")


class PatternInvalid(Invalid):
    code = "documents.pattern-invalid"


class ValueMissing(Invalid):
    code = "documents.number-value-missing"


@dataclass(frozen=True, slots=True)
class Pattern:
    """A pattern that was looked at: ``parts`` are plain text and tokens in turn."""

    text: str
    parts: tuple[str, ...]
    width: int

    @property
    def tokens(self) -> frozenset[str]:
        return frozenset(self.parts[1::2])


def parse(text: str, *, allowed: frozenset[str]) -> Pattern:
    """Return the pattern of a text.

    :param allowed: tokens beside the day's and the count: ``CO``, ``PROJECT``, ``DEPT`` …
    :raises PatternInvalid: if a token is unknown, not exactly one counts, two digits' tokens that
        cannot be told apart stand side by side, or there is a character that no paper bears.
    """
    if not 0 < len(text) <= LONGEST_PATTERN:
        raise _invalid(_("A pattern has between 1 and %(most)d characters.") % _most())
    parts = tuple(_TOKEN.split(text))
    tokens = parts[1::2]
    for plain in parts[::2]:
        if not _PLAIN.fullmatch(plain):
            raise _invalid(
                _("A pattern holds letters, digits, - / . _ ( ) # and tokens such as {NN}.")
            )
    counts = [token for token in tokens if _COUNT.fullmatch(token)]
    if len(counts) != 1:
        raise _invalid(_("Exactly one token counts: {N}, {NN}, up to {NNNNNNNN}."))
    for token in tokens:
        if token not in allowed and token not in _DAY_TOKENS and token not in counts:
            raise _invalid(_("There is no token {%(token)s} here.") % {"token": token})
    _require_apart(parts)
    return Pattern(text, parts, len(counts[0]))


def frame(pattern: Pattern, *, on: date, values: Mapping[str, str]) -> str:
    """Return the number with its count left open: ``JYHT-KF-{N}``.

    :raises ValueMissing: if a token's value is not given or not fit to be printed.
    """
    filled = {
        "YYYY": f"{on:%Y}",
        "YY": f"{on:%y}",
        "MM": f"{on:%m}",
        "DD": f"{on:%d}",
        **{key: value.upper() for key, value in values.items()},
    }
    text = ""
    for index, part in enumerate(pattern.parts):
        if index % 2 == 0:
            text += part
        elif _COUNT.fullmatch(part):
            text += COUNT
        else:
            value = filled.get(part, "")
            if not VALUE.fullmatch(value):
                raise ValueMissing(
                    _("This number needs {%(token)s}: up to 20 letters A to Z and digits.")
                    % {"token": part},
                    field=part.lower(),
                )
            text += value
    return text


def number(frame_text: str, width: int, count: int) -> str:
    """Return a number: the frame with its count in, at least ``width`` digits."""
    return frame_text.replace(COUNT, f"{count:0{width}d}")


def meets(pattern: Pattern, code: str, issued_frame: str) -> bool:
    """Tell whether ``pattern`` could give ``code`` again, which was given in ``issued_frame``.

    In the same frame it cannot: there the count goes on.
    """
    expression = ""
    for index, part in enumerate(pattern.parts):
        if index % 2 == 0:
            expression += re.escape(part)
        elif _COUNT.fullmatch(part):
            expression += rf"(?P<count>\d{{{pattern.width},}})"
        else:
            expression += _DAY_TOKENS.get(part, VALUE.pattern)
    match = re.fullmatch(expression, code, re.ASCII)
    if match is None:
        return False
    start, end = match.span("count")
    return f"{code[:start]}{COUNT}{code[end:]}" != issued_frame


def _require_apart(parts: tuple[str, ...]) -> None:
    """Return if the count cannot run into a value beside it: 1 of 11 and 11 of 1 look alike."""
    for index in range(1, len(parts) - 2, 2):
        left, between, right = parts[index], parts[index + 1], parts[index + 2]
        pair = {left, right}
        if between or not any(_COUNT.fullmatch(token) for token in pair):
            continue
        other = right if _COUNT.fullmatch(left) else left
        if other not in _DAY_TOKENS or _COUNT.fullmatch(left):
            raise _invalid(
                _("Put a character between the count and {%(token)s}.") % {"token": other}
            )
    _require_one_reading(parts)
    for index in range(1, len(parts), 2):
        touches_digit = (parts[index - 1][-1:].isdigit(), parts[index + 1][:1].isdigit())
        if _COUNT.fullmatch(parts[index]) and any(touches_digit):
            raise _invalid(_("Put a character between the count and the digits beside it."))


def _require_one_reading(parts: tuple[str, ...]) -> None:
    """Return if every number shows where its count stands, whatever is filled in.

    A value holds capitals and digits. ``{DEPT}{YY}{NN}`` gives A26261 for A and for A26;
    ``{DEPT}A{N}A{PROJECT}`` gives XA1A2AY for X and for XA1.
    """
    count = next(i for i in range(1, len(parts), 2) if _COUNT.fullmatch(parts[i]))
    free = [i for i in range(1, len(parts), 2) if i != count and parts[i] not in _DAY_TOKENS]
    sides = [
        (max((i for i in free if i < count), default=None), count),
        (count, min((i for i in free if i > count), default=None)),
    ]
    kept_apart = []  # whether no value can hold what stands between, for each side with a value
    for start, end in sides:
        if start is None or end is None:
            continue
        between = "".join(parts[start + 1 : end : 2])
        value = parts[start if end == count else end]
        if all(character.isdigit() for character in between):
            raise _invalid(
                _("Put a character between the count and {%(token)s}.") % {"token": value}
            )
        kept_apart.append(any(not VALUE.fullmatch(character) for character in between))
    if len(kept_apart) == 2 and not any(kept_apart):
        raise _invalid(_("Put a sign such as - on one side of the count, where values stand."))


def _most() -> dict[str, int]:
    return {"most": LONGEST_PATTERN}


def _invalid(message: object) -> PatternInvalid:
    return PatternInvalid(message, field="pattern")
