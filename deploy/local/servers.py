"""The database and broker of one data directory, shared by all commands that use them at a time."""

import contextlib
import fcntl
import os
import secrets
import shutil
import socket
from collections.abc import Mapping
from contextlib import AbstractContextManager
from enum import Enum, auto
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

from deploy.local.locks import taking_turns
from deploy.local.postgres import Postgres
from deploy.local.processes import undisturbed
from deploy.local.report import Problem, Reporter
from deploy.local.valkey import Valkey

MINIMUM_FREE_MB = 500
BROKER_PORTS = {"redis": 6379, "rediss": 6379, "amqp": 5672, "amqps": 5671}


class Purpose(Enum):
    """What servers are for: tests make databases and want no disk flushes, benchmarks want both."""

    RUN = auto()
    TEST = auto()
    BENCH = auto()


class Servers:
    """Starts what no URL given replaces; the last user of a data directory stops it."""

    def __init__(
        self,
        home: Path,
        venv: Path,
        report: Reporter,
        given: Mapping[str, str],
        *,
        purpose: Purpose = Purpose.RUN,
    ) -> None:
        self._home = home
        self._report = report
        self._given = given
        self._for_tests = purpose is not Purpose.RUN
        make_home(home)
        self._postgres: Postgres | None = None
        self._valkey: Valkey | None = None
        if not given.get("DATABASE_URL"):
            self._postgres = Postgres(home, venv, durable=purpose is not Purpose.TEST)
        if not given.get("BROKER_URL") and purpose is not Purpose.TEST:
            self._valkey = Valkey(home, venv)
        self._users_lock: int | None = None

    def environment(self) -> dict[str, str]:
        """Return where the servers are and the secret kept beside their data."""
        found = {"GUANJIA_VAR": str(self._home), "GUANJIA_SECRET_KEY": self._secret_key()}
        if self._postgres:
            found["DATABASE_URL"] = self._postgres.url("guanjia_web", "guanjia")
            found["DATABASE_OWNER_URL"] = self._postgres.url("guanjia_owner", "guanjia")
        if self._valkey:
            found["BROKER_URL"] = self._valkey.url()
        return found

    def cluster(self) -> str:
        """Return what tells our own, started cluster from any other; "" for a server given."""
        return self._postgres.mark() if self._postgres else ""

    def __enter__(self) -> Self:
        try:
            with self._start_lock():
                self._users_lock = os.open(
                    self._home / "run/users.lock", os.O_RDWR | os.O_CREAT, 0o600
                )
                fcntl.flock(self._users_lock, fcntl.LOCK_SH)
                self._start()
        except BaseException:
            self._leave()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._leave()

    def stop_left_over(self) -> None:
        """Stop servers that a killed command left running.

        :raises Problem: if a living command uses them.
        """
        with self._start_lock(), (self._home / "run/users.lock").open("a") as users:
            try:
                fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise Problem(
                    f"another ./dev command uses the servers in {self._home}: end it first"
                ) from None
            self._stop()

    def remove(self) -> None:
        """Delete the data directory and what belongs to it elsewhere; its servers are stopped."""
        if self._postgres:
            self._postgres.remove()
        shutil.rmtree(self._home)

    def _start(self) -> None:
        if self._postgres:
            state = "is up" if self._postgres.start() else "was still up"
            self._postgres.set_up(for_tests=self._for_tests)
            self._report.detail("database", f"{self._postgres.describe()} {state}")
        else:
            self._report.detail("database", "is the one that DATABASE_URL names")
        if self._valkey:
            state = "is up" if self._valkey.start() else "was still up"
            self._report.detail("broker", f"{self._valkey.describe()} {state}")

    def _leave(self) -> None:
        """Give up the servers, and stop them if nobody else uses them."""
        if self._users_lock is None:
            return
        with undisturbed(), self._start_lock():
            try:
                fcntl.flock(self._users_lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                self._report.detail("servers", "stay up for another ./dev command")
            else:
                self._stop()
            os.close(self._users_lock)
            self._users_lock = None

    def _stop(self) -> None:
        if self._valkey:
            self._valkey.stop()
        if self._postgres:
            self._postgres.stop()

    def _start_lock(self) -> AbstractContextManager[None]:
        """Let one command at a time start or stop servers."""
        return taking_turns(self._home / "run/start.lock")

    def _secret_key(self) -> str:
        """Return the key that signs and encrypts this data directory's data; make it once."""
        if given := self._given.get("GUANJIA_SECRET_KEY"):
            return given
        path = self._home / "secret-key"
        with contextlib.suppress(FileExistsError):
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "w") as file:
                file.write(secrets.token_urlsafe(64))
        return path.read_text()


def check_broker(url: str) -> None:
    """Refuse a broker that nobody could use.

    :raises Problem: if nothing answers at a network address; other URLs are not looked at.
    """
    address = urlsplit(url)
    if not address.hostname:
        return
    where = (address.hostname, address.port or BROKER_PORTS.get(address.scheme, 6379))
    try:
        socket.create_connection(where, timeout=5).close()
    except OSError as error:
        reason = error.strerror or str(error)
        raise Problem(
            f"the broker that BROKER_URL names does not answer at {where[0]}:{where[1]}: {reason}"
        ) from error


def make_home(home: Path) -> None:
    """Make a data directory nobody else can read.

    :raises Problem: if it cannot be made or is somebody else's.
    """
    try:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise Problem(f"{home} cannot be made: {error.strerror}") from error
    if home.stat().st_uid != os.geteuid():
        raise Problem(
            f"{home} belongs to another user: run ./dev as that user, or remove it as that user"
        )
    for folder in ("run", "log"):
        (home / folder).mkdir(mode=0o700, exist_ok=True)


def check_space(home: Path) -> None:
    """Refuse to start what would soon fail.

    :raises Problem: if the disk is nearly full.
    """
    free = shutil.disk_usage(home).free // 1_000_000
    if free < MINIMUM_FREE_MB:
        raise Problem(
            f"only {free} MB are free on the disk of {home}: {MINIMUM_FREE_MB} MB are needed"
        )
