"""A meter's past as bars: geometry only, no colours, no HTML."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from services.billing.metering import rules
from services.billing.metering.models import Reading

WIDTH, HEIGHT, GAP = 26, 64, 6


@dataclass(frozen=True, slots=True)
class Bar:
    """One month: ``is_open`` where nothing is billed yet and the bar shows what was read."""

    label: str
    value: Decimal | None
    x: int
    y: int
    height: int
    is_open: bool

    @property
    def middle(self) -> int:
        return self.x + WIDTH // 2


@dataclass(frozen=True, slots=True)
class Bars:
    bars: list[Bar]
    width: int
    height: int = HEIGHT + 16

    @property
    def has_bars(self) -> bool:
        """Tell whether any month's consumption is known."""
        return any(bar.height for bar in self.bars)


def bars_of(readings: Sequence[Reading]) -> Bars:
    """Lay out readings, oldest first. A month without a known consumption has no bar."""
    values = [_value(reading) for reading in readings]
    highest = max((value for value in values if value is not None), default=Decimal(0))
    bars = []
    for index, (reading, value) in enumerate(zip(readings, values, strict=True)):
        share = value / highest if value and highest else Decimal(0)
        height = max(int(share * HEIGHT), 2) if value is not None else 0
        bars.append(
            Bar(
                label=f"{reading.usage_month:%m}",
                value=value,
                x=index * (WIDTH + GAP),
                y=HEIGHT - height,
                height=height,
                is_open=reading.consumption is None,
            )
        )
    return Bars(bars, width=max(len(bars) * (WIDTH + GAP) - GAP, WIDTH))


def _value(reading: Reading) -> Decimal | None:
    if reading.consumption is not None:
        return reading.consumption
    return rules.consumed(reading.previous, reading.current, reading.meter.multiplier)
