import os
import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis

from deploy.local.report import Problem
from deploy.local.valkey import Valkey
from tests.deploy.conftest import VENV, wait_until


@pytest.fixture
def valkey(home: Path) -> Iterator[Valkey]:
    server = Valkey(home, VENV)
    yield server
    server.stop()


def client(server: Valkey) -> "redis.Redis[str]":
    return redis.Redis(unix_socket_path=str(server._socket), decode_responses=True)


def test_what_was_queued_survives_stop_and_start(valkey: Valkey) -> None:
    valkey.start()
    with client(valkey) as connection:
        connection.rpush("celery", "first", "second")
    valkey.stop()
    assert not valkey.is_ready()

    assert valkey.start() is True

    with client(valkey) as connection:
        assert connection.lrange("celery", 0, -1) == ["first", "second"]


def test_what_was_written_down_survives_kill_9(valkey: Valkey) -> None:
    valkey.start()
    with client(valkey) as connection:
        connection.rpush("celery", "kept")
        # The file is flushed once a second; what the server answered after WAITAOF is on disk.
        connection.execute_command("WAITAOF", 1, 0, 0)  # however long the disk takes
        process = int(connection.info("server")["process_id"])
    os.kill(process, signal.SIGKILL)
    assert valkey._server is not None
    valkey._server.wait()

    assert valkey.start() is True

    with client(valkey) as connection:
        assert connection.lrange("celery", 0, -1) == ["kept"]


def test_starting_a_running_server_keeps_it(valkey: Valkey, home: Path) -> None:
    valkey.start()

    assert Valkey(home, VENV).start() is False


def test_nobody_listens_on_the_network(valkey: Valkey) -> None:
    valkey.start()
    with client(valkey) as connection:
        port = connection.config_get("port")["port"]

    assert port == "0"
    assert valkey._socket.stat().st_mode & 0o077 == 0


def test_a_stale_socket_does_not_block_the_start(valkey: Valkey) -> None:
    with socket.socket(socket.AF_UNIX) as abandoned:
        abandoned.bind(str(valkey._socket))

    assert valkey.start() is True
    wait_until(valkey.is_ready)


def test_no_server_program_at_all_is_one_clear_line(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(Problem, match="no Valkey or Redis server found"):
        Valkey(home, tmp_path).start()
