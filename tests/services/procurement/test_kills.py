"""Whoever writes is killed with SIGKILL between two statements, and before what he wrote counts.

Each time the company's tables are to the last row what they were, and what was begun can be done
anew. He is a child of the test, with a connection of his own.
"""

import hashlib
import os
import signal
import sys
import threading
import traceback
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, Final

import pytest
from django.db import connection
from django_tenants.utils import tenant_context
from pytest_django import Settings

from kernel.documents import queries as documents
from kernel.notifications.models import Notification
from services.billing.ledger import invariants
from services.billing.ledger.models import Journal
from services.procurement.orders.models import PurchaseOrder
from services.procurement.orders.operations import order_award
from services.procurement.receiving.models import GoodsReceipt
from services.procurement.requests.models import RequestLine
from services.procurement.rounds import operations
from services.procurement.rounds.models import (
    Opening,
    Quote,
    QuoteDraftFile,
    QuoteRevision,
    Release,
    RoundState,
    SealedFile,
)
from services.procurement.rounds.operations import reminding
from services.procurement.rounds.operations.uploads import Upload
from tenants.companies.models import Company
from tests import factories_procurement_contracts as contracts
from tests import factories_procurement_money as money
from tests import factories_procurement_orders as orders
from tests.factories import NOW, TODAY
from tests.factories_procurement_rounds import AFTER, PASSPHRASE, send_quote
from tests.kernel.test_kills import until_alone
from tests.services.procurement.rounds.conftest import ask

PDF: Final = Upload("报价单.pdf", b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n")
COMMIT: Final = 0  # to be killed before his first commit, with all written


@pytest.fixture
def place(settings: Settings, tmp_path: Path) -> Path:
    """Let files lie where a child's are seen, too."""
    backend = "django.core.files.storage.FileSystemStorage"
    attachments = {"BACKEND": backend, "OPTIONS": {"location": str(tmp_path)}}
    settings.STORAGES = {**settings.STORAGES, "attachments": attachments}
    return tmp_path


def is_killed(company: Company, work: Callable[[], object], step: int) -> bool:
    """Tell whether a child that does ``work`` was killed before this statement or commit of his.

    If not, he has done all of it.
    """

    def run() -> None:
        try:
            with tenant_context(company):
                connection.ensure_connection()
                _arm(step)
                work()
        except BaseException:
            traceback.print_exc(file=sys.stderr)
            os._exit(1)
        os._exit(0)

    pid = os.fork()
    if not pid:
        # A thread has a connection of its own; the one of the test is not to be touched.
        child = threading.Thread(target=run)
        child.start()
        child.join()
    _pid, status = os.waitpid(pid, 0)
    until_alone()
    if os.WIFSIGNALED(status):
        assert os.WTERMSIG(status) == signal.SIGKILL
        return True
    assert os.WEXITSTATUS(status) == 0
    return False


def _arm(step: int) -> None:
    left = [step]

    def die() -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    def count(execute: Callable[..., Any], *statement: Any) -> Any:
        left[0] -= 1
        if not left[0]:
            die()
        return execute(*statement)

    commit = connection.commit

    def before_commit() -> None:
        if step == COMMIT:
            die()
        commit()

    connection.execute_wrappers.append(count)
    connection.commit = before_commit  # type: ignore[method-assign]


def state_of(company: Company) -> dict[str, str]:
    """Return what stands in each table of the company, as a hash."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = %s ORDER BY 1",
            [company.schema_name],
        )
        names = [name for (name,) in cursor.fetchall()]
        found = {}
        for name in names:
            cursor.execute(f'SELECT t::text FROM "{name}" t ORDER BY 1')
            rows = "\n".join(row for (row,) in cursor.fetchall())
            found[name] = hashlib.sha256(rows.encode()).hexdigest()
    return found


def kill_until_done(company: Company, work: Callable[[], object], every: int) -> Iterator[int]:
    """Kill children further and further on, until one is done; yield after each that was killed."""
    before = state_of(company)
    for step in (COMMIT, *range(1, 10_000, every)):
        if not is_killed(company, work, step):
            return
        changed = {name for name, rows in state_of(company).items() if rows != before[name]}
        assert not changed, f"killed at {step}"
        yield step


def test_an_opening_that_is_killed_leaves_the_round_closed_and_sealed(
    committed_tenant: Company, place: Path
) -> None:
    asked = ask()
    send_quote(asked.quoters[0], asked.round, "28.90", "645.00", uploads=[PDF])
    send_quote(asked.quoters[1], asked.round, "27.90", "655.00")
    release = partial(operations.release, round_id=asked.round.pk, passphrase=PASSPHRASE, now=AFTER)
    release(actor=asked.openers[0])

    kills = 0
    for _step in kill_until_done(committed_tenant, partial(release, actor=asked.openers[1]), 9):
        kills += 1
        asked.round.refresh_from_db()
        assert asked.round.state == RoundState.OPEN
        assert Release.objects.count() == 1
        assert not Quote.objects.exists()

    assert kills > 3
    asked.round.refresh_from_db()
    assert asked.round.state == RoundState.OPENED
    assert (Opening.objects.count(), Quote.objects.count()) == (1, 2)
    attachment = documents.attachments_of(Quote.objects.order_by("pk").first()).get()  # type: ignore[arg-type]
    assert documents.content_of(attachment) == PDF.content


def test_a_quote_that_is_killed_on_its_way_is_sent_anew(
    committed_tenant: Company, place: Path
) -> None:
    asked = ask()
    quoter = asked.quoters[0]
    operations.keep_draft_files(
        actor=quoter.actor, round_id=asked.round.pk, uploads=[PDF], key=quoter.key, now=NOW
    )
    kept = QuoteDraftFile.objects.get()
    send = partial(
        send_quote,
        quoter,
        asked.round,
        "28.90",
        "645.00",
        uploads=[PDF],
        now=NOW,
    )

    kills = 0
    for _step in kill_until_done(committed_tenant, send, 4):
        kills += 1
        assert not QuoteRevision.objects.exists()
        # The draft is not thrown away before the quote is there.
        assert (place / kept.storage_key).exists()

    assert kills > 3
    assert QuoteRevision.objects.get().number == 1
    assert (place / SealedFile.objects.get().storage_key).exists()
    assert not QuoteDraftFile.objects.exists()


def test_orders_of_an_award_are_made_all_or_none(committed_tenant: Company) -> None:
    company = contracts.open_company()
    award = orders.simple_award(company)
    make = partial(order_award, actor=company.buyer, award_id=award.pk, now=NOW, today=TODAY)

    kills = sum(1 for _step in kill_until_done(committed_tenant, make, 5))

    assert kills > 3
    order = PurchaseOrder.objects.get()
    assert order.lines.count() == 1
    assert RequestLine.objects.get().bound_quantity == order.lines.get().quantity


def test_a_receipt_is_in_stock_and_in_the_books_or_nowhere(committed_tenant: Company) -> None:
    people = money.prepare()
    order = money.add_goods_order(people)
    before = Journal.objects.count()

    kills = sum(
        1
        for _step in kill_until_done(
            committed_tenant, partial(money.receive, people, order, "30"), 7
        )
    )

    assert kills > 3
    assert GoodsReceipt.objects.count() == 1
    assert Journal.objects.count() == before + 1
    assert money.line_of(order).received_quantity == 30
    assert invariants.check() == []


def test_openers_are_reminded_once_however_often_the_clock_is_killed(
    committed_tenant: Company,
) -> None:
    asked = ask()
    Notification.objects.all().delete()

    kills = sum(
        1
        for _step in kill_until_done(
            committed_tenant, partial(reminding.remind_openers, now=AFTER), 3
        )
    )

    assert kills > 3
    told = Notification.objects.filter(kind="procurement.round.to-open")
    assert told.count() == len(asked.openers)
    assert reminding.remind_openers(now=AFTER) == 0


def test_without_its_transaction_a_reminder_would_be_lost(committed_tenant: Company) -> None:
    """The tests above have teeth: what is claimed counts before anybody is told."""
    asked = ask()
    remind = reminding._remind.__wrapped__  # type: ignore[attr-defined]

    with pytest.raises(AssertionError, match="killed at"):
        list(kill_until_done(committed_tenant, partial(remind, asked.round.pk, AFTER), 1))
