"""Seconds on the clock and of the processors.

Where other work shares the machine the clock says little: a ratio of processor seconds, of this
process, its children and its database session, stays the same.
"""

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from django.db import connection

T = TypeVar("T")

_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Seconds:
    clock: float
    processor: float

    def __add__(self, other: "Seconds") -> "Seconds":
        return Seconds(self.clock + other.clock, self.processor + other.processor)


def timed(work: Callable[[], T]) -> tuple[Seconds, T]:
    """Return how long ``work`` took and what it returned."""
    connection.ensure_connection()
    clock, processor = time.perf_counter(), processor_seconds()
    result = work()
    return Seconds(time.perf_counter() - clock, processor_seconds() - processor), result


def processor_seconds() -> float:
    """Return what this process, its ended children and its database session have used."""
    own = os.times()
    seconds = own.user + own.system + own.children_user + own.children_system
    return seconds + _session_seconds(connection.connection.info.backend_pid)


def _session_seconds(backend_pid: int) -> float:
    """Return the seconds of a server process; 0 where the server is on another machine."""
    try:
        text = Path(f"/proc/{backend_pid}/stat").read_text()
    except OSError:
        return 0.0
    user, system = text.rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / _TICKS
