"""Receipts and payment notices as PDF."""

from django.test import Client
from django.urls import reverse

from kernel.documents.models import Attachment, IssuedNumber
from services.billing.cashier.models import Receipt
from services.properties.models import Household
from tests.console.cashier.conftest import browser_of
from tests.factories import add_actor
from tests.factories_cashier import Counter, pay
from tests.kernel.documents.printing.pdf import pages_of


def test_a_receipt_is_printed_as_pdf_and_counted(
    client: Client, counter: Counter, household: Household
) -> None:
    receipt = pay(counter.collector, household, "331.41", payer_name="陈志远")

    answer = client.post(reverse("receipts-pdf", args=[counter.project.pk, receipt.pk]))

    assert answer.headers["Content-Type"] == "application/pdf"
    (page,) = pages_of(answer.content)
    assert receipt.code in page
    assert "陈志远" in page
    assert "叁佰叁拾壹元肆角壹分" in page
    assert "¥331.41" in page
    assert "Printno.1" in page
    assert Receipt.objects.get().printed_count == 1


def test_a_notice_names_what_is_overdue_and_is_kept_with_its_number(
    client: Client, counter: Counter, household: Household
) -> None:
    address = reverse("household-notice", args=[counter.project.pk, household.pk])

    answer = client.post(address)

    (page,) = pages_of(answer.content)
    number = IssuedNumber.objects.get().code
    assert number in page
    assert "331.41" in page
    assert "722.82" not in page  # the rest is not due yet
    kept = Attachment.objects.get()
    assert (kept.name, kept.kind, kept.subject_id) == (
        f"{number}.pdf",
        "payment-notice",
        household.pk,
    )


def test_who_owes_nothing_overdue_gets_no_notice(
    client: Client, counter: Counter, household: Household
) -> None:
    pay(counter.collector, household, "331.41", payer_name="陈志远")

    answer = client.post(reverse("household-notice", args=[counter.project.pk, household.pk]))

    assert answer.status_code == 409
    assert (IssuedNumber.objects.count(), Attachment.objects.count()) == (0, 0)


def test_a_notice_takes_its_action(counter: Counter, household: Household) -> None:
    add_actor("liu", "meter_reader", project_id=counter.project.pk)

    answer = browser_of("liu").post(
        reverse("household-notice", args=[counter.project.pk, household.pk])
    )

    assert answer.status_code == 403
    assert IssuedNumber.objects.count() == 0
