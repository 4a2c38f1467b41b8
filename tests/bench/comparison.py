"""A round's comparison: opened, shown as a page, exported; by lines and vendors."""

import argparse
import random
import time
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.test import Client

from kernel.access.models import User
from kernel.tenancy import tenant_connection
from services.procurement.rounds.rules.drafts import Line
from tests.bench import world
from tests.bench.reads import report
from tests.factories_procurement_rounds import (
    add_buyer,
    add_openers,
    add_quoter,
    open_round,
    publish_round,
    send_quote,
)

GOAL_PAGE_SECONDS = 1
GOAL_EXPORT_SECONDS = 5


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--lines", type=int, default=500)
    parser.add_argument("--vendors", type=int, default=20)
    parser.add_argument("--times", type=int, default=5)


def run(options: argparse.Namespace) -> None:
    chance = random.Random(20261122)
    with world.fresh_company() as company:
        buyer, openers = add_buyer(), add_openers()
        quoters = [add_quoter(f"V{number}") for number in range(options.vendors)]
        lines = [
            Line(name=f"Article {number}", unit="个", quantity=Decimal(number % 90 + 1))
            for number in range(options.lines)
        ]
        asked = publish_round(buyer, quoters, lines=lines)
        usual = [Decimal(chance.randint(100, 90_000)) / 100 for _line in lines]
        started = time.perf_counter()
        for quoter in quoters:
            prices = [
                None if chance.random() < 0.01 else f"{price * chance.randint(80, 125) / 100:.2f}"
                for price in usual
            ]
            send_quote(quoter, asked, *prices)
        sent = time.perf_counter()
        open_round(asked, openers)
        opened = time.perf_counter()
        cells = options.lines * options.vendors
        print(f"{options.lines} lines, {options.vendors} vendors: {cells} cells")
        print(
            f"{'each quote checked, sealed, sent':<34} {(sent - started) / options.vendors:>6.3f} s"
        )
        print(f"{'all opened by two people':<34} {opened - sent:>6.3f} s")
        client = Client(headers={"host": "alpha.test"})
        client.force_login(
            User.objects.get(pk=buyer.require_person()),
            backend=settings.AUTHENTICATION_BACKENDS[-1],
        )
        ways = (("page", client.get, "comparison/"), ("export", client.post, "comparison.xlsx"))
        for name, ask_for, path in ways:

            def look(ask_for: Any = ask_for, path: str = path) -> None:
                tenant_connection.set_tenant(company)
                answer = ask_for(f"/c/quote-rounds/{asked.pk}/{path}")
                assert answer.status_code == 200
                assert b"".join(answer) if answer.streaming else answer.content
                tenant_connection.set_tenant(company)

            report(
                f"{name}: goal {GOAL_PAGE_SECONDS if name == 'page' else GOAL_EXPORT_SECONDS} s",
                look,
                options.times,
            )
