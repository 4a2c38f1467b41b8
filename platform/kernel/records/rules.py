"""When a record has been kept long enough. Pure."""

from datetime import date


def due_on(ended_on: date, years: int) -> date:
    """Return the first day on which a record that ended on a day may be disposed of.

    The period is of whole years; what ends on 29 February is due on 1 March.
    """
    try:
        return ended_on.replace(year=ended_on.year + years)
    except ValueError:
        return date(ended_on.year + years, 3, 1)


def ended_by(today: date, years: int) -> date:
    """Return the last day on which a record may have ended to be due ``today``."""
    try:
        return today.replace(year=today.year - years)
    except ValueError:
        return date(today.year - years, 2, 28)
