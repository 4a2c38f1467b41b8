"""For the state machine: chains drawn by chance, and what every run of it must reach."""

from hypothesis import strategies as st

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

# What every run must have done; each is done several times as often.
REACHED = {
    "approve": 30,
    "approve for somebody": 5,
    "delegate": 10,
    "an added signer signs": 3,
    **dict.fromkeys(
        [
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
