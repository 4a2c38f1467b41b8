"""What people wait for at a large company: the search box, the arrears list, the counter."""

import argparse
import io
import logging
import time
from collections.abc import Callable
from statistics import median

from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from kernel.access import Actor
from kernel.access.models import User
from kernel.tenancy import tenant_connection
from services.properties import queries as registry
from tests.bench import world
from tests.factories import add_actor

USERNAME = "xu"
GOAL_MS = 200
PROJECTS = 2
MONTHS = 4  # of which a quarter is paid: three open bills for each dwelling
TEXTS = {
    "room": "1-1-4711",
    "room's number": "4711",
    "phone's end": "7919",
    "plate": "浙A00471",
    "meter": "4711-W",
    "name": "王静",
    "middle of a name": "静丽",
    "surname": "王",
    "initials": "bhf",
    "nobody": "不存在的人",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--units", type=int, default=100_000)
    parser.add_argument("--times", type=int, default=10)


def run(options: argparse.Namespace) -> None:
    with world.fresh_company() as company:
        each = options.units // PROJECTS
        project_ids = [world.add_project(f"P{number}", each) for number in range(PROJECTS)]
        for project_id in project_ids:
            world.add_people(project_id)
            world.add_open_lines(project_id, MONTHS)
        actor = add_actor(USERNAME, "company_admin")
        print(f"{'read':<34} {'median':>9} {'slowest':>9} {'statements':>10}")
        for name, text in TEXTS.items():
            report(f"search: {name}", search_of(actor, text), options.times)
        client = browser()

        def look(path: str) -> Callable[[], None]:
            def work() -> None:
                tenant_connection.set_tenant(company)
                assert client.get(path).status_code == 200
                tenant_connection.set_tenant(company)

            return work

        for name, path in (
            ("units, first page", "units/"),
            ("arrears, first page", "arrears/"),
            ("arrears, by room", "arrears/?sort=label"),
            ("dashboard", ""),
        ):
            report(f"page: {name}", look(f"/p/{project_ids[0]}/{path}"), options.times)


def search_of(actor: Actor, text: str) -> Callable[[], object]:
    return lambda: registry.search_households(actor=actor, text=text, limit=8)


def browser() -> Client:
    for handler in logging.getLogger().handlers:
        assert isinstance(handler, logging.StreamHandler)
        handler.setStream(io.StringIO())
    client = Client(headers={"host": "alpha.test"})
    user = User.objects.get(username=USERNAME)
    client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[-1])
    return client


def report(name: str, work: Callable[[], object], times: int) -> None:
    work()
    with CaptureQueriesContext(connection) as captured:
        work()
        statements = len(connection.queries_log) - captured.initial_queries
    seconds = []
    for _number in range(times):
        started = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - started)
    print(
        f"{name:<34} {median(seconds) * 1000:>6.0f} ms {max(seconds) * 1000:>6.0f} ms"
        f" {statements:>10}"
    )
