"""Consent by word of mouth: until when the paper must be approved, its submission, too late."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from console import formats
from kernel.access.models import User
from kernel.approvals import operations, registry
from kernel.approvals.models import Case, Signature, VerbalConsent
from tests import factories_approvals as approvals
from tests.console.approvals.conftest import Office

INBOX = "/approvals/"
MINE = {"tab": "mine"}


def consented(office: Office, at: datetime) -> Case:
    """Log, at that time, that the charging director consented by telephone."""
    steps = (approvals.step("charging_director"), approvals.step("property_manager"))
    approvals.publish(approvals.line(*steps, verbal_days_setting="purchase.c_backfill_wd"))
    people = {user.username: user for user in User.objects.all()}
    return operations.consent_verbally(
        actor=approvals.as_actor(people["zhouting"]),
        kind=approvals.KIND,
        subject=approvals.add_paper(),
        project_id=office.project.pk,
        title="Pump of building 3",
        consenter_id=people["zhaomin"].pk,
        consented_at=at,
        means="by telephone",
        text="Buy it at once",
        facts={"amount": "1850.00"},
        summary={"Room": "3-2-1602"},
        now=at,
    )


@pytest.fixture
def fresh(office: Office) -> Case:
    return consented(office, timezone.now() - timedelta(minutes=10))


@pytest.fixture
def overdue(office: Office) -> Case:
    return consented(office, timezone.now() - timedelta(days=30))


def test_the_case_says_who_consented_and_until_when_the_paper_must_come(
    office: Office, fresh: Case
) -> None:
    page = office.applicant.get(f"{INBOX}{fresh.pk}/").content.decode()
    due_at = VerbalConsent.objects.get(case=fresh).due_at
    last_day = formats.spell_day(timezone.localtime(due_at - timedelta(hours=1)).date())
    for words in (
        "by telephone",
        "Buy it at once",
        "zhaomin",
        f"The last day to approve the paper is {last_day}.",
        "left",
    ):
        assert words in page
    assert f"{INBOX}{fresh.pk}/complete/" in page
    assert f"{INBOX}{fresh.pk}/withdraw/" not in page
    assert "Paper: " in office.applicant.get(INBOX, MINE).content.decode()


def test_whoever_is_said_to_have_consented_can_look_at_it(office: Office, fresh: Case) -> None:
    assert office.checker.get(f"{INBOX}{fresh.pk}/").status_code == 200


def test_too_late_is_said_on_the_case_and_in_the_list(office: Office, overdue: Case) -> None:
    for page in (
        office.applicant.get(f"{INBOX}{overdue.pk}/"),
        office.applicant.get(INBOX, MINE),
    ):
        assert "Paper: over by" in page.content.decode()
    assert 'class="note bad"' in office.applicant.get(f"{INBOX}{overdue.pk}/").content.decode()


def test_the_paper_is_submitted_and_its_lateness_stays(office: Office, overdue: Case) -> None:
    sheet = f"{INBOX}{overdue.pk}/complete/"
    assert office.applicant.get(sheet, htmx=True).status_code == 200

    assert office.applicant.post(sheet, {"text": "Invoice"}, htmx=True).status_code == 204

    overdue.refresh_from_db()
    assert (overdue.state, overdue.facts["amount"]) == ("RUNNING", "1850.00")
    for visitor in (office.checker, office.manager):
        step = approvals.step_under_way(overdue).pk
        data = {"case": overdue.pk, "step": step, "do": "approve"}
        assert "Paper: over by" in visitor.get(f"{INBOX}{overdue.pk}/").content.decode()
        assert visitor.post(INBOX, data, htmx=True).status_code == 200
    page = office.applicant.get(f"{INBOX}{overdue.pk}/").content.decode()
    assert "The paper came too late" in page


@pytest.mark.parametrize(("who", "status"), [("checker", 422), ("manager", 422)])
def test_nobody_else_submits_the_paper(office: Office, fresh: Case, who: str, status: int) -> None:
    visitor: Any = getattr(office, who)
    answer = visitor.post(f"{INBOX}{fresh.pk}/complete/", {}, htmx=True)
    assert answer.status_code in {404, status}
    fresh.refresh_from_db()
    assert fresh.state == "CONSENTED"
    assert Signature.objects.filter(case=fresh).count() == 1


def test_a_kind_that_does_not_know_its_record_leaves_it_to_the_module(
    office: Office, fresh: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    kind = registry.kind_of(approvals.KIND)
    bare = registry.DocumentKind(key=kind.key, name=kind.name, module="", facts=kind.facts)
    monkeypatch.setitem(registry._KINDS, kind.key, bare)

    page = office.applicant.get(f"{INBOX}{fresh.pk}/").content.decode()
    answer = office.applicant.post(f"{INBOX}{fresh.pk}/complete/", {}, htmx=True)

    assert f"{INBOX}{fresh.pk}/complete/" not in page
    assert answer.status_code == 422
    fresh.refresh_from_db()
    assert fresh.state == "CONSENTED"


def test_a_rejected_paper_of_a_consent_goes_again(office: Office, fresh: Case) -> None:
    office.applicant.post(f"{INBOX}{fresh.pk}/complete/", {}, htmx=True)
    assert 'value="urge"' in office.applicant.get(f"{INBOX}{fresh.pk}/").content.decode()
    step = approvals.step_under_way(fresh).pk
    data = {"case": fresh.pk, "step": step, "do": "reject", "opinion": "No invoice"}
    office.checker.post(INBOX, data, htmx=True)

    assert f"{INBOX}{fresh.pk}/resubmit/" in (
        office.applicant.get(f"{INBOX}{fresh.pk}/").content.decode()
    )
