"""Contacts, what vendors supply, visits, checks of intermediaries, and what is due."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail

from kernel import access
from kernel.access import ActionDenied, Actor
from kernel.audit.models import AuditEntry
from kernel.errors import DomainError, NotFound
from kernel.jobs.models import Job
from kernel.jobs.runner import run
from kernel.policies.operations import set_value
from kernel.tenancy import public
from services.procurement.catalogue.models import Category
from services.procurement.texts import TextInvalid
from services.procurement.vendors import door, operations, queries, tasks
from services.procurement.vendors.models import (
    Contact,
    ContactState,
    IntermediaryCheck,
    Supply,
    Vendor,
    Visit,
)
from services.procurement.vendors.queries import standing_of
from tenants.companies.models import Company
from tenants.vendors.models import Membership, VendorInvitation
from tests import factories_procurement_vendors as vendors
from tests.factories import NOW, PASSWORD, TODAY

pytestmark = pytest.mark.usefixtures("tenant")
HANDLERS = tasks.invite  # the worker imports them; here nobody else does


def last_entry() -> AuditEntry:
    return AuditEntry.objects.latest("pk")


def invite(actor: Actor, vendor: Vendor, email: str = "Wang@Hengda.cn") -> Contact:
    return operations.invite_contact(
        actor=actor, vendor_id=vendor.pk, name="王总", email=email, now=NOW
    )


def send() -> str:
    """Run the job that mails and return the key in the mail."""
    job = Job.objects.latest("pk")
    run(job.pk, lambda: NOW)
    job.refresh_from_db()
    assert job.state == "DONE"
    found = re.search(r"/invitations/([^/]+)/", str(mail.outbox[-1].body))
    assert found is not None
    return found[1]


def test_an_invitation_is_mailed_and_taken_up(
    tenant: Company, buyer: Actor, vendor: Vendor
) -> None:
    contact = invite(buyer, vendor)
    assert (contact.email, contact.state) == ("wang@hengda.cn", ContactState.INVITED)
    assert last_entry().event == "procurement.contact.invited"
    assert mail.outbox == []

    key = send()

    assert mail.outbox[-1].to == ["wang@hengda.cn"]
    assert vendor.name in mail.outbox[-1].body
    with public():
        door.take_up_new(key=key, name="王总", password=PASSWORD, language="zh-hans", now=NOW)
    contact.refresh_from_db()
    assert contact.state == ContactState.ACTIVE
    with pytest.raises(operations.ContactStateWrong):
        operations.invite_again(actor=buyer, contact_id=contact.pk, now=NOW)

    operations.end_contact(actor=buyer, contact_id=contact.pk, now=NOW)

    contact.refresh_from_db()
    assert (contact.state, contact.ended_at) == (ContactState.ENDED, NOW)
    with public():
        assert Membership.objects.get(contact_id=contact.pk, company=tenant).ended_at == NOW
    with pytest.raises(operations.ContactStateWrong):
        operations.end_contact(actor=buyer, contact_id=contact.pk, now=NOW)


def test_a_second_mail_voids_the_first_link(buyer: Actor, vendor: Vendor) -> None:
    contact = invite(buyer, vendor)
    first = send()
    operations.invite_again(actor=buyer, contact_id=contact.pk, now=NOW)
    second = send()

    assert first != second
    with public():
        assert VendorInvitation.objects.filter(contact_id=contact.pk).count() == 1


def test_whoever_was_ended_meanwhile_gets_no_mail(buyer: Actor, vendor: Vendor) -> None:
    contact = invite(buyer, vendor)
    job = Job.objects.latest("pk")
    operations.end_contact(actor=buyer, contact_id=contact.pk, now=NOW)

    run(job.pk, lambda: NOW)

    assert mail.outbox == []
    with public():
        assert not VendorInvitation.objects.exists()


def test_an_address_is_invited_once_for_a_vendor(buyer: Actor, vendor: Vendor) -> None:
    first = invite(buyer, vendor)

    with pytest.raises(operations.ContactInvited):
        invite(buyer, vendor, "wang@hengda.cn")
    with pytest.raises(operations.ContactInvalid):
        invite(buyer, vendor, "nobody")
    operations.end_contact(actor=buyer, contact_id=first.pk, now=NOW)
    invite(buyer, vendor)
    invite(buyer, vendors.add_vendor("V002"))

    assert Contact.objects.count() == 3


def test_only_who_keeps_the_register_invites(buyer: Actor, checker: Actor, vendor: Vendor) -> None:
    contact = invite(buyer, vendor)

    acts: list[Callable[[], object]] = [
        lambda: invite(checker, vendor, "x@a.cn"),
        lambda: operations.invite_again(actor=checker, contact_id=contact.pk, now=NOW),
        lambda: operations.end_contact(actor=checker, contact_id=contact.pk, now=NOW),
    ]
    for act in acts:
        with pytest.raises(ActionDenied):
            act()
    with pytest.raises(NotFound):
        operations.end_contact(actor=buyer, contact_id=contact.pk + 1, now=NOW)
    assert Contact.objects.get().state == ContactState.INVITED


def set_supply(actor: Actor, vendor: Vendor, category: Category, role: str) -> Supply:
    return operations.set_supply(
        actor=actor, vendor_id=vendor.pk, category_id=category.pk, role=role, now=NOW
    )


def test_what_a_vendor_supplies_is_set_changed_and_ended(buyer: Actor, vendor: Vendor) -> None:
    category = vendors.add_category()
    supply = set_supply(buyer, vendor, category, "CANDIDATE")
    count = AuditEntry.objects.count()
    set_supply(buyer, vendor, category, "CANDIDATE")
    assert AuditEntry.objects.count() == count

    set_supply(buyer, vendor, category, "BACKUP")

    assert Supply.objects.get().role == "BACKUP"
    assert last_entry().data == {
        "category": category.code,
        "before": {"role": "CANDIDATE"},
        "after": {"role": "BACKUP"},
    }
    with pytest.raises(operations.RoleUnknown):
        set_supply(buyer, vendor, category, "OTHER")
    with pytest.raises(NotFound):
        operations.set_supply(
            actor=buyer, vendor_id=vendor.pk, category_id=10**9, role="BACKUP", now=NOW
        )
    operations.end_supply(actor=buyer, supply_id=supply.pk, now=NOW)
    assert not Supply.objects.exists()
    with pytest.raises(NotFound):
        operations.end_supply(actor=buyer, supply_id=supply.pk, now=NOW)


def test_a_category_with_one_backup_lacks_one(buyer: Actor, finance: Actor) -> None:
    """S-39: at least two backup vendors (PR-62)."""
    top = vendors.add_category("T", "顶")
    below, other = vendors.add_category("T-1", "下", top), vendors.add_category("T-2", "别", top)
    one, two, closed = (
        vendors.add_vendor("V1", "甲"),
        vendors.add_vendor("V2", "乙"),
        vendors.add_vendor("V3", "丙", state="CLOSED"),
    )
    set_supply(buyer, one, below, "BACKUP")
    set_supply(buyer, two, below, "CONTRACT")
    vendors.add_supply(closed, below, "BACKUP")
    set_supply(buyer, two, other, "CANDIDATE")

    found = {row.branch.category.code: row for row in queries.coverage(actor=finance)}

    assert "T" not in found  # what lies below it counts
    row = found["T-1"]
    assert (row.contract, row.backup, row.candidates, row.missing) == ((two,), (one,), (), 1)
    assert found["T-2"].missing == 2
    set_value(actor=access.SYSTEM, key="vendor.min_backup", text="1", now=NOW, today=TODAY)
    again = {row.branch.category.code: row for row in queries.coverage(actor=finance)}
    assert (again["T-1"].missing, again["T-2"].missing) == (0, 1)


def visit(actor: Actor, vendor: Vendor, **values: Any) -> Visit:
    wanted = {
        "visited_on": TODAY,
        "visitors": "采购员 许静",
        "findings": "仓库整洁\n价格上涨",
        "outcome": "KEEP",
        **values,
    }
    return operations.record_visit(actor=actor, vendor_id=vendor.pk, now=NOW, **wanted)


def due(actor: Actor) -> set[str]:
    found: Any = queries.register(actor=actor, today=TODAY)
    return set(found.filter(is_review_due=True).values_list("code", flat=True))


def test_who_is_not_under_contract_is_visited_every_half_year(buyer: Actor) -> None:
    """PR-64."""
    half_year = TODAY - timedelta(days=184)
    old = NOW - timedelta(days=400)
    contract, candidate, fresh, visited = (
        vendors.add_vendor(code) for code in ("V1", "V2", "V3", "V4")
    )
    Vendor.objects.exclude(pk=fresh.pk).update(created_at=old)
    vendors.add_supply(contract, vendors.add_category())
    assert due(buyer) == {"V2", "V4"}

    visit(buyer, visited)
    visit(buyer, candidate, visited_on=half_year)

    assert due(buyer) == {"V2"}
    candidate.refresh_from_db()
    assert candidate.reviewed_on == half_year


def test_the_last_visit_counts_whenever_it_is_written(buyer: Actor, vendor: Vendor) -> None:
    visit(buyer, vendor)
    visit(buyer, vendor, visited_on=TODAY - timedelta(days=300))

    vendor.refresh_from_db()
    assert vendor.reviewed_on == TODAY
    assert Visit.objects.count() == 2
    assert last_entry().event == "procurement.visit.recorded"


@pytest.mark.parametrize(
    ("values", "error"),
    [
        ({"visited_on": TODAY + timedelta(days=1)}, operations.DayInvalid),
        ({"outcome": "OTHER"}, operations.OutcomeUnknown),
        ({"visitors": ""}, TextInvalid),
        ({"findings": " \n "}, TextInvalid),
        ({"findings": "x" * 4001}, TextInvalid),
    ],
)
def test_a_visit_that_cannot_be_is_refused(
    buyer: Actor, vendor: Vendor, values: dict[str, Any], error: type[DomainError]
) -> None:
    with pytest.raises(error):
        visit(buyer, vendor, **values)

    assert not Visit.objects.exists()


def check(actor: Actor, vendor: Vendor, **values: bool) -> IntermediaryCheck:
    found: dict[str, Any] = {
        "reputation": True,
        "technical_ability": True,
        "qualification": True,
        "performance": True,
        **values,
    }
    return operations.check_intermediary(actor=actor, vendor_id=vendor.pk, now=NOW, **found)


def test_an_intermediary_is_checked_by_who_does_not_keep_it(buyer: Actor, checker: Actor) -> None:
    """PR-61."""
    agent = vendors.add_vendor(kind="INTERMEDIARY", created_by=buyer.user_id)
    with pytest.raises(ActionDenied):
        check(buyer, agent)
    former = Actor(label="f", user_id=buyer.user_id, grants=checker.grants)
    with pytest.raises(operations.KeeperDecides):
        check(former, agent)
    with pytest.raises(operations.NotIntermediary):
        check(checker, vendors.add_vendor("V002"))
    assert not IntermediaryCheck.objects.exists()

    check(checker, agent, performance=False)
    assert not standing_of([agent.pk], today=TODAY)[agent.pk].is_fit
    check(checker, agent)

    assert standing_of([agent.pk], today=TODAY)[agent.pk].is_fit
    assert last_entry().data["is_passed"] is True


def test_the_list_tells_who_is_fit_and_whose_papers_end(buyer: Actor) -> None:
    kind = vendors.add_paper_kind("licence", is_required=True)
    fit, unfit, held = (vendors.add_vendor(code, has_licence=False) for code in ("V1", "V2", "V3"))
    for one in (fit, held):
        vendors.add_paper(one, kind, TODAY + timedelta(days=9))
    vendors.add_paper(fit, kind, TODAY + timedelta(days=20))
    vendors.add_paper(unfit, kind, TODAY - timedelta(days=1))
    vendors.add_paper(unfit, kind, state="SUBMITTED")
    vendors.add_hold(held)

    rows: dict[str, Any] = {row.code: row for row in queries.register(actor=buyer, today=TODAY)}

    assert [rows[code].is_fit for code in ("V1", "V2", "V3")] == [True, False, False]
    assert [rows[code].paper_ends_on for code in ("V1", "V2", "V3")] == [
        TODAY + timedelta(days=20),
        TODAY - timedelta(days=1),
        TODAY + timedelta(days=9),
    ]
    assert [rows[code].papers_to_check for code in ("V1", "V2", "V3")] == [0, 1, 0]
