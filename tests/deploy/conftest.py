import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from deploy.local.postgres import Postgres
from deploy.local.report import Reporter

ROOT = Path(__file__).resolve().parents[2]
VENV = Path(sys.prefix)
SECONDS = 60


def dev(*arguments: str, home: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run `./dev` as a person would, on a data directory of its own."""
    return subprocess.run(
        [sys.executable, ROOT / "dev", *arguments],
        env=os.environ | {"GUANJIA_VAR": str(home)} | environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def wait_until(condition: Callable[[], object]) -> None:
    """Wait for a condition that another process brings about."""
    deadline = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < deadline, "it never happened"
        time.sleep(0.02)


def bound_socket() -> socket.socket:
    """Return a socket that keeps a port for the test without listening on it yet."""
    bound = socket.socket()
    # The product's own probe, which sets this too, may bind beside it; nobody gets it by chance.
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    bound.bind(("127.0.0.1", 0))
    return bound


def make_home(parent: Path) -> Path:
    """Make a data directory as `./dev` would."""
    home = parent / "var"
    for folder in (home / "run", home / "log"):
        folder.mkdir(parents=True, mode=0o700)
    return home


@pytest.fixture
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A data directory whose path, unlike tmp_path, is short enough for sockets inside it."""
    made = make_home(tmp_path_factory.mktemp("home"))
    yield made
    Postgres(made, VENV, durable=True).remove()  # what lies in memory


@pytest.fixture
def postgres(home: Path) -> Iterator[Postgres]:
    """A server that is not started yet and does not survive the test."""
    server = Postgres(home, VENV, durable=False)
    yield server
    server.stop()
    server.remove()


@pytest.fixture
def report() -> Reporter:
    return Reporter()
