"""What vendors are written about their own affairs: in their language, once, to who has joined."""

import smtplib
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.core import mail

from kernel.access import Actor
from kernel.notifications.models import Notification
from kernel.outgoing import OutgoingState
from services.procurement.vendors import letters, operations
from services.procurement.vendors.models import (
    ContactState,
    PaperKind,
    Vendor,
    VendorLetter,
)
from services.procurement.vendors.operations import reminders
from tenants.companies.models import Company
from tests import factories_procurement_vendors as vendors
from tests.factories import NOW, TODAY

pytestmark = pytest.mark.usefixtures("tenant")
END = TODAY + timedelta(days=40)


def noon(day: date) -> datetime:
    return NOW + (day - TODAY)


def written() -> list[tuple[str, str]]:
    found = VendorLetter.objects.order_by("pk")
    return [(letter.kind, letter.contact.email) for letter in found]


def test_a_vendor_hears_30_and_7_days_before_on_the_day_and_after(
    tenant: Company, vendor: Vendor, kind: PaperKind
) -> None:
    vendors.add_paper(vendor, kind, END)
    vendors.add_contact(vendor, "wang@hengda.cn")

    for days in range(-41, 4):
        operations.remind_of_papers(now=noon(END + timedelta(days=days)))

    assert [kind for kind, _email in written()] == ["paper-ends"] * 3 + ["paper-ended"]
    assert [letter.written_at for letter in VendorLetter.objects.order_by("pk")] == [
        noon(END - timedelta(days=30)),
        noon(END - timedelta(days=7)),
        noon(END),
        noon(END + timedelta(days=1)),
    ]


def test_a_run_that_is_repeated_writes_once(
    tenant: Company, vendor: Vendor, kind: PaperKind
) -> None:
    vendors.add_paper(vendor, kind, END)
    vendors.add_contact(vendor, "wang@hengda.cn")
    at = noon(END - timedelta(days=30))

    assert [operations.remind_of_papers(now=at) for _run in range(3)] == [1, 0, 0]
    assert [letters.deliver_due(now=at) for _run in range(3)] == [1, 0, 0]
    assert len(mail.outbox) == 1


def test_a_run_that_is_killed_leaves_nothing_and_the_next_tells_once(
    buyer: Actor, vendor: Vendor, kind: PaperKind, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = vendors.add_paper_kind("other")
    vendors.add_contact(vendor)
    for each in (kind, other):
        vendors.add_paper(vendor, each, END)
    write = letters.write

    def die(*args: Any, **values: Any) -> None:
        if VendorLetter.objects.exists():
            raise SystemExit
        write(*args, **values)

    with monkeypatch.context() as killed:
        killed.setattr(letters, "write", die)
        with pytest.raises(SystemExit):
            operations.remind_of_papers(now=noon(END))
    assert not VendorLetter.objects.exists()
    assert not Notification.objects.exists()

    assert [operations.remind_of_papers(now=noon(END)) for _run in range(2)] == [2, 0]
    assert VendorLetter.objects.count() == Notification.objects.count() == 2


def test_only_who_has_joined_is_written_to(
    tenant: Company, vendor: Vendor, kind: PaperKind
) -> None:
    vendors.add_paper(vendor, kind, END)
    vendors.add_contact(vendor, "wang@hengda.cn")
    for email, state in (("a@hengda.cn", "INVITED"), ("b@hengda.cn", "ENDED")):
        contact = vendors.add_contact(vendor, email)
        contact.state = state
        contact.save(update_fields=["state"])
    vendors.add_contact(vendors.add_vendor("V2", "绿源"), "lin@lvyuan.cn")

    operations.remind_of_papers(now=noon(END))

    assert written() == [("paper-ends", "wang@hengda.cn")]


@pytest.mark.parametrize(
    ("language", "subject", "text"),
    [
        ("en", "Business licence ends on 2026-12-19", "Send the new one in time"),
        ("zh-hans", "营业执照", "营业执照"),
    ],
)
def test_it_leads_to_the_papers_in_the_vendors_language(
    tenant: Company, kind: PaperKind, language: str, subject: str, text: str
) -> None:
    kind.name_en = "Business licence"
    kind.save(update_fields=["name_en"])
    vendor = vendors.add_vendor(has_licence=False, language=language)
    contact = vendors.add_contact(vendor)
    vendors.add_paper(vendor, kind, END)

    operations.remind_of_papers(now=noon(END - timedelta(days=30)))
    letters.deliver_due(now=noon(END - timedelta(days=30)))

    sent = mail.outbox[0]
    assert sent.recipients() == [contact.email]
    assert subject in sent.subject
    assert text in sent.body
    assert sent.body.rstrip().endswith(f"/v/{tenant.slug}.{contact.pk}/papers/")


def test_who_left_meanwhile_gets_none(tenant: Company, vendor: Vendor, kind: PaperKind) -> None:
    vendors.add_paper(vendor, kind, END)
    contact = vendors.add_contact(vendor)
    operations.remind_of_papers(now=noon(END))
    contact.state = ContactState.ENDED
    contact.save(update_fields=["state"])

    assert letters.deliver_due(now=noon(END)) == 0
    assert VendorLetter.objects.get().state == OutgoingState.FAILED
    assert mail.outbox == []


def test_what_did_not_arrive_is_tried_again(
    tenant: Company, vendor: Vendor, kind: PaperKind, monkeypatch: pytest.MonkeyPatch
) -> None:
    vendors.add_paper(vendor, kind, END)
    vendors.add_contact(vendor)
    operations.remind_of_papers(now=noon(END))

    def refuse(*_args: Any, **_values: Any) -> None:
        raise smtplib.SMTPServerDisconnected

    with monkeypatch.context() as broken:
        broken.setattr(letters, "send_mail", refuse)
        assert letters.deliver_due(now=noon(END)) == 0

    assert letters.deliver_due(now=noon(END) + timedelta(hours=1)) == 1
    assert len(mail.outbox) == 1


def test_one_key_is_one_kind() -> None:
    other = letters.Letter(
        key=reminders.PAPER_ENDS.key,
        subject=reminders.PAPER_ENDED.subject,
        text=reminders.PAPER_ENDED.text,
    )

    with pytest.raises(ValueError, match="paper-ends"):
        letters.register(other)


class TestVisits:
    """Vendors outside contracts are visited every half year (PR-64)."""

    @staticmethod
    def due(code: str, **values: Any) -> Vendor:
        return vendors.add_vendor(
            code, f"供应商{code}", **{"reviewed_on": date(2026, 1, 5), **values}
        )

    def test_the_buyer_is_told_once(self, buyer: Actor, checker: Actor) -> None:
        one = self.due("V1")
        self.due("V2", reviewed_on=TODAY)
        self.due("V3", state="CLOSED")
        vendors.add_supply(self.due("V4"), vendors.add_category())

        assert [operations.remind_of_visits(now=NOW) for _run in range(2)] == [1, 0]

        told = Notification.objects.get()
        assert told.user_id == buyer.user_id
        assert one.name in told.text
        assert told.url == f"/c/vendors/{one.pk}/?tab=visits"

    def test_several_are_told_of_together(self, buyer: Actor) -> None:
        for number in range(7):
            self.due(f"V{number}")

        assert operations.remind_of_visits(now=NOW) == 7

        told = Notification.objects.get()
        assert told.url == "/c/vendors/?review=1"
        assert "供应商V4 …" in told.text
        assert "供应商V5" not in told.text

    def test_a_visit_begins_the_next_period(self, buyer: Actor) -> None:
        vendor = self.due("V1")
        operations.remind_of_visits(now=NOW)
        operations.record_visit(
            actor=buyer,
            vendor_id=vendor.pk,
            visited_on=TODAY,
            visitors="周岚",
            findings="备货充足",
            outcome="KEEP",
            now=NOW,
        )

        assert operations.remind_of_visits(now=NOW) == 0
        assert operations.remind_of_visits(now=NOW + timedelta(days=180)) == 0
        assert operations.remind_of_visits(now=NOW + timedelta(days=190)) == 1
