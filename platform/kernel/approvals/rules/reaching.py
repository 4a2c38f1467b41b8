"""Whether a branch can be reached: what an earlier one takes, it never gets. Pure."""

from decimal import Decimal

from kernel.approvals.rules.definitions import Branch, Definition
from kernel.approvals.rules.facts import Condition, Operator

_LOWER = (Operator.GT, Operator.GE, Operator.EQ)
_UPPER = (Operator.LT, Operator.LE, Operator.EQ)


def unreachable(definition: Definition) -> dict[int, int]:
    """Return the branches that no document comes to, with the one that takes all of theirs.

    Only what follows from single conditions is seen: three branches that together leave nothing
    to a fourth are not found.
    """
    found: dict[int, int] = {}
    for number, branch in enumerate(definition.branches):
        for earlier, other in enumerate(definition.branches[:number]):
            if _takes_all(other, branch):
                found[number] = earlier
                break
    return found


def _takes_all(other: Branch, branch: Branch) -> bool:
    return all(any(implies(one, wanted) for one in branch.when) for wanted in other.when)


def implies(one: Condition, other: Condition) -> bool:
    """Tell whether everything that meets ``one`` meets ``other`` as well."""
    if one == other:
        return True
    if one.fact != other.fact:
        return False
    mine, theirs = one.operand, other.operand
    if isinstance(mine, tuple) and isinstance(theirs, tuple):
        return _implies_set(one.operator, set(mine), other.operator, set(theirs))
    if isinstance(mine, str) and isinstance(theirs, str):
        return _implies_number(one.operator, Decimal(mine), other.operator, Decimal(theirs))
    return False


def _implies_set(sign: Operator, mine: set[str], other: Operator, theirs: set[str]) -> bool:
    if sign != other:  # somebody may hold several posts: one of mine keeps out none of theirs
        return False
    return mine <= theirs if sign == Operator.IN else theirs <= mine


def _implies_number(sign: Operator, mine: Decimal, other: Operator, theirs: Decimal) -> bool:
    is_equal = mine == theirs
    match other:
        case Operator.LT:
            return sign in _UPPER and (mine < theirs or (sign == Operator.LT and is_equal))
        case Operator.LE:
            return sign in _UPPER and mine <= theirs
        case Operator.GT:
            return sign in _LOWER and (mine > theirs or (sign == Operator.GT and is_equal))
        case Operator.GE:
            return sign in _LOWER and mine >= theirs
        case Operator.NE:
            return (
                (sign == Operator.EQ and not is_equal)
                or (sign in _UPPER and mine < theirs)
                or (sign in _LOWER and mine > theirs)
                or (sign in {Operator.LT, Operator.GT} and is_equal)
            )
    return False
