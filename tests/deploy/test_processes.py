import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from deploy.local import processes
from deploy.local.processes import DATA, DISK, DOWNLOAD, Runner, Services, likely_cause
from deploy.local.report import Problem
from tests.deploy.conftest import ROOT, SECONDS, bound_socket, wait_until

linux_only = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
SLEEP = [sys.executable, "-c", f"import time; time.sleep({2 * SECONDS})"]
DEAF = """
import signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("deaf", flush=True)
time.sleep(60)
"""
STUBBORN = [sys.executable, "-c", DEAF]


def is_alive(process: int) -> bool:
    return processes.started(process) is not None


@linux_only
def test_the_holder_of_a_port_is_named() -> None:
    with bound_socket() as server:
        port = server.getsockname()[1]
        assert processes.port_is_free(port)
        assert processes.port_holder(port) is None

        server.listen()

        assert not processes.port_is_free(port)
        assert (
            processes.port_holder(port)
            == f"{processes.command_name(os.getpid())}, process {os.getpid()}"
        )


@linux_only
@pytest.mark.parametrize("delay", [0, 0.5], ids=["running", "not yet begun"])
def test_services_end_when_their_starter_is_killed(home: Path, delay: float) -> None:
    """A loaded machine takes its time between the fork and what the new process does first."""
    setpriv = home / "setpriv"
    setpriv.write_text(f'#!/bin/sh\nsleep {delay}\nexec {shutil.which("setpriv")} "$@"\n')
    setpriv.chmod(0o700)
    script = (
        "import os, sys, time; from pathlib import Path\n"
        "from deploy.local.processes import Services\n"
        "home = Path(sys.argv[1])\n"
        "services = Services(home / 'processes.json')\n"
        f"services.start('web', {SLEEP!r}, cwd=home, env=os.environ, log=home / 'web.log')\n"
        "print('started', flush=True)\n"
        "time.sleep(60)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script, home],
        cwd=ROOT,
        env=os.environ | {"PATH": f"{home}{os.pathsep}{os.environ['PATH']}"},
        stdout=subprocess.PIPE,
    ) as starter:
        assert starter.stdout is not None
        starter.stdout.readline()
        [[service, _]] = json.loads((home / "processes.json").read_text())["groups"].values()
        assert is_alive(service)

        starter.kill()

    wait_until(lambda: not is_alive(service))


@linux_only
def test_a_process_that_outlived_its_starter_is_ended_by_the_next_start(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(processes, "STOP_SECONDS", 0.2)
    record = home / "processes.json"
    with subprocess.Popen(STUBBORN, start_new_session=True, stdout=subprocess.PIPE) as left:
        assert left.stdout is not None
        left.stdout.readline()
        groups = {"worker": [left.pid, processes.started(left.pid)]}
        record.write_text(json.dumps({"boot": processes.boot_id(), "groups": groups}))

        found = processes.end_left_over(record)

    assert found == ["worker"]
    assert left.returncode == -signal.SIGKILL
    assert not record.exists()


@linux_only
@pytest.mark.parametrize("difference", ["start time", "boot"])
def test_a_stranger_with_a_recorded_number_is_left_alone(home: Path, difference: str) -> None:
    record = home / "processes.json"
    with subprocess.Popen(SLEEP, start_new_session=True) as stranger:
        since = "1" if difference == "start time" else processes.started(stranger.pid)
        boot = "another" if difference == "boot" else processes.boot_id()
        record.write_text(json.dumps({"boot": boot, "groups": {"web": [stranger.pid, since]}}))

        found = processes.end_left_over(record)

        assert found == []
        assert is_alive(stranger.pid)
        stranger.kill()


@pytest.mark.parametrize("content", ["", '{"boot": '])
def test_a_record_cut_off_by_a_crash_is_ignored(home: Path, content: str) -> None:
    record = home / "processes.json"
    record.write_text(content)

    assert processes.end_left_over(record) == []


def test_a_service_that_dies_is_named_with_its_log(home: Path) -> None:
    services = Services(home / "processes.json")
    log = home / "log/worker.log"
    command = [sys.executable, "-c", "import sys; sys.exit('out of ideas')"]
    services.start("worker", command, cwd=home, env=os.environ, log=log)

    with pytest.raises(Problem, match=r"^the worker process ended: exit code 1$") as caught:
        services.wait_until(lambda: False, "worker", failure="never", seconds=SECONDS)
    services.stop()

    assert caught.value.log == log
    assert log.read_text() == "out of ideas\n"


def test_a_service_that_ignores_the_request_is_killed(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(processes, "STOP_SECONDS", 0.2)
    services = Services(home / "processes.json")
    log = home / "log/web.log"
    services.start("web", STUBBORN, cwd=home, env=os.environ, log=log)
    wait_until(lambda: "deaf" in log.read_text())
    [[service, _]] = json.loads((home / "processes.json").read_text())["groups"].values()

    services.stop()

    assert not is_alive(service)
    assert not (home / "processes.json").exists()


def test_a_failing_step_says_why(home: Path) -> None:
    script = "import sys; print('OSError: [Errno 28] No space left on device'); sys.exit(1)"
    log = home / "log/install.log"
    log.write_text("Connection refused, an older line\n")

    with pytest.raises(Problem, match=r"^npm failed: the disk is full$") as caught:
        Runner().run(
            [sys.executable, "-c", script],
            cwd=home,
            env=os.environ,
            log=log,
            failure="npm failed",
            downloads=True,
        )

    assert caught.value.log == log


def test_what_a_step_prints_is_shown_and_what_it_logs_is_not(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log = home / "log/setup.log"
    script = "import sys; print('云麓花园: 951'); print('{}', file=sys.stderr)"

    Runner().run(
        [sys.executable, "-X", "utf8", "-c", script],
        cwd=home,
        env=os.environ,
        log=log,
        failure="",
        show=True,
    )

    assert capsys.readouterr().out == "    云麓花园: 951\n"
    assert sorted(log.read_text().splitlines()) == ["{}", "云麓花园: 951"]


def test_after_the_end_nothing_more_is_started(home: Path) -> None:
    runner = Runner()
    runner.end_all()

    with pytest.raises(Problem, match="stopped"):
        runner.foreground(["true"], cwd=home, env=os.environ)


@pytest.mark.parametrize(
    ("output", "cause"),
    [
        ("ERROR: [Errno 28] No space left on device", "the disk is full"),
        ("npm error code ENOSPC", "the disk is full"),
        ("npm error code EAI_AGAIN", "the package index cannot be reached (no network?)"),
        (
            "Temporary failure in name resolution')': /simple/django/",
            "the package index cannot be reached (no network?)",
        ),
        (
            "ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.",
            "a download does not match the hash in the lock file",
        ),
        (
            "ERROR: No matching distribution found for django==9",
            "the package index does not have a pinned package",
        ),
        (
            'psycopg2.OperationalError: connection to server at "db", port 5432 failed: refused\n',
            'connection to server at "db", port 5432 failed: refused',
        ),
        (
            "django.db.migrations.exceptions.InconsistentMigrationHistory: Migration billing.0001",
            "its data was made by other migrations than these; ./dev reset starts afresh",
        ),
        ("SyntaxError: invalid syntax", None),
    ],
)
def test_usual_causes_are_recognised(output: str, cause: str | None, tmp_path: Path) -> None:
    assert likely_cause(output, DISK | DOWNLOAD | DATA, tmp_path) == cause


def test_a_full_disk_swallows_even_the_message(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = shutil.disk_usage(tmp_path)._replace(free=1_000_000)
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: usage)

    assert likely_cause("", DISK, tmp_path) == "the disk is full"
