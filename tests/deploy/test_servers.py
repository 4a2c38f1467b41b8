import os
import shutil
from pathlib import Path

import dj_database_url
import pytest

from deploy.local.locks import alone
from deploy.local.postgres import socket_directory
from deploy.local.report import Problem, Reporter
from deploy.local.servers import Purpose, Servers, check_broker, check_space, make_home
from tests.deploy.conftest import VENV, bound_socket

GIVEN = {"DATABASE_URL": "postgresql://one@db/guanjia", "BROKER_URL": "redis://broker/0"}


def test_servers_named_by_the_environment_are_used_as_they_are(
    home: Path, report: Reporter, capsys: pytest.CaptureFixture[str]
) -> None:
    with Servers(home, VENV, report, GIVEN) as servers:
        environment = servers.environment()

    assert "DATABASE_URL" not in environment
    assert "BROKER_URL" not in environment
    assert "is the one that DATABASE_URL names" in capsys.readouterr().out
    assert sorted(path.name for path in home.iterdir()) == ["log", "run", "secret-key"]


def test_settings_find_both_roles_of_the_embedded_database(
    tmp_path: Path, report: Reporter
) -> None:
    home = tmp_path / "Ein Pfad" / "数据"

    environment = Servers(home, VENV, report, {}).environment()
    web = dj_database_url.parse(environment["DATABASE_URL"])
    owner = dj_database_url.parse(environment["DATABASE_OWNER_URL"])

    assert (web["USER"], web["NAME"]) == ("guanjia_web", "guanjia")
    assert (owner["USER"], owner["NAME"]) == ("guanjia_owner", "guanjia")
    assert web["HOST"] == owner["HOST"]
    sockets = Path(str(web["HOST"]))
    assert sockets == socket_directory(home, ".s.PGSQL.5432")
    sockets.rmdir()  # may lie in /tmp, where pytest does not tidy up


def test_the_secret_key_is_made_once_and_for_the_owner_only(home: Path, report: Reporter) -> None:
    first = Servers(home, VENV, report, GIVEN).environment()["GUANJIA_SECRET_KEY"]
    second = Servers(home, VENV, report, GIVEN).environment()["GUANJIA_SECRET_KEY"]

    assert len(first) >= 64
    assert first == second
    assert (home / "secret-key").stat().st_mode & 0o777 == 0o600


def test_a_given_secret_key_is_not_replaced(home: Path, report: Reporter) -> None:
    given = {**GIVEN, "GUANJIA_SECRET_KEY": "theirs"}

    assert Servers(home, VENV, report, given).environment()["GUANJIA_SECRET_KEY"] == "theirs"
    assert not (home / "secret-key").exists()


def test_servers_in_use_are_not_stopped_by_a_reset(home: Path, report: Reporter) -> None:
    with (
        Servers(home, VENV, report, GIVEN),
        pytest.raises(Problem, match="command uses the servers in"),
    ):
        Servers(home, VENV, report, GIVEN).stop_left_over()

    Servers(home, VENV, report, GIVEN).stop_left_over()


def test_tests_need_no_broker(home: Path, report: Reporter) -> None:
    servers = Servers(home, VENV, report, {}, purpose=Purpose.TEST)

    assert "BROKER_URL" not in servers.environment()


def test_a_cluster_made_anew_is_another_one(home: Path, report: Reporter) -> None:
    with Servers(home, VENV, report, {}, purpose=Purpose.TEST) as servers:
        first = servers.cluster()
        assert servers.cluster() == first
    with Servers(home, VENV, report, {}, purpose=Purpose.TEST) as servers:
        assert servers.cluster() == first
    shutil.rmtree((home / "postgres").resolve())

    with Servers(home, VENV, report, {}, purpose=Purpose.TEST) as servers:
        assert servers.cluster() not in {first, ""}


def test_a_server_given_is_never_taken_for_ours(home: Path, report: Reporter) -> None:
    assert Servers(home, VENV, report, GIVEN).cluster() == ""


def test_a_broker_that_does_not_answer_is_one_line() -> None:
    with bound_socket() as server:
        port = server.getsockname()[1]
        refused = rf"BROKER_URL names does not answer at 127.0.0.1:{port}: Connection refused$"
        with pytest.raises(Problem, match=refused):
            check_broker(f"redis://127.0.0.1:{port}/0")

        server.listen()

        check_broker(f"redis://127.0.0.1:{port}/0")


@pytest.mark.parametrize("url", ["", "redis+socket:///run/valkey.sock"])
def test_a_broker_without_a_network_address_is_left_to_its_client(url: str) -> None:
    check_broker(url)


def test_a_second_command_of_a_kind_is_told_who_is_first(home: Path) -> None:
    message = rf"^\./dev run is already at work here, process {os.getpid()}$"
    with alone(home, "run"), pytest.raises(Problem, match=message), alone(home, "run"):
        pass
    with alone(home, "run"), alone(home, "test"):
        pass


def test_a_nearly_full_disk_is_refused(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    check_space(home)
    usage = shutil.disk_usage(home)._replace(free=499_000_000)
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: usage)

    with pytest.raises(Problem, match=r"^only 499 MB are free"):
        check_space(home)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_a_data_directory_of_another_user_is_refused(home: Path) -> None:
    os.chown(home, 65534, 65534)

    with pytest.raises(Problem, match="belongs to another user"):
        make_home(home)
