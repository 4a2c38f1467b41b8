"""What a company has of a vendor, and asking to be paid to another account."""

from datetime import date, timedelta

from django_tenants.utils import tenant_context

from kernel import crypto
from kernel.approvals.models import Case, CaseState
from kernel.approvals.operations import seed_chains
from kernel.security.models import SecurityEvent
from services.procurement.vendors.models import (
    AccountState,
    BankAccount,
    Contact,
    PaperKind,
    PaperState,
    Vendor,
    VendorPaper,
)
from tenants.companies.models import Company
from tests import factories_portal as portal
from tests.factories import NOW, add_actor
from tests.factories_portal import Person

FORM = {
    "holder": "宁波信诺电气有限公司",
    "bank": "中国银行宁波分行",
    "number": "6217 8600 0000 1234 567",
    "reason": "",
}


def test_another_account_waits_for_the_companys_approval(alpha: Company, dai: Person) -> None:
    with tenant_context(alpha):
        seed_chains(NOW)
        add_actor("qian", "finance_head")
    client = portal.client_of(dai.login)

    answer = client.post("/v/alpha/company/account/", FORM)

    assert answer.status_code == 302, answer.content.decode()[:2000]
    with tenant_context(alpha):
        account = BankAccount.objects.get()
        case = Case.objects.get()
        assert (account.state, account.vendor_id) == (AccountState.PENDING, dai.vendor_id)
        assert account.asked_by is None
        assert crypto.decrypt(account.number_encrypted) == "6217860000001234567"
        assert case.state == CaseState.RUNNING
    page = client.get("/v/alpha/company/").content.decode()
    assert "**** 4567" in page
    assert "6217860000001234567" not in page
    assert "Ask for another account" not in page
    again = client.post("/v/alpha/company/account/", FORM)
    assert again.status_code == 422
    with tenant_context(alpha):
        assert BankAccount.objects.count() == 1


def test_a_number_that_is_none_asks_for_nothing(alpha: Company, dai: Person) -> None:
    answer = portal.client_of(dai.login).post("/v/alpha/company/account/", {**FORM, "number": "12"})

    assert answer.status_code == 422
    with tenant_context(alpha):
        assert BankAccount.objects.count() == 0
        assert Case.objects.count() == 0


def test_a_contact_whose_access_ends_is_out_at_the_next_click(alpha: Company, dai: Person) -> None:
    client = portal.client_of(dai.login)
    assert client.get("/v/alpha/company/").status_code == 200

    with tenant_context(alpha):
        Contact.objects.filter(pk=dai.contact_id).update(state="ENDED")

    assert client.get("/v/alpha/company/").status_code == 404
    assert client.post("/v/alpha/company/account/", FORM).status_code == 404
    with tenant_context(alpha):
        assert BankAccount.objects.count() == 0
        assert SecurityEvent.objects.count() == 0


def test_messages_tell_what_was_decided_newest_first(alpha: Company, dai: Person) -> None:
    with tenant_context(alpha):
        Vendor.objects.filter(pk=dai.vendor_id).update(decided_at=NOW - timedelta(days=3))
        BankAccount.objects.create(
            vendor_id=dai.vendor_id,
            holder="宁波信诺电气有限公司",
            bank="中国银行",
            number_encrypted="x",
            number_index="x",
            number_tail="4567",
            state=AccountState.REFUSED,
            asked_by_label="test",
            asked_at=NOW,
            decided_at=NOW,
        )
        kind = PaperKind.objects.create(key="test-licence", name="营业执照", name_en="Licence")
        VendorPaper.objects.create(
            vendor_id=dai.vendor_id,
            kind=kind,
            valid_from=date(2026, 1, 1),
            state=PaperState.REFUSED,
            added_by_label="test",
            added_at=NOW,
            checked_at=NOW - timedelta(days=1),
            check_note="blurred",
        )

    page = portal.client_of(dai.login).get("/v/alpha/messages/").content.decode()

    told = [
        "The account **** 4567 was not approved.",
        "Licence: refused. blurred",
        "You are on the register.",
    ]
    assert [each for each in told if each not in page] == []
    assert sorted(told, key=page.index) == told
