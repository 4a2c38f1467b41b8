"""Chains in words: who signs, how many of them, when, and by when."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import get_language, gettext, ngettext, pgettext

from console import formats
from kernel.approvals.rules.definitions import (
    Assignee,
    AssigneeKind,
    Branch,
    Limit,
    Mode,
    Scope,
    Step,
    StepAct,
)
from kernel.approvals.rules.facts import Condition, Fact, FactType, Operator, Setting

SIGNS: Mapping[Operator, str] = {
    Operator.LT: "<",
    Operator.LE: "≤",
    Operator.EQ: "=",
    Operator.NE: "≠",
    Operator.GE: "≥",
    Operator.GT: ">",
}
_LOWER = (Operator.GT, Operator.GE)
_UPPER = (Operator.LT, Operator.LE)
# The sign as it stands when the value comes first: 2,000 < amount.
_TURNED = {Operator.GT: "<", Operator.GE: "≤"}


@dataclass(frozen=True, slots=True)
class Names:
    """What ids and keys are called, for those who read the chain."""

    post: Callable[[str], str]
    people: Mapping[int, str]
    projects: Mapping[int, str]
    setting: Callable[[str], str]

    def person(self, user_id: int | None) -> str:
        return self.people.get(user_id or 0) or gettext("somebody who is gone")


def spoken(name: str, name_en: str) -> str:
    """Return a name given in two languages in the one that is spoken."""
    in_english = (get_language() or "").startswith("en")
    return (name_en or name) if in_english else (name or name_en)


def listed(words: Sequence[str]) -> str:
    """Return things in a row, parted as the language does: ``a, b`` or ``a、b``."""
    return pgettext("between the names of a list", ", ").join(words)


# ---- conditions ---------------------------------------------------------------------------------


def condition_lines(
    conditions: Sequence[Condition], facts: Mapping[str, Fact], names: Names
) -> list[str]:
    """Return conditions in words; a lower and an upper bound of one fact make one line."""
    lines, taken = [], set[int]()
    for index, condition in enumerate(conditions):
        if index in taken:
            continue
        other = _other_bound(conditions, index)
        if other is not None and other not in taken:
            taken.add(other)
            lines.append(_between(condition, conditions[other], facts, names))
        else:
            lines.append(_one(condition, facts, names))
    return lines


def _other_bound(conditions: Sequence[Condition], index: int) -> int | None:
    condition = conditions[index]
    if condition.operator not in {*_LOWER, *_UPPER}:
        return None
    wanted = _UPPER if condition.operator in _LOWER else _LOWER
    return next(
        (
            place
            for place, other in enumerate(conditions)
            if place > index and other.fact == condition.fact and other.operator in wanted
        ),
        None,
    )


def _between(first: Condition, second: Condition, facts: Mapping[str, Fact], names: Names) -> str:
    lower, upper = (first, second) if first.operator in _LOWER else (second, first)
    fact = facts.get(first.fact)
    return (
        f"{value_words(lower, fact, names)} {_TURNED[lower.operator]} {_label(first, fact)}"
        f" {SIGNS[upper.operator]} {value_words(upper, fact, names)}"
    )


def _one(condition: Condition, facts: Mapping[str, Fact], names: Names) -> str:
    fact = facts.get(condition.fact)
    said = {"fact": _label(condition, fact), "value": value_words(condition, fact, names)}
    match condition.operator:
        case Operator.IN:
            return gettext("%(fact)s is %(value)s") % said
        case Operator.NOT_IN:
            return gettext("%(fact)s is not %(value)s") % said
        case Operator.IS:
            return (
                gettext("%(fact)s: yes") % said
                if condition.operand is True
                else gettext("%(fact)s: no") % said
            )
    return f"{said['fact']} {SIGNS[condition.operator]} {said['value']}"


def _label(condition: Condition, fact: Fact | None) -> str:
    return str(fact.label) if fact else condition.fact


def value_words(condition: Condition, fact: Fact | None, names: Names) -> str:
    """Return what a fact is compared with."""
    operand = condition.operand
    if isinstance(operand, Setting):
        return names.setting(operand.key)
    if isinstance(operand, bool):
        return gettext("Yes") if operand else gettext("No")
    if isinstance(operand, str):
        words = formats.spell_number(Decimal(operand))
        has_unit = fact is not None and fact.unit and fact.type != FactType.MONEY
        return f"{words} {fact.unit}" if fact is not None and has_unit else words
    return pgettext("between the values of which one fits", " or ").join(
        value_label(fact, value, names) for value in operand
    )


def value_label(fact: Fact | None, value: str, names: Names) -> str:
    """Return one value of a fact in words."""
    if fact is None:
        return value
    if fact.words is not None:
        return str(fact.words(value))
    match fact.type:
        case FactType.CHOICE:
            return str(dict(fact.choices).get(value, value))
        case FactType.POSTS:
            return names.post(value)
        case FactType.PROJECT if value.isdecimal():
            return names.projects.get(int(value), value)
        case FactType.PERSON if value.isdecimal():
            return names.person(int(value))
    return value


def branch_lines(
    branch: Branch, facts: Mapping[str, Fact], names: Names, *, is_only: bool
) -> list[str]:
    """Return the head of a branch: its condition, after its name if it has one."""
    lines = condition_lines(branch.when, facts, names)
    name = spoken(branch.name, branch.name_en)
    if not lines:
        lines = [gettext("every case") if is_only else gettext("all other cases")]
    return [name, *lines] if name else lines


# ---- steps --------------------------------------------------------------------------------------


def assignee_words(assignee: Assignee, names: Names) -> str:
    """Return who is meant, without a name unless a person was named."""
    match assignee.kind:
        case AssigneeKind.POST:
            said = {"post": names.post(assignee.post)}
            if assignee.scope == Scope.COMPANY:
                return gettext("%(post)s of the company") % said
            return gettext("%(post)s of the project") % said
        case AssigneeKind.LEADER:
            if assignee.level == 1:
                return gettext("the applicant’s leader")
            return ngettext(
                "the applicant’s leader, %(level)d level up",
                "the applicant’s leader, %(level)d levels up",
                assignee.level,
            ) % {"level": assignee.level}
        case AssigneeKind.DEPARTMENT_HEAD:
            return gettext("the head of the applicant’s department")
    return names.person(assignee.user_id)


def step_title(step: Step, names: Names) -> str:
    """Return the step's name, or who signs there."""
    name = spoken(step.name, step.name_en)
    if name:
        return name
    if not step.assignees:
        return gettext("A step without signers")
    return listed([_short(assignee, names) for assignee in step.assignees])


def _short(assignee: Assignee, names: Names) -> str:
    if assignee.kind == AssigneeKind.POST:
        return names.post(assignee.post)
    return assignee_words(assignee, names)


def limit_words(limit: Limit | None) -> str:
    if limit is None:
        return gettext("no time limit")
    if limit.is_working:
        text = ngettext("%(hours)d working hour", "%(hours)d working hours", limit.hours)
    else:
        text = ngettext(
            "%(hours)d hour round the clock", "%(hours)d hours round the clock", limit.hours
        )
    return text % {"hours": limit.hours}


def step_line(step: Step, names: Names) -> str:
    """Return who and by when."""
    who = listed([assignee_words(assignee, names) for assignee in step.assignees])
    return pgettext("between two facts of a step", ", ").join(
        part for part in (who, limit_words(step.limit)) if part
    )


def mode_chip(step: Step) -> tuple[str, str]:
    """Return how many sign, for a chip, and its tone."""
    if step.act == StepAct.TASK:
        return pgettext("a step", "Task"), "info"
    match step.mode:
        case Mode.ALL:
            return gettext("All agree"), "vio"
        case Mode.EACH:
            return (gettext("One each"), "vio") if len(step.assignees) > 1 else (_one_person(), "")
        case Mode.QUORUM:
            return gettext("%(count)d agree") % {"count": step.quorum}, "vio"
    is_personal = all(assignee.kind == AssigneeKind.PERSON for assignee in step.assignees)
    return (_one_person() if is_personal and len(step.assignees) == 1 else gettext("Any one")), ""


def _one_person() -> str:
    return gettext("One person")


# ---- differences --------------------------------------------------------------------------------


def differences(
    old: Sequence[Branch], new: Sequence[Branch], facts: Mapping[str, Fact], names: Names
) -> list[tuple[str, str]]:
    """Return what ``new`` says otherwise: pairs of ``+``, ``-`` or ``~`` and a sentence."""
    found: list[tuple[str, str]] = []
    for number in range(max(len(old), len(new))):
        letter = chr(ord("A") + number)
        if number >= len(new):
            found.append(("-", gettext("Branch %(letter)s is gone") % {"letter": letter}))
        elif number >= len(old):
            lines = branch_lines(new[number], facts, names, is_only=len(new) == 1)
            found.append(
                (
                    "+",
                    gettext("Branch %(letter)s: %(condition)s")
                    % {"letter": letter, "condition": listed(lines)},
                )
            )
            found.extend(_step_differences(letter, (), new[number].steps, facts, names))
        else:
            found.extend(_branch_differences(letter, old[number], new[number], facts, names))
    return found


def _branch_differences(
    letter: str, old: Branch, new: Branch, facts: Mapping[str, Fact], names: Names
) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    was, now = (listed(branch_lines(branch, facts, names, is_only=False)) for branch in (old, new))
    if was != now:
        found.append(
            (
                "~",
                gettext("Branch %(letter)s: “%(was)s” becomes “%(now)s”")
                % {"letter": letter, "was": was, "now": now},
            )
        )
    return found + _step_differences(letter, old.steps, new.steps, facts, names)


def _step_differences(
    letter: str,
    old: Sequence[Step],
    new: Sequence[Step],
    facts: Mapping[str, Fact],
    names: Names,
) -> list[tuple[str, str]]:
    before, after = ({step.key: step for step in steps} for steps in (old, new))
    found: list[tuple[str, str]] = []
    for key, step in before.items():
        if key not in after:
            said = {"letter": letter, "step": step_title(step, names)}
            found.append(("-", gettext("Branch %(letter)s: without “%(step)s”") % said))
    for number, (key, step) in enumerate(after.items(), start=1):
        said = {
            "letter": letter,
            "number": str(number),
            "step": step_title(step, names),
            "line": step_said(step, facts, names),
        }
        if key not in before:
            sentence = gettext("Branch %(letter)s, step %(number)s: “%(step)s”, %(line)s")
            found.append(("+", sentence % said))
        elif before[key] != step:
            said["was"] = step_said(before[key], facts, names)
            if said["was"] == said["line"]:
                sentence = gettext("Branch %(letter)s: settings of “%(step)s” changed")
            else:
                sentence = gettext("Branch %(letter)s, “%(step)s”: %(was)s; now %(line)s")
            found.append(("~", sentence % said))
    shared_before = [key for key in before if key in after]
    if shared_before != [key for key in after if key in before]:
        sentence = gettext("Branch %(letter)s: the steps follow each other otherwise")
        found.append(("~", sentence % {"letter": letter}))
    return found


def step_said(step: Step, facts: Mapping[str, Fact], names: Names) -> str:
    """Return all that a card says of a step, in one line."""
    parts = [step_line(step, names), mode_chip(step)[0]]
    parts += condition_lines(step.when, facts, names)
    return pgettext("between two facts of a step", ", ").join(parts)
