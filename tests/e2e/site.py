"""A whole site for a browser: real web server, real worker, real broker, a database of its own."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from email import message_from_string, policy
from email.message import EmailMessage
from http.client import HTTPConnection
from pathlib import Path

from django.conf import settings
from django.db import connections

from deploy.local.valkey import Valkey
from tests import database

ROOT = database.ROOT


@dataclass
class Site:
    """Starts and stops the processes. Hosts are ``<slug>.localhost``."""

    folder: Path
    database_name: str
    port: int = 0
    _processes: list[subprocess.Popen[bytes]] = field(default_factory=list)
    _broker: Valkey | None = None

    def address(self, slug: str, path: str = "/") -> str:
        """Return the URL of a page of a company."""
        return f"http://{slug}.localhost:{self.port}{path}"

    def start(self) -> None:
        """Start everything and wait until the site answers.

        :raises RuntimeError: with the log's end if it does not within two minutes.
        """
        self._broker = Valkey(self.folder, Path(sys.prefix))
        self._broker.start()
        # The web server gets the very socket: a port that is only found free may be taken by then.
        listener = socket.create_server(("127.0.0.1", 0))
        self.port = listener.getsockname()[1]
        environment = self.environment()
        preparations = [
            self._run(environment, "collectstatic", "-m", "config", "collectstatic", "--noinput"),
            self._run(environment, "messages", "-m", "config", "messages", "compile"),
        ]
        for preparation in preparations:
            preparation.wait()
        self._processes = [
            self._run(
                environment,
                "web",
                "-m",
                "gunicorn",
                "--no-control-socket",
                "--workers",
                "1",
                "--threads",
                "4",
                "--bind",
                f"fd://{listener.fileno()}",
                "config.wsgi:application",
                listener=listener,
            ),
            self._run(
                environment,
                "worker",
                "-m",
                "celery",
                "--app",
                "config.celery",
                "worker",
                "--concurrency",
                "1",
                "--loglevel",
                "INFO",
            ),
        ]
        listener.close()
        deadline = time.monotonic() + 120
        while not self._answers():
            if time.monotonic() > deadline or self._processes[0].poll() is not None:
                raise RuntimeError((self.folder / "web.log").read_text()[-3000:])
            time.sleep(0.2)

    def stop(self) -> None:
        """Stop everything that was started."""
        for process in reversed(self._processes):
            process.send_signal(signal.SIGTERM)
        for process in self._processes:
            process.wait(timeout=120)  # the web server alone waits 30 s for its last answers
        if self._broker is not None:
            self._broker.stop()

    def command(self, *words: str) -> None:
        """Run one of Guanjia's own commands beside the site.

        :raises RuntimeError: with the log's end if it fails.
        """
        if self._run(self.environment(), "command", "-m", "config", *words).wait():
            raise RuntimeError((self.folder / "command.log").read_text()[-3000:])

    @contextmanager
    def worker_paused(self) -> Iterator[None]:
        """Let what is asked of the worker wait meanwhile, so that a page can be seen waiting."""
        self._processes[-1].send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self._processes[-1].send_signal(signal.SIGCONT)

    def password_link(self, address: str) -> str:
        """Return the link by which a password is chosen, from the newest mail to ``address``.

        It is waited for a while; notices may have come after it.
        """
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            for mail in reversed(self._mails()):
                if mail["To"] == address:
                    found = re.findall(r"https?://\S+/password/\S+", str(mail.get_content()))
                    if found:
                        return str(found[-1])
            time.sleep(0.2)
        raise RuntimeError(f"no link for a password to {address}")

    def _mails(self) -> list[EmailMessage]:
        """Return the mails that were sent, oldest first. A file holds one or more of them.

        What stands behind the last line between mails is still being written.
        """
        files = sorted(
            (self.folder / "mail").glob("*.log"), key=lambda path: path.stat().st_mtime_ns
        )
        texts = [text for path in files for text in path.read_text("utf-8").split("-" * 79)[:-1]]
        return [message_from_string(text.strip(), policy=policy.default) for text in texts]

    def environment(self) -> dict[str, str]:
        """Return the environment of the site's processes."""
        assert self._broker is not None
        return os.environ | {
            "DJANGO_SETTINGS_MODULE": "config.settings.dev",
            "DATABASE_URL": database.with_name(settings.DATABASE_URL, self.database_name),
            "DATABASE_OWNER_URL": database.with_name(
                settings.DATABASE_OWNER_URL, self.database_name
            ),
            "BROKER_URL": self._broker.url(),
            "GUANJIA_VAR": str(self.folder),
            "GUANJIA_PORT": str(self.port),
            "PYTHONPATH": os.pathsep.join(map(str, (ROOT / "platform", ROOT))),
        }

    def _run(
        self,
        environment: dict[str, str],
        name: str,
        *arguments: str,
        listener: socket.socket | None = None,
    ) -> subprocess.Popen[bytes]:
        with (self.folder / f"{name}.log").open("ab") as log:
            return subprocess.Popen(
                [sys.executable, *arguments],
                env=environment,
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                pass_fds=[listener.fileno()] if listener else [],
            )

    def _answers(self) -> bool:
        with closing(HTTPConnection("127.0.0.1", self.port, timeout=2)) as client:
            try:
                client.request("GET", "/readyz", headers={"Host": "localhost"})
                return client.getresponse().status == 200
            except OSError:
                return False


def close_connections() -> None:
    """Let go of the database so that it can be dropped."""
    connections.close_all()
