"""What is signed is what was on the screen: an act on a case that has gone on is refused."""

from functools import partial
from typing import Any

import pytest
from django.urls import reverse

from kernel.access.models import User
from kernel.approvals import operations
from kernel.approvals.models import Assignment, Case, CaseStep, Signature
from kernel.approvals.operations import Where
from tests import factories_approvals as approvals
from tests.console.approvals.conftest import Office
from tests.console.approvals.test_inbox import INBOX, act_url, sign
from tests.factories import NOW

MOVED = "This step is not being signed any more."


def at_the_manager(office: Office) -> Case:
    case = office.submit()
    sign(office.checker, case, "approve")
    return case


def meanwhile_returned_and_signed_again(office: Office, case: Case) -> CaseStep:
    """The case waits for the same person as before, at another step: the one shown is over."""
    shown = approvals.step_under_way(case)
    done = case.steps.get(state="DONE")
    office.manager.post(
        act_url(case, "return"), {"to_step_id": done.pk, "text": "Look again"}, htmx=True
    )
    sign(office.checker, case, "approve")
    assert approvals.step_under_way(case).pk != shown.pk
    return shown


def written(case: Case) -> tuple[int, list[tuple[int, str]]]:
    places = Assignment.objects.filter(step__case=case).order_by("pk")
    return (
        Signature.objects.filter(case=case).count(),
        [(one.user_id, one.state) for one in places],
    )


ACTS: list[tuple[str, str, dict[str, str]]] = [
    ("manager", "hand-over", {"text": "On leave"}),
    ("manager", "add-signer", {"text": "Please look", "where": "beside"}),
    ("manager", "return", {"text": "Once more"}),
    ("admin", "replace-signer", {"text": "He has left"}),
    ("admin", "name-signer", {"text": "Nobody there"}),
]


@pytest.mark.parametrize(("who", "act", "values"), ACTS)
def test_sheet_opened_before_the_case_went_on_does_nothing(
    office: Office, who: str, act: str, values: dict[str, str]
) -> None:
    case = at_the_manager(office)
    shown = meanwhile_returned_and_signed_again(office, case)
    before = written(case)
    people = {one.username: str(one.pk) for one in User.objects.all()}
    given = {
        **values,
        "user_id": people["zhaomin"],
        "from_user_id": people["fangqiming"],
        "to_step_id": str(case.steps.get(state="DONE").pk),
    }

    response = getattr(office, who).post(act_url(case, act, shown.pk), given, htmx=True)

    assert response.status_code == 409
    assert MOVED in response.content.decode()
    assert "approvals:changed" in response.headers["HX-Trigger"]
    assert written(case) == before


@pytest.mark.parametrize("act", ["hand-over", "add-signer", "return"])
def test_sheet_is_not_even_opened_for_a_step_that_is_over(office: Office, act: str) -> None:
    case = at_the_manager(office)
    shown = meanwhile_returned_and_signed_again(office, case)

    response = office.manager.get(act_url(case, act, shown.pk), htmx=True)

    assert response.status_code == 409
    assert MOVED in response.content.decode()
    assert "<form" not in response.content.decode()


def test_sheets_are_opened_from_the_page_for_the_step_it_shows(office: Office) -> None:
    case = at_the_manager(office)
    step = approvals.step_under_way(case).pk

    page = office.manager.get(reverse("approvals-case", args=[case.pk])).content.decode()

    for act in ("hand-over", "add-signer", "return"):
        assert f'href="{reverse("approvals-act", args=[case.pk, act])}?step={step}"' in page
    sheet = office.manager.get(act_url(case, "hand-over"), htmx=True).content.decode()
    assert f"?step={step}" in sheet


def test_act_that_names_no_step_is_refused(office: Office) -> None:
    case = at_the_manager(office)
    before = written(case)
    address = reverse("approvals-act", args=[case.pk, "hand-over"])
    checker = User.objects.get(username="zhaomin")

    response = office.manager.post(address, {"user_id": checker.pk, "text": "Away"}, htmx=True)

    assert response.status_code == 404
    assert written(case) == before


@pytest.mark.parametrize("page", ["inbox", "case"])
@pytest.mark.parametrize("do", ["approve", "reject"])
def test_one_click_on_a_step_that_is_over_shows_the_case_as_it_is(
    office: Office, page: str, do: str
) -> None:
    case = at_the_manager(office)
    shown = meanwhile_returned_and_signed_again(office, case)
    before = written(case)
    address = INBOX if page == "inbox" else reverse("approvals-case", args=[case.pk])
    data = {"case": case.pk, "step": shown.pk, "do": do, "opinion": "Because"}

    response = office.manager.post(address, data, htmx=True)

    html = response.content.decode()
    assert response.status_code == 409
    assert MOVED in html
    assert f'name="step" value="{approvals.step_under_way(case).pk}"' in html
    assert f'name="step" value="{shown.pk}"' not in html
    assert written(case) == before


def test_bulk_signs_no_case_that_has_gone_on(office: Office) -> None:
    case = at_the_manager(office)
    shown = meanwhile_returned_and_signed_again(office, case)
    before = written(case)

    response = office.manager.post(
        "/approvals/together/", {"pick": [case.pk], f"step-{case.pk}": shown.pk}, htmx=True
    )

    assert MOVED in response.content.decode()
    assert "approvals:changed" in response.headers["HX-Trigger"]
    assert written(case) == before


def test_other_facts_are_another_step_so_that_the_click_on_the_old_ones_is_refused(
    office: Office,
) -> None:
    case = office.submit(amount="161.06")
    shown = approvals.step_under_way(case)
    sign(office.checker, case, "reject", "Too low")
    applicant = approvals.as_actor(User.objects.get(username="zhouting"))
    operations.resubmit(
        actor=applicant,
        case_id=case.pk,
        facts={"amount": "916.06"},
        summary={"Room": "3-2-1602"},
        now=NOW,
    )

    response = sign(office.checker, case, "approve", step=shown.pk)

    html = response.content.decode()
    assert response.status_code == 409
    assert "916.06" in html
    assert "161.06" not in html
    assert not Signature.objects.filter(case=case, act="APPROVED").exists()


ANY_ACT: list[tuple[str, dict[str, Any]]] = [
    ("approve", {"text": ""}),
    ("reject", {"text": "No"}),
    ("hand_over", {"text": "Away"}),
    ("add_signer", {"text": "Look", "where": Where.BESIDE}),
    ("return_to", {"text": "Again"}),
]


@pytest.mark.parametrize(("name", "values"), ANY_ACT)
def test_every_act_is_bound_to_the_step_it_names(
    office: Office, name: str, values: dict[str, Any]
) -> None:
    case = at_the_manager(office)
    shown = meanwhile_returned_and_signed_again(office, case)
    manager, checker = (User.objects.get(username=one) for one in ("fangqiming", "zhaomin"))
    more = {
        "hand_over": {"user_id": checker.pk},
        "add_signer": {"user_id": checker.pk},
        "return_to": {"to_step_id": case.steps.get(state="DONE").pk},
    }
    act = partial(
        getattr(operations, name),
        actor=approvals.as_actor(manager),
        case_id=case.pk,
        step_id=shown.pk,
        now=NOW,
        **values,
        **more.get(name, {}),
    )

    with pytest.raises(operations.StepMoved):
        act()
