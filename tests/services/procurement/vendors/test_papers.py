"""Papers: who puts them in, who finds them in order, when they are told to run out."""

from datetime import date, timedelta
from typing import Any

import pytest

from kernel.access import ActionDenied, Actor
from kernel.audit.models import AuditEntry
from kernel.documents import carriers
from kernel.errors import DomainError, NotFound
from kernel.notifications.models import Notification
from services.procurement.texts import TextInvalid
from services.procurement.vendors import operations, queries
from services.procurement.vendors.models import (
    Contact,
    ContactState,
    PaperKind,
    PaperState,
    Vendor,
    VendorPaper,
)
from services.procurement.vendors.operations.joining import actor_of
from services.procurement.vendors.seeding import KINDS, seed_paper_kinds
from tests import factories_procurement_vendors as vendors
from tests.factories import NOW, TODAY

pytestmark = pytest.mark.usefixtures("tenant")


def add(actor: Actor, vendor: Vendor, kind: PaperKind, **values: Any) -> VendorPaper:
    return operations.add_paper(
        actor=actor,
        vendor_id=vendor.pk,
        kind_id=kind.pk,
        now=NOW,
        **{"valid_from": date(2026, 1, 1), **values},
    )


def last_entry() -> AuditEntry:
    return AuditEntry.objects.latest("pk")


def test_a_paper_counts_once_somebody_else_found_it_in_order(
    buyer: Actor, checker: Actor, vendor: Vendor, kind: PaperKind
) -> None:
    paper = add(buyer, vendor, kind, number=" 9133 ", valid_to=date(2026, 12, 31))
    assert (paper.state, paper.added_by, paper.is_added_by_vendor) == (
        "SUBMITTED",
        buyer.user_id,
        False,
    )
    with pytest.raises(operations.VendorNotFit):
        operations.require_fit(vendor.pk, today=TODAY)

    operations.decide_paper(actor=checker, paper_id=paper.pk, is_accepted=True, now=NOW)

    paper.refresh_from_db()
    assert (paper.state, paper.checked_by, paper.checked_at) == ("CHECKED", checker.user_id, NOW)
    assert operations.require_fit(vendor.pk, today=TODAY) == vendor
    assert last_entry().event == "procurement.paper.checked"
    assert last_entry().data["valid_to"] == "2026-12-31"
    with pytest.raises(operations.PaperDecided):
        operations.decide_paper(actor=checker, paper_id=paper.pk, is_accepted=True, now=NOW)


def test_a_refused_paper_says_why_and_does_not_count(
    buyer: Actor, checker: Actor, vendor: Vendor, kind: PaperKind
) -> None:
    paper = add(buyer, vendor, kind)

    with pytest.raises(TextInvalid):
        operations.decide_paper(actor=checker, paper_id=paper.pk, is_accepted=False, now=NOW)
    operations.decide_paper(
        actor=checker, paper_id=paper.pk, is_accepted=False, note="照片不清", now=NOW
    )

    paper.refresh_from_db()
    assert (paper.state, paper.check_note) == ("REFUSED", "照片不清")
    with pytest.raises(operations.VendorNotFit):
        operations.require_fit(vendor.pk, today=TODAY)


def test_nobody_checks_what_he_put_in_or_keeps(
    buyer: Actor, checker: Actor, vendor: Vendor, kind: PaperKind
) -> None:
    paper = add(buyer, vendor, kind)
    keeper = Actor(label="k", user_id=checker.user_id, grants=buyer.grants | checker.grants)

    with pytest.raises(ActionDenied):
        operations.decide_paper(actor=buyer, paper_id=paper.pk, is_accepted=True, now=NOW)
    with pytest.raises(operations.KeeperDecides):
        operations.decide_paper(actor=keeper, paper_id=paper.pk, is_accepted=True, now=NOW)
    # He has changed his post since.
    former = Actor(label="f", user_id=buyer.user_id, grants=checker.grants)
    with pytest.raises(operations.KeeperDecides):
        operations.decide_paper(actor=former, paper_id=paper.pk, is_accepted=True, now=NOW)

    paper.refresh_from_db()
    assert paper.state == PaperState.SUBMITTED


@pytest.mark.parametrize(
    ("values", "error"),
    [
        ({"valid_to": date(2025, 12, 31)}, operations.DayInvalid),
        ({"number": "9" * 81}, TextInvalid),
        ({"kind_id": 10**9}, NotFound),
        ({"vendor_id": 10**9}, NotFound),
    ],
)
def test_a_paper_that_cannot_be_is_refused(
    buyer: Actor,
    vendor: Vendor,
    kind: PaperKind,
    values: dict[str, Any],
    error: type[DomainError],
) -> None:
    wanted = {
        "vendor_id": vendor.pk,
        "kind_id": kind.pk,
        "valid_from": date(2026, 1, 1),
        **values,
    }
    with pytest.raises(error):
        operations.add_paper(actor=buyer, now=NOW, **wanted)

    assert not VendorPaper.objects.exists()


def test_a_vendor_puts_in_his_own_papers_only(
    buyer: Actor, vendor: Vendor, kind: PaperKind
) -> None:
    contact = operations.invite_contact(
        actor=buyer, vendor_id=vendor.pk, name="王总", email="w@a.cn", now=NOW
    )
    Contact.objects.update(state=ContactState.ACTIVE)
    himself, other = actor_of(contact), vendors.add_vendor("V002", has_licence=False)

    paper = add(himself, vendor, kind)
    with pytest.raises(NotFound):
        add(himself, other, kind)

    assert paper.is_added_by_vendor
    assert queries.get_paper(actor=himself, paper_id=paper.pk) == paper
    of_other = vendors.add_paper(other, kind)
    with pytest.raises(NotFound):
        queries.get_paper(actor=himself, paper_id=of_other.pk)
    assert VendorPaper.objects.count() == 2


def test_files_are_added_until_a_paper_is_decided(
    buyer: Actor, checker: Actor, vendor: Vendor, kind: PaperKind
) -> None:
    paper = add(buyer, vendor, kind)
    carrier = carriers.carrier_of(paper)
    assert carriers.may_add(buyer, paper, NOW)
    assert not carriers.may_add(checker, paper, NOW)
    contact = vendors.add_contact(vendor)
    himself, other = actor_of(contact), actor_of(vendors.add_contact(vendors.add_vendor("V2")))
    assert carriers.may_add(himself, paper, NOW)
    assert not carriers.may_add(other, paper, NOW)

    operations.decide_paper(actor=checker, paper_id=paper.pk, is_accepted=True, now=NOW)

    assert not carriers.may_add(buyer, paper, NOW)
    assert not carriers.may_add(himself, paper, NOW)
    assert carrier.read(checker, paper.pk, NOW) == paper


def test_kinds_are_kept_by_who_checks(buyer: Actor, checker: Actor) -> None:
    category = vendors.add_category()
    with pytest.raises(ActionDenied):
        operations.create_paper_kind(actor=buyer, key="food", name="食品许可", now=NOW)
    for key in ("Food licence", "-", "食品"):
        with pytest.raises(operations.PaperKindInvalid):
            operations.create_paper_kind(actor=checker, key=key, name="食品许可", now=NOW)

    kind = operations.create_paper_kind(
        actor=checker, key="food", name="食品许可", category_ids=[category.pk], now=NOW
    )
    with pytest.raises(operations.PaperKindTaken):
        operations.create_paper_kind(actor=checker, key="FOOD", name="食品许可", now=NOW)
    with pytest.raises(NotFound):
        operations.change_paper_kind(
            actor=checker,
            kind_id=kind.pk,
            name="食品许可",
            is_required=True,
            is_active=True,
            category_ids=[10**9],
            now=NOW,
        )
    operations.change_paper_kind(
        actor=checker,
        kind_id=kind.pk,
        name="食品经营许可证",
        is_required=True,
        is_active=True,
        category_ids=[],
        now=NOW,
    )

    kind.refresh_from_db()
    assert (kind.name, kind.is_required, kind.categories.count()) == ("食品经营许可证", True, 0)
    assert last_entry().data["before"] == {
        "name": "食品许可",
        "name_en": "",
        "is_required": False,
        "is_active": True,
        "categories": [category.code],
    }


def test_a_company_starts_with_kinds_and_keeps_what_it_changed() -> None:
    seed_paper_kinds(NOW)
    PaperKind.objects.filter(key="business-licence").update(name="执照")

    seed_paper_kinds(NOW)

    keys = [entry.key for entry in KINDS]
    assert PaperKind.objects.filter(key__in=keys).count() == len(keys)
    assert PaperKind.objects.get(key="business-licence").name == "执照"
    assert PaperKind.objects.get(key="business-licence").is_required


def told(day: date) -> list[str]:
    """Return the titles told on a day, by a run at its noon."""
    before = set(Notification.objects.values_list("pk", flat=True))
    operations.remind_of_papers(now=NOW + (day - TODAY))
    return sorted(
        Notification.objects.exclude(pk__in=before).values_list("user__username", flat=True)
    )


def test_the_end_of_a_paper_is_told_in_time_and_once(
    buyer: Actor, checker: Actor, vendor: Vendor, kind: PaperKind
) -> None:
    end = TODAY + timedelta(days=40)
    vendors.add_paper(vendor, kind, end)

    assert told(end - timedelta(days=31)) == []
    assert told(end - timedelta(days=30)) == ["caigou", "zongban"]
    assert told(end - timedelta(days=29)) == []
    assert told(end - timedelta(days=5)) == ["caigou", "zongban"]  # the seventh was missed
    assert told(end) == ["caigou", "zongban"]
    assert told(end) == []
    assert told(end + timedelta(days=1)) == ["caigou", "zongban"]
    assert told(end + timedelta(days=2)) == []


@pytest.mark.parametrize("state", [PaperState.SUBMITTED, PaperState.REFUSED])
def test_what_does_not_count_or_is_renewed_is_not_told(
    buyer: Actor, vendor: Vendor, kind: PaperKind, state: PaperState
) -> None:
    vendors.add_paper(vendor, kind, TODAY + timedelta(days=3), state=state)
    other = vendors.add_paper_kind("other")
    vendors.add_paper(vendor, other, TODAY + timedelta(days=3))
    vendors.add_paper(vendor, other, TODAY + timedelta(days=300))
    closed = vendors.add_vendor("V9", state="CLOSED", has_licence=False)
    vendors.add_paper(closed, kind, TODAY)

    assert told(TODAY) == []
