"""The counter, the bill run and the readings meeting at one bill, with real commits."""

from collections.abc import Callable
from decimal import Decimal
from threading import Event
from typing import Any

import pytest
from django.db import IntegrityError

from kernel.errors import Conflict
from services.billing.cashier import operations as cashier
from services.billing.cashier.models import Payment, Receipt
from services.billing.ledger import invariants
from services.billing.ledger.models import Journal
from services.billing.metering import operations as metering
from services.billing.metering.models import Reading
from services.billing.runs import chunks, computing, operations, queries
from services.billing.runs.models import BillLine, BillRunChunk, DraftLine, RunState
from services.billing.standards import queries as standards
from services.billing.standards.models import FeeVersion
from tenants.companies.models import Company
from tests import factories_billing as billing
from tests import factories_runs as factories
from tests.factories_cashier import pay
from tests.factories_runs import NOW, TODAY, Office
from tests.threads import PATIENCE, at_once, until_another_waits

Call = Callable[[], Any]


@pytest.fixture
def office(committed_tenant: Company) -> Office:
    office = factories.open_office()
    factories.add_homes(office.project, 1)
    return office


@pytest.fixture
def line(office: Office) -> BillLine:
    factories.posted(office)
    return BillLine.objects.select_related("household").get()


def paying(office: Office, line: BillLine, amount: str | None = None, **values: Any) -> Call:
    return lambda: pay(
        office.collector,
        line.household,
        amount,
        payer_name="陈志远",
        now=NOW,
        today=TODAY,
        **{"expected_total": Decimal("280.00"), **values},
    )


def reversing(office: Office, line: BillLine) -> Call:
    return lambda: operations.reverse_line(
        actor=office.director, line_id=line.pk, reason="wrong", now=NOW, today=TODAY
    )


def sound_books() -> bool:
    return invariants.check() == []


# ---- the bill at the counter and in the office --------------------------------------------------


@pytest.mark.parametrize("amount", [None, "100.00"])
def test_a_bill_is_paid_or_taken_back_never_both(
    committed_tenant: Company, office: Office, line: BillLine, amount: str | None
) -> None:
    paid, taken_back = at_once(
        committed_tenant, [paying(office, line, amount), reversing(office, line)]
    )

    line.refresh_from_db()
    if isinstance(paid, Receipt):
        assert isinstance(taken_back, operations.LinePaid)
        assert (line.is_reversed, line.paid_amount) == (False, Decimal(amount or "280.00"))
    else:
        assert isinstance(paid, cashier.BillsChanged)
        assert (line.is_reversed, line.paid_amount) == (True, Decimal(0))
    assert sound_books()


def test_without_the_lock_only_the_database_keeps_a_paid_bill(
    committed_tenant: Company, office: Office, line: BillLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The teeth of the test above: the constraint is the last wall, and no answer to people."""
    read, paid = Event(), Event()

    def unlocked(ids: Any) -> list[BillLine]:
        found = list(BillLine.objects.select_related("item").filter(pk__in=ids))
        read.set()
        assert paid.wait(timeout=PATIENCE)
        return found

    def pay_then() -> Receipt:
        assert read.wait(timeout=PATIENCE)
        receipt: Receipt = paying(office, line)()
        paid.set()
        return receipt

    monkeypatch.setattr(queries, "lock_lines", unlocked)

    receipt, failed = at_once(committed_tenant, [pay_then, reversing(office, line)])

    assert isinstance(receipt, Receipt)
    assert isinstance(failed, IntegrityError)


def test_a_payment_and_the_voiding_of_another_do_not_mix(
    committed_tenant: Company, office: Office, line: BillLine
) -> None:
    first = paying(office, line, "100.00")()

    def void() -> Receipt:
        return cashier.void_payment(
            actor=office.collector,
            payment_id=first.payment_id,
            reason="wrong",
            now=NOW,
            today=TODAY,
        )

    rest, voided = at_once(
        committed_tenant, [paying(office, line, expected_total=Decimal("180.00")), void]
    )

    assert isinstance(voided, Receipt)
    line.refresh_from_db()
    if isinstance(rest, Receipt):  # paid first: 180 stays when the 100 are taken back
        assert line.paid_amount == Decimal("180.00")
    else:  # 280 were open by then
        assert isinstance(rest, cashier.BillsChanged)
        assert line.paid_amount == 0
    assert sound_books()


def test_one_key_with_two_amounts_takes_one_of_them(
    committed_tenant: Company, office: Office, line: BillLine
) -> None:
    outcomes = at_once(
        committed_tenant,
        [
            paying(office, line, amount, idempotency_key="one-key-for-all")
            for amount in ("100.00", "50.00", "100.00", "50.00")
        ],
    )

    receipts = {outcome.pk for outcome in outcomes if isinstance(outcome, Receipt)}
    assert len(receipts) == 1
    assert sum(isinstance(outcome, cashier.KeyUsed) for outcome in outcomes) == 2
    assert Payment.objects.count() == 1
    assert sound_books()


# ---- the run while others work ------------------------------------------------------------------


def test_posting_and_cancelling_end_in_one_of_the_two(
    committed_tenant: Company, office: Office
) -> None:
    run = factories.preview(office)
    factories.check(office, run)

    posted, cancelled = at_once(
        committed_tenant,
        [
            lambda: factories.start_posting(office, run),
            lambda: operations.cancel_run(actor=office.collector, run_id=run.pk, now=NOW),
        ],
    )

    run.refresh_from_db()
    assert sum(isinstance(outcome, Conflict) for outcome in (posted, cancelled)) == 1
    if run.state == RunState.POSTING:
        assert isinstance(cancelled, operations.RunStateWrong)
        factories.work(run)
        assert BillLine.objects.count() == 1
    else:
        assert run.state == RunState.CANCELLED
        assert (BillLine.objects.count(), Journal.objects.count()) == (0, 0)
    assert sound_books()


def half_way(monkeypatch: pytest.MonkeyPatch) -> tuple[Event, Event]:
    """Hold a chunk, computed and not committed, until somebody else is done or waits for it."""
    computed, done = Event(), Event()
    honest = computing._write_draft

    def write_draft(*args: Any) -> Any:
        found = honest(*args)
        computed.set()
        until_another_waits(unless=done)
        return found

    monkeypatch.setattr(computing, "_write_draft", write_draft)
    return computed, done


def race_with_computing(
    company: Company, office: Office, signals: tuple[Event, Event], call: Call
) -> list[Any]:
    computed, done = signals
    run = factories.prepare(office)
    chunks.plan(run)
    chunk_id = BillRunChunk.objects.get(run=run).pk

    def other() -> Any:
        assert computed.wait(timeout=PATIENCE)
        try:
            return call()
        finally:
            done.set()

    return at_once(
        company, [lambda: computing.compute_chunk(run_id=run.pk, chunk_id=chunk_id), other]
    )


def open_reading(office: Office) -> Reading:
    unit = billing.add_unit(office.project, "2-1-0101", area="50.00")
    return factories.read(billing.add_meter(unit), "10")


def setting_aside(office: Office, reading: Reading) -> Call:
    return lambda: (
        metering.resolve_reading(
            actor=office.director,
            reading_id=reading.pk,
            resolution="DO_NOT_BILL",
            reason="a leak",
            now=NOW,
        ).state
    )


def test_a_reading_in_a_draft_is_not_decided_anew(
    committed_tenant: Company, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    reading = open_reading(office)

    computed, decided = race_with_computing(
        committed_tenant, office, half_way(monkeypatch), setting_aside(office, reading)
    )

    assert computed is True
    assert isinstance(decided, metering.ReadingBilled)
    reading.refresh_from_db()
    assert reading.state == "ACCEPTED"
    assert DraftLine.objects.filter(reading_id=reading.pk).count() == 1


def test_without_the_lock_a_draft_bills_what_was_set_aside(
    committed_tenant: Company, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The teeth of the test above."""
    reading = open_reading(office)
    monkeypatch.setattr(chunks, "hold_inputs", lambda project_id: None)

    computed, decided = race_with_computing(
        committed_tenant, office, half_way(monkeypatch), setting_aside(office, reading)
    )

    assert (computed, decided) == (True, "REJECTED")
    assert DraftLine.objects.filter(reading_id=reading.pk).count() == 1


def confirming(office: Office, version: FeeVersion) -> Call:
    return lambda: billing.confirm(version).state


def draft_of_lift_fee(office: Office) -> FeeVersion:
    standard = billing.add_standard(office.project, "DTF")
    billing.assign(standard, "RESIDENCE")
    return billing.draft(standard, method="FIXED", price="20.00")


def test_a_price_is_confirmed_before_the_computing_or_after_it(
    committed_tenant: Company, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    version = draft_of_lift_fee(office)

    computed, confirmed = race_with_computing(
        committed_tenant, office, half_way(monkeypatch), confirming(office, version)
    )

    assert computed is True
    assert isinstance(confirmed, standards.BillsBeingComputed)


def test_without_the_lock_a_price_comes_in_while_the_bills_are_computed(
    committed_tenant: Company, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The teeth of the test above."""
    version = draft_of_lift_fee(office)
    monkeypatch.setattr(chunks, "hold_inputs", lambda project_id: None)

    computed, confirmed = race_with_computing(
        committed_tenant, office, half_way(monkeypatch), confirming(office, version)
    )

    assert (computed, confirmed) == (True, "CONFIRMED")
