"""Two at the same moment, with real commits. Each race is first shown to exist."""

from decimal import Decimal
from functools import partial
from typing import Any

import pytest

from kernel.access.models import User
from services.billing.ledger.models import Journal
from services.procurement.payments import operations, rules
from services.procurement.payments.models import Advance, VendorInvoice, VendorPayment
from services.procurement.payments.operations import payments
from services.procurement.vendors.models import Vendor
from tenants.companies.models import Company
from tests.factories import NOW
from tests.factories_procurement_money import (
    People,
    add_account,
    add_request,
    prepare,
)
from tests.services.procurement.payments.billing import owed
from tests.services.procurement.payments.test_payments import approved, ask, pay
from tests.threads import Meeting, at_once


@pytest.fixture
def people(committed_tenant: Company) -> People:
    return prepare()


def ask_advances(company: Company, people: People) -> list[Any]:
    """Let one buyer ask for two advances at once."""
    requests = [add_request(people), add_request(people)]
    return at_once(
        company,
        [
            partial(
                operations.ask_advance,
                actor=people.buyer,
                request_id=request.pk,
                amount=Decimal("2400.00"),
                purpose="采购",
                now=NOW,
            )
            for request in requests
        ],
    )


@pytest.fixture
def rivals_meet(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let two have counted the open advances before either writes."""
    meeting = Meeting()
    require = rules.require_no_open_advance

    def waiting(**counts: int) -> None:
        meeting.come()
        require(**counts)

    monkeypatch.setattr(rules, "require_no_open_advance", waiting)


@pytest.mark.usefixtures("rivals_meet")
def test_without_the_lock_a_buyer_gets_two_advances(
    committed_tenant: Company, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    everybody = User.objects.select_for_update
    monkeypatch.setattr(
        User.objects,
        "select_for_update",
        lambda **values: User.objects.all() if values.get("no_key") else everybody(**values),
    )

    results = ask_advances(committed_tenant, people)

    assert all(isinstance(result, Advance) for result in results), results


@pytest.mark.usefixtures("rivals_meet")
def test_of_two_advances_one_is_refused(committed_tenant: Company, people: People) -> None:
    results = ask_advances(committed_tenant, people)

    assert len([one for one in results if isinstance(one, Advance)]) == 1
    assert len([one for one in results if isinstance(one, rules.AdvanceOpen)]) == 1
    assert Advance.objects.count() == 1


def test_of_two_who_ask_for_the_same_invoice_one_is_refused(
    committed_tenant: Company, people: People
) -> None:
    invoice = owed(people)
    add_account(invoice.vendor)

    results = at_once(
        committed_tenant,
        [
            partial(ask, people, invoice, "1695.00", idempotency_key=key)
            for key in ("first", "second")
        ],
    )

    assert len([one for one in results if isinstance(one, VendorPayment)]) == 1
    assert len([one for one in results if isinstance(one, operations.SharesInvalid)]) == 1


def test_without_the_locks_the_same_invoice_is_asked_for_twice(
    committed_tenant: Company, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    invoice = owed(people)
    add_account(invoice.vendor)
    meeting = Meeting()
    check = payments._check_shares

    def waiting(*args: Any, **values: Any) -> None:
        check(*args, **values)
        meeting.come()

    class Unlocked:
        """Vendors and invoices without their locks."""

        def __init__(self, manager: Any) -> None:
            self.manager = manager

        def select_for_update(self, **_values: Any) -> Any:
            return self.manager.all()

        def __getattr__(self, name: str) -> Any:
            return getattr(self.manager, name)

    monkeypatch.setattr(payments, "_check_shares", waiting)
    monkeypatch.setattr(Vendor, "objects", Unlocked(Vendor.objects))
    monkeypatch.setattr(VendorInvoice, "objects", Unlocked(VendorInvoice.objects))

    results = at_once(
        committed_tenant,
        [
            partial(ask, people, invoice, "1695.00", idempotency_key=key)
            for key in ("first", "second")
        ],
    )

    assert all(isinstance(one, VendorPayment) for one in results), results


def test_of_two_who_pay_one_books_it(committed_tenant: Company, people: People) -> None:
    invoice = owed(people)
    add_account(invoice.vendor)
    payment = approved(people, invoice, "1695.00")

    results = at_once(
        committed_tenant,
        [partial(pay, people, payment, reference=reference) for reference in ("R1", "R2")],
    )

    assert len([one for one in results if isinstance(one, VendorPayment)]) == 1
    assert len([one for one in results if isinstance(one, operations.PaymentStateWrong)]) == 1
    assert Journal.objects.filter(kind="VENDOR_PAYMENT").count() == 1
