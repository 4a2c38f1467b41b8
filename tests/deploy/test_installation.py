import shutil
import sys
from pathlib import Path

import pytest

from deploy.local import installation as module
from deploy.local.installation import Installation
from deploy.local.processes import Runner
from deploy.local.report import Problem, Reporter


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    root = tmp_path / "a checkout"
    (root / "platform/console/assets").mkdir(parents=True)
    (root / "deploy").mkdir()
    (root / "requirements.lock").write_text("")
    (root / "package.json").write_text('{"scripts": {"build": "true"}}')
    (root / "package-lock.json").write_text("{}")
    return root


@pytest.fixture
def installation(checkout: Path, home: Path, report: Reporter) -> Installation:
    return Installation(checkout, home, Runner(), report)


@pytest.fixture
def commands(installation: Installation, monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """Record what would be run, and make what it would leave behind."""
    recorded: list[list[str]] = []

    def run(command: list[str | Path], **_options: object) -> None:
        words = [str(word) for word in command]
        recorded.append(words)
        if "venv" in words:
            (installation.venv / "bin").mkdir(parents=True)
            (installation.venv / "lib/python3.11/site-packages").mkdir(parents=True)
            installation.python.touch()
        if "ci" in words:
            (installation._root / "node_modules").mkdir(exist_ok=True)
        if words[-2:] == ["build", "--loglevel=error"]:
            installation._build.mkdir(parents=True, exist_ok=True)

    monkeypatch.setattr(installation._runner, "run", run)
    monkeypatch.setattr(module, "succeeds", lambda _command: False)
    monkeypatch.setattr(module, "pip_version", lambda: (23, 0))
    return recorded


def test_packages_are_installed_once_per_lock(
    installation: Installation, checkout: Path, commands: list[list[str]]
) -> None:
    installation.python_packages("requirements.lock")
    installation.python_packages("requirements.lock")
    first = len(commands)
    (checkout / "requirements.lock").write_text("django==5.2.19\n")
    installation.python_packages("requirements.lock")

    assert first == 2, "one environment, one install"
    assert len(commands) == 3
    assert "--require-hashes" in commands[-1]


@pytest.mark.parametrize("made_for", ["/elsewhere (3, 11)", ""], ids=["moved", "half made"])
def test_an_environment_that_is_not_for_here_is_made_anew(
    installation: Installation, commands: list[list[str]], made_for: str
) -> None:
    installation.python_packages("requirements.lock")
    (installation.venv / ".made-for").write_text(made_for)
    (installation.venv / ".installed-requirements.lock").unlink()
    stray = installation.venv / "bin/stray"
    stray.touch()

    installation.python_packages("requirements.lock")

    assert not stray.exists()


def test_the_sources_are_importable_and_the_command_is_there(
    installation: Installation, checkout: Path, commands: list[list[str]]
) -> None:
    installation.python_packages("requirements.lock")

    path_file = installation.venv / "lib/python3.11/site-packages/guanjia.pth"
    command = installation.venv / "bin/guanjia"
    assert path_file.read_text() == f"{checkout / 'platform'}\n{checkout}\n"
    assert command.read_text() == f"#!/bin/sh\nexec '{checkout}/dev' guanjia \"$@\"\n"
    assert command.stat().st_mode & 0o111


def test_without_a_usable_pip_one_is_put_into_the_environment(
    installation: Installation, commands: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "pip_version", lambda: (20, 3))

    installation.python_packages("requirements.lock")

    python = str(installation.python)
    assert commands[1] == [python, "-m", "ensurepip", "--default-pip"]
    assert commands[2][:3] == [python, "-m", "pip"]


def test_a_lock_that_cannot_be_read_is_named(installation: Installation, checkout: Path) -> None:
    (checkout / "requirements.lock").unlink()

    with pytest.raises(Problem, match=r"requirements\.lock cannot be read: No such file"):
        installation.python_packages("requirements.lock")


def test_the_front_end_is_built_when_its_sources_change(
    installation: Installation,
    checkout: Path,
    commands: list[list[str]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(installation, "has_node", lambda: True)
    style = checkout / "platform/console/assets/console.scss"

    style.write_text("a {}")
    installation.front_end()
    installation.front_end()
    first = [words[1] for words in commands]
    style.write_text("b {}")
    installation.front_end()

    assert first == ["ci", "run"]
    assert [words[1] for words in commands] == ["ci", "run", "run"]


def test_a_deleted_build_is_made_again(
    installation: Installation, commands: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(installation, "has_node", lambda: True)
    installation.front_end()
    shutil.rmtree(installation._build)

    installation.front_end()

    assert [words[1] for words in commands] == ["ci", "run", "run"]


def test_without_node_and_network_one_line_says_both(
    installation: Installation, checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (checkout / "deploy/requirements-node.lock").write_text("")

    def unreachable(_lock: Path) -> None:
        raise Problem("Python packages cannot be installed: no network")

    monkeypatch.setattr(installation, "has_node", lambda: False)
    monkeypatch.setattr(installation, "_install", unreachable)

    with pytest.raises(Problem, match=r"^no Node.js 20 or newer here, and Python .*: no network$"):
        installation.front_end()


@pytest.mark.parametrize(
    ("answer", "major"),
    [("v20.20.2\n", 20), ("v18.0.0\n", 18), ("", 0), (None, 0), ("not a version", 0)],
)
def test_node_versions_are_read(
    answer: str | None, major: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "answer", lambda _command: answer)

    assert module.node_version("node") == major


def test_a_program_that_is_not_there_answers_nothing(tmp_path: Path) -> None:
    shim = tmp_path / "uv"
    shim.write_text("#!/bin/sh\nexit 127\n")
    shim.chmod(0o755)

    assert module.answer([str(shim), "--version"]) is None
    assert module.answer([str(tmp_path / "missing")]) is None
    assert module.answer([sys.executable, "-c", "print('yes')"]) == "yes\n"


def test_what_is_done_in_a_cluster_is_done_again_when_its_sources_change(
    installation: Installation, checkout: Path
) -> None:
    migrations = checkout / "services/billing/migrations"
    migrations.mkdir(parents=True)
    (migrations / "0001_initial.py").write_text("")
    mark = installation.schemas_mark("cluster 1")
    assert not mark.stands()
    mark.put()
    assert installation.schemas_mark("cluster 1").stands()
    assert not installation.demo_mark("cluster 1").stands()

    (migrations / "0002_guards.py").write_text("")

    assert not installation.schemas_mark("cluster 1").stands()


def test_what_is_done_in_one_cluster_is_not_done_in_another(installation: Installation) -> None:
    installation.schemas_mark("cluster 1").put()

    assert not installation.schemas_mark("cluster 2").stands()


def test_nothing_is_taken_for_done_on_a_server_that_others_use(installation: Installation) -> None:
    mark = installation.schemas_mark("")
    mark.put()

    assert not mark.stands()
    assert not installation.schemas_mark("").stands()


def test_packages_that_are_installed_beside_the_sources_are_no_sources(
    installation: Installation, checkout: Path
) -> None:
    installation.schemas_mark("cluster 1").put()
    (checkout / ".venv/lib/app/migrations").mkdir(parents=True)
    (checkout / ".venv/lib/app/migrations/0001_initial.py").write_text("")

    assert installation.schemas_mark("cluster 1").stands()
