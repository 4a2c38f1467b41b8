"""Locks between `./dev` commands. The kernel lets go of them however a command ends."""

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

from deploy.local.report import Problem


@contextlib.contextmanager
def taking_turns(lock: Path) -> Iterator[None]:
    """Wait for a lock and hold it."""
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


@contextlib.contextmanager
def alone(home: Path, command: str) -> Iterator[None]:
    """Hold the lock of a command that may run once per data directory.

    :raises Problem: naming the process that holds it.
    """
    with lock_of(home, command).open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            process = lock_of(home, command).read_text()
            raise Problem(f"./dev {command} is already at work here, process {process}") from None
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield


def lock_of(home: Path, command: str) -> Path:
    """Return the file that a command locks and writes its process number into."""
    return home / "run" / f"{command}.lock"
