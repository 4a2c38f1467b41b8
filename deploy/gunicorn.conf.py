"""The web server's settings, for `./dev run` and production alike; the environment tunes them."""

import os
import shutil
from pathlib import Path
from typing import Any

bind = os.environ.get("GUANJIA_BIND", "127.0.0.1:8000")
# Threads, not greenlets: the company in force belongs to a thread. Each thread holds one database
# connection, so keep workers x threads x machines well below the server's max_connections.
worker_class = "gthread"
workers = int(os.environ.get("GUANJIA_WEB_WORKERS", "2"))
threads = int(os.environ.get("GUANJIA_WEB_THREADS", "4"))
timeout = 60
graceful_timeout = 8  # below the 10 s that `./dev` and container engines wait before they kill
keepalive = 5
# A worker that has lived long is replaced, and not all at the same moment.
max_requests = 10_000
max_requests_jitter = 1_000
# The heartbeat file must not wait for a disk.
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108
# The control socket lies in the home directory, where two instances would share it.
control_socket_disable = True

# The workers add up their figures in files; /metrics reads all of them.
METRICS = Path(os.environ.get("GUANJIA_VAR", ".var")) / "metrics"
os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(METRICS)


def on_starting(_server: Any) -> None:
    """Begin with empty figures: those of processes that are gone would be counted again."""
    shutil.rmtree(METRICS, ignore_errors=True)
    METRICS.mkdir(parents=True)


def child_exit(_server: Any, worker: Any) -> None:
    """Drop the gauges of a worker that has ended; its counters stay in the sums."""
    # Imported before the variable above was set, it would keep all figures in memory.
    from prometheus_client import multiprocess  # noqa: PLC0415

    multiprocess.mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]
