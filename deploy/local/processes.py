"""Child processes: each ends with this one, and those a kill -9 left behind are found again."""

import contextlib
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO

from deploy.local.report import Problem, tail, write

PROC = Path("/proc")
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
DISK = {"the disk is full": ("No space left on device", "ENOSPC", "os error 28")}
DATA = {
    "its data was made by other migrations than these; ./dev reset starts afresh": (
        "InconsistentMigrationHistory",
    ),
}
DOWNLOAD = {
    "a download does not match the hash in the lock file": (
        "DO NOT MATCH THE HASHES",
        "Hash mismatch",
        "EINTEGRITY",
    ),
    "the package index cannot be reached (no network?)": (
        "name resolution",
        "Name or service not known",
        "dns error",
        "NewConnectionError",
        "Network is unreachable",
        "Connection refused",
        "ENOTFOUND",
        "EAI_AGAIN",
        "ECONNREFUSED",
        "ETIMEDOUT",
    ),
    "the package index does not have a pinned package": ("No matching distribution", "ETARGET"),
}
FULL = 20_000_000  # bytes; PostgreSQL writes its log in files of 16 MB
REFUSAL = re.compile(r"OperationalError: (connection to server .+)")
BEGIN = 'test "$PPID" = "$0" && exec "$@"'
STOP_SECONDS = 10  # a task is cut off after that; its message comes back to the next worker


class Interrupted(BaseException):
    """Ctrl-C or a signal asked for the end."""

    def __init__(self, signum: int) -> None:
        super().__init__(signum)
        self.signum = signum


def watch_signals() -> None:
    """Turn the signals that mean "stop" into Interrupted, also where a shell had them ignored."""

    def interrupt(signum: int, _frame: object) -> None:
        ignore_signals()
        raise Interrupted(signum)

    for signum in STOP_SIGNALS:
        signal.signal(signum, interrupt)


def ignore_signals() -> None:
    """Let nothing break into the end of this process."""
    for signum in STOP_SIGNALS:
        signal.signal(signum, signal.SIG_IGN)


@contextlib.contextmanager
def undisturbed() -> Iterator[None]:
    """Ignore the signals that mean "stop" for a while: servers are being stopped."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    usual = {signum: signal.signal(signum, signal.SIG_IGN) for signum in STOP_SIGNALS}
    try:
        yield
    finally:
        for signum, reaction in usual.items():
            signal.signal(signum, reaction)


def tied(command: Sequence[str | Path]) -> list[str]:
    """Return the command so that Linux ends it when this process is killed.

    Whoever was killed before the kernel was asked to watch would be missed: the command only
    begins while this process is still its parent.
    """
    words = [str(word) for word in command]
    setpriv = shutil.which("setpriv") if sys.platform == "linux" else None
    # BusyBox has a program of that name without the option.
    if setpriv and Path(setpriv).resolve().name == "setpriv":
        begin = ["sh", "-c", BEGIN, str(os.getpid()), *words]
        return [setpriv, "--pdeathsig", "TERM", "--", *begin]
    return words


class Runner:
    """Runs commands to their end and can end those still running."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._running: set[subprocess.Popen[bytes]] = set()
        self._ended = False

    def run(
        self,
        command: Sequence[str | Path],
        *,
        cwd: Path,
        env: Mapping[str, str],
        log: Path,
        failure: str,
        downloads: bool = False,
        show: bool = False,
    ) -> None:
        """Run a command, its output appended to a log.

        :param show: whether its stdout is also printed; stderr goes to the log alone.
        :param downloads: whether the network may be the cause of a failure.
        :raises Problem: saying ``failure`` and the likely cause, if the command fails.
        """
        with log.open("ab") as out:
            start = out.tell()
            pipe = subprocess.PIPE if show else out
            child = self._start(command, cwd=cwd, env=env, stdout=pipe, stderr=out, own_group=True)
            if child.stdout:
                with child.stdout as lines:
                    for line in lines:
                        out.write(line)
                        write("    " + line.decode("utf-8", "replace").rstrip())
            code = self._wait(child)
        if code:
            with log.open("rb") as text:
                text.seek(start)
                output = text.read().decode("utf-8", "replace")
            causes = DISK | (DOWNLOAD if downloads else DATA)
            cause = likely_cause(output, causes, log.parent)
            raise Problem(f"{failure}: {cause or ending(code)}", log=log, is_explained=bool(cause))

    def capture(
        self, command: Sequence[str | Path], *, cwd: Path, env: Mapping[str, str]
    ) -> tuple[int, str]:
        """Run a command; return its exit code and everything it wrote."""
        child = self._start(
            command,
            cwd=cwd,
            env=env,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            own_group=True,
        )
        output, _ = child.communicate()
        return self._wait(child), output.decode("utf-8", "replace")

    def foreground(
        self, command: Sequence[str | Path], *, cwd: Path, env: Mapping[str, str]
    ) -> int:
        """Run a command on the terminal and return its exit code; Ctrl-C reaches it first."""
        child = self._start(command, cwd=cwd, env=env, stdout=None, stderr=None, own_group=False)
        try:
            return self._wait(child)
        except Interrupted as interruption:
            # The terminal sends Ctrl-C to both of us: a second one would break the child's end.
            if interruption.signum != signal.SIGINT:
                signal_to(child, signal.SIGTERM)
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.wait(STOP_SECONDS)
            raise

    def end_all(self) -> None:
        """End whatever still runs and start nothing more."""
        with self._lock:
            self._ended = True
            running = list(self._running)
        for child in running:
            end_group(child, STOP_SECONDS)

    def _start(
        self,
        command: Sequence[str | Path],
        *,
        cwd: Path,
        env: Mapping[str, str],
        stdout: int | IO[bytes] | None,
        stderr: int | IO[bytes] | None,
        own_group: bool,
    ) -> subprocess.Popen[bytes]:
        with self._lock:
            if self._ended:
                raise Problem("stopped")
            child = subprocess.Popen(
                tied(command),
                cwd=cwd,
                env=dict(env),
                stdin=subprocess.DEVNULL if own_group else None,
                stdout=stdout,
                stderr=stderr,
                start_new_session=own_group,
            )
            self._running.add(child)
        return child

    def _wait(self, child: subprocess.Popen[bytes]) -> int:
        code = child.wait()
        with self._lock:
            self._running.discard(child)
        return code


def signal_to(child: subprocess.Popen[bytes], signum: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        child.send_signal(signum)


def end_group(child: subprocess.Popen[bytes], seconds: float) -> None:
    """Ask the leader to end; what is left of its group after that is killed."""
    signal_to(child, signal.SIGTERM)
    with contextlib.suppress(subprocess.TimeoutExpired):
        child.wait(seconds)
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(child.pid, signal.SIGKILL)
    child.kill()
    child.wait()


def ending(code: int) -> str:
    """Return how a process ended, from what Popen calls its return code."""
    return f"killed by {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"


def likely_cause(output: str, causes: Mapping[str, tuple[str, ...]], folder: Path) -> str | None:
    """Return why a command failed, where its output shows one of the usual causes.

    :param folder: where it writes; on a full disk even its output is lost.
    """
    for cause, signs in causes.items():
        if any(sign in output for sign in signs):
            return cause
    if shutil.disk_usage(folder).free < FULL:
        return next(iter(DISK))
    refusal = REFUSAL.search(output)
    return refusal[1].strip() if refusal else None


def did_not_start(server: str, log: Path) -> Problem:
    cause = likely_cause("\n".join(tail(log)), DISK, log.parent)
    because = f": {cause}" if cause else ""
    return Problem(f"{server} did not start{because}", log=log, is_explained=bool(cause))


class Services:
    """The long-running processes of one start, written down so that a later start finds them."""

    def __init__(self, record: Path) -> None:
        self._record = record
        self._children: dict[str, tuple[subprocess.Popen[bytes], Path]] = {}

    @property
    def names(self) -> list[str]:
        return list(self._children)

    def start(
        self,
        name: str,
        command: Sequence[str | Path],
        *,
        cwd: Path,
        env: Mapping[str, str],
        log: Path,
    ) -> None:
        """Start a process in a group of its own, its output appended to a log."""
        with log.open("ab") as out:
            child = subprocess.Popen(
                tied(command),
                cwd=cwd,
                env=dict(env),
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self._children[name] = (child, log)
        groups = {
            name: [child.pid, started(child.pid)] for name, (child, _) in self._children.items()
        }
        self._record.write_text(json.dumps({"boot": boot_id(), "groups": groups}))

    def check(self) -> None:
        """Do nothing while all run.

        :raises Problem: naming the one that ended.
        """
        for name, (child, log) in self._children.items():
            if child.poll() is not None:
                raise Problem(f"the {name} process ended: {ending(child.returncode)}", log=log)

    def wait_until(
        self, is_ready: Callable[[], bool], name: str, *, failure: str, seconds: float
    ) -> None:
        """Wait for a condition that a process brings about, while watching all of them.

        :raises Problem: if one ends, or with ``failure`` if the time runs out.
        """
        deadline = time.monotonic() + seconds
        while not is_ready():
            self.check()
            if time.monotonic() > deadline:
                raise Problem(f"{failure} after {seconds:.0f} s", log=self._children[name][1])
            time.sleep(0.05)

    def stop(self) -> None:
        """End all of them at once: first by asking, after STOP_SECONDS by force."""
        for child, _ in self._children.values():
            signal_to(child, signal.SIGTERM)
        deadline = time.monotonic() + STOP_SECONDS
        for child, _ in self._children.values():
            end_group(child, max(0.0, deadline - time.monotonic()))
        self._children.clear()
        self._record.unlink(missing_ok=True)


def end_left_over(record: Path) -> list[str]:
    """End the process groups that a killed start left behind; return their names.

    A group is ours if its leader is the very process written down, or if the leader is gone and
    members remain: the kernel gives no new process the number of a group that has members.
    """
    try:
        written = json.loads(record.read_text())
    except (OSError, ValueError):
        return []
    if written["boot"] != boot_id():
        return []
    found = []
    for name, (leader, since) in written["groups"].items():
        if started(leader) not in {None, since} or not group_is_alive(leader):
            continue
        found.append(name)
        for signum, seconds in ((signal.SIGTERM, STOP_SECONDS), (signal.SIGKILL, STOP_SECONDS)):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(leader, signum)
            deadline = time.monotonic() + seconds
            while group_is_alive(leader) and time.monotonic() < deadline:
                time.sleep(0.05)
    record.unlink(missing_ok=True)
    return found


def boot_id() -> str:
    try:
        return (PROC / "sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return ""


def stat_fields(pid: int) -> list[str] | None:
    """Return the fields of /proc/<pid>/stat from the state on; None without such a process."""
    try:
        text = (PROC / str(pid) / "stat").read_text(errors="replace")  # a name cut off midway
    except OSError:
        return None
    return text.rpartition(")")[2].split()


def started(pid: int) -> str | None:
    """Return when a process began, in clock ticks since boot; None if it is gone or a zombie."""
    fields = stat_fields(pid)
    return fields[19] if fields and fields[0] != "Z" else None


def pids() -> Iterator[int]:
    with contextlib.suppress(OSError):
        for entry in PROC.iterdir():
            if entry.name.isdigit():
                yield int(entry.name)


def group_is_alive(group: int) -> bool:
    """Return whether a process group has members that are not zombies."""
    for pid in pids():
        fields = stat_fields(pid)
        if fields and fields[2] == str(group) and fields[0] != "Z":
            return True
    return False


def processes_in(directory: Path, name: str) -> list[int]:
    """Return the live processes of a program whose working directory this is."""
    found = []
    for pid in pids():
        with contextlib.suppress(OSError):
            process = PROC / str(pid)
            if (process / "cwd").readlink() == directory and command_name(pid) == name:
                found.append(pid)
    return found


def command_name(pid: int) -> str:
    return (PROC / str(pid) / "comm").read_text().strip()


def port_is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def port_holder(port: int) -> str | None:
    """Return "name, process 123" of whoever listens on a port, where the system tells."""
    inodes = set()
    for table in (PROC / "net/tcp", PROC / "net/tcp6"):
        with contextlib.suppress(OSError):
            for row in table.read_text().splitlines()[1:]:
                fields = row.split()
                if fields[3] == "0A" and int(fields[1].rpartition(":")[2], 16) == port:
                    inodes.add(f"socket:[{fields[9]}]")
    for pid in pids():
        with contextlib.suppress(OSError):
            if any(str(fd.readlink()) in inodes for fd in (PROC / str(pid) / "fd").iterdir()):
                return f"{command_name(pid)}, process {pid}"
    return None
