"""Who may quote and be ordered from on a day (PR-60, PR-61, PR-66, S-39)."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kernel.errors import NotFound
from services.procurement.vendors.models import PaperKind, PaperState, Vendor, VendorState
from services.procurement.vendors.operations import VendorNotFit, require_fit
from services.procurement.vendors.queries import standing_of
from tests import factories_procurement_vendors as vendors
from tests.factories import NOW, TODAY

pytestmark = pytest.mark.usefixtures("tenant")
YESTERDAY, TOMORROW = TODAY - timedelta(days=1), TODAY + timedelta(days=1)


@pytest.fixture(autouse=True)
def _no_kinds(tenant: object) -> None:
    """Start without the kinds that a company has at first."""
    PaperKind.objects.update(is_active=False)


@pytest.fixture
def vendor() -> Vendor:
    return vendors.add_vendor()


def test_a_vendor_with_nothing_in_the_way_is_fit(vendor: Vendor) -> None:
    assert require_fit(vendor.pk, today=TODAY) == vendor
    assert standing_of([vendor.pk], today=TODAY)[vendor.pk].is_fit


def test_nobody_is_not_found(vendor: Vendor) -> None:
    with pytest.raises(NotFound):
        require_fit(vendor.pk + 1, today=TODAY)
    assert standing_of([vendor.pk + 1], today=TODAY) == {}


@pytest.mark.parametrize("state", [VendorState.APPLIED, VendorState.REFUSED, VendorState.CLOSED])
def test_only_active_vendors_take_part(vendor: Vendor, state: VendorState) -> None:
    Vendor.objects.update(state=state)

    with pytest.raises(VendorNotFit) as refusal:
        require_fit(vendor.pk, today=TODAY)
    assert refusal.value.details["is_active"] is False


@pytest.mark.parametrize(
    ("last_day", "is_fit"), [(None, True), (TOMORROW, True), (TODAY, True), (YESTERDAY, False)]
)
def test_a_paper_holds_through_its_last_day(
    *, vendor: Vendor, last_day: date | None, is_fit: bool
) -> None:
    kind = vendors.add_paper_kind("lift", is_required=True, name="电梯维保许可")
    vendors.add_paper(vendor, kind, last_day)

    found = standing_of([vendor.pk], today=TODAY)[vendor.pk]

    assert found.is_fit is is_fit
    assert found.missing == (() if is_fit else ("电梯维保许可",))


@pytest.mark.parametrize("state", [PaperState.SUBMITTED, PaperState.REFUSED])
def test_a_paper_that_nobody_found_in_order_does_not_count(
    vendor: Vendor, state: PaperState
) -> None:
    vendors.add_paper(vendor, vendors.add_paper_kind("lift", is_required=True), state=state)

    with pytest.raises(VendorNotFit) as refusal:
        require_fit(vendor.pk, today=TODAY)
    assert refusal.value.details["papers"] == ["lift"]


def test_a_renewed_paper_stands_for_the_one_that_ran_out(vendor: Vendor) -> None:
    kind = vendors.add_paper_kind("lift", is_required=True)
    vendors.add_paper(vendor, kind, YESTERDAY)
    vendors.add_paper(vendor, kind, TOMORROW)

    assert require_fit(vendor.pk, today=TODAY) == vendor


def test_papers_are_required_by_what_a_vendor_supplies() -> None:
    fire, hardware = vendors.add_category("X-F", "消防"), vendors.add_category("X-H", "五金")
    extinguishers = vendors.add_category("X-F1", "灭火器", parent=fire)
    vendors.add_paper_kind("fire", fire)
    vendors.add_paper_kind("unused", fire, is_active=False)
    of_fire, of_hardware = vendors.add_vendor("V1"), vendors.add_vendor("V2")
    vendors.add_supply(of_fire, extinguishers)  # what lies below takes what lies above
    vendors.add_supply(of_hardware, hardware)

    found = standing_of([of_fire.pk, of_hardware.pk], today=TODAY)

    assert found[of_fire.pk].missing == ("fire",)
    assert found[of_hardware.pk].missing == ()


@pytest.mark.parametrize(
    ("first", "last", "is_held"),
    [
        (TODAY, TODAY, True),
        (YESTERDAY, None, True),
        (YESTERDAY, TODAY, True),
        (TOMORROW, None, False),
        (YESTERDAY, YESTERDAY, False),
    ],
)
def test_a_hold_lasts_from_its_first_through_its_last_day(
    *, vendor: Vendor, first: date, last: date | None, is_held: bool
) -> None:
    vendors.add_hold(vendor, first, last)

    found = standing_of([vendor.pk], today=TODAY)[vendor.pk]

    assert bool(found.holds) is is_held
    assert found.is_fit is not is_held


def test_a_lifted_hold_is_over(vendor: Vendor) -> None:
    hold = vendors.add_hold(vendor)
    hold.lifted_at, hold.lifted_by_label, hold.lift_reason = NOW, "许静", "已整改"
    hold.save()

    assert require_fit(vendor.pk, today=TODAY) == vendor


def test_the_blacklist_keeps_out_and_its_reason_is_not_told(vendor: Vendor) -> None:
    vendors.add_hold(vendor, blacklist=True)

    assert standing_of([vendor.pk], today=TODAY)[vendor.pk].is_blacklisted
    with pytest.raises(VendorNotFit) as refusal:
        require_fit(vendor.pk, today=TODAY)
    assert refusal.value.details["is_held"] is True
    assert "送货延误" not in str(refusal.value) + str(refusal.value.details)


def _check(**failed: bool) -> Callable[[Vendor], object]:
    return lambda vendor: vendors.add_check(vendor, **failed)


@pytest.mark.parametrize(
    ("steps", "is_fit"),
    [
        ([], False),
        ([_check()], True),
        ([_check(reputation=False)], False),
        ([_check(performance=False), _check()], True),
        ([_check(), _check(qualification=False)], False),  # the last one counts
        ([_check(technical_ability=False)], False),
    ],
)
def test_an_intermediary_passes_its_check_first(
    *, steps: list[Callable[[Vendor], object]], is_fit: bool
) -> None:
    vendor = vendors.add_vendor(kind="INTERMEDIARY")
    for step in steps:
        step(vendor)

    assert standing_of([vendor.pk], today=TODAY)[vendor.pk].is_fit is is_fit


def test_whoever_is_no_intermediary_needs_no_check(vendor: Vendor) -> None:
    vendors.add_check(vendor, reputation=False)

    assert require_fit(vendor.pk, today=TODAY) == vendor


def test_many_vendors_cost_as_little_as_one() -> None:
    kind = vendors.add_paper_kind("lift", is_required=True)
    category = vendors.add_category()
    many = [vendors.add_vendor(f"V{number}", kind="INTERMEDIARY") for number in range(12)]
    for one in many[:6]:
        vendors.add_paper(one, kind)
        vendors.add_check(one)
        vendors.add_supply(one, category)

    with CaptureQueriesContext(connection) as queries:
        found = standing_of([one.pk for one in many], today=TODAY)

    assert len(queries) == 8
    assert [found[one.pk].is_fit for one in many] == [True] * 6 + [False] * 6
