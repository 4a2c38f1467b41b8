"""The designer: drafts on the server, who would sign, what blocks publishing."""

from typing import Any

import pytest
from django.urls import reverse

from kernel.access.models import User
from kernel.approvals.models import Chain, ChainVersion, Delegation
from tests import factories_approvals as approvals
from tests.console.approvals.conftest import Office
from tests.console.visitor import Visitor


@pytest.fixture
def chain(office: Office) -> Chain:
    return Chain.objects.get(key=approvals.KIND)


def page_of(chain: Chain) -> str:
    return reverse("approval-chains-chain", args=[chain.pk])


def drafted(office: Office, chain: Chain) -> ChainVersion:
    office.admin.post(page_of(chain), {"do": "draft"})
    return chain.versions.get(state="DRAFT")


def command(visitor: Visitor, draft: ChainVersion, do: str, **data: Any) -> Any:
    return visitor.post(page_of(draft.chain), {"version": draft.pk, "do": do, **data}, htmx=True)


STEP = {
    "name": "Check",
    "act": "approve",
    "mode": "any",
    "clock": "working",
    "on_time_out": "escalate",
    "who": ["post:project:charging_director"],
}


def steps_of(draft: ChainVersion) -> list[str]:
    draft.refresh_from_db()
    return [step.key for step in draft.read().branches[0].steps]


def test_list_tells_of_each_chain(office: Office, chain: Chain) -> None:
    office.submit()

    page = office.admin.get("/c/approval-chains/", {"q": "test.paper"}).content.decode()

    assert page_of(chain) in page
    assert "V1" in page


def test_sample_lights_the_path_with_names(office: Office, chain: Chain) -> None:
    applicant = User.objects.get(username="zhouting")
    sample = {"applicant": applicant.pk, "project": office.project.pk, "f-amount": "500"}

    page = office.admin.get(page_of(chain), sample).content.decode()

    assert "zhaomin → fangqiming" in page
    assert "is-lit" in page


def test_applicant_is_never_on_his_own_path(office: Office, chain: Chain) -> None:
    checker = User.objects.get(username="zhaomin")

    page = office.admin.get(page_of(chain), {"applicant": checker.pk, "f-amount": "5"})

    assert "whose own paper it is" in page.content.decode()
    assert "stops there" in page.content.decode()


def test_version_in_use_is_changed_by_nobody(office: Office, chain: Chain) -> None:
    version = chain.versions.get()
    before = version.definition

    response = command(office.admin, version, "remove:0.0")

    assert response.status_code == 409
    version.refresh_from_db()
    assert version.definition == before


def test_steps_are_added_moved_and_removed(office: Office, chain: Chain) -> None:
    draft = drafted(office, chain)
    assert steps_of(draft) == ["charging_director", "property_manager"]

    command(office.admin, draft, "move-down:0.0")
    assert steps_of(draft) == ["property_manager", "charging_director"]
    command(office.admin, draft, "add-step:0.1")
    assert steps_of(draft) == ["property_manager", "step-3", "charging_director"]
    command(office.admin, draft, "remove:0.1")
    assert steps_of(draft) == ["property_manager", "charging_director"]


def test_step_is_edited(office: Office, chain: Chain) -> None:
    draft = drafted(office, chain)

    response = command(
        office.admin,
        draft,
        "step",
        place="0.0",
        **{**STEP, "hours": "4", "may_return": "on", "duties": ["SoD-20:A"]},
    )

    assert response.status_code == 200
    draft.refresh_from_db()
    step = draft.read().branches[0].steps[0]
    assert (step.name, step.limit.hours if step.limit else 0) == ("Check", 4)
    assert (step.may_return, step.may_hand_over) == (True, False)
    assert [str(duty) for duty in step.duties] == ["SoD-20:A"]


def test_wrong_step_is_told_and_not_saved(office: Office, chain: Chain) -> None:
    draft = drafted(office, chain)
    before = draft.definition

    response = command(office.admin, draft, "step", place="0.0", **{**STEP, "hours": "soon"})

    assert response.status_code == 422
    assert 'value="soon"' in response.content.decode()
    draft.refresh_from_db()
    assert draft.definition == before


def test_branch_takes_a_condition_once_it_is_complete(office: Office, chain: Chain) -> None:
    draft = drafted(office, chain)
    command(office.admin, draft, "add-branch")
    row = {"place": "0", "name": "", "fact-0": "amount", "operator-0": "le", "value-0": ""}

    kept = command(office.admin, draft, "branch", **row)
    draft.refresh_from_db()
    assert draft.read().branches[0].when == ()
    assert 'name="value-0"' in kept.content.decode()

    command(office.admin, draft, "branch", **{**row, "value-0": "２,０００"})
    draft.refresh_from_db()
    condition = draft.read().branches[0].when[0]
    assert (condition.fact, condition.operator.value, condition.operand) == ("amount", "le", "2000")


# ---- publishing ---------------------------------------------------------------------------------


def publish(visitor: Visitor, draft: ChainVersion, note: str = "") -> Any:
    address = reverse("approval-chains-publish", args=[draft.pk])
    return visitor.post(address, {"note": note}, htmx=True)


def test_draft_is_published_and_cases_under_way_keep_theirs(office: Office, chain: Chain) -> None:
    case = office.submit()
    draft = drafted(office, chain)
    command(office.admin, draft, "remove:0.1")

    sheet = office.admin.get(reverse("approval-chains-publish", args=[draft.pk]), htmx=True)
    response = publish(office.admin, draft, "Shorter")

    assert "1 case under way keeps its version." in sheet.content.decode()
    assert response.headers["HX-Redirect"] == page_of(chain)
    draft.refresh_from_db()
    case.refresh_from_db()
    assert (draft.state, draft.note) == ("PUBLISHED", "Shorter")
    assert case.version_id != draft.pk
    later = office.submit("Later")
    assert later.version_id == draft.pk
    versions = office.admin.get(reverse("approval-chains-versions", args=[chain.pk]), htmx=True)
    assert "without “" in versions.content.decode()


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        ({"who": ["post:project:company_gm"]}, "Nobody holds the post"),
        ({"who": [""]}, "Say who signs at this step."),
    ],
)
def test_red_finding_blocks_publishing(
    office: Office, chain: Chain, spoil: dict[str, Any], words: str
) -> None:
    draft = drafted(office, chain)
    command(office.admin, draft, "step", place="0.0", **{**STEP, **spoil})

    page = office.admin.get(page_of(chain)).content.decode()
    response = publish(office.admin, draft, "All the same")

    assert words in page
    assert response.status_code in {409, 422}
    draft.refresh_from_db()
    assert draft.state == "DRAFT"
    assert chain.versions.get(state="PUBLISHED").number == 1


def test_unreachable_branch_blocks_publishing(office: Office, chain: Chain) -> None:
    draft = drafted(office, chain)
    for limit in ("1000", "2000"):
        command(office.admin, draft, "add-branch")
        row = {"fact-0": "amount", "operator-0": "le", "value-0": limit, "name": ""}
        command(office.admin, draft, "branch", place="0" if limit == "1000" else "1", **row)
    command(office.admin, draft, "branch-left:1")

    page = office.admin.get(page_of(chain)).content.decode()

    assert "No document comes to branch B" in page
    assert publish(office.admin, draft, "All the same").status_code == 409


def test_pair_of_duties_that_only_one_person_can_hold_blocks_publishing(
    office: Office, chain: Chain
) -> None:
    draft = drafted(office, chain)
    for place, side in (("0.0", "A"), ("0.1", "B")):
        changed = {**STEP, "duties": [f"SoD-20:{side}"]}
        command(office.admin, draft, "step", place=place, **changed)

    assert "one and the same signer" in office.admin.get(page_of(chain)).content.decode()
    assert publish(office.admin, draft, "All the same").status_code == 409


def test_warning_wants_a_reason(office: Office, chain: Chain) -> None:
    draft = drafted(office, chain)
    manager = User.objects.get(username="fangqiming")
    named = {**STEP, "who": [f"person:{manager.pk}"]}
    command(office.admin, draft, "step", place="0.1", **named)

    assert publish(office.admin, draft).status_code == 422
    draft.refresh_from_db()
    assert draft.state == "DRAFT"
    publish(office.admin, draft, "He alone knows it")
    draft.refresh_from_db()
    assert draft.state == "PUBLISHED"


def test_project_gets_a_chain_of_its_own(office: Office, chain: Chain) -> None:
    response = office.admin.post(
        reverse("approval-chains-new"),
        {"kind": approvals.KIND, "project_id": office.project.pk, "name": "项目流程"},
        htmx=True,
    )

    own = Chain.objects.get(key=approvals.KIND, project_id=office.project.pk)
    assert response.headers["HX-Redirect"] == page_of(own)
    assert steps_of(own.versions.get()) == ["charging_director", "property_manager"]


@pytest.mark.parametrize("who", ["applicant", "checker", "manager"])
def test_only_administrators_design(office: Office, chain: Chain, who: str) -> None:
    visitor = getattr(office, who)

    assert visitor.get("/c/approval-chains/").status_code == 403
    assert visitor.post(page_of(chain), {"do": "draft"}).status_code == 403
    assert not chain.versions.filter(state="DRAFT").exists()


def test_designer_costs_the_same_with_more_steps(
    office: Office, chain: Chain, django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(40):
        office.admin.get(page_of(chain))


# ---- deputies and the report --------------------------------------------------------------------


def test_deputy_is_named_and_dismissed(office: Office) -> None:
    deputy = User.objects.get(username="fangqiming")
    form = {
        "deputy_id": deputy.pk,
        "valid_from": "2099-01-01",
        "last_day": "2099-01-07",
        "reason": "Leave",
    }

    refused = office.checker.post("/approvals/deputies/new/", {**form, "reason": ""}, htmx=True)
    office.checker.post("/approvals/deputies/new/", form, htmx=True)

    delegation = Delegation.objects.get()
    assert refused.status_code == 422
    assert f"{delegation.valid_to:%Y-%m-%d}" == "2099-01-08"
    assert "zhaomin" in office.admin.get("/c/deputies/").content.decode()
    one = reverse("approvals-delegations-one", args=[delegation.pk])
    assert office.applicant.get(one, htmx=True).status_code == 404
    assert office.manager.post(one, htmx=True).status_code == 403
    office.checker.post(one, htmx=True)
    delegation.refresh_from_db()
    assert delegation.valid_to == delegation.valid_from


def test_report_tells_who_took_how_long(office: Office) -> None:
    case = office.submit()
    checker = approvals.as_actor(User.objects.get(username="zhaomin"))
    approvals.approve(checker, case)

    page = office.admin.get("/c/approval-report/").content.decode()

    assert case.number in page
    assert "100.0%" in page
    assert office.checker.get("/c/approval-report/").status_code == 403


def test_sample_with_a_negative_amount_is_not_tried_out(office: Office) -> None:
    applicant = User.objects.get(username="zhouting")
    chain = Chain.objects.get(key=approvals.KIND)
    sample = {"applicant": applicant.pk, "project": office.project.pk, "f-amount": "-500"}

    page = office.admin.get(page_of(chain), sample).content.decode()

    assert "“Amount” cannot be below zero." in page
    assert "takes branch" not in page
