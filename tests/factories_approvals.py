"""Approvals for tests: a kind of paper of its own, chains in a line, people who act."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from itertools import count
from typing import Any, Protocol

from kernel import access
from kernel.access.actors import Actor
from kernel.access.models import User
from kernel.access.queries import actor_for
from kernel.approvals import operations, registry
from kernel.approvals.models import Case, CaseStep, Chain, ChainVersion, StepState
from kernel.approvals.registry import DocumentKind, Paper
from kernel.approvals.rules.definitions import (
    Assignee,
    AssigneeKind,
    Branch,
    Definition,
    Mode,
    Step,
    definition_as_json,
    read_duty,
)
from kernel.approvals.rules.facts import Fact, FactType
from services.properties.models import Project
from tests.factories import NOW, TODAY, add_user, hold_post

KIND = "test.paper"
FACTS = (
    Fact("amount", "Amount", FactType.MONEY),
    Fact("days", "Days", FactType.NUMBER, is_required=False),
    Fact("is_urgent", "Urgent", FactType.YES_NO, is_required=False),
)


@dataclass
class Effects:
    """What the kind's handlers were called for, in order: ``("approved", case id)``."""

    calls: list[tuple[str, int]] = field(default_factory=list)
    refusal: Exception | None = None

    def note(self, what: str, case: Case) -> None:
        self.calls.append((what, case.pk))
        if self.refusal is not None:
            raise self.refusal

    def renew(self, case: Case) -> Paper:
        """Return the paper as it was submitted before."""
        kind = registry.kind_of(case.kind)
        return Paper(
            title=case.title,
            facts={fact.key: case.facts.get(fact.key) for fact in kind.facts},
            summary=dict(case.summary),
        )

    def of(self, case: Case) -> list[str]:
        return [what for what, case_id in self.calls if case_id == case.pk]


@contextmanager
def paper_kind(key: str = KIND, facts: Sequence[Fact] = FACTS) -> Iterator[Effects]:
    """Register a kind for the block; yield what its effects were called for."""
    effects = Effects()
    before = registry.find_kind(key)
    registry.register(
        DocumentKind(
            key=key,
            name="Paper",
            module="Tests",
            facts=tuple(facts),
            on_approved=lambda case, _actor, _now: effects.note("approved", case),
            on_rejected=lambda case, _actor, _now: effects.note("rejected", case),
            on_withdrawn=lambda case, _actor, _now: effects.note("withdrawn", case),
            renewed=lambda case, _actor, _now: effects.renew(case),
            is_ready=True,
        )
    )
    try:
        yield effects
    finally:
        registry._KINDS.pop(key)
        if before is not None:
            registry.register(before)


def post(key: str) -> Assignee:
    return Assignee(kind=AssigneeKind.POST, post=key)


def step(key: str, *posts: str, duties: str = "", **values: Any) -> Step:
    """Return a step that one of each of ``posts`` signs; the key alone names post and step."""
    named = posts or (key,)
    mode = Mode.EACH if len(named) > 1 else Mode.ANY
    return Step(
        key=key,
        duties=tuple(read_duty(duty) for duty in duties.split()),
        **{"assignees": tuple(post(one) for one in named), "mode": mode, **values},
    )


def line(*steps: Step, **values: Any) -> Definition:
    return Definition(branches=(Branch(steps=steps),), **values)


def publish(
    definition: Definition,
    *,
    key: str = KIND,
    kind: str = KIND,
    project_id: int | None = None,
    now: datetime = NOW,
) -> ChainVersion:
    """Put a definition in use under ``key``, as a new chain or a new version of it."""
    chain = Chain.objects.filter(key=key, project_id=project_id).first()
    if chain is None:
        chain = operations.create_chain(
            actor=access.SYSTEM, key=key, kind=kind, name=key, project_id=project_id, now=now
        )
    draft = chain.versions.filter(state="DRAFT").first() or operations.draft_version(
        actor=access.SYSTEM, chain_id=chain.pk, now=now
    )
    operations.save_draft(
        actor=access.SYSTEM,
        version_id=draft.pk,
        definition=definition_as_json(definition),
        now=now,
    )
    return operations.publish(actor=access.SYSTEM, version_id=draft.pk, now=now)


def person(username: str, *posts: str, project_id: int | None = None) -> Actor:
    """Add somebody who holds posts, whatever is kept apart, and return the actor he is."""
    user = add_user(username)
    for key in posts:
        hold_post(user, key, project_id)
    return as_actor(user)


def as_actor(user: User) -> Actor:
    return actor_for(user=user, today=TODAY)


class Submitted(Protocol):
    """A record that knows its case once it is submitted."""

    @property
    def case_id(self) -> int | None: ...


def case_named_by(record: Submitted) -> Case:
    assert record.case_id is not None
    return Case.objects.get(pk=record.case_id)


_numbers = count(1)


def add_paper() -> Project:
    """Return a record to submit: any will do."""
    number = next(_numbers)
    return Project.objects.create(code=f"P{number}", name=f"Paper {number}", created_at=NOW)


def submit(actor: Actor, *, now: datetime = NOW, **values: Any) -> Case:
    """Submit a paper, a new one unless ``subject`` is given."""
    subject = values.pop("subject", None) or add_paper()
    return operations.submit(
        actor=actor,
        now=now,
        **{
            "kind": KIND,
            "subject": subject,
            "project_id": None,
            "title": "A paper",
            "facts": {"amount": Decimal("100.00")},
            "summary": {"Amount": "100.00"},
            **values,
        },
    )


def step_under_way(case: Case) -> CaseStep:
    """Return the step being signed, or at which the case has stopped."""
    return case.steps.get(state__in=[StepState.ACTIVE, StepState.STUCK])


def approve(actor: Actor, case: Case, *, now: datetime = NOW, **values: Any) -> Case:
    """Sign the step under way."""
    return operations.approve(
        actor=actor,
        case_id=case.pk,
        step_id=values.pop("step_id", None) or step_under_way(case).pk,
        now=now,
        **values,
    )
