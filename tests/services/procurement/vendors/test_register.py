"""Who is on the register: entered, applied, decided, changed, closed."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from kernel import access, crypto
from kernel.access import ActionDenied, Actor
from kernel.audit.models import AuditEntry
from kernel.errors import DomainError, NotFound
from services.procurement.texts import TextInvalid
from services.procurement.vendors import operations, queries
from services.procurement.vendors.models import Contact, ContactState, Vendor, VendorState
from services.procurement.vendors.operations import VendorFacts
from services.procurement.vendors.operations.joining import actor_of
from services.properties.rules import PhoneInvalid
from tests import factories
from tests import factories_procurement_vendors as vendors
from tests.factories import NOW, TODAY

pytestmark = pytest.mark.usefixtures("tenant")
CREDIT_CODE = "91330100MA27XL0H1G"


def facts(**values: Any) -> VendorFacts:
    return VendorFacts(**{"name": "浙江绿源建材有限公司", **values})


def last_entry() -> AuditEntry:
    return AuditEntry.objects.latest("pk")


def test_a_vendor_gets_his_number_and_his_phone_lies_encrypted(buyer: Actor) -> None:
    vendor = operations.create_vendor(
        actor=buyer,
        facts=facts(phone="138 1234 6027", email="Sales@Lvyuan.cn", payment_days=30),
        now=NOW,
    )

    vendor.refresh_from_db()
    assert vendor.code.startswith("GYS-")
    assert (vendor.state, vendor.initials[:4]) == ("ACTIVE", "zjly")
    assert (vendor.email, vendor.phone_masked) == ("sales@lvyuan.cn", "138 **** 6027")
    assert crypto.decrypt(vendor.phone_encrypted) == "13812346027"
    assert (vendor.created_by, vendor.created_by_label) == (buyer.user_id, buyer.label)
    assert last_entry().event == "procurement.vendor.created"
    assert "6027" not in str(last_entry().data)


@pytest.mark.parametrize(
    ("values", "error"),
    [
        ({"name": " "}, TextInvalid),
        ({"name": "长" * 101}, TextInvalid),
        ({"note": "x" * 301}, TextInvalid),
        ({"kind": "OTHER"}, operations.VendorInvalid),
        ({"language": "fr"}, operations.VendorInvalid),
        ({"credit_code": "91330100MA27XL0H1X"}, operations.VendorInvalid),
        ({"phone": "12"}, PhoneInvalid),
        ({"email": "nobody"}, operations.VendorInvalid),
        ({"tax_percent": Decimal(101)}, operations.VendorInvalid),
        ({"tax_percent": Decimal("NaN")}, operations.VendorInvalid),
        ({"tax_percent": Decimal("1.234")}, operations.VendorInvalid),
        ({"payment_days": -1}, operations.VendorInvalid),
        ({"payment_days": 366}, operations.VendorInvalid),
    ],
)
def test_a_vendor_that_cannot_be_is_refused(
    buyer: Actor, values: dict[str, Any], error: type[DomainError]
) -> None:
    with pytest.raises(error):
        operations.create_vendor(actor=buyer, facts=facts(**values), now=NOW)

    assert not Vendor.objects.exists()


def test_one_credit_code_is_one_vendor(buyer: Actor) -> None:
    operations.create_vendor(actor=buyer, facts=facts(credit_code=CREDIT_CODE), now=NOW)

    with pytest.raises(operations.CreditCodeTaken) as refusal:
        operations.create_vendor(
            actor=buyer, facts=facts(name="另一家", credit_code=CREDIT_CODE.lower()), now=NOW
        )
    operations.create_vendor(actor=buyer, facts=facts(name="市场摊位"), now=NOW)
    operations.create_vendor(actor=buyer, facts=facts(name="市场摊位二"), now=NOW)

    assert refusal.value.field == "credit_code"
    assert Vendor.objects.count() == 3


def test_a_change_tells_that_the_phone_changed_and_not_which(buyer: Actor) -> None:
    vendor = operations.create_vendor(actor=buyer, facts=facts(phone="13812346027"), now=NOW)
    count = AuditEntry.objects.count()

    operations.change_vendor(
        actor=buyer,
        vendor_id=vendor.pk,
        changes={"phone": "0571-88001234", "tax_percent": Decimal(9), "note": ""},
        now=NOW,
    )
    operations.change_vendor(
        actor=buyer, vendor_id=vendor.pk, changes={"phone": "0571-88001234"}, now=NOW
    )

    vendor.refresh_from_db()
    assert vendor.phone_masked == "0571 **** 1234"
    assert AuditEntry.objects.count() == count + 1
    assert last_entry().data == {
        "before": {"tax_percent": "13.00"},
        "after": {"tax_percent": "9"},
        "changed": ["tax_percent", "phone"],
    }


def application(**values: Any) -> Contact:
    return operations.apply(
        facts=facts(**values),
        contact_name="陈经理",
        email="Chen@lvyuan.cn",
        public_key=b"key",
        now=NOW,
    )


def test_whoever_registers_himself_waits_for_a_decision(checker: Actor) -> None:
    contact = application()

    assert contact.vendor.state == VendorState.APPLIED
    assert (contact.state, contact.email) == (ContactState.ACTIVE, "chen@lvyuan.cn")
    with pytest.raises(operations.VendorNotFit):
        operations.require_fit(contact.vendor_id, today=TODAY)

    operations.decide_application(
        actor=checker, vendor_id=contact.vendor_id, is_accepted=True, now=NOW
    )

    vendor = Vendor.objects.get()
    assert (vendor.state, vendor.decided_by) == ("ACTIVE", checker.user_id)
    assert last_entry().event == "procurement.vendor.accepted"
    with pytest.raises(operations.VendorStateWrong):
        operations.decide_application(
            actor=checker, vendor_id=vendor.pk, is_accepted=False, reason="重复", now=NOW
        )


def test_a_refusal_has_a_reason_and_ends_the_access(checker: Actor) -> None:
    contact = application()

    with pytest.raises(TextInvalid):
        operations.decide_application(
            actor=checker, vendor_id=contact.vendor_id, is_accepted=False, now=NOW
        )
    operations.decide_application(
        actor=checker, vendor_id=contact.vendor_id, is_accepted=False, reason="资料不全", now=NOW
    )

    contact.refresh_from_db()
    assert contact.state == ContactState.ENDED
    assert Vendor.objects.get().decision_reason == "资料不全"


def test_who_keeps_the_register_decides_on_no_application(buyer: Actor, checker: Actor) -> None:
    contact = application()
    both = Actor(
        label="both",
        user_id=checker.user_id,
        grants=buyer.grants | checker.grants,
    )

    with pytest.raises(ActionDenied):
        operations.decide_application(
            actor=buyer, vendor_id=contact.vendor_id, is_accepted=True, now=NOW
        )
    with pytest.raises(operations.KeeperDecides):
        operations.decide_application(
            actor=both, vendor_id=contact.vendor_id, is_accepted=True, now=NOW
        )

    assert Vendor.objects.get().state == VendorState.APPLIED


def test_a_closed_vendor_takes_no_part_and_his_people_are_out(
    buyer: Actor, checker: Actor, vendor: Vendor
) -> None:
    contact = operations.invite_contact(
        actor=buyer, vendor_id=vendor.pk, name="王总", email="w@a.cn", now=NOW
    )

    operations.close_vendor(actor=buyer, vendor_id=vendor.pk, reason="不再合作", now=NOW)

    contact.refresh_from_db()
    assert contact.state == ContactState.ENDED
    with pytest.raises(operations.VendorNotFit):
        operations.require_fit(vendor.pk, today=TODAY)
    changes: list[Callable[[], object]] = [
        lambda: operations.close_vendor(
            actor=buyer, vendor_id=vendor.pk, reason="不再合作", now=NOW
        ),
        lambda: operations.change_vendor(
            actor=buyer, vendor_id=vendor.pk, changes={"name": "别名"}, now=NOW
        ),
        lambda: operations.invite_contact(
            actor=buyer, vendor_id=vendor.pk, name="王总", email="x@a.cn", now=NOW
        ),
    ]
    for change in changes:
        with pytest.raises(operations.VendorStateWrong):
            change()
    with pytest.raises(ActionDenied):
        operations.reopen_vendor(actor=buyer, vendor_id=vendor.pk, reason="又合作", now=NOW)
    operations.reopen_vendor(actor=checker, vendor_id=vendor.pk, reason="又合作", now=NOW)
    assert operations.require_fit(vendor.pk, today=TODAY).pk == vendor.pk
    with pytest.raises(operations.VendorStateWrong):
        operations.reopen_vendor(actor=checker, vendor_id=vendor.pk, reason="又合作", now=NOW)


@pytest.mark.parametrize("post", ["finance_head", "materials_keeper", "mo_manager"])
def test_only_the_buyer_keeps_the_register(post: str, vendor: Vendor) -> None:
    other = factories.add_actor("qita", post)

    acts: list[Callable[[], object]] = [
        lambda: operations.create_vendor(actor=other, facts=facts(), now=NOW),
        lambda: operations.change_vendor(
            actor=other, vendor_id=vendor.pk, changes={"name": "别名"}, now=NOW
        ),
        lambda: operations.close_vendor(actor=other, vendor_id=vendor.pk, reason="关", now=NOW),
    ]
    for act in acts:
        with pytest.raises(ActionDenied):
            act()

    assert [one.name for one in Vendor.objects.all()] == [vendor.name]


def test_a_vendor_reaches_himself_and_nobody_else(buyer: Actor, vendor: Vendor) -> None:
    other = vendors.add_vendor("V002", "别家")
    contact = operations.invite_contact(
        actor=buyer, vendor_id=vendor.pk, name="王总", email="w@a.cn", now=NOW
    )
    himself = actor_of(contact)

    with pytest.raises(NotFound):
        queries.get_own_vendor(himself, vendor.pk)  # he has not joined yet
    Contact.objects.update(state=ContactState.ACTIVE)
    assert queries.get_own_vendor(himself, vendor.pk) == vendor
    with pytest.raises(NotFound):
        queries.get_own_vendor(himself, other.pk)
    for somebody in (buyer, access.SYSTEM, Actor(label="x", vendor_id=vendor.pk, contact_id=0)):
        with pytest.raises(NotFound):
            queries.get_own_vendor(somebody, vendor.pk)
    Vendor.objects.update(state=VendorState.CLOSED)
    with pytest.raises(NotFound):
        queries.get_own_vendor(himself, vendor.pk)


def test_reads_take_vendor_view(vendor: Vendor) -> None:
    keeper = factories.add_actor("wuzi", "materials_keeper")
    manager = factories.add_actor("jingli", "property_manager")

    assert queries.get_vendor(actor=manager, vendor_id=vendor.pk) == vendor
    with pytest.raises(NotFound):
        queries.get_vendor(actor=manager, vendor_id=vendor.pk + 1)
    for read in (
        lambda: queries.vendors(actor=keeper),
        lambda: queries.papers(actor=keeper),
        lambda: queries.coverage(actor=keeper),
        lambda: queries.paper_kinds(actor=keeper),
        lambda: queries.get_account(actor=keeper, account_id=1),
    ):
        with pytest.raises(ActionDenied):
            read()
