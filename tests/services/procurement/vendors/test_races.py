"""A vendor changes while something is under way with him, with real commits.

Each race is first shown to exist: without the lock money goes to the former account, and an award
to whoever was put on hold.
"""

from collections.abc import Callable
from decimal import Decimal
from functools import partial
from threading import Event
from typing import Any

import pytest
from django.db import transaction
from django.db.models import QuerySet

from kernel.access import Actor
from kernel.approvals import operations as approvals
from kernel.approvals.models import Case
from services.procurement.payments import operations as payments
from services.procurement.payments.models import PaymentState, VendorPayment
from services.procurement.payments.operations.payments import KIND as PAYMENT
from services.procurement.payments.operations.payments import Share
from services.procurement.rounds.models import Award
from services.procurement.vendors import operations
from services.procurement.vendors.models import AccountState, BankAccount, VendorHold
from services.procurement.vendors.operations import VendorNotFit, fitness
from services.procurement.vendors.operations.accounts import KIND as ACCOUNT
from tenants.companies.models import Company
from tests.factories import NOW, TODAY, add_actor
from tests.factories_approvals import approve
from tests.factories_procurement_money import People, add_account, prepare, sign
from tests.services.procurement.payments.billing import owed
from tests.services.procurement.rounds.conftest import Asked, ask
from tests.services.procurement.rounds.evaluated import LATER, opened, propose, score_all, whole
from tests.threads import PATIENCE, at_once, until_another_waits

Call = Callable[[], Any]
NUMBER = "6222021202001234567"


def one_before_the_other(company: Company, first: Call, second: Call) -> list[Any]:
    """Let ``second`` begin when ``first`` is done and not committed, and wait for it."""
    is_done, is_over = Event(), Event()

    def ahead() -> Any:
        with transaction.atomic():
            found = first()
            is_done.set()
            until_another_waits(unless=is_over)
        return found

    def behind() -> Any:
        is_done.wait(PATIENCE)
        try:
            return second()
        finally:
            is_over.set()

    return at_once(company, [ahead, behind])


# ---- the bank account --------------------------------------------------------------------------


@pytest.fixture
def people(committed_tenant: Company) -> People:
    return prepare()


@pytest.fixture
def payment(people: People) -> VendorPayment:
    """Return an approved payment to the account in force; another account waits for its signer."""
    invoice = owed(people)
    add_account(invoice.vendor)
    payment = payments.ask_payment(
        actor=people.finance,
        vendor_id=invoice.vendor_id,
        shares=[Share(invoice_id=invoice.pk, amount=Decimal("1.00"))],
        idempotency_key="k",
        now=NOW,
    )
    sign(PAYMENT, payment, people.gm)
    ask_account(people.buyer, payment.vendor_id)
    return payment


def ask_account(buyer: Actor, vendor_id: int, number: str = NUMBER) -> BankAccount:
    return operations.ask_account(
        actor=buyer,
        vendor_id=vendor_id,
        holder="杭州恒达机电设备有限公司",
        bank="中国银行",
        number=number,
        reason="换开户行",
        now=NOW,
    )


def sign_account(people: People) -> Case:
    return approve(people.finance, Case.objects.get(kind=ACCOUNT))


def pay(people: People, payment: VendorPayment) -> VendorPayment:
    return payments.pay_vendor(
        actor=people.cashier, payment_id=payment.pk, reference="42", paid_on=TODAY, now=NOW
    )


def test_nothing_is_paid_to_an_account_that_was_replaced(
    committed_tenant: Company, people: People, payment: VendorPayment
) -> None:
    _case, answer = one_before_the_other(
        committed_tenant, lambda: sign_account(people), lambda: pay(people, payment)
    )

    assert isinstance(answer, payments.AccountChanged)
    payment.refresh_from_db()
    assert (payment.state, payment.journal_id) == (PaymentState.APPROVED, None)


def test_without_the_lock_it_would_be(
    committed_tenant: Company,
    people: People,
    payment: VendorPayment,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    honest = QuerySet.select_for_update

    def unlocked(rows: QuerySet[Any], *args: Any, **values: Any) -> QuerySet[Any]:
        return rows.all() if rows.model is BankAccount else honest(rows, *args, **values)

    monkeypatch.setattr(QuerySet, "select_for_update", unlocked)
    monkeypatch.setattr(
        BankAccount.objects, "select_for_update", lambda **_values: BankAccount.objects.all()
    )

    results = one_before_the_other(
        committed_tenant, lambda: sign_account(people), lambda: pay(people, payment)
    )

    assert not any(isinstance(one, Exception) for one in results), results
    payment.refresh_from_db()
    assert payment.state == PaymentState.PAID
    assert payment.account.state == AccountState.REPLACED


def test_of_two_changes_of_the_account_one_waits_for_approval(
    committed_tenant: Company, people: People
) -> None:
    vendor_id = owed(people).vendor_id
    numbers = (NUMBER, "6222021202007654321")

    results = at_once(
        committed_tenant,
        [partial(ask_account, people.buyer, vendor_id, number) for number in numbers],
    )

    assert sorted(type(one).__name__ for one in results) == ["AccountPending", "BankAccount"]
    assert Case.objects.filter(kind=ACCOUNT).count() == 1


# ---- a hold and an award -----------------------------------------------------------------------


@pytest.fixture
def scored(committed_tenant: Company) -> Asked:
    asked = ask()
    approvals.seed_chains(NOW)
    opened(asked, ("28.90", "64.50"), ("30.80", "66"), ("31", "67"))
    score_all(asked, add_actor("pm", "property_manager"))
    return asked


def hold_first(asked: Asked) -> VendorHold:
    return operations.set_hold(
        actor=asked.openers[0],
        vendor_id=asked.quoters[0].vendor.pk,
        reason="送货延误",
        first_day=LATER.date(),
        now=LATER,
    )


def award_first(asked: Asked) -> Award:
    return propose(asked, whole(asked, asked.quoters[0]))


def test_nothing_is_awarded_to_whoever_was_put_on_hold(
    committed_tenant: Company, scored: Asked
) -> None:
    _hold, answer = one_before_the_other(
        committed_tenant, lambda: hold_first(scored), lambda: award_first(scored)
    )

    assert isinstance(answer, VendorNotFit)
    assert not Award.objects.exists()


def test_without_the_lock_of_the_vendor_it_would_be(
    committed_tenant: Company, scored: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fitness, "keep_as_they_are", lambda _ids: None)

    results = one_before_the_other(
        committed_tenant, lambda: hold_first(scored), lambda: award_first(scored)
    )

    assert not any(isinstance(one, Exception) for one in results), results
    assert Award.objects.count() == 1
