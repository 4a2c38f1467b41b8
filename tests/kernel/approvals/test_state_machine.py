"""Random chains, acts, delegations, leavers and clocks through the real operations.

Whatever happens: nobody ever signs his own paper, duties kept apart never meet, no case is lost,
signatures never change, an effect takes place once.
"""

from contextlib import ExitStack
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from kernel import access
from kernel.access.models import PostHolding, User
from kernel.access.queries import actor_for
from kernel.approvals import operations, queries
from kernel.approvals.models import (
    DECIDING,
    SIGNING,
    Assignment,
    AssignmentState,
    Case,
    CaseState,
    Delegation,
    Signature,
    StepState,
)
from kernel.approvals.rules.definitions import (
    Assignee,
    AssigneeKind,
    Definition,
    Limit,
    Mode,
    Side,
    Step,
    TimeOut,
    read_duty,
)
from kernel.approvals.rules.facts import Condition, Operator
from kernel.errors import DomainError
from kernel.tenancy import company_day
from tenants.companies.models import Company
from tests.factories import NOW, add_user, hold_post
from tests.factories_approvals import (
    Effects,
    add_paper,
    as_actor,
    line,
    paper_kind,
    publish,
)

POSTS = ("steward", "cs_supervisor", "mo_manager", "property_manager", "company_gm")
PEOPLE = 6

posts = st.sampled_from(POSTS).map(lambda post: Assignee(kind=AssigneeKind.POST, post=post))
leaders = st.integers(1, 2).map(lambda level: Assignee(kind=AssigneeKind.LEADER, level=level))
assignees = st.one_of(posts, posts, posts, posts, posts, leaders)


@st.composite
def chains(draw: st.DrawFn) -> Definition:
    """Return a chain of one to four steps of every mode, some with both parts of SoD-20."""
    made: list[Step] = []
    for number in range(draw(st.integers(1, 4))):
        named = tuple(draw(st.lists(assignees, min_size=1, max_size=2, unique=True)))
        mode = draw(st.sampled_from(list(Mode)))
        made.append(
            Step(
                key=f"s{number}",
                assignees=named,
                mode=mode,
                quorum=2 if mode == Mode.QUORUM else 0,
                when=(Condition("amount", Operator.GT, "500"),)
                if number and draw(st.booleans())
                else (),
                limit=Limit(draw(st.sampled_from([4, 30])), draw(st.booleans()))
                if draw(st.booleans())
                else None,
                on_time_out=draw(st.sampled_from(list(TimeOut))),
                duties=(read_duty(f"SoD-20:{draw(st.sampled_from(list(Side)))}"),)
                if draw(st.integers(0, 3)) == 0
                else (),
            )
        )
    return line(*made)


class Papers(RuleBasedStateMachine):
    """One company with six people; ``now`` goes on with every rule that says so."""

    effects: Effects

    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()
        self.now: datetime = NOW
        self.people: list[User] = []
        self.case_ids: list[int] = []
        self.written: dict[int, tuple[Any, ...]] = {}
        self.approved: dict[int, int] = {}

    @initialize(
        chain=chains(),
        held=st.lists(
            st.lists(st.sampled_from(POSTS), max_size=2, unique=True),
            min_size=PEOPLE,
            max_size=PEOPLE,
        ),
    )
    def found(self, chain: Definition, held: list[list[str]]) -> None:
        self.stack.enter_context(transaction.atomic())
        self.effects = self.stack.enter_context(paper_kind())
        publish(chain)
        for number, posts in enumerate(held):
            user = add_user(f"person{number}")
            # Every post has two holders at first; what happens then may leave it vacant.
            own = {POSTS[number % 5], POSTS[(number + 1) % 5]}
            for post in sorted(own | set(posts)):
                hold_post(user, post)
            self.people.append(user)
        self.submit(0, "100")
        self.submit(1, "900")
        self.delegate(2, 3, 3)
        self.delegate(4, 1, 3)

    def teardown(self) -> None:
        if self.people:
            transaction.set_rollback(True)
        self.stack.close()

    # ---- what people do ------------------------------------------------------------------------

    def actor(self, number: int) -> access.Actor:
        user = self.people[number]
        user.refresh_from_db()
        return actor_for(user=user, today=company_day(self.now))

    def attempt(self, call: Any, **values: Any) -> Any:
        """Try an operation; what it refuses must have written nothing."""
        before = Signature.objects.count(), Assignment.objects.count()
        try:
            with transaction.atomic():
                return call(now=self.now, **values)
        except DomainError:
            assert (Signature.objects.count(), Assignment.objects.count()) == before
            return None

    def under_way(self, case_id: int) -> int:
        step = Case.objects.get(pk=case_id).steps.filter(
            state__in=[StepState.ACTIVE, StepState.STUCK]
        )
        return step.values_list("pk", flat=True).first() or 0

    def submit(self, who: int, amount: str) -> None:
        case = self.attempt(
            operations.submit,
            actor=self.actor(who),
            kind="test.paper",
            subject=add_paper(),
            project_id=None,
            title="A paper",
            facts={"amount": Decimal(amount)},
            summary={},
        )
        assert case is not None
        self.case_ids.append(case.pk)

    def signer(self, case_id: int, place: int, *, by_deputy: bool) -> tuple[int, int] | None:
        """Return somebody for whom a case waits, or a deputy of his, and whom he acts for."""
        waiting = list(
            Assignment.objects.filter(
                step_id=self.under_way(case_id), state=AssignmentState.OPEN
            ).order_by("pk")
        )
        if not waiting:
            return None
        principal_id = waiting[place % len(waiting)].user_id
        deputies = Delegation.objects.filter(principal_id=principal_id).order_by("pk")
        deputy_id = deputies.values_list("deputy_id", flat=True).first() if by_deputy else None
        ids = [user.pk for user in self.people]
        return ids.index(deputy_id or principal_id), principal_id

    @rule(
        which=st.integers(0, 1),
        place=st.integers(0, 3),
        by_deputy=st.booleans(),
        other=st.integers(0, PEOPLE - 1),
        act=st.sampled_from(
            [
                *["approve"] * 4,
                "reject",
                "return_to",
                "hand_over",
                *operations.Where,
            ]
        ),
    )
    def let_sign(self, which: int, place: int, other: int, act: str, *, by_deputy: bool) -> None:
        self.sign(which, place, other, act, by_deputy=by_deputy)

    def sign(self, which: int, place: int, other: int, act: str, *, by_deputy: bool) -> None:
        """Let somebody act for whom it waits, or a deputy of his."""
        case_id = self.case_ids[which]
        found = self.signer(case_id, place, by_deputy=by_deputy)
        if found is not None:
            self.act(found[0], case_id, act, self.people[other].pk, found[1])

    @rule(which=st.integers(0, 1), place=st.integers(0, 3))
    def approve(self, which: int, place: int) -> None:
        self.sign(which, place, 0, "approve", by_deputy=False)

    @rule(
        who=st.integers(0, PEOPLE - 1),
        which=st.integers(0, 1),
        act=st.sampled_from(
            ["approve", "reject", "return_to", "hand_over", "withdraw", "resubmit", "resubmit"]
        ),
        other=st.integers(0, PEOPLE - 1),
        principal=st.none() | st.integers(0, PEOPLE - 1),
    )
    def anybody_tries(
        self, who: int, which: int, act: str, other: int, principal: int | None
    ) -> None:
        """Let somebody try what he most often may not do."""
        for_user_id = None if principal is None else self.people[principal].pk
        self.act(who, self.case_ids[which], act, self.people[other].pk, for_user_id)

    def act(self, who: int, case_id: int, act: str, other_id: int, for_user_id: int | None) -> None:
        values: dict[str, Any] = {"actor": self.actor(who), "case_id": case_id, "text": "words"}
        if act not in {"withdraw", "resubmit"}:
            values |= {"step_id": self.under_way(case_id), "for_user_id": for_user_id}
        if act == "return_to":
            steps = Case.objects.get(pk=case_id).steps.filter(state__in=["DONE", "COUNTED"])
            values["to_step_id"] = steps.values_list("pk", flat=True).first() or 0
        if act in {"hand_over", *operations.Where}:
            values["user_id"] = other_id
        if act in set(operations.Where):
            values["where"], act = operations.Where(act), "add_signer"
        self.attempt(getattr(operations, act), **values)

    @rule(
        who=st.integers(0, PEOPLE - 1),
        deputy=st.integers(0, PEOPLE - 1),
        days=st.integers(1, 3),
    )
    def delegate(self, who: int, deputy: int, days: int) -> None:
        today = company_day(self.now)
        self.attempt(
            operations.delegate,
            actor=self.actor(who),
            deputy_id=self.people[deputy].pk,
            valid_from=today,
            valid_to=today + timedelta(days=days),
            reason="away",
        )

    @rule(
        who=st.integers(0, PEOPLE - 1),
        change=st.sampled_from(["leaves", "returns", "returns", "loses", "gains", "gains"]),
        post=st.sampled_from(POSTS),
    )
    def people_change(self, who: int, change: str, post: str) -> None:
        user = self.people[who]
        if change in {"leaves", "returns"}:
            User.objects.filter(pk=user.pk).update(is_active=change == "returns")
        elif change == "loses":
            PostHolding.objects.filter(user=user, post_id=post).delete()
        elif not PostHolding.objects.filter(user=user, post_id=post).exists():
            hold_post(user, post)
        operations.sweep(now=self.now)

    @rule(hours=st.sampled_from([1, 5, 30, 100]))
    def time_goes_by(self, hours: int) -> None:
        self.now += timedelta(hours=hours)
        operations.sweep(now=self.now)

    # ---- what always holds ---------------------------------------------------------------------

    @invariant()
    def nobody_signs_his_own_paper(self) -> None:
        for signature in Signature.objects.filter(act__in=DECIDING).select_related("case"):
            own = set(signature.case.author_ids)
            assert signature.user_id not in own
            assert signature.for_user_id not in own

    @invariant()
    def duties_kept_apart_never_meet(self) -> None:
        for case_id in self.case_ids:
            played: dict[str, set[int | None]] = {"A": set(), "B": set()}
            signed = Signature.objects.filter(case_id=case_id, act__in=SIGNING)
            for signature in signed.select_related("step"):
                assert signature.step is not None
                for duty in signature.step.read().duties:
                    played[duty.side] |= {signature.user_id, signature.for_user_id} - {None}
            assert not played["A"] & played["B"]

    @invariant()
    def no_case_is_lost(self) -> None:
        """There is somebody to act, or it is finished, or the administrators were told."""
        for case in Case.objects.filter(pk__in=self.case_ids):
            steps = {step.state: step for step in case.steps.all()}
            if case.state == CaseState.RUNNING:
                able = Assignment.objects.filter(
                    step=steps[StepState.ACTIVE], state=AssignmentState.OPEN, user__is_active=True
                ).exclude(user_id__in=case.author_ids)
                assert able.exists()
            elif case.state == CaseState.STUCK:
                assert StepState.STUCK in steps
                assert Signature.objects.filter(case=case, act="STUCK").exists()
            else:
                assert not steps.keys() & {
                    StepState.ACTIVE,
                    StepState.STUCK,
                    StepState.WAITING,
                }
                assert case.state == CaseState.REJECTED or case.finished_at is not None

    @invariant()
    def what_waits_can_be_seen(self) -> None:
        """Whoever has a place and may act finds it in his inbox."""
        for assignment in Assignment.objects.filter(
            state=AssignmentState.OPEN, step__state=StepState.ACTIVE, user__is_active=True
        ).select_related("user"):
            waiting = queries.waiting_for(actor=as_actor(assignment.user), now=self.now)
            signed = Signature.objects.filter(
                step_id=assignment.step_id, user=assignment.user, act__in=SIGNING
            )
            assert signed.exists() or waiting.filter(pk=assignment.pk).exists()

    @invariant()
    def signatures_stay_as_they_were(self) -> None:
        rows = {
            row[0]: row
            for row in Signature.objects.values_list(
                "pk", "case", "act", "user", "for_user", "at", "text", "version"
            )
        }
        for key, row in self.written.items():
            assert rows[key] == row
        self.written = rows

    @invariant()
    def an_effect_takes_place_once(self) -> None:
        for case in Case.objects.filter(pk__in=self.case_ids):
            expected = 1 if case.state == CaseState.APPROVED else 0
            assert self.effects.of(case).count("approved") == expected


@pytest.mark.usefixtures("tenant")
def test_no_path_loses_a_case_or_lets_somebody_sign_for_himself(tenant: Company) -> None:

    run_state_machine_as_test(
        Papers,
        settings=settings(
            max_examples=20,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
