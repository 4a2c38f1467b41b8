"""Random chains, acts, delegations, leavers and clocks through the real operations.

Whatever happens: nobody ever signs his own paper, duties kept apart never meet, no case is lost,
signatures never change, an effect takes place once. What is done only now and then by chance is
done by a walk of its own, which counts that it was done.
"""

from collections import Counter
from contextlib import ExitStack
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, ClassVar

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
    CaseStep,
    Delegation,
    Signature,
    StepState,
)
from kernel.approvals.rules.definitions import Definition
from kernel.errors import DomainError
from kernel.tenancy import company_day
from tests.factories import NOW, add_user, hold_post
from tests.factories_approvals import (
    Effects,
    add_paper,
    paper_kind,
    person,
    publish,
)
from tests.kernel.approvals.drawn import CHAINS, POSTS, REACHED, SELDOM, chains, signed_in

PEOPLE = 6


INVARIANTS = [
    "nobody_signs_his_own_paper",
    "nothing_waits_for_whose_paper_it_is",
    "a_step_is_signed_on_the_facts_that_it_began_with",
    "duties_kept_apart_never_meet",
    "no_case_is_lost",
    "what_waits_can_be_seen",
    "signatures_stay_as_they_were",
    "an_effect_takes_place_once",
]


class Papers(RuleBasedStateMachine):
    """One company with six people; ``now`` goes on with every rule that says so."""

    reached: ClassVar[Counter[str]] = Counter()

    effects: Effects

    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()
        self.now: datetime = NOW
        self.people: list[User] = []
        self.case_ids: list[int] = []  # the two that are worked on
        self.all_ids: list[int] = []
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
            # Every post has three holders at first; what happens then may leave it vacant.
            own = {POSTS[(number + more) % 5] for more in range(3)}
            for post in sorted(own | set(posts)):
                hold_post(user, post)
            self.people.append(user)
        self.admin = person("admin", "company_admin")
        self.case_ids = [self.submit(0, "100"), self.submit(1, "900")]
        self.delegate(2, 3, 3)
        self.delegate(4, 1, 3)

    def teardown(self) -> None:
        if self.people:
            self.reached.update(signed_in(self.all_ids))
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
                done = call(now=self.now, **values)
        except DomainError:
            assert (Signature.objects.count(), Assignment.objects.count()) == before
            return None
        name = " ".join(part for part in (call.__name__, str(values.get("where", ""))) if part)
        self.reached[name] += 1
        return done

    def under_way(self, case_id: int) -> int:
        step = Case.objects.get(pk=case_id).steps.filter(
            state__in=[StepState.ACTIVE, StepState.STUCK]
        )
        return step.values_list("pk", flat=True).first() or 0

    def submit(self, who: int, amount: str) -> int:
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
        self.all_ids.append(case.pk)
        return int(case.pk)

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
        plan=st.lists(
            st.tuples(st.sampled_from(SELDOM), st.integers(0, 1), st.integers(0, PEOPLE - 1)),
            min_size=3,
            max_size=5,
        )
    )
    def what_is_seldom_is_done(self, plan: list[tuple[str, int, int]]) -> None:
        """Do several things, each with a case that is under way, if that can be brought about."""
        for what, which, number in plan:
            case_id = self.running(which, "900" if number % 2 else "100")
            if what in {"return_to", "reject"}:
                self.sign(which, number, 0, "approve", by_deputy=False)
                self.sign(which, number, 0, what, by_deputy=False)
            elif what == "withdraw":
                self.act(which, case_id, "withdraw", 0, None)
            elif what == "limit":
                self.a_limit_passes(case_id)
            elif what == "empty":
                self.a_step_loses_everybody(case_id)
            elif what == "deputy":
                self.a_deputy_signs(case_id, number)
            else:
                self.others_are_brought_in(case_id, number, what)

    def others_are_brought_in(self, case_id: int, number: int, act: str) -> None:
        """Add a signer, or hand over, to the first person who may sign."""
        found = self.signer(case_id, number, by_deputy=False)
        for more in range(PEOPLE if found else 0):
            assert found is not None
            other_id = self.people[(number + more) % PEOPLE].pk
            if self.act(found[0], case_id, act, other_id, found[1]) is not None:
                return

    def a_deputy_signs(self, case_id: int, number: int) -> None:
        """Let whom a case waits for delegate; the first deputy who may signs for him."""
        found = self.signer(case_id, number, by_deputy=False)
        for more in range(PEOPLE if found else 0):
            assert found is not None
            deputy = (number + more) % PEOPLE
            self.delegate(found[0], deputy, 2)
            if self.act(deputy, case_id, "approve", 0, found[1]) is not None:
                return

    def a_step_loses_everybody(self, case_id: int) -> None:
        for step in CaseStep.objects.filter(pk=self.under_way(case_id)):
            held = [assignee.post for assignee in step.read().assignees]
            PostHolding.objects.filter(post_id__in=held).delete()
        operations.sweep(now=self.now)

    def a_limit_passes(self, case_id: int) -> None:
        for step in CaseStep.objects.filter(pk=self.under_way(case_id), due_at__isnull=False):
            assert step.due_at is not None
            self.now = max(self.now, step.due_at) + timedelta(minutes=1)
        operations.sweep(now=self.now)

    def running(self, which: int, amount: str) -> int:
        """Return a case that is under way, if that can be brought about.

        A rejected paper is submitted with other facts, another one where the case is over; where
        it has stopped somebody is given the post, or an administrator names who signs.
        """
        case = Case.objects.get(pk=self.case_ids[which])
        if case.state in {CaseState.APPROVED, CaseState.WITHDRAWN}:
            self.case_ids[which] = self.submit(which, amount)
            case = Case.objects.get(pk=self.case_ids[which])
        if case.state == CaseState.REJECTED:
            self.attempt(
                operations.resubmit,
                actor=self.actor(which),
                case_id=case.pk,
                facts={"amount": Decimal(amount)},
                summary={},
            )
            case.refresh_from_db()
        if case.state == CaseState.STUCK and amount == "100":
            User.objects.update(is_active=True)
            for assignee in case.steps.get(state=StepState.STUCK).read().assignees:
                for user in self.people[2:5]:
                    self.give(user, assignee.post or POSTS[-1])
            operations.sweep(now=self.now)
            case.refresh_from_db()
        for number in range(PEOPLE if case.state == CaseState.STUCK else 0):
            named = self.attempt(
                operations.name_signer,
                actor=self.admin,
                case_id=case.pk,
                step_id=self.under_way(case.pk),
                user_id=self.people[(which + number) % PEOPLE].pk,
                text="words",
            )
            if named is not None:
                break
        return case.pk

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

    def act(self, who: int, case_id: int, act: str, other_id: int, for_user_id: int | None) -> Any:
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
        return self.attempt(getattr(operations, act), **values)

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
        else:
            self.give(user, post)
        operations.sweep(now=self.now)

    def give(self, user: User, post: str) -> None:
        if not PostHolding.objects.filter(user=user, post_id=post).exists():
            hold_post(user, post)

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
    def nothing_waits_for_whose_paper_it_is(self) -> None:
        for assignment in Assignment.objects.filter(step__case_id__in=self.all_ids).select_related(
            "step__case"
        ):
            assert assignment.user_id not in assignment.step.case.author_ids

    @invariant()
    def a_step_is_signed_on_the_facts_that_it_began_with(self) -> None:
        facts: dict[int, Any] = {}
        for signature in Signature.objects.filter(step__isnull=False).select_related("step__case"):
            assert signature.step is not None
            assert facts.setdefault(signature.step.pk, signature.facts) == signature.facts
            if signature.step.state == StepState.ACTIVE:
                assert signature.facts == signature.step.case.facts

    @invariant()
    def duties_kept_apart_never_meet(self) -> None:
        for case_id in self.all_ids:
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
        for case in Case.objects.filter(pk__in=self.all_ids):
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
        ):
            asked = access.Actor(label="somebody", user_id=assignment.user_id)
            waiting = queries.waiting_for(actor=asked, now=self.now)
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
        for case in Case.objects.filter(pk__in=self.all_ids):
            expected = 1 if case.state == CaseState.APPROVED else 0
            assert self.effects.of(case).count("approved") == expected


@pytest.mark.usefixtures("tenant")
def test_no_path_loses_a_case_or_lets_somebody_sign_for_himself() -> None:
    Papers.reached.clear()

    run_state_machine_as_test(
        Papers,
        settings=settings(
            max_examples=12,
            stateful_step_count=15,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )

    assert Papers.reached["approve"] >= 5, Papers.reached


@pytest.mark.usefixtures("tenant")
def test_the_same_rules_hold_where_chance_seldom_comes() -> None:
    """A walk that is the same every time: chance alone leaves out an act in one run of some."""
    Papers.reached.clear()

    for number, chain in enumerate(CHAINS):
        walk(chain, number)

    assert not [what for what, least in REACHED.items() if Papers.reached[what] < least], (
        Papers.reached
    )


def walk(chain: Definition, first: int) -> None:
    """Do all that is seldom, twice, with both cases, and look at every invariant after each."""
    papers = Papers()
    try:
        papers.found(chain=chain, held=[[] for _person in range(PEOPLE)])
        PostHolding.objects.filter(user__in=papers.people).delete()
        for user, post in zip(papers.people[2:], POSTS, strict=False):
            hold_post(user, post)  # one post each: everybody but the last has a leader
        for number, what in enumerate(SELDOM * 2, first):
            papers.what_is_seldom_is_done(plan=[(what, number % 2, number % PEOPLE)])
            papers.approve(which=number % 2, place=number % 3)
            for name in INVARIANTS:
                getattr(papers, name)()
    finally:
        papers.teardown()
