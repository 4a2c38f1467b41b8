"""Workers are killed with SIGKILL in the middle; nothing is lost, and twice only what may be."""

import json
import os
import random
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import pytest
from django.db import connection, transaction
from pytest_django import Settings

from kernel import access
from kernel.audit import operations as audit
from kernel.audit.models import AuditAnchor, AuditEntry
from kernel.audit.verification import verify
from kernel.deadlines import operations as deadlines
from kernel.deadlines.models import Deadline
from kernel.notifications import operations as notifications
from kernel.notifications.models import Delivery, Notification
from kernel.notifications.registry import Notice
from kernel.outbox import operations as outbox
from kernel.outbox import registry
from kernel.outbox.models import EventDelivery
from kernel.outgoing import LEASE, OutgoingState
from kernel.tenancy import public, unsign
from kernel.text import _
from services.properties.operations import create_project
from tenants.companies.models import AuditCheck, AuditWalk, Company
from tests import database
from tests.factories import NOW, add_actor, add_user
from tests.kernel.killable import ANCHORS, PORTION
from tests.kernel.notifications.conftest import notice
from tests.threads import PATIENCE

__all__ = ["notice"]

KILLS = 3
THINGS = 120
STATEMENTS = 20  # that a worker is let do at most before it is looked at again


def start(work: str, now: datetime, *gated: str, **more: str) -> subprocess.Popen[str]:
    """Start a worker process."""
    paths = f"{database.ROOT / 'platform'}{os.pathsep}{database.ROOT}"
    return subprocess.Popen(
        [
            *(sys.executable, "-m", "tests.kernel.killable"),
            *(str(connection.settings_dict["NAME"]), work, now.isoformat(), *gated),
        ],
        cwd=database.ROOT,
        env=os.environ | {"PYTHONPATH": paths} | more,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def kill_once(work: str, now: datetime, is_enough: Callable[[], bool], **more: str) -> None:
    """Let a worker do some statements at a time, and kill it before the next when it is enough."""
    with start(work, now, "gated", **more) as worker:
        assert worker.stdin is not None
        assert worker.stdout is not None
        assert worker.stdout.readline() == "waits\n"
        while not is_enough():
            worker.stdin.write(f"{random.randint(1, STATEMENTS)}\n")
            worker.stdin.flush()
            assert worker.stdout.readline() == "waits\n", "it ended before it was killed"
        worker.kill()
        assert worker.wait() == -signal.SIGKILL
    until_alone()


def until_alone() -> None:
    """Return once the server has noticed that the one killed is gone, and what he held is free."""
    given_up_at = monotonic() + PATIENCE
    with connection.cursor() as cursor:
        while monotonic() < given_up_at:
            cursor.execute(
                "SELECT FROM pg_stat_activity WHERE datname = current_database()"
                " AND usename = session_user AND pid <> pg_backend_pid()"
            )
            if cursor.fetchone() is None:
                return
            sleep(0.01)
    raise AssertionError("somebody else is still connected")


def kill_again_and_again(
    work: str, done: Callable[[], int], total: int, *, apart: timedelta, **more: str
) -> None:
    """Kill workers in the middle of their work, then let one finish."""
    now = NOW
    for number in range(1, KILLS + 1):
        part = number * total // (KILLS + 2)
        kill_once(work, now, lambda part=part: done() >= part, **more)  # type: ignore[misc]
        assert 0 < done() < total  # it was hit in the middle
        now += apart
    with start(work, now, **more) as worker:
        assert worker.wait() == 0


def test_clocks_tell_each_breach_once(committed_tenant: Company) -> None:
    project = create_project(actor=access.SYSTEM, code="YL", name="云麓", now=NOW)
    zhou = add_actor("zhouting", "collector", project_id=project.pk)
    many = 2 * THINGS  # five batches
    for number in range(many):
        deadlines.start(
            clock="complaint.first-reply",
            subject=project,
            project_id=project.pk,
            started_at=NOW - timedelta(days=9),
            title=f"T-{number}",
            url="/",
            person_ids=[zhou.require_person()],
        )
        Deadline.objects.filter(subject_id=project.pk).update(subject_id=project.pk + 1 + number)

    kill_again_and_again(
        "sweep",
        Deadline.objects.exclude(breached_at=None).count,
        many,
        apart=timedelta(seconds=30),
    )

    assert not Deadline.objects.filter(breached_at=None).exists()
    told = Notification.objects.filter(kind="deadlines.breached")
    assert told.count() == many
    recorded = AuditEntry.objects.filter(event="deadlines.clock.breached")
    assert recorded.count() == recorded.values("object_id").distinct().count() == many
    assert verify().is_whole


class Receiver(BaseHTTPRequestHandler):
    got: list[str] = []

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.got.append(json.loads(body)["id"])
        self.send_response(200)
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the library's name
        return


@pytest.fixture
def receiver(settings: Settings) -> Iterator[str]:
    settings.OUTBOUND_NETWORKS = ["127.0.0.0/8"]
    registry.register("test.thing.happened", _("Something happened"))
    Receiver.got = []
    with ThreadingHTTPServer(("127.0.0.1", 0), Receiver) as listening:
        thread = threading.Thread(target=listening.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{listening.server_port}/hook"
        listening.shutdown()
        thread.join()
    del registry._EVENTS["test.thing.happened"]


def test_events_arrive_and_again_only_what_was_under_way(
    committed_tenant: Company, receiver: str
) -> None:
    admin = add_actor("xujing", "company_admin")
    endpoint, _secret = outbox.add_endpoint(
        actor=admin, name="ERP", url=receiver, events=[], now=NOW
    )
    sent = [
        str(outbox.publish(event="test.thing.happened", subject=endpoint, data={}, now=NOW).uid)
        for _event in range(THINGS)
    ]

    kill_again_and_again("events", lambda: len(Receiver.got), THINGS, apart=2 * LEASE)

    assert set(EventDelivery.objects.values_list("state", flat=True)) == {OutgoingState.SENT}
    arrived = Counter(Receiver.got)
    assert set(arrived) == set(sent)
    assert sum(arrived.values()) <= THINGS + KILLS


def test_mails_go_out_and_again_only_what_was_under_way(
    committed_tenant: Company, notice: Notice, tmp_path: Path
) -> None:
    people = [add_user(f"wang{number}", email=f"wang{number}@example.com") for number in range(30)]
    for number in range(THINGS // 30):
        notifications.notify(
            kind=notice.key,
            to=[user.pk for user in people],
            url="",
            context={"title": f"T-{number}", "by": "Li"},
            now=NOW,
        )
    assert Delivery.objects.count() == THINGS

    def mails() -> list[tuple[str, ...]]:
        """Return to whom and about what each mail is; several share a file."""
        text = "".join(file.read_text(errors="replace") for file in tmp_path.iterdir())
        wanted = ("To: ", "Subject: ")
        lines = [line for line in text.splitlines() if line.startswith(wanted)]
        return list(zip(lines[::2], lines[1::2], strict=False))

    kill_again_and_again(
        "mails", lambda: len(mails()), THINGS, apart=2 * LEASE, MAILS=str(tmp_path)
    )

    assert set(Delivery.objects.values_list("state", flat=True)) == {OutgoingState.SENT}
    arrived = Counter(mails())
    assert len(arrived) == THINGS
    assert sum(arrived.values()) <= THINGS + KILLS


def test_an_anchor_is_kept_in_both_places_or_in_none(committed_tenant: Company) -> None:
    add_user("wang")

    def checks() -> int:
        with public():
            return AuditCheck.objects.count()

    for number in range(1, KILLS + 1):
        kill_once("anchor", NOW, lambda least=3 * number: checks() >= least)  # type: ignore[misc]

    assert checks() == AuditAnchor.objects.count() < ANCHORS
    assert verify().is_whole


def test_a_verification_goes_on_where_it_was_killed(committed_tenant: Company) -> None:
    subject, links = add_user("wang"), 20 * PORTION
    with transaction.atomic():
        for _number in range(links - 1):
            audit.record(actor=access.SYSTEM, event="test.done", subject=subject, now=NOW)
    seen = [0]

    def verified() -> int:
        with public():
            walk = AuditWalk.objects.first()
        if walk is not None:
            place = unsign(walk.place, purpose="audit-walk", max_age_seconds=3600)
            seen.append(int(place[0]))
        return seen[-1]

    kill_again_and_again("verify", verified, links, apart=timedelta(0))

    assert seen == sorted(seen)  # no worker began anew
    with public():
        check = AuditCheck.objects.get()
        assert not AuditWalk.objects.exists()
    assert (check.seq, check.fault) == (links, "")
    assert AuditAnchor.objects.get().seq == links
