"""The conditions of a step or a branch as rows of a form, and read from them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.http import QueryDict
from django.utils.translation import gettext, pgettext_lazy

from console.approvals import phrases
from console.approvals.catalogue import Catalogue, Choices
from console.inputs import plain, read_number
from kernel.approvals.rules.facts import (
    OPERATORS,
    Condition,
    Fact,
    FactType,
    Operand,
    Operator,
    Setting,
)

MOST_CONDITIONS = 12
OPERATOR_WORDS: Mapping[Operator, object] = {
    Operator.IN: pgettext_lazy("condition", "is"),
    Operator.NOT_IN: pgettext_lazy("condition", "is not"),
    Operator.IS: pgettext_lazy("condition", "is"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """One condition as the form shows it; ``condition`` is missing while it is incomplete."""

    index: int
    fact: str
    operator: str
    value: str
    picked: tuple[str, ...]
    facts: Choices
    operators: Choices
    choices: Choices
    condition: Condition | None = None

    @property
    def number(self) -> int:
        return self.index + 1

    @property
    def is_multiple(self) -> bool:
        return self.operator in {Operator.IN, Operator.NOT_IN}


def stored_rows(conditions: Iterable[Condition], catalogue: Catalogue) -> list[Row]:
    """Return the rows of conditions as they are saved."""
    return [
        _row(
            index,
            condition.fact,
            condition.operator.value,
            _spelled(condition.operand),
            condition.operand if isinstance(condition.operand, tuple) else (),
            catalogue,
        )
        for index, condition in enumerate(conditions)
    ]


def _spelled(operand: Operand) -> str:
    if isinstance(operand, Setting):
        return f"={operand.key}"
    if isinstance(operand, bool):
        return "yes" if operand else "no"
    if isinstance(operand, str):
        number = read_number(operand)
        return plain(number) if number is not None else operand
    return ", ".join(operand)


def sent_rows(data: QueryDict, catalogue: Catalogue) -> list[Row]:
    """Return the rows that were sent: without the one dropped, with one more if asked for."""
    rows: list[Row] = []
    for index in range(MOST_CONDITIONS):
        if f"fact-{index}" not in data:
            break
        if data.get("drop") == str(index):
            continue
        picked = tuple(value for value in data.getlist(f"value-{index}") if value)
        rows.append(
            _row(
                len(rows),
                str(data[f"fact-{index}"]),
                data.get(f"operator-{index}", ""),
                ", ".join(picked),
                picked,
                catalogue,
            )
        )
    if "more" in data and len(rows) < MOST_CONDITIONS and catalogue.facts:
        rows.append(_row(len(rows), next(iter(catalogue.facts)), "", "", (), catalogue))
    return rows


def _row(
    index: int,
    key: str,
    operator: str,
    value: str,
    picked: tuple[str, ...],
    catalogue: Catalogue,
) -> Row:
    fact = catalogue.facts.get(key)
    operators = OPERATORS[fact.type] if fact else ()
    chosen = next((one for one in operators if one.value == operator), None)
    chosen = chosen or (operators[0] if operators else None)
    choices = value_choices(fact, catalogue) if fact else ()
    return Row(
        index=index,
        fact=key,
        operator=chosen.value if chosen else operator,
        value=value,
        picked=picked if choices and fact and fact.type != FactType.YES_NO else (value,),
        facts=[(fact.key, fact.label) for fact in catalogue.facts.values()],
        operators=[
            (one.value, OPERATOR_WORDS.get(one, phrases.SIGNS.get(one))) for one in operators
        ],
        choices=choices,
        condition=_condition(fact, chosen, value, picked, choices)
        if fact is not None and chosen is not None
        else None,
    )


def value_choices(fact: Fact, catalogue: Catalogue) -> Choices:
    """Return the values a fact may have, nothing where they are typed."""
    match fact.type:
        case FactType.CHOICE:
            return fact.choices
        case FactType.YES_NO:
            return [("yes", gettext("Yes")), ("no", gettext("No"))]
        case FactType.POSTS:
            return catalogue.posts
        case FactType.PROJECT:
            return catalogue.projects
        case FactType.PERSON:
            return catalogue.people
    return ()


def _condition(
    fact: Fact,
    operator: Operator,
    value: str,
    picked: tuple[str, ...],
    choices: Choices,
) -> Condition | None:
    operand: Operand
    if fact.type in {FactType.NUMBER, FactType.MONEY}:
        if value.startswith("="):
            operand = Setting(value[1:].strip())
        else:
            number = read_number(value)
            if number is None:
                return None
            operand = plain(number)
    elif fact.type == FactType.YES_NO:
        if value not in {"yes", "no"}:
            return None
        operand = value == "yes"
    elif choices:
        known = {str(key) for key, _label in choices}
        operand = tuple(one for one in picked if one in known)
        if not operand:
            return None
    else:
        parts = value.replace("，", ",").replace("、", ",").split(",")
        operand = tuple(part.strip() for part in parts if part.strip())
        if not operand:
            return None
    return Condition(fact.key, operator, operand)
