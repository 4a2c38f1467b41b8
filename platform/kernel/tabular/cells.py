"""The values a cell can hold once it is read."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal

Cell = str | int | Decimal | bool | date | datetime | time | timedelta | None
Row = list[Cell]
