"""Requests through the whole stack beside the same views behind Django's own middleware alone.

Plain means: the company's schema is in force already, and there are sessions, sign-in and CSRF as
``startproject`` sets them up. What the stack costs over it is finding the company, switching
schema and role, logs, metrics, security headers and limits. Function calls do not depend on how
busy the machine is.
"""

import argparse
import cProfile
import io
import logging
import pstats
import time
from collections.abc import Callable
from statistics import median
from typing import Any

from django.conf import settings
from django.db import connection
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext

from kernel.access import tokens
from kernel.access.models import User
from kernel.tenancy import tenant_connection
from tenants.companies.models import Company
from tests.bench import world
from tests.bench.measure import processor_seconds
from tests.factories import add_actor

USERNAME = "xu"
GOAL = 1.15
BATCH = 10
HOST = "alpha.test"
PLAIN = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",  # the views ask for request.htmx
]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--units", type=int, default=10_000)
    parser.add_argument("--requests", type=int, default=200)


def run(options: argparse.Namespace) -> None:
    with world.fresh_company() as company:
        project_id = world.add_project("P", options.units)
        actor = add_actor(USERNAME, "company_admin")
        user = User.objects.get(username=USERNAME)
        _token, text = tokens.create_token(
            actor=actor, user_id=user.pk, name="bench", now=world.NOW
        )
        browsers = clients(company, {"host": HOST}, user)
        programs = clients(company, {"host": HOST, "authorization": f"Bearer {text}"}, None)
        print(
            f"{'request':<16} {'plain':>9} {'stack':>9} {'ratio':>6} {'processor':>10} {'calls':>6}"
            f" {'queries':>13}"
        )
        for name, path, used in (
            ("list page", f"/p/{project_id}/units/", browsers),
            ("its rows (htmx)", f"/p/{project_id}/units/?page=2", browsers),
            ("API list", f"/api/v1/units/?project_id={project_id}", programs),
        ):
            report(name, path, used, lambda: tenant_connection.set_tenant(company), options)


def clients(company: Company, headers: dict[str, str], user: User | None) -> dict[str, Client]:
    """Return a client of each kind, warm: the first request loads the middleware of the settings.

    Lines of the log are made and thrown away.
    """
    for handler in logging.getLogger().handlers:
        assert isinstance(handler, logging.StreamHandler)
        handler.setStream(io.StringIO())
    made = {}
    for name, middleware in (("stack", settings.MIDDLEWARE), ("plain", PLAIN)):
        tenant_connection.set_tenant(company)
        with override_settings(MIDDLEWARE=middleware, ALLOWED_HOSTS=["*"]):
            client = made[name] = Client(headers=headers)
            if user is not None:
                client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[-1])
            client.get("/")
    return made


def report(
    name: str,
    path: str,
    used: dict[str, Client],
    enter: Callable[[], None],
    options: argparse.Namespace,
) -> None:
    headers = {"hx-request": "true"} if "htmx" in name else {}
    seconds: dict[str, list[float]] = {"plain": [], "stack": []}
    queries = {}
    for kind, client in used.items():
        enter()
        client.get(path, headers=headers)  # what only a first look costs: a last page, a token
        enter()
        with CaptureQueriesContext(connection) as captured:
            answer: Any = client.get(path, headers=headers)
        assert answer.status_code == 200, (kind, answer.status_code, path)
        queries[kind] = len(captured)
    calls = {}
    for kind, client in used.items():
        enter()
        profile = cProfile.Profile()
        profile.runcall(client.get, path, headers=headers)
        calls[kind] = pstats.Stats(profile).total_calls  # type: ignore[attr-defined]
    processor = {"plain": 0.0, "stack": 0.0}
    for _number in range(options.requests // BATCH):
        for kind, client in used.items():  # in turns: both meet the same noise
            enter()
            before = processor_seconds()
            for _again in range(BATCH):
                enter()
                started = time.perf_counter()
                assert client.get(path, headers=headers).status_code == 200
                seconds[kind].append(time.perf_counter() - started)
            processor[kind] += processor_seconds() - before
    plain, stack = median(seconds["plain"]), median(seconds["stack"])
    print(
        f"{name:<16} {plain * 1000:>6.1f} ms {stack * 1000:>6.1f} ms {stack / plain:>6.2f}"
        f" {processor['stack'] / processor['plain']:>10.2f}"
        f" {calls['stack'] / calls['plain']:>6.2f}"
        f" {queries['plain']:>6} -> {queries['stack']:>3}"
    )
