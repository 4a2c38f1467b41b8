import contextlib
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg2
import pytest

from deploy.local import postgres as module
from deploy.local.postgres import Account, Binaries, Postgres, socket_directory
from deploy.local.processes import processes_in
from deploy.local.report import Problem
from tests.deploy.conftest import ROOT, VENV, make_home, wait_until


def rows(server: Postgres, statement: str, role: str = "postgres") -> list[tuple[object, ...]]:
    connection = psycopg2.connect(server.url(role, "guanjia"))
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchall() if cursor.description else []
    finally:
        connection.close()


def processes(server: Postgres) -> list[int]:
    return processes_in(server.data, "postgres")


def kill_everything(server: Postgres) -> None:
    for process in processes(server):
        with contextlib.suppress(ProcessLookupError):  # the others go when the first is killed
            os.kill(process, signal.SIGKILL)
    wait_until(lambda: not processes(server))


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postgres]:
    """A server that is up and set up, for tests that only look."""
    home = make_home(tmp_path_factory.mktemp("running"))
    server = Postgres(home, VENV, durable=False)
    server.start()
    server.set_up(for_tests=False)
    yield server
    server.stop()
    server.remove()


def test_roles_may_do_what_they_should(running: Postgres) -> None:
    found = rows(
        running,
        "SELECT rolname, rolcreaterole, rolinherit, rolsuper, rolcreatedb FROM pg_roles"
        " WHERE rolname LIKE 'guanjia%' ORDER BY rolname",
    )

    assert found == [
        ("guanjia_owner", True, True, False, False),
        ("guanjia_web", False, False, False, False),
    ]


def test_the_owner_owns_the_database_and_extensions_lie_in_public(running: Postgres) -> None:
    owner = rows(
        running, "SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = 'guanjia'"
    )
    extensions = rows(
        running,
        "SELECT extname, nspname FROM pg_extension JOIN pg_namespace n ON n.oid = extnamespace"
        " WHERE extname IN ('btree_gist', 'pg_trgm') ORDER BY extname",
    )

    assert owner == [("guanjia_owner",)]
    assert extensions == [("btree_gist", "public"), ("pg_trgm", "public")]


def test_the_web_role_may_create_nothing(running: Postgres) -> None:
    with pytest.raises(psycopg2.errors.InsufficientPrivilege):
        rows(running, "CREATE TABLE public.planted (id int)", role="guanjia_web")
    with pytest.raises(psycopg2.errors.InsufficientPrivilege):
        rows(running, "CREATE SCHEMA planted", role="guanjia_web")


def test_set_up_again_changes_nothing(running: Postgres) -> None:
    rows(running, "CREATE TABLE kept (id int)", role="guanjia_owner")

    running.set_up(for_tests=False)

    assert rows(running, "SELECT count(*) FROM kept") == [(0,)]


def test_left_over_test_databases_are_dropped(postgres: Postgres) -> None:
    postgres.start()
    postgres.set_up(for_tests=True)
    made = ["test_guanjia_123", *(f"guanjia_template_{number}" for number in range(5))]
    for name in made:
        rows(postgres, f"CREATE DATABASE {name}", role="guanjia_owner")

    postgres.set_up(for_tests=True)

    left = rows(postgres, "SELECT datname FROM pg_database WHERE datname ~ '_[0-9]+$' ORDER BY 1")
    assert left == [("guanjia_template_2",), ("guanjia_template_3",), ("guanjia_template_4",)]


def test_committed_rows_survive_kill_9(home: Path) -> None:
    server = Postgres(home, VENV, durable=True)
    server.start()
    try:
        server.set_up(for_tests=False)
        rows(server, "CREATE TABLE kept AS SELECT generate_series(1, 10000)")
        kill_everything(server)

        assert server.start() is True

        assert rows(server, "SELECT count(*) FROM kept") == [(10000,)]
    finally:
        server.stop()


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
@pytest.mark.parametrize("impostor", ["zombie", "another program"])
def test_a_reused_process_number_does_not_block_the_start(
    postgres: Postgres, impostor: str
) -> None:
    """PostgreSQL alone refuses here: it only asks whether the process exists."""
    postgres.start()
    kill_everything(postgres)
    command = ["true"] if impostor == "zombie" else ["sleep", "60"]
    with subprocess.Popen(command) as process:
        pid_file = postgres.data / "postmaster.pid"
        lines = pid_file.read_text().splitlines()
        pid_file.write_text("\n".join([str(process.pid), *lines[1:], ""]))
        lock = postgres.sockets / ".s.PGSQL.5432.lock"
        lock.write_text(f"{process.pid}\n")
        assert postgres._launch() is False, "the harness is blunt: this PostgreSQL does not mind"

        assert postgres.start() is True

        process.kill()


def test_a_shell_standing_in_the_data_directory_is_left_alone(postgres: Postgres) -> None:
    postgres.start()
    kill_everything(postgres)
    with subprocess.Popen(["sleep", "60"], cwd=postgres.data) as bystander:
        postgres.start()

        assert bystander.poll() is None
        bystander.kill()


def test_starting_a_running_server_keeps_it(postgres: Postgres, home: Path) -> None:
    postgres.start()
    before = (postgres.data / "postmaster.pid").read_text()

    assert Postgres(home, VENV, durable=False).start() is False

    assert (postgres.data / "postmaster.pid").read_text() == before


def test_simultaneous_starters_share_one_server(home: Path) -> None:
    script = (
        "import sys; from pathlib import Path\n"
        "from deploy.local.report import Reporter\n"
        "from deploy.local.servers import Purpose, Servers\n"
        "home, venv = map(Path, sys.argv[1:])\n"
        "with Servers(home, venv, Reporter(), {}, purpose=Purpose.TEST):\n"
        "    sys.stdin.read()\n"
    )
    starters = [
        subprocess.Popen(
            [sys.executable, "-c", script, home, VENV],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(3)
    ]
    said = [starter.stdout.readline() for starter in starters if starter.stdout]
    postmasters = processes_in((home / "postgres").resolve(), "postgres")
    remaining = [len(postmasters)]
    for starter in starters:
        starter.communicate()
        remaining.append(len(processes_in((home / "postgres").resolve(), "postgres")))

    assert sorted("was still up" in line for line in said) == [False, True, True]
    assert [starter.returncode for starter in starters] == [0, 0, 0]
    assert remaining[1] > 0
    assert remaining[2] > 0
    assert remaining[3] == 0, "the last user stops the server"


def test_a_failing_start_names_its_log(postgres: Postgres) -> None:
    postgres.start()
    postgres.stop()
    (postgres.data / "postgresql.conf").write_text("nonsense\n")

    with pytest.raises(Problem, match=r"^PostgreSQL did not start$") as caught:
        postgres.start()

    assert caught.value.log == postgres.log
    assert "contains errors" in postgres.log.read_text()


def test_data_of_a_version_that_is_not_installed_is_refused(home: Path) -> None:
    server = Postgres(home, VENV, durable=True)
    server.data.mkdir(parents=True)
    (server.data / "PG_VERSION").write_text("14\n")

    with pytest.raises(Problem, match="needs PostgreSQL 14"):
        server.start()


@pytest.fixture
def memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory that stands for memory, with room enough."""
    disk = tmp_path / "memory"
    disk.mkdir()
    monkeypatch.setattr(module, "MEMORY_DISK", disk)
    monkeypatch.setattr(module, "MEMORY_BYTES", 0)
    return disk


def test_data_that_need_not_last_are_in_memory(home: Path, memory: Path) -> None:
    server = Postgres(home, VENV, durable=False)
    server.start()
    try:
        assert server.data.is_relative_to(memory)
        assert (home / "postgres").resolve() == server.data
        assert server.data.parent.stat().st_mode & 0o777 == 0o700
        # Whoever stops or removes it does not know what it was for.
        assert Postgres(home, VENV, durable=True).data == server.data
        assert Postgres(home, VENV, durable=True).start() is False
    finally:
        server.stop()
        server.remove()
    assert list(memory.iterdir()) == []


def test_data_in_memory_are_made_anew_when_the_memory_or_the_checkout_is(
    home: Path, memory: Path
) -> None:
    first = Postgres(home, VENV, durable=False)
    first.start()
    first.stop()
    mark = first.mark()
    shutil.rmtree(first.data.parent)  # as a restart of the machine does

    second = Postgres(home, VENV, durable=False)
    second.start()
    second.stop()
    assert second.mark() != mark
    (home / "postgres").unlink()  # as a fresh clone in the same place has it
    mark = second.mark()

    third = Postgres(home, VENV, durable=False)
    third.start()
    third.stop()
    assert third.mark() != mark
    third.remove()


def test_data_that_last_or_have_no_room_are_on_the_disk(
    home: Path, memory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert Postgres(home, VENV, durable=True).data == home / "postgres"
    monkeypatch.setattr(module, "MEMORY_BYTES", 2**62)
    assert Postgres(home, VENV, durable=False).data == home / "postgres"
    monkeypatch.setattr(module, "MEMORY_DISK", memory / "of another system")
    assert Postgres(home, VENV, durable=False).data == home / "postgres"


def test_no_server_programs_at_all_is_one_clear_line(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "installed_binaries", lambda _venv: iter(()))

    with pytest.raises(Problem, match="no PostgreSQL 15 or newer found"):
        Postgres(home, VENV, durable=True).start()


def test_programs_that_cannot_run_here_are_passed_over(tmp_path: Path) -> None:
    (tmp_path / "postgres").write_text("#!/bin/sh\nexit 126\n")
    (tmp_path / "postgres").chmod(0o755)

    assert Binaries(tmp_path, "a wheel for another system").major == 0


def test_a_long_path_moves_the_sockets_to_a_private_directory(tmp_path: Path) -> None:
    home = tmp_path / ("long" * 30)

    found = socket_directory(home, "valkey.sock")

    assert len(os.fsencode(found / "valkey.sock")) < 104
    assert found.stat().st_mode & 0o777 == 0o700
    assert found == socket_directory(home, "valkey.sock")
    assert found != socket_directory(tmp_path / ("lang" * 30), "valkey.sock")
    found.rmdir()
    socket_directory(tmp_path / ("lang" * 30), "valkey.sock").rmdir()


def test_a_socket_directory_of_somebody_else_is_refused(tmp_path: Path) -> None:
    home = tmp_path / ("long" * 30)
    found = socket_directory(home, "valkey.sock")
    found.rmdir()
    found.symlink_to(tmp_path)

    with pytest.raises(Problem, match="belongs to somebody else"):
        socket_directory(home, "valkey.sock")

    found.unlink()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
def test_root_without_user_namespaces_runs_the_server_as_nobody(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    forbidden = tmp_path / "bin"
    forbidden.mkdir()
    (forbidden / "unshare").write_text("#!/bin/sh\nexit 1\n")
    (forbidden / "unshare").chmod(0o755)
    monkeypatch.setenv("PATH", f"{forbidden}:{os.environ['PATH']}")
    server = Postgres(home, VENV, durable=True)
    try:
        server.start()
        server.set_up(for_tests=False)
        postmaster = (server.data / "postmaster.pid").read_text().split()[0]

        assert rows(server, "SELECT 1", role="guanjia_web") == [(1,)]
        assert Path(f"/proc/{postmaster}").stat().st_uid == 65534
        assert not server.data.is_relative_to(home)
    finally:
        server.stop()
        server.remove()
    assert not server.data.exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="an ordinary user needs no disguise")
def test_root_keeps_its_files_in_a_user_namespace(home: Path, tmp_path: Path) -> None:
    if not module._succeeds(["unshare", "--user", "true"]):
        pytest.skip("user namespaces are forbidden here")

    account = Account(home, tmp_path / "outside")

    assert account.prefix[:2] == ["unshare", "--user"]
    assert account.outside is None
