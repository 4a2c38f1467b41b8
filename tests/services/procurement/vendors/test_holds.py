"""Holds, and the blacklist with its approval."""

from datetime import timedelta

import pytest

from kernel.access import ActionDenied, Actor
from kernel.approvals import operations as approvals
from kernel.approvals.models import Case
from kernel.audit.models import AuditEntry
from kernel.errors import DomainError
from services.procurement.texts import TextInvalid
from services.procurement.vendors import operations
from services.procurement.vendors.models import HoldKind, Vendor, VendorHold
from services.procurement.vendors.queries import standing_of
from tests import factories
from tests.factories import NOW, TODAY
from tests.factories_approvals import approve, step_under_way

pytestmark = pytest.mark.usefixtures("tenant")
YESTERDAY, TOMORROW = TODAY - timedelta(days=1), TODAY + timedelta(days=1)


def held(vendor: Vendor) -> bool:
    return bool(standing_of([vendor.pk], today=TODAY)[vendor.pk].holds)


def last_entry() -> AuditEntry:
    return AuditEntry.objects.latest("pk")


def test_a_hold_keeps_out_until_it_is_lifted(buyer: Actor, checker: Actor, vendor: Vendor) -> None:
    hold = operations.set_hold(
        actor=buyer, vendor_id=vendor.pk, reason="送货延误", first_day=TODAY, now=NOW
    )
    assert held(vendor)
    assert last_entry().data == {
        "hold": hold.pk,
        "first_day": "2026-11-09",
        "last_day": None,
        "reason": "送货延误",
    }

    with pytest.raises(ActionDenied):
        operations.lift_hold(actor=buyer, hold_id=hold.pk, reason="已整改", now=NOW)
    with pytest.raises(TextInvalid):
        operations.lift_hold(actor=checker, hold_id=hold.pk, reason=" ", now=NOW)
    operations.lift_hold(actor=checker, hold_id=hold.pk, reason="已整改", now=NOW)

    hold.refresh_from_db()
    assert (hold.lifted_at, hold.lift_reason) == (NOW, "已整改")
    assert not held(vendor)
    with pytest.raises(operations.HoldLifted):
        operations.lift_hold(actor=checker, hold_id=hold.pk, reason="再来", now=NOW)


@pytest.mark.parametrize(
    ("values", "error"),
    [
        ({"reason": ""}, TextInvalid),
        ({"reason": "x" * 301}, TextInvalid),
        ({"last_day": YESTERDAY}, operations.DayInvalid),
        (
            {"first_day": YESTERDAY - timedelta(days=9), "last_day": YESTERDAY},
            operations.DayInvalid,
        ),
    ],
)
def test_a_hold_that_cannot_be_is_refused(
    buyer: Actor, vendor: Vendor, values: dict[str, object], error: type[DomainError]
) -> None:
    wanted: dict[str, object] = {"reason": "送货延误", "first_day": TODAY, **values}
    with pytest.raises(error):
        operations.set_hold(actor=buyer, vendor_id=vendor.pk, now=NOW, **wanted)  # type: ignore[arg-type]

    assert not VendorHold.objects.exists()


def test_one_hold_lasts_without_end(buyer: Actor, checker: Actor, vendor: Vendor) -> None:
    operations.set_hold(actor=checker, vendor_id=vendor.pk, reason="调查", first_day=TODAY, now=NOW)
    with pytest.raises(operations.HeldAlready):
        operations.set_hold(
            actor=buyer, vendor_id=vendor.pk, reason="送货", first_day=TODAY, now=NOW
        )
    operations.set_hold(
        actor=buyer,
        vendor_id=vendor.pk,
        reason="送货",
        first_day=TODAY,
        last_day=TOMORROW,
        now=NOW,
    )

    assert VendorHold.objects.count() == 2


def test_whoever_neither_keeps_nor_checks_stops_nobody(vendor: Vendor, manager: Actor) -> None:
    for act in (
        lambda: operations.set_hold(
            actor=manager, vendor_id=vendor.pk, reason="送货", first_day=TODAY, now=NOW
        ),
        lambda: operations.ask_blacklisting(
            actor=manager, vendor_id=vendor.pk, reason="串标", now=NOW
        ),
        lambda: operations.ask_delisting(
            actor=manager, vendor_id=vendor.pk, reason="已整改", now=NOW
        ),
    ):
        with pytest.raises(ActionDenied):
            act()
    assert not VendorHold.objects.exists()
    assert not Case.objects.exists()


@pytest.mark.usefixtures("chains")
def test_the_blacklist_takes_an_approval_there_and_back(
    buyer: Actor, checker: Actor, manager: Actor, vendor: Vendor
) -> None:
    case = operations.ask_blacklisting(actor=buyer, vendor_id=vendor.pk, reason="围标串标", now=NOW)
    assert not held(vendor)
    with pytest.raises(approvals.CaseOpen):
        operations.ask_blacklisting(actor=checker, vendor_id=vendor.pk, reason="围标", now=NOW)

    approve(manager, case)

    hold = VendorHold.objects.get()
    assert (hold.kind, hold.reason, hold.first_day, hold.last_day, hold.set_by) == (
        HoldKind.BLACKLIST,
        "围标串标",
        TODAY,
        None,
        manager.user_id,
    )
    with pytest.raises(operations.VendorNotFit):
        operations.require_fit(vendor.pk, today=TODAY)
    with pytest.raises(operations.BlacklistStateWrong):
        operations.lift_hold(actor=checker, hold_id=hold.pk, reason="已整改", now=NOW)
    with pytest.raises(operations.BlacklistStateWrong):
        operations.ask_blacklisting(actor=buyer, vendor_id=vendor.pk, reason="又来", now=NOW)

    back = operations.ask_delisting(actor=checker, vendor_id=vendor.pk, reason="三年已满", now=NOW)
    assert held(vendor)
    approve(manager, back)

    hold.refresh_from_db()
    assert (hold.lifted_at, hold.lift_reason) == (NOW, "三年已满")
    assert operations.require_fit(vendor.pk, today=TODAY) == vendor
    with pytest.raises(operations.BlacklistStateWrong):
        operations.ask_delisting(actor=checker, vendor_id=vendor.pk, reason="三年", now=NOW)


@pytest.mark.usefixtures("chains")
def test_a_refused_blacklisting_changes_nothing(
    buyer: Actor, manager: Actor, vendor: Vendor
) -> None:
    case = operations.ask_blacklisting(actor=buyer, vendor_id=vendor.pk, reason="围标", now=NOW)

    approvals.reject(
        actor=manager, case_id=case.pk, step_id=step_under_way(case).pk, text="证据不足", now=NOW
    )

    assert not VendorHold.objects.exists()


@pytest.mark.usefixtures("chains")
def test_a_blacklisting_without_end_stands_for_a_hold_without_end(
    buyer: Actor, manager: Actor, vendor: Vendor
) -> None:
    operations.set_hold(actor=buyer, vendor_id=vendor.pk, reason="调查", first_day=TODAY, now=NOW)
    case = operations.ask_blacklisting(actor=buyer, vendor_id=vendor.pk, reason="属实", now=NOW)

    approve(manager, case)

    assert [hold.kind for hold in VendorHold.objects.filter(lifted_at=None)] == ["BLACKLIST"]


@pytest.mark.usefixtures("chains")
def test_a_blacklisting_has_an_end_if_one_was_asked_for(
    buyer: Actor, manager: Actor, vendor: Vendor
) -> None:
    with pytest.raises(operations.DayInvalid):
        operations.ask_blacklisting(
            actor=buyer, vendor_id=vendor.pk, reason="围标", last_day=YESTERDAY, now=NOW
        )
    case = operations.ask_blacklisting(
        actor=buyer, vendor_id=vendor.pk, reason="围标", last_day=TOMORROW, now=NOW
    )
    approve(manager, case)

    assert VendorHold.objects.get().last_day == TOMORROW
    assert not standing_of([vendor.pk], today=TODAY + timedelta(days=2))[vendor.pk].holds


@pytest.mark.usefixtures("chains")
def test_nobody_signs_the_blacklisting_that_he_asked_for(buyer: Actor, vendor: Vendor) -> None:
    case = operations.ask_blacklisting(actor=buyer, vendor_id=vendor.pk, reason="围标", now=NOW)
    signer = factories.add_actor("jingli", "property_manager")
    same = Actor(label=buyer.label, user_id=buyer.user_id, grants=signer.grants)

    with pytest.raises(DomainError):
        approve(same, case)

    assert not VendorHold.objects.exists()
