"""A chain names a post of the catalogue; a company's own post may stand in for it."""

from datetime import timedelta

import pytest

from kernel import access
from kernel.access import posts, queries
from kernel.access.models import Post, PostHolding
from kernel.access.posts import PostFacts
from kernel.approvals import operations
from kernel.approvals.models import SIGNING, CaseState, Signature
from kernel.approvals.queries.staffing import Gap, staffing_of
from kernel.approvals.rules.facts import Condition, Operator
from kernel.errors import DomainError
from services.properties.models import Project
from services.properties.operations import create_project
from tests.factories import NOW, TODAY, add_user, hold_post
from tests.factories_approvals import (
    Effects,
    approve,
    line,
    person,
    publish,
    step,
    submit,
)

pytestmark = pytest.mark.usefixtures("tenant")


@pytest.fixture
def project() -> Project:
    return create_project(actor=access.SYSTEM, code="YL", name="云麓花园", now=NOW)


def own_post(*counts_as: str, stands_in: bool = True, name: str = "物业总监") -> Post:
    return posts.add_post(
        actor=access.SYSTEM,
        facts=PostFacts(name=name, place="COMPANY"),
        counts_as=counts_as,
        stands_in=stands_in,
        now=NOW,
    )


def holder(username: str, post: Post, project_id: int | None = None) -> access.Actor:
    return person(username, post.key, project_id=project_id)


def test_who_holds_a_stand_in_signs_where_the_post_is_named(effects: Effects) -> None:
    publish(line(step("property_manager")))
    director = holder("director", own_post("property_manager"))

    case = approve(director, submit(person("a", "steward")))

    assert case.state == CaseState.APPROVED
    assert effects.of(case) == ["approved"]


def test_a_post_that_only_counts_for_the_separation_of_duties_signs_nothing(
    effects: Effects,
) -> None:
    publish(line(step("property_manager")))
    director = holder("director", own_post("property_manager", stands_in=False))

    case = submit(person("a", "steward"))

    assert case.state == CaseState.STUCK
    with pytest.raises(DomainError):
        approve(director, case)
    assert effects.of(case) == []


def test_nobody_signs_his_own_paper_by_a_stand_in(effects: Effects) -> None:
    publish(line(step("property_manager")))
    director = holder("director", own_post("property_manager"))

    assert submit(director).state == CaseState.STUCK

    # Nor does his deputy sign it for him, though another holder is there.
    manager = person("m", "property_manager")
    deputy = person("d", "steward")
    operations.delegate(
        actor=director,
        deputy_id=deputy.require_person(),
        valid_from=TODAY,
        valid_to=TODAY + timedelta(days=3),
        reason="Away",
        now=NOW,
    )
    case = submit(director)
    with pytest.raises(DomainError):
        approve(deputy, case)
    approve(manager, case)
    assert Signature.objects.filter(case=case, act__in=SIGNING).get().user_id == manager.user_id


def test_a_deputy_signs_for_the_holder_of_a_stand_in(effects: Effects) -> None:
    publish(line(step("property_manager")))
    director, deputy = holder("director", own_post("property_manager")), person("d", "steward")
    operations.delegate(
        actor=director,
        deputy_id=deputy.require_person(),
        valid_from=TODAY,
        valid_to=TODAY + timedelta(days=3),
        reason="Away",
        now=NOW,
    )

    case = approve(deputy, submit(person("a", "steward")))

    signature = Signature.objects.get(case=case, act__in=SIGNING)
    assert (signature.user_id, signature.for_user_id) == (deputy.user_id, director.user_id)


@pytest.mark.parametrize("end", ["holding", "standing-in", "post"])
def test_who_no_longer_stands_in_does_not_sign_what_waits_for_him(
    end: str, effects: Effects
) -> None:
    publish(line(step("property_manager")))
    own = own_post("property_manager")
    director = holder("director", own)
    case = submit(person("a", "steward"))
    if end == "holding":
        PostHolding.objects.filter(user_id=director.require_person()).update(valid_to=TODAY)
    elif end == "standing-in":
        posts.classify_post(
            actor=access.SYSTEM, key=own.key, counts_as=["property_manager"], now=NOW
        )
    else:
        Post.objects.filter(pk=own.pk).update(is_active=False)

    with pytest.raises(DomainError):
        approve(director, case)

    assert effects.of(case) == []
    assert not Signature.objects.filter(case=case, act__in=SIGNING).exists()


def test_one_person_does_not_sign_both_parts_of_a_pair_by_two_names(effects: Effects) -> None:
    publish(
        line(
            step("property_manager", duties="SoD-20:A"),
            step("company_gm", duties="SoD-20:B"),
        )
    )
    both = own_post("property_manager", "company_gm")
    director = holder("director", both)
    case = approve(director, submit(person("a", "steward")))

    assert case.state == CaseState.STUCK
    with pytest.raises(DomainError):
        approve(director, case)


def test_a_stand_in_of_one_project_signs_there_only(effects: Effects, project: Project) -> None:
    publish(line(step("mo_manager")))
    publish(line(step("cs_supervisor")), project_id=project.pk)
    own = own_post("cs_supervisor", name="客服总监")
    elsewhere = create_project(actor=access.SYSTEM, code="HB", name="海滨", now=NOW)
    lead = holder("lead", own, project.pk)
    there = person("there", "mo_manager", project_id=elsewhere.pk)

    # The project's own chain names another post than the company's.
    approve(lead, submit(person("a", "steward", project_id=project.pk), project_id=project.pk))
    other = submit(person("b", "steward", project_id=elsewhere.pk), project_id=elsewhere.pk)

    with pytest.raises(DomainError):
        approve(lead, other)
    approve(there, other)


def test_a_chain_is_not_short_of_people_where_somebody_stands_in(project: Project) -> None:
    chain = line(step("property_manager"))
    places = [project.pk]
    assert [one.gap for one in staffing_of(chain, project_ids=places, today=TODAY)] == [Gap.NOBODY]
    own = own_post("property_manager")
    hold_post(add_user("director"), own.key)

    assert staffing_of(chain, project_ids=places, today=TODAY) == []
    Post.objects.filter(pk=own.pk).update(is_active=False)
    assert [one.gap for one in staffing_of(chain, project_ids=places, today=TODAY)] == [Gap.NOBODY]


def test_a_stand_in_leads_nobody(project: Project) -> None:
    """A leader is who holds the post above; the ladder has its own lines."""
    steward = person("a", "steward", project_id=project.pk)
    holder("lead", own_post("cs_supervisor", name="客服总监"), project.pk)

    found = queries.leader_of(
        user_id=steward.require_person(), project_id=project.pk, level=1, today=TODAY
    )

    assert found == []


@pytest.mark.parametrize(("stands_in", "state"), [(True, "APPROVED"), (False, "RUNNING")])
def test_conditions_on_the_applicants_posts_mean_stand_ins_too(
    effects: Effects, *, stands_in: bool, state: str
) -> None:
    is_steward = Condition("applicant_posts", Operator.NOT_IN, ("steward",))
    publish(line(step("property_manager"), step("chairman", when=(is_steward,))))
    own = own_post("steward", stands_in=stands_in, name="管家")

    person("c", "chairman")
    manager = person("m", "property_manager")

    case = approve(manager, submit(holder("a", own)))

    assert case.state == state
