"""What `./dev` says to the person at the keyboard."""

import contextlib
import os
import sys
import time
from pathlib import Path

TAIL_LINES = 15


class Problem(Exception):
    """Something the person at the keyboard can put right, told in one line."""

    def __init__(
        self, message: str, *, log: Path | None = None, is_explained: bool = False
    ) -> None:
        """Tell what is wrong.

        :param log: where more is to be found.
        :param is_explained: whether the message alone says what to do, without the log's end.
        """
        super().__init__(message)
        self.log = log
        self.is_explained = is_explained


class Reporter:
    """Prints each step with the seconds since the command began."""

    def __init__(self) -> None:
        self._began = time.monotonic()
        self.quiet = False  # the command's own output is all that may reach stdout

    def detail(self, topic: str, message: str) -> None:
        """Print one line of progress that takes no time to speak of."""
        if not self.quiet:
            self.step(topic, message)

    def step(self, topic: str, message: str) -> None:
        """Print one line of progress that explains a wait."""
        write(f"{time.monotonic() - self._began:6.1f} s  {topic:<12} {message}", error=self.quiet)

    def failure(self, problem: Problem) -> None:
        """Print a problem in one line, after the end of its log if that has to explain it."""
        if problem.log and not problem.is_explained:
            for line in tail(problem.log):
                write(f"    | {line}", error=True)
        more = f" (log: {problem.log})" if problem.log else ""
        write(f"./dev: {problem}{more}", error=True)


def write(line: str, *, error: bool = False) -> None:
    """Print a line; a reader that has gone away must not keep servers from being stopped."""
    stream = sys.stderr if error else sys.stdout
    try:
        stream.write(line + "\n")
        stream.flush()
    except OSError:
        with contextlib.suppress(OSError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def tail(log: Path, lines: int = TAIL_LINES) -> list[str]:
    """Return the last lines of a log, without empty ones."""
    try:
        text = log.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return []
    return [line for line in text.splitlines() if line.strip()][-lines:]
