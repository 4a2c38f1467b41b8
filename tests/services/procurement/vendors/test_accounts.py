"""Where vendors are paid: by approval only, never by who asked, told whose number it is."""

from typing import Any

import pytest

from kernel import crypto
from kernel.access import ActionDenied, Actor
from kernel.approvals import operations as approvals
from kernel.approvals import registry
from kernel.approvals.models import Case
from kernel.audit.models import AuditEntry
from kernel.errors import DomainError, NotFound
from kernel.records.models import AccessLook
from kernel.records.operations import ReasonTooShort
from kernel.security.models import SecurityEvent, SecurityKind
from services.procurement.texts import TextInvalid
from services.procurement.vendors import operations, queries, rules
from services.procurement.vendors.models import (
    AccountState,
    BankAccount,
    Contact,
    ContactState,
    Vendor,
)
from services.procurement.vendors.operations.joining import actor_of
from tests import factories
from tests import factories_procurement_vendors as vendors
from tests.factories import NOW
from tests.factories_approvals import approve, step_under_way

pytestmark = pytest.mark.usefixtures("tenant", "chains")
NUMBER = "6222 0812 0200 1234 567"


def ask(actor: Actor, vendor: Vendor, **values: Any) -> BankAccount:
    wanted = {"holder": vendor.name, "bank": "工商银行杭州西湖支行", "number": NUMBER, **values}
    return operations.ask_account(actor=actor, vendor_id=vendor.pk, now=NOW, **wanted)


def case_of(account: BankAccount) -> Case:
    return Case.objects.get(subject_type="procurement.bankaccount", subject_id=account.pk)


def states(vendor: Vendor) -> list[tuple[str, str]]:
    return list(vendor.accounts.order_by("pk").values_list("number_tail", "state"))


def test_an_account_comes_into_force_by_the_signature_of_finance(
    buyer: Actor, finance: Actor, vendor: Vendor
) -> None:
    account = ask(buyer, vendor)
    assert states(vendor) == [("4567", "PENDING")]
    assert queries.account_in_force(vendor.pk) is None

    approve(finance, case_of(account))

    account.refresh_from_db()
    assert (account.state, account.decided_at) == (AccountState.ACTIVE, NOW)
    assert crypto.decrypt(account.number_encrypted) == "6222081202001234567"
    kept = str(list(AuditEntry.objects.values_list("data"))) + str(
        list(Case.objects.values("title", "facts", "summary"))
    )
    assert "6222081202001234567" not in kept
    assert "1234" not in kept.replace("4567", "")


def test_a_change_leaves_the_former_in_place_until_it_is_approved(
    buyer: Actor, finance: Actor, vendor: Vendor
) -> None:
    approve(finance, case_of(ask(buyer, vendor)))
    with pytest.raises(TextInvalid):
        ask(buyer, vendor, number="6222999900001111222")
    change = ask(buyer, vendor, number="6222999900001111222", reason="开户行变更")
    assert states(vendor) == [("4567", "ACTIVE"), ("1222", "PENDING")]
    with pytest.raises(operations.AccountPending):
        ask(buyer, vendor, number="6222999900001111333", reason="又变")

    approve(finance, case_of(change))

    assert states(vendor) == [("4567", "REPLACED"), ("1222", "ACTIVE")]
    with pytest.raises(operations.AccountSame):
        ask(buyer, vendor, number="6222 9999 0000 1111 222", reason="同一个")


def test_a_refused_change_changes_nothing(buyer: Actor, finance: Actor, vendor: Vendor) -> None:
    case = case_of(ask(buyer, vendor))

    approvals.reject(
        actor=finance, case_id=case.pk, step_id=step_under_way(case).pk, text="不符", now=NOW
    )

    assert states(vendor) == [("4567", "REFUSED")]
    assert queries.account_in_force(vendor.pk) is None
    ask(buyer, vendor)
    assert states(vendor) == [("4567", "REFUSED"), ("4567", "PENDING")]


def test_a_withdrawn_change_is_over(buyer: Actor, vendor: Vendor) -> None:
    case = case_of(ask(buyer, vendor))

    approvals.withdraw(actor=buyer, case_id=case.pk, text="填错", now=NOW)

    assert states(vendor) == [("4567", "REFUSED")]


def test_who_asked_never_signs(buyer: Actor, vendor: Vendor) -> None:
    case = case_of(ask(buyer, vendor))
    finance = factories.add_actor("caiwu", "finance_head")
    same = Actor(label=buyer.label, user_id=buyer.user_id, grants=finance.grants)

    with pytest.raises(DomainError):
        approve(same, case)
    # Whatever chain a company makes: the record itself refuses.
    with pytest.raises(operations.KeeperDecides):
        registry.kind_of("vendor.account").on_approved(case, same, NOW)  # type: ignore[misc]

    assert states(vendor) == [("4567", "PENDING")]


@pytest.mark.parametrize(
    ("values", "error"),
    [
        ({"number": "12345"}, rules.AccountInvalid),
        ({"number": "六二二二"}, rules.AccountInvalid),
        ({"holder": ""}, TextInvalid),
        ({"bank": "x" * 101}, TextInvalid),
    ],
)
def test_an_account_that_cannot_be_is_refused(
    buyer: Actor, vendor: Vendor, values: dict[str, str], error: type[DomainError]
) -> None:
    with pytest.raises(error):
        ask(buyer, vendor, **values)

    assert not BankAccount.objects.exists()
    assert not Case.objects.exists()


def test_the_signer_is_told_whose_number_it_is_besides(
    buyer: Actor, finance: Actor, vendor: Vendor
) -> None:
    other = vendors.add_vendor("V002", "宁波信诺电气有限公司")
    first = case_of(ask(buyer, other))
    checks = registry.kind_of("vendor.account").checks
    assert checks is not None
    assert [is_ok for is_ok, _text in checks(first)] == [True, True]
    assert first.facts["is_shared"] is False
    approve(finance, first)

    case = case_of(ask(buyer, vendor, number=NUMBER.replace(" ", "-"), holder="张三"))

    told = [(is_ok, str(text)) for is_ok, text in checks(case)]
    assert case.facts["is_shared"] is True
    assert [is_ok for is_ok, _text in told] == [False, False]
    assert "宁波信诺电气有限公司" in told[0][1]


def test_a_number_that_was_refused_elsewhere_is_nobodys(
    buyer: Actor, finance: Actor, vendor: Vendor
) -> None:
    other = vendors.add_vendor("V002", "宁波信诺电气有限公司")
    case = case_of(ask(buyer, other))
    approvals.reject(
        actor=finance, case_id=case.pk, step_id=step_under_way(case).pk, text="不符", now=NOW
    )

    assert queries.vendors_with_number(ask(buyer, vendor)) == []


def test_a_vendor_asks_for_his_own_and_nobody_elses(
    buyer: Actor, finance: Actor, vendor: Vendor
) -> None:
    contact = operations.invite_contact(
        actor=buyer, vendor_id=vendor.pk, name="王总", email="w@a.cn", now=NOW
    )
    Contact.objects.update(state=ContactState.ACTIVE)
    himself, other = actor_of(contact), vendors.add_vendor("V002")

    account = ask(himself, vendor)
    with pytest.raises(NotFound):
        ask(himself, other)

    case = case_of(account)
    assert (account.asked_by, account.asked_by_label) == (None, himself.label)
    assert case.facts["is_by_vendor"] is True
    approve(finance, case)
    assert states(vendor) == [("4567", "ACTIVE")]
    assert states(other) == []


def test_who_does_not_keep_the_register_asks_for_none(finance: Actor, vendor: Vendor) -> None:
    with pytest.raises(ActionDenied):
        ask(finance, vendor)

    assert not BankAccount.objects.exists()


def test_a_number_in_full_takes_a_reason_and_is_written_down(
    buyer: Actor, finance: Actor, manager: Actor, vendor: Vendor
) -> None:
    account = ask(buyer, vendor)

    for other in (buyer, manager):
        with pytest.raises(ActionDenied):
            operations.reveal_account(
                actor=other, account_id=account.pk, reason="核对付款", now=NOW
            )
    with pytest.raises(ReasonTooShort):
        operations.reveal_account(actor=finance, account_id=account.pk, reason="", now=NOW)
    assert not AccessLook.objects.exists()

    number = operations.reveal_account(
        actor=finance, account_id=account.pk, reason="核对付款账号", now=NOW
    )

    assert number == "6222081202001234567"
    assert AccessLook.objects.get().reason == "核对付款账号"
    assert SecurityEvent.objects.filter(kind=SecurityKind.DATA_REVEALED).count() == 1
    entry = AuditEntry.objects.latest("pk")
    assert entry.event == "procurement.account.revealed"
    assert number not in str(entry.data)
    assert entry not in queries.history_of_vendor(actor=buyer, vendor=vendor)


def test_a_phone_in_full_takes_a_reason_too(buyer: Actor, manager: Actor) -> None:
    vendor = operations.create_vendor(
        actor=buyer,
        facts=operations.VendorFacts(name="信诺", phone="13812346027"),
        now=NOW,
    )

    shown = operations.reveal_phone(
        actor=buyer, vendor_id=vendor.pk, reason="联系送货事宜", now=NOW
    )

    assert shown == "13812346027"
    assert AccessLook.objects.get().subject_id == vendor.pk
    with pytest.raises(ActionDenied):
        operations.reveal_phone(actor=manager, vendor_id=vendor.pk, reason="联系送货", now=NOW)
