"""`./dev` as a person uses it, up to where it would install something."""

import ast
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from deploy.local import commands
from deploy.local.commands import Session
from deploy.local.locks import alone
from deploy.local.report import Problem
from deploy.local.servers import Purpose
from tests.deploy.conftest import ROOT, dev

SOURCE = (ROOT / "dev").read_text()


def test_no_command_shows_the_commands_and_fails(home: Path) -> None:
    done = dev(home=home)

    assert done.returncode == 2
    assert "./dev run" in done.stdout


def test_help_succeeds(home: Path) -> None:
    assert dev("--help", home=home).returncode == 0


def test_an_unknown_command_is_refused_in_one_line(home: Path) -> None:
    done = dev("runn", home=home)

    assert done.returncode == 1
    assert done.stderr.startswith("./dev: no such command")
    assert len(done.stderr.splitlines()) == 1


def test_unknown_options_of_run_are_refused(home: Path) -> None:
    done = dev("run", "--chek", home=home)

    assert done.returncode == 2
    assert "--chek" in done.stderr


def test_a_check_without_what_it_checks_is_refused(home: Path) -> None:
    done = dev("run", "--check", "--no-demo", home=home)

    assert done.returncode == 2
    assert "--check looks at the demo companies" in done.stderr


def test_a_taken_port_names_its_holder(home: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = str(server.getsockname()[1])
        done = dev("run", "--port", port, home=home)

    assert done.returncode == 1
    assert done.stderr.startswith(f"./dev: port {port} is taken by ")
    assert f"process {os.getpid()}: end that" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_a_check_moves_from_a_taken_default_port_only(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        monkeypatch.setenv("GUANJIA_PORT", str(port))

        assert commands.choose_port(None, may_move=True) != port
        with pytest.raises(Problem, match="is taken"):
            commands.choose_port(port, may_move=True)
        with pytest.raises(Problem, match="is taken"):
            commands.choose_port(None, may_move=False)


def test_a_second_run_in_one_checkout_is_refused(home: Path) -> None:
    with alone(home, "run"):
        done = dev("run", home=home)

    assert done.returncode == 1
    assert done.stderr == f"./dev: ./dev run is already at work here, process {os.getpid()}\n"


def test_reset_asks_before_it_deletes(home: Path) -> None:
    done = dev("reset", home=home)

    assert done.returncode == 1
    assert "say --yes" in done.stderr
    assert home.exists()


def test_reset_deletes_the_data_directory(home: Path) -> None:
    (home / "media").mkdir()

    assert dev("reset", "--yes", home=home).returncode == 0
    assert not home.exists()
    assert dev("reset", "--yes", home=home).stdout == f"{home} does not exist: nothing to delete\n"


def test_reset_ends_a_run_first(home: Path) -> None:
    holder = (
        "import sys, time; from pathlib import Path; from deploy.local.locks import alone\n"
        "with alone(Path(sys.argv[1]), 'run'): print('holding', flush=True); time.sleep(60)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", holder, home], cwd=ROOT, stdout=subprocess.PIPE
    ) as running:
        assert running.stdout is not None
        running.stdout.readline()

        done = dev("reset", "--yes", home=home)

    assert done.returncode == 0
    assert running.returncode == -signal.SIGTERM
    assert not home.exists()


@pytest.mark.parametrize(
    ("arguments", "options"),
    [
        ([], ["-n", "2", "--dist", "loadfile", "-m", "not browser and not contract"]),
        (
            ["-k", "money"],
            ["-n", "2", "--dist", "loadfile", "-m", "not browser and not contract", "-k", "money"],
        ),
        (["-n0", "tests/kernel"], ["-m", "not browser and not contract", "-n0", "tests/kernel"]),
        (["--pdb"], ["-m", "not browser and not contract", "--pdb"]),
        (["--browser", "-x"], ["-m", "browser", "-x"]),
        (["--contract"], ["-m", "contract"]),
        (["--browser", "--contract"], ["-m", "browser or contract"]),
    ],
)
def test_options_of_the_test_suite(
    arguments: list[str], options: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    called = []

    def record(_session: Session, purpose: Purpose, words: list[str]) -> int:
        called.append((purpose, words))
        return 5

    monkeypatch.setattr(commands, "on_own_servers", record)

    assert commands.test(Session(), arguments) == 5
    assert called == [(Purpose.TEST, ["-m", "pytest", *options])]


def test_the_entry_script_parses_on_an_old_python() -> None:
    ast.parse(SOURCE, feature_version=(3, 4))
    assert not any(isinstance(node, ast.JoinedStr) for node in ast.walk(ast.parse(SOURCE)))


def test_an_old_python_is_told_in_one_line(tmp_path: Path) -> None:
    """The real thing needs an old interpreter; here the script is told that it runs on one."""
    pretend = f"import sys; sys.version_info = (3, 8, 18); sys.argv = ['dev', 'run']\n{SOURCE}"

    done = subprocess.run(
        [sys.executable, "-c", pretend],
        env={"PATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 1
    assert done.stderr == "./dev: Guanjia needs Python 3.11 or newer; this is Python 3.8.18\n"


def test_nothing_outside_the_standard_library_is_imported() -> None:
    imported = set()
    for path in [ROOT / "dev", *(ROOT / "deploy/local").glob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                imported |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                imported.add(node.module.partition(".")[0])

    assert imported - {"deploy"} <= sys.stdlib_module_names


def test_a_data_directory_that_cannot_be_made_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    done = dev("run", home=tmp_path / "file/var")

    assert done.returncode == 1
    assert done.stderr == f"./dev: {tmp_path}/file/var cannot be made: Not a directory\n"


def test_large_logs_keep_one_older_generation(home: Path) -> None:
    (home / "log/web.log").write_bytes(b"x" * (commands.LARGE_LOG + 1))
    (home / "log/worker.log").write_text("short")

    commands.rotate_logs(home / "log")

    assert sorted(path.name for path in (home / "log").iterdir()) == ["web.log.1", "worker.log"]
