"""S-49: each of the 33 pairs refuses the same person and lets another pass.

On the record: a job takes the steps, as work of a service does, on a project's record; who took
which is read back from the record of what was done. Between posts: the administrator gives both
posts on the person's page. The refusal, the security log and what is left unchanged are those of
the interfaces.
"""

from collections.abc import Iterator
from datetime import date
from html import unescape
from typing import Any

import pytest
from django.db import transaction
from django.urls import reverse
from django.utils import translation

from kernel import access
from kernel.access.models import PostHolding, User
from kernel.audit import operations as audit
from kernel.audit.models import AuditEntry
from kernel.duties import PAIRS, Level, Step
from kernel.duties import operations as duties
from kernel.jobs import operations as jobs
from kernel.jobs import registry, runner
from kernel.jobs.models import Job, JobState
from kernel.security.models import SecurityEvent, SecurityKind
from services.properties.models import Project
from services.properties.operations import create_project
from tenants.companies.models import Company
from tests.console.browser import Browser, browser_of
from tests.factories import NOW, add_actor, add_user
from tests.kernel.duties.test_catalogue import HANDBOOK

MESSAGES = {rule: message for rule, _levels, message in HANDBOOK}
ON_RECORD = [rule for rule, pair in PAIRS.items() if Level.RECORD in pair.levels]
BETWEEN_POSTS = [
    (rule, post_a, post_b)
    for rule, pair in PAIRS.items()
    if Level.POST in pair.levels
    for post_a in sorted(pair.posts_a)
    for post_b in sorted(pair.posts_b)
]


def steps_of(rule: str) -> list[tuple[Step, Step]]:
    """Return the steps that a pair keeps apart, first and second, in both orders."""
    pair = PAIRS[rule]
    found = [(one, other) for one in sorted(pair.a.steps) for other in sorted(pair.b.steps)]
    both = found + [(other, one) for one, other in found]
    return [(one, other) for one, other in dict.fromkeys(both) if one != other]


@pytest.fixture
def project(tenant: Company) -> Project:
    return create_project(actor=access.SYSTEM, code="YL", name="云麓花园", now=NOW)


@pytest.fixture
def _taking_steps(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let a job take a step on a project: first it writes, then it asks."""

    def take(progress: runner.Progress) -> None:
        job = progress.job
        actor = access.Actor(label=job.created_by_label, user_id=job.created_by)
        step, project = Step(job.params["step"]), Project.objects.get(pk=job.project_id or 0)
        with transaction.atomic():
            done = done_on(project)
            audit.record(
                actor=actor, event=f"tests.{step}", subject=project, project_id=project.pk, now=NOW
            )
            duties.require_step_apart(
                step,
                actor=actor,
                done=done,
                subject=project,
                project_id=project.pk,
                now=NOW,
                on_behalf_of=[job.params.get("on_behalf_of")],
            )

    with translation.override("en"):
        monkeypatch.setitem(registry._HANDLERS, "tests.step", take)
        yield


def done_on(project: Project) -> dict[Step, list[int | None]]:
    done: dict[Step, list[int | None]] = {}
    for entry in AuditEntry.objects.filter(event__startswith="tests.", object_id=project.pk):
        done.setdefault(Step(entry.event.removeprefix("tests.")), []).append(entry.actor_id)
    return done


def take_step(user: User, step: Step, project: Project, **params: Any) -> Job:
    job = jobs.start(
        actor=access.Actor(label=user.label, user_id=user.pk),
        kind="tests.step",
        params={"step": step.value, **params},
        project_id=project.pk,
        now=NOW,
    )
    runner.run(job.pk, lambda: NOW)
    job.refresh_from_db()
    return job


@pytest.mark.usefixtures("_taking_steps")
@pytest.mark.parametrize("rule", ON_RECORD)
def test_one_person_does_not_take_both_steps_on_a_record(rule: str, project: Project) -> None:
    for first, second in steps_of(rule):
        one, other = add_user(f"one-{first}-{second}"), add_user(f"other-{first}-{second}")
        record = create_project(
            actor=access.SYSTEM, code=f"P{User.objects.count()}", name=f"{first} {second}", now=NOW
        )
        assert take_step(one, first, record).state == JobState.DONE
        before = done_on(record)

        refused = take_step(one, second, record)

        assert (refused.state, refused.error_code) == (JobState.FAILED, "duties.meet")
        assert refused.error == MESSAGES[rule]
        event = SecurityEvent.objects.latest("pk")
        assert (event.kind, event.rule, event.user_id) == (
            SecurityKind.DUTIES_REFUSED,
            rule,
            one.pk,
        )
        assert (event.message, event.project_id) == (MESSAGES[rule], record.pk)
        assert done_on(record) == before

        assert take_step(other, second, record).state == JobState.DONE
        assert done_on(record) == before | {second: [other.pk]}
        assert SecurityEvent.objects.latest("pk") == event


@pytest.mark.usefixtures("_taking_steps")
@pytest.mark.parametrize("rule", ON_RECORD)
def test_acting_for_somebody_counts_as_him(rule: str, project: Project) -> None:
    """S-49: the property manager uses a delegation to take the company's step as well."""
    first, second = steps_of(rule)[0]
    principal, deputy = add_user("principal"), add_user("deputy")
    take_step(principal, first, project)

    refused = take_step(deputy, second, project, on_behalf_of=principal.pk)

    assert (refused.state, refused.error) == (JobState.FAILED, MESSAGES[rule])
    assert list(done_on(project)) == [first]
    assert SecurityEvent.objects.get().user_id == deputy.pk


# ---- between posts ------------------------------------------------------------------------------


@pytest.fixture
def office(project: Project) -> Browser:
    """The browser of a company administrator, in English."""
    add_actor("admin", "company_admin")
    return browser_of("admin")


def give(office: Browser, user: User, post: str, place: int | None) -> Any:
    facts = {"post": post, "place": place or "", "valid_from": "2026-01-01"}
    return office.post(reverse("people-post", args=[user.pk]), facts)


def posts_held_by(user: User) -> set[tuple[str, int | None]]:
    return set(PostHolding.objects.filter(user=user).values_list("post__key", "project_id"))


@pytest.mark.parametrize(("rule", "post_a", "post_b"), BETWEEN_POSTS)
def test_one_person_does_not_hold_both_posts_in_one_place(
    rule: str, post_a: str, post_b: str, office: Browser, project: Project
) -> None:
    """In the project itself, and where one of the two posts counts in the whole company."""
    elsewhere = create_project(actor=access.SYSTEM, code="HB", name="海滨", now=NOW)
    places = [(project.pk, project.pk), (project.pk, None), (None, project.pk)]
    for number, (place, wanted) in enumerate(places):
        for held, other in ((post_a, post_b), (post_b, post_a)):
            user = add_user(f"{held}-{number}")
            assert give(office, user, held, place).status_code == 302, held
            before = AuditEntry.objects.count()

            answer = give(office, user, other, wanted)

            assert answer.status_code == 422
            assert MESSAGES[rule] in unescape(answer.content.decode())
            event = SecurityEvent.objects.latest("pk")
            assert event.kind == SecurityKind.DUTIES_REFUSED
            assert rule in event.data["rules"]
            assert MESSAGES[rule] in event.message
            assert posts_held_by(user) == {(held, place)}
            assert AuditEntry.objects.count() == before

            if place is not None:  # in another project he is somebody else
                assert give(office, user, other, elsewhere.pk).status_code == 302
                assert posts_held_by(user) == {(held, place), (other, elsewhere.pk)}
            somebody_else = add_user(f"{other}-{number}-beside")
            assert give(office, somebody_else, other, wanted).status_code == 302


def test_posts_that_follow_each_other_do_not_meet(office: Browser, project: Project) -> None:
    user = add_user("wang")
    give(office, user, "meter_reader", project.pk)
    PostHolding.objects.filter(user=user).update(
        valid_from=date(2025, 1, 1), valid_to=date(2025, 12, 31)
    )

    assert give(office, user, "collector", project.pk).status_code == 302
    assert not SecurityEvent.objects.exists()
