"""For the state machine: chains drawn by chance, and what must have been reached."""

from collections import Counter
from collections.abc import Sequence

from django.db.models import Q
from hypothesis import strategies as st

from kernel.approvals.models import Case, CaseState, Origin, Signature
from kernel.approvals.operations import Where
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
from tests.factories_approvals import line

# What the walk that is the same every time must have done, and how often at least.
REACHED = {
    "approve": 30,
    "delegate": 10,
    **dict.fromkeys(
        [
            "approve for somebody",
            "an added signer signs",
            "add_signer before",
            "add_signer beside",
            "add_signer after",
            "return_to",
            "hand_over",
            "reject",
            "resubmit",
            "withdraw",
            "name_signer",
            "a case is approved",
            "a case stops",
            "a stopped case goes on",
            "a time limit passes",
        ],
        1,
    ),
}
# What chance alone does seldom; withdrawn now and then only, for that ends a case.
SELDOM = (
    *(*Where, "hand_over", "return_to", "deputy", "limit", "empty"),
    *(*Where, "hand_over", "return_to", "deputy", "limit", "reject"),
    "withdraw",
)
POSTS = ("steward", "cs_supervisor", "mo_manager", "property_manager", "company_gm")

posts = st.sampled_from(POSTS).map(lambda post: Assignee(kind=AssigneeKind.POST, post=post))
leaders = st.integers(1, 2).map(lambda level: Assignee(kind=AssigneeKind.LEADER, level=level))
# Few leaders: those who submit have some only by chance, and a case without one stops.
assignees = st.integers(0, 14).flatmap(lambda number: posts if number else leaders)


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
                if draw(st.integers(0, 3))
                else None,
                on_time_out=draw(st.sampled_from([*TimeOut, TimeOut.ESCALATE])),
                duties=(read_duty(f"SoD-20:{draw(st.sampled_from(list(Side)))}"),)
                if draw(st.integers(0, 3)) == 0
                else (),
            )
        )
    return line(*made)


def _step(key: str, post: str, mode: Mode = Mode.ANY, *, time_out: TimeOut) -> Step:
    return Step(
        key=key,
        assignees=(Assignee(kind=AssigneeKind.POST, post=post),),
        mode=mode,
        limit=Limit(4, is_working=False),
        on_time_out=time_out,
    )


# Chains on which all that is in ``REACHED`` can be brought about.
CHAINS = (
    line(
        _step("s0", "steward", time_out=TimeOut.ESCALATE),
        _step("s1", "cs_supervisor", Mode.ALL, time_out=TimeOut.ESCALATE),
    ),
    line(
        _step("s0", "mo_manager", Mode.ALL, time_out=TimeOut.ESCALATE),
        _step("s1", "steward", time_out=TimeOut.ESCALATE),
        _step("s2", "property_manager", time_out=TimeOut.ESCALATE),
    ),
)


def signed_in(case_ids: Sequence[int]) -> Counter[str]:
    """Count in these cases what the names of operations do not tell."""
    signatures = Signature.objects.filter(case_id__in=case_ids)
    by_act = Counter(signatures.values_list("act", flat=True))
    approved = signatures.filter(act="APPROVED")
    added = approved.filter(Q(assignment__origin=Origin.ADDED) | Q(step__key=""))
    states = Counter(Case.objects.filter(pk__in=case_ids).values_list("state", flat=True))
    return Counter(
        {
            "approve for somebody": approved.filter(delegation__isnull=False).count(),
            "an added signer signs": added.count(),
            "a case is approved": states[CaseState.APPROVED],
            "a case stops": by_act["STUCK"],
            "a stopped case goes on": by_act["RESUMED"],
            "a time limit passes": by_act["ESCALATED"],
        }
    )
