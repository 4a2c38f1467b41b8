"""Geometry of the small charts: numbers in, SVG coordinates out. No colours, no HTML."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import ceil, log10


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of a stripe 100 units wide."""

    label: str
    value: Decimal
    x: str
    width: str
    percent: Decimal


def stripe(parts: Iterable[tuple[str, Decimal]]) -> list[Segment]:
    """Lay out parts of a whole side by side, with a gap of 0.4 units between them.

    Parts that are zero or less have no width. The shares are rounded to one decimal.
    """
    parts = list(parts)
    total = sum((max(value, Decimal(0)) for _, value in parts), Decimal(0))
    x, segments = Decimal(0), []
    for label, value in parts:
        share = max(value, Decimal(0)) / total * 100 if total else Decimal(0)
        gap = Decimal("0.4") if x > 0 else Decimal(0)
        width = max(share - gap, Decimal(0))
        segments.append(Segment(label, value, _short(x + gap), _short(width), round(share, 1)))
        x += share
    return segments


@dataclass(frozen=True, slots=True)
class Bar:
    """One month of a bar chart: what was due behind what was collected, and a word on top."""

    label: str
    behind: Decimal
    front: Decimal
    top: str
    x: str
    middle: str
    behind_y: str
    behind_height: str
    front_y: str
    front_height: str
    is_last: bool


@dataclass(frozen=True, slots=True)
class Line:
    y: str
    label: str


@dataclass(frozen=True, slots=True)
class BarChart:
    width: int
    height: int
    bars: list[Bar]
    lines: list[Line]


# A drawing of 740 x 178: room for the scale at the left, the labels on top and at the foot.
_WIDTH, _HEIGHT, _LEFT, _TOP, _FOOT, _BAR = 740, 178, 44, 22, 24, 22


def bar_chart(rows: Sequence[tuple[str, Decimal, Decimal, str]]) -> BarChart:
    """Lay out ``(label, behind, front, top label)`` rows as pairs of bars, from zero."""
    peak = max((max(behind, front) for _, behind, front, _ in rows), default=Decimal(0))
    scale = _scale(peak)
    floor = _HEIGHT - _FOOT
    room = Decimal(floor - _TOP)
    step = Decimal(_WIDTH - _LEFT) / max(len(rows), 1)

    def height(value: Decimal) -> Decimal:
        return max(value, Decimal(0)) / scale[-1] * room

    bars = []
    for index, (label, behind, front, top) in enumerate(rows):
        middle = _LEFT + step * index + step / 2
        bars.append(
            Bar(
                label=label,
                behind=behind,
                front=front,
                top=top,
                x=_short(middle - Decimal(_BAR) / 2),
                middle=_short(middle),
                behind_y=_short(floor - height(behind)),
                behind_height=_short(height(behind)),
                front_y=_short(floor - height(front)),
                front_height=_short(height(front)),
                is_last=index == len(rows) - 1,
            )
        )
    lines = [Line(_short(floor - height(mark)), f"{mark.normalize():,f}") for mark in scale]
    return BarChart(_WIDTH, _HEIGHT, bars, lines)


def _scale(peak: Decimal) -> list[Decimal]:
    """Return four to six round marks from zero to at least ``peak``."""
    if peak <= 0:
        return [Decimal(0), Decimal(1)]
    size = Decimal(10) ** (ceil(log10(peak)) - 1)
    step = next(
        size * factor
        for factor in (Decimal("0.2"), Decimal("0.5"), Decimal(1), Decimal(2))
        if ceil(peak / (size * factor)) <= 5
    )
    return [step * index for index in range(ceil(peak / step) + 1)]


def _short(value: Decimal) -> str:
    """Return a coordinate with at most two decimals."""
    return f"{value:.2f}".rstrip("0").rstrip(".")
