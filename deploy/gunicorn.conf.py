"""The web server's settings, for `./dev run` and production alike; the environment tunes them."""

import os
import pathlib

bind = os.environ.get("GUANJIA_BIND", "127.0.0.1:8000")
# Threads, not greenlets: the company in force belongs to a thread. Each thread holds one database
# connection, so keep workers x threads x machines well below max_connections.
worker_class = "gthread"
workers = int(os.environ.get("GUANJIA_WEB_WORKERS", "2"))
threads = int(os.environ.get("GUANJIA_WEB_THREADS", "4"))
timeout = 60
graceful_timeout = 8  # `./dev` gives its processes 10 s, Kubernetes and compose more
keepalive = 5
# A worker that lived long is replaced, not all at the same moment.
max_requests = 10_000
max_requests_jitter = 1_000
# The heartbeat file must not wait for a disk.
worker_tmp_dir = "/dev/shm" if pathlib.Path("/dev/shm").is_dir() else None  # noqa: S108
# The control socket lies in the home directory, where two instances would share it.
control_socket_disable = True
