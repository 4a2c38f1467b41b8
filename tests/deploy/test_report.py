import os
import subprocess
import sys
from pathlib import Path

import pytest

from deploy.local.report import Problem, Reporter
from tests.deploy.conftest import ROOT


def test_an_unexplained_failure_shows_the_end_of_its_log(
    home: Path, report: Reporter, capsys: pytest.CaptureFixture[str]
) -> None:
    log = home / "log/web.log"
    log.write_text("\n".join(f"line {number}" for number in range(40)) + "\n\n")

    report.failure(Problem("the web process ended: exit code 3", log=log))

    said = capsys.readouterr().err.splitlines()
    assert said[0] == "    | line 25"
    assert said[-2] == "    | line 39"
    assert said[-1] == f"./dev: the web process ended: exit code 3 (log: {log})"


def test_an_explained_failure_is_one_line(
    home: Path, report: Reporter, capsys: pytest.CaptureFixture[str]
) -> None:
    log = home / "log/packages.log"
    log.write_text("OSError: No space left on device\n")

    report.failure(Problem("no: the disk is full", log=log, is_explained=True))

    assert capsys.readouterr().err == f"./dev: no: the disk is full (log: {log})\n"


def test_steps_of_a_quiet_command_stay_out_of_its_output(
    report: Reporter, capsys: pytest.CaptureFixture[str]
) -> None:
    report.quiet = True

    report.detail("database", "is up")
    report.step("packages", "installing")

    said = capsys.readouterr()
    assert said.out == ""
    assert [line.split(maxsplit=2)[2] for line in said.err.splitlines()] == [
        "packages     installing"
    ]


def test_a_reader_that_went_away_breaks_nothing() -> None:
    script = (
        "from deploy.local.report import write\n"
        "for _ in range(3): write('x' * 100_000)\n"
        "import sys; sys.exit(7)\n"
    )
    reading, writing = os.pipe()
    os.close(reading)
    try:
        done = subprocess.run(
            [sys.executable, "-c", script],
            cwd=ROOT,
            stdout=writing,
            stderr=subprocess.PIPE,
            check=False,
        )
    finally:
        os.close(writing)

    assert done.returncode == 7
    assert done.stderr == b""
