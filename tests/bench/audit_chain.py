"""Transactions that write one audit entry, chained and not, one writer and two at once."""

import argparse
import threading
from functools import partial
from statistics import median

from django.db import connection, transaction
from django_tenants.utils import tenant_context

from kernel import access
from kernel.access.models import User
from kernel.audit import operations as audit
from kernel.audit.verification import verify
from tenants.companies.models import Company
from tenants.provisioning.schema import owner_cursor
from tests.bench import world
from tests.bench.measure import Seconds, timed

GOAL = 1.5  # times the clock of the same transactions without the chain


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--transactions", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=3)


def run(options: argparse.Namespace) -> None:
    count = options.transactions
    with world.fresh_company() as company:
        user = User.objects.create(username="bench", name="bench", created_at=world.NOW)
        results: dict[tuple[int, bool], list[Seconds]] = {}
        for _round in range(options.rounds):  # in turns, so that noise falls on both
            for writers in (1, 2):
                for is_chained in (False, True):
                    chain_is(company, on=is_chained)
                    seconds, _none = timed(partial(write, company, user, count, writers))
                    results.setdefault((writers, is_chained), []).append(seconds)
        chain_is(company, on=True)
        verifying, report = timed(verify)
    for writers in (1, 2):
        without, chained = (
            median(seconds.clock for seconds in results[writers, is_chained])
            for is_chained in (False, True)
        )
        print(
            f"{writers} at once   without {without / count * 1e3:6.2f} ms"
            f"   chained {chained / count * 1e3:6.2f} ms   ratio {chained / without:5.2f}"
            f"   (goal {GOAL})"
        )
    print(f"verified    {report.seq} entries in {verifying.clock:.2f} s")


def write(company: Company, user: User, count: int, writers: int) -> None:
    """Write ``count`` entries in as many transactions, shared among the writers."""
    if writers == 1:
        write_here(user, count)
        return

    def work() -> None:
        try:
            with tenant_context(company):
                write_here(user, count // writers)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(writers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def write_here(user: User, count: int) -> None:
    for number in range(count):
        with transaction.atomic():
            User.objects.filter(pk=user.pk).exists()
            audit.record(
                actor=access.SYSTEM,
                event="bench.entry.written",
                subject=user,
                now=world.NOW,
                before={"price": "2.80"},
                after={"price": str(number)},
            )


def chain_is(company: Company, *, on: bool) -> None:
    """Switch the chain's trigger on or off; what was written without it is not chained later."""
    with owner_cursor() as cursor:
        cursor.execute(
            f"ALTER TABLE {company.schema_name}.audit_auditentry"
            f" {'ENABLE' if on else 'DISABLE'} TRIGGER audit_auditentry_chained"
        )
