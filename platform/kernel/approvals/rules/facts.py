"""Typed facts that a document shows to its chain, and conditions over them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any, Final

from kernel.errors import Invalid
from kernel.text import _

# Beyond these no paper's number lies; a number like 1e999999 would be written out in full.
_TOO_MUCH: Final = Decimal(10) ** 16
_FINEST, _COARSEST = -12, 16

FactValue = Decimal | bool | str | int | frozenset[str] | None


class FactsInvalid(Invalid):
    """``details["fact"]`` names the fact that is missing or of another type."""

    code = "approvals.facts-invalid"


class FactType(StrEnum):
    NUMBER = "NUMBER"  # Decimal: days, pieces, percent
    MONEY = "MONEY"  # Decimal, in the company's currency
    CHOICE = "CHOICE"  # one of the fact's choices
    TEXT = "TEXT"
    YES_NO = "YES_NO"
    POSTS = "POSTS"  # the keys of the posts that a person holds
    PROJECT = "PROJECT"  # id
    PERSON = "PERSON"  # id


class Operator(StrEnum):
    LT = "lt"
    LE = "le"
    EQ = "eq"
    NE = "ne"
    GE = "ge"
    GT = "gt"
    IN = "in"
    NOT_IN = "not_in"
    IS = "is"


_ORDER: Final = (
    Operator.LT,
    Operator.LE,
    Operator.EQ,
    Operator.NE,
    Operator.GE,
    Operator.GT,
)
_SETS: Final = (Operator.IN, Operator.NOT_IN)
# What may be asked of a fact of each type, in the order in which a form offers it.
OPERATORS: Final[Mapping[FactType, tuple[Operator, ...]]] = {
    FactType.NUMBER: _ORDER,
    FactType.MONEY: _ORDER,
    FactType.CHOICE: _SETS,
    FactType.TEXT: _SETS,
    FactType.YES_NO: (Operator.IS,),
    FactType.POSTS: _SETS,
    FactType.PROJECT: _SETS,
    FactType.PERSON: _SETS,
}


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing about a document that conditions may ask for.

    ``choices`` are pairs of stored value and label. An optional fact may be ``None``; then no
    condition on it holds. Amounts, days and counts are not below zero; a number that has a
    direction, such as a change, says so by ``may_be_negative``.

    :ivar places: how many decimals of a number are shown: at least and at most.
    :ivar words: what a stored value is called, where that is not the value itself.
    """

    key: str
    label: object
    type: FactType
    unit: object = ""
    choices: tuple[tuple[str, object], ...] = ()
    is_required: bool = True
    may_be_negative: bool = False
    places: tuple[int, int] = (0, 4)
    words: Callable[[str], object] | None = None


@dataclass(frozen=True, slots=True)
class Setting:
    """A limit that is the company's setting of this key, read when the path is built."""

    key: str


Operand = str | bool | tuple[str, ...] | Setting


@dataclass(frozen=True, slots=True)
class Condition:
    """``days gt 3``: a number as text, a truth value, or texts of which one fits."""

    fact: str
    operator: Operator
    operand: Operand


def holds(condition: Condition, fact: Fact, value: FactValue) -> bool:
    """Tell whether ``value`` meets the condition; an absent value meets none.

    :raises FactsInvalid: if the condition does not fit the type of the fact.
    """
    if value is None:
        return False
    if condition.operator not in OPERATORS[fact.type] or isinstance(condition.operand, Setting):
        raise _unfit(fact)
    if fact.type in {FactType.NUMBER, FactType.MONEY}:
        return _compare(condition.operator, value, _number(fact, condition.operand))
    if fact.type == FactType.YES_NO:
        return value is condition.operand
    if not isinstance(condition.operand, tuple):
        raise _unfit(fact)
    wanted = frozenset(condition.operand)
    actual = value if isinstance(value, frozenset) else frozenset({str(value)})
    return bool(wanted & actual) is (condition.operator == Operator.IN)


def all_hold(
    conditions: tuple[Condition, ...], facts: Mapping[str, Fact], values: Mapping[str, FactValue]
) -> bool:
    """Tell whether every condition holds; no condition always does."""
    return all(
        holds(condition, _known(facts, condition.fact), values.get(condition.fact))
        for condition in conditions
    )


def bind(conditions: tuple[Condition, ...], read: Callable[[str], str]) -> tuple[Condition, ...]:
    """Put the values of settings, by ``read``, where conditions name them."""
    return tuple(
        replace(condition, operand=read(condition.operand.key))
        if isinstance(condition.operand, Setting)
        else condition
        for condition in conditions
    )


def check_values(facts: Mapping[str, Fact], values: Mapping[str, object]) -> dict[str, FactValue]:
    """Return the values as their facts want them: complete, nothing else, each of its type.

    :raises FactsInvalid: otherwise.
    """
    for key in values:
        _known(facts, key)
    return {
        key: _with_direction(fact, _typed(fact, values.get(key))) for key, fact in facts.items()
    }


def as_json(values: Mapping[str, FactValue]) -> dict[str, Any]:
    """Return values for a JSON column: numbers as text, sets as sorted lists."""
    return {key: _plain(value) for key, value in values.items()}


def from_json(facts: Mapping[str, Fact], stored: Mapping[str, Any]) -> dict[str, FactValue]:
    """Return what :func:`as_json` wrote; facts that came later are absent."""
    return {
        key: _typed(replace(fact, is_required=False), stored.get(key))
        for key, fact in facts.items()
    }


def _plain(value: FactValue) -> Any:
    if isinstance(value, frozenset):
        return sorted(value)
    return str(value) if isinstance(value, Decimal) else value


def _typed(fact: Fact, value: object) -> FactValue:
    if value is None or value == "":
        if fact.is_required and fact.type not in {FactType.TEXT, FactType.PROJECT}:
            raise FactsInvalid(
                _("“%(fact)s” is missing.") % {"fact": fact.label},
                field=fact.key,
                details={"fact": fact.key},
            )
        return "" if fact.type == FactType.TEXT and value == "" else None
    match fact.type:
        case FactType.NUMBER | FactType.MONEY:
            return _number(fact, value)
        case FactType.YES_NO if isinstance(value, bool):
            return value
        case FactType.CHOICE if value in {choice for choice, _label in fact.choices}:
            return str(value)
        case FactType.TEXT if isinstance(value, str):
            return value
        case FactType.PROJECT | FactType.PERSON if isinstance(value, int) and not isinstance(
            value, bool
        ):
            return value
        case FactType.POSTS if isinstance(value, (frozenset, set, list, tuple)):
            return frozenset(str(item) for item in value)
    raise _unfit(fact)


def _with_direction(fact: Fact, value: FactValue) -> FactValue:
    """Refuse a number below zero where there is none; stored ones are read as they are."""
    if not isinstance(value, Decimal) or not value.is_signed():
        return value
    if value == 0:
        return abs(value)
    if not fact.may_be_negative:
        raise FactsInvalid(
            _("“%(fact)s” cannot be below zero.") % {"fact": fact.label},
            field=fact.key,
            details={"fact": fact.key},
        )
    return value


def _number(fact: Fact, value: object) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, (int, str, Decimal)):
        raise _unfit(fact)
    try:
        number = Decimal(value)
    except InvalidOperation as error:
        raise _unfit(fact) from error
    exponent = number.as_tuple().exponent  # no number in what is not finite
    if not isinstance(exponent, int) or not _FINEST <= exponent <= _COARSEST:
        raise _unfit(fact)
    if abs(number) >= _TOO_MUCH:
        raise _unfit(fact)
    return number


def _compare(operator: Operator, value: FactValue, limit: Decimal) -> bool:
    if not isinstance(value, Decimal):
        raise TypeError(value)
    match operator:
        case Operator.LT:
            return value < limit
        case Operator.LE:
            return value <= limit
        case Operator.EQ:
            return value == limit
        case Operator.NE:
            return value != limit
        case Operator.GE:
            return value >= limit
    return value > limit


def _known(facts: Mapping[str, Fact], key: str) -> Fact:
    fact = facts.get(key)
    if fact is None:
        raise FactsInvalid(
            _("There is no fact “%(fact)s” of this kind of document.") % {"fact": key},
            details={"fact": key},
        )
    return fact


def _unfit(fact: Fact) -> FactsInvalid:
    return FactsInvalid(
        _("This does not fit “%(fact)s”.") % {"fact": fact.label},
        field=fact.key,
        details={"fact": fact.key},
    )
