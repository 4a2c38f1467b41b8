"""S-49 along the chains that a company starts with: the attempts that the handbook names.

Each is made through the API, by the chain's own posts. It is refused with the sentence of the
handbook's table, the security log tells of it, and nothing is changed.
"""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import translation

from kernel.access.models import User
from kernel.approvals import operations
from kernel.approvals.models import Assignment, Case, CaseStep, Signature
from kernel.audit.models import AuditEntry
from kernel.duties import PAIRS
from kernel.security.models import SecurityEvent, SecurityKind
from services.procurement.requests import operations as purchasing
from services.properties.models import Project
from tenants.companies.models import Company
from tests import factories_approvals as approvals
from tests import factories_procurement_requests as requests
from tests import factories_properties as registry
from tests.api.client import Api
from tests.api.client import sign_in_by_browser as sign_in
from tests.factories import NOW, TODAY, add_actor


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.views.timezone.now", lambda: NOW)


@pytest.fixture
def project(tenant: Company) -> Project:
    operations.seed_chains(NOW)
    return registry.add_project()


def submit(project: Project, kind: str, facts: dict[str, object]) -> Case:
    applicant = approvals.person("applicant", "internal_clerk", project_id=project.pk)
    return approvals.submit(applicant, kind=kind, project_id=project.pk, facts=facts)


def submit_purchase(project: Project, *goods: str) -> Case:
    """Submit a request for goods of name, quantity and price."""
    asker = add_actor("applicant", "mo_manager", project_id=project.pk)
    request = purchasing.create_request(
        actor=asker,
        project_id=project.pk,
        values=requests.values(needed_on=requests.NEEDED),
        lines=[requests.line(*goods)],
        now=NOW,
        today=TODAY,
    )
    purchasing.note_reallocation(actor=asker, request_id=request.pk, note="无", now=NOW)
    purchasing.submit_request(actor=asker, request_id=request.pk, now=NOW)
    return requests.case_of(request)


def sign(api: Api, case: Case) -> Any:
    step = approvals.step_under_way(case).pk
    return api("POST", f"approval-cases/{case.pk}/approve/", {"step_id": step, "text": "同意"})


def delegate(principal: str, deputy: str) -> None:
    people = {user.username: user for user in User.objects.all()}
    operations.delegate(
        actor=approvals.as_actor(people[principal]),
        deputy_id=people[deputy].pk,
        valid_from=NOW.date(),
        valid_to=NOW.date() + timedelta(days=7),
        reason="出差",
        now=NOW,
    )


def written() -> tuple[object, ...]:
    return (
        list(Case.objects.order_by("pk").values()),
        list(CaseStep.objects.order_by("pk").values()),
        list(Assignment.objects.order_by("pk").values()),
        list(Signature.objects.order_by("pk").values()),
        AuditEntry.objects.count(),
    )


def assert_refused(api: Api, case: Case, rule: str) -> None:
    before, logged = written(), SecurityEvent.objects.count()

    answer = sign(api, case)

    assert (answer.status_code, answer.json()["code"]) == (403, "duties.meet"), answer.json()
    with translation.override("zh-hans"):  # the language of a person who has chosen none
        assert str(PAIRS[rule].message) in answer.json()["detail"]
    assert written() == before
    assert SecurityEvent.objects.count() == logged + 1
    event = SecurityEvent.objects.order_by("pk").last()
    assert event is not None
    assert (event.kind, event.rule) == (SecurityKind.DUTIES_REFUSED, rule)


def approved(answer: Any) -> str:
    assert answer.status_code == 200, answer.json()
    state: str = answer.json()["case"]["state"]
    return state


@pytest.mark.parametrize("is_deputy", [True, False])
def test_property_gm_does_the_company_gms_step(project: Project, *, is_deputy: bool) -> None:
    """SoD-20: by a delegation, and without one."""
    manager = sign_in("manager", ("property_manager", project.pk))
    sign_in("buyer", ("buyer", None))
    gm = sign_in("gm", ("company_gm", None))
    case = submit_purchase(project, "打印机", "1", "3000.00")
    approved(sign(manager, case))
    if is_deputy:
        delegate("gm", "manager")

    assert_refused(manager, case, "SoD-20")

    assert approved(sign(gm, case)) == "RUNNING"


@pytest.mark.parametrize("has_other", [True, False])
def test_company_gm_buys_what_he_approved(project: Project, *, has_other: bool) -> None:
    """SoD-21: he is the only buyer, or one of two."""
    manager = sign_in("manager", ("property_manager", project.pk))
    gm = sign_in("gm", ("company_gm", None), ("buyer", None))
    if has_other:
        sign_in("buyer", ("buyer", None))
    case = submit_purchase(project, "复印纸", "10", "120.00")
    approved(sign(manager, case))
    assert approved(sign(gm, case)) == ("RUNNING" if has_other else "STUCK")

    assert_refused(gm, case, "SoD-21")


@pytest.mark.parametrize("is_deputy", [True, False])
def test_office_manager_puts_a_major_decision_in_force(
    project: Project, *, is_deputy: bool
) -> None:
    """SoD-27."""
    office = sign_in("office", ("mo_manager", project.pk))
    department = sign_in("department", ("property_dept_manager", None))
    deputy_gm = sign_in("deputy", ("deputy_gm", None))
    gm = sign_in("gm", ("company_gm", None))
    case = submit(project, "violation.major", {"amount": "5000.00"})
    for api in (office, department, deputy_gm):
        approved(sign(api, case))
    if is_deputy:
        delegate("gm", "office")

    assert_refused(office, case, "SoD-27")

    approved(sign(gm, case))
    assert approved(sign(office, case)) == "APPROVED"  # he carries it out


@pytest.mark.parametrize("way", ["post", "deputy", "none"])
def test_steward_who_reviewed_first_approves_the_refund(project: Project, way: str) -> None:
    """SoD-33."""
    steward = sign_in("steward", ("steward", project.pk))
    head = sign_in("head", ("community_head", project.pk))
    sign_in("manager", ("property_manager", project.pk))
    case = submit(project, "deposit.refund", {"amount": "2000.00"})
    if way == "post":
        sign_in("steward", ("property_manager", project.pk))
    elif way == "deputy":
        delegate("manager", "steward")
    approved(sign(steward, case))
    approved(sign(head, case))

    assert_refused(steward, case, "SoD-33")


@pytest.mark.parametrize("who", ["office", "finance"])
@pytest.mark.parametrize("step", ["leader", "chairman"])
def test_who_verified_a_waiver_approves_it(project: Project, who: str, step: str) -> None:
    """SoD-15."""
    office = sign_in("office", ("general_office", None))
    finance = sign_in("finance", ("finance_head", None))
    leader = sign_in("leader", ("deputy_gm", None))
    sign_in("chairman", ("chairman", None))
    case = submit(project, "waiver.general", {"amount": "800.00", "months": "2"})
    approved(sign(office, case))
    approved(sign(finance, case))
    delegate("leader" if step == "leader" else "chairman", who)
    if step == "chairman":
        approved(sign(leader, case))

    assert_refused({"office": office, "finance": finance}[who], case, "SoD-15")
