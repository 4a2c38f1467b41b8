"""What is wrong with a definition, and what an administrator should think about twice. Pure."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from kernel.approvals.rules.definitions import (
    AssigneeKind,
    Branch,
    Definition,
    Duty,
    Mode,
    Step,
    StepAct,
)
from kernel.approvals.rules.facts import (
    OPERATORS,
    Condition,
    Fact,
    FactType,
    Setting,
)
from kernel.text import _

MOST_BRANCHES = 20
MOST_STEPS = 20
MOST_ASSIGNEES = 10
MOST_HOURS = 24 * 366
MOST_LEVELS = 9


class Level(StrEnum):
    ERROR = "error"  # cannot be published
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Problem:
    """One finding; ``branch`` and ``step`` are positions from 0, ``None`` for the whole."""

    level: Level
    message: object
    branch: int | None = None
    step: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What a definition may refer to."""

    facts: Mapping[str, Fact]
    posts: Collection[str]
    user_ids: Collection[int]  # who takes part in approvals
    settings: Collection[str]
    rules: Collection[str]  # SoD-01 …
    apart_posts: Collection[str] = ()  # posts that take no part in business approvals


def problems_of(definition: Definition, known: Known) -> list[Problem]:
    """Return everything that is wrong or doubtful, in the order of the definition."""
    return list(_problems(definition, known))


def _problems(definition: Definition, known: Known) -> Iterator[Problem]:
    branches = definition.branches
    if not branches:
        yield Problem(Level.ERROR, _("A chain needs at least one branch."))
        return
    if len(branches) > MOST_BRANCHES:
        yield Problem(Level.ERROR, _("A chain has at most %d branches.") % MOST_BRANCHES)
    if branches[-1].when:
        yield Problem(
            Level.ERROR,
            _("The last branch is for all other documents: it has no conditions."),
            len(branches) - 1,
        )
    setting = definition.verbal_days_setting
    if setting and setting not in known.settings:
        yield Problem(Level.ERROR, _("There is no setting “%s”.") % setting)
    yield from _unknown_rules(definition.applicant_duties, known, None, None)
    for number, branch in enumerate(branches):
        if not branch.when and number < len(branches) - 1:
            yield Problem(
                Level.ERROR, _("A branch without conditions hides those after it."), number
            )
        yield from _branch(number, branch, known)
        yield from _duties_meet(number, branch, definition.applicant_duties)


def _branch(number: int, branch: Branch, known: Known) -> Iterator[Problem]:
    for message in _conditions(branch.when, known):
        yield Problem(Level.ERROR, message, number)
    steps = branch.steps
    if not any(step.act == StepAct.APPROVE for step in steps):
        yield Problem(Level.ERROR, _("In a branch somebody has to approve."), number)
    if len(steps) > MOST_STEPS:
        yield Problem(Level.ERROR, _("A branch has at most %d steps.") % MOST_STEPS, number)
    if steps and not any(step.act == StepAct.APPROVE and not step.when for step in steps):
        yield Problem(
            Level.WARNING,
            _("Every approval of this branch has conditions: a document may need no signature."),
            number,
        )
    keys = [step.key for step in steps]
    for index, step in enumerate(steps):
        if not step.key or len(step.key) > 40 or keys.count(step.key) > 1:
            yield Problem(Level.ERROR, _("Steps of a branch need different keys."), number, index)
        for level, message in _step(step, known):
            yield Problem(level, message, number, index)
        yield from _unknown_rules(step.duties, known, number, index)


def _step(step: Step, known: Known) -> Iterator[tuple[Level, object]]:
    for message in _conditions(step.when, known):
        yield Level.ERROR, message
    if not step.assignees:
        yield Level.ERROR, _("Say who signs at this step.")
    if len(step.assignees) > MOST_ASSIGNEES:
        yield Level.ERROR, _("A step names at most %d assignees.") % MOST_ASSIGNEES
    if len(set(step.assignees)) < len(step.assignees):
        yield Level.ERROR, _("A step names each assignee once.")
    if step.mode == Mode.QUORUM and not 1 <= step.quorum <= 20:
        yield Level.ERROR, _("Say how many signatures are enough: 1 to 20.")
    if step.limit is not None and not 1 <= step.limit.hours <= MOST_HOURS:
        yield Level.ERROR, _("A time limit is between 1 hour and a year.")
    yield from _assignees(step, known)
    if not step.may_hand_over and step.limit is None and step.mode == Mode.ALL:
        yield (
            Level.WARNING,
            _("Everybody must sign, nobody may hand over and there is no time limit."),
        )


def _assignees(step: Step, known: Known) -> Iterator[tuple[Level, object]]:
    for assignee in step.assignees:
        match assignee.kind:
            case AssigneeKind.POST if assignee.post not in known.posts:
                yield Level.ERROR, _("There is no post “%s” any more.") % assignee.post
            case AssigneeKind.POST if assignee.post in known.apart_posts:
                yield (
                    Level.ERROR,
                    _("The company administrator takes no part in business approvals."),
                )
            case AssigneeKind.LEADER if not 1 <= assignee.level <= MOST_LEVELS:
                yield Level.ERROR, _("A leader is 1 to %d levels up.") % MOST_LEVELS
            case AssigneeKind.PERSON if assignee.user_id not in known.user_ids:
                yield (
                    Level.ERROR,
                    _("The person named holds no post by which he could take part in approvals."),
                )
            case AssigneeKind.PERSON:
                yield (
                    Level.WARNING,
                    _("A named person: when he leaves, cases stop here. Better name his post."),
                )


def _conditions(conditions: tuple[Condition, ...], known: Known) -> Iterator[object]:
    for condition in conditions:
        fact = known.facts.get(condition.fact)
        if fact is None:
            yield _("There is no fact “%s” of this kind of document.") % condition.fact
        elif condition.operator not in OPERATORS[fact.type]:
            yield _("“%s” cannot be compared in this way.") % fact.label
        elif isinstance(condition.operand, Setting):
            if condition.operand.key not in known.settings:
                yield _("There is no setting “%s”.") % condition.operand.key
            elif fact.type not in {FactType.NUMBER, FactType.MONEY}:
                yield _("“%s” cannot be compared with a setting.") % fact.label
        elif not _fits(fact, condition):
            yield _("The value to compare “%s” with does not fit.") % fact.label


def _fits(fact: Fact, condition: Condition) -> bool:
    operand = condition.operand
    match fact.type:
        case FactType.YES_NO:
            return isinstance(operand, bool)
        case FactType.NUMBER | FactType.MONEY:
            return isinstance(operand, str) and _is_number(operand)
        case FactType.CHOICE:
            allowed = {choice for choice, _label in fact.choices}
            return isinstance(operand, tuple) and bool(operand) and set(operand) <= allowed
        case FactType.PROJECT | FactType.PERSON:
            return (
                isinstance(operand, tuple)
                and bool(operand)
                and all(item.isascii() and item.isdigit() for item in operand)
            )
    return isinstance(operand, tuple) and bool(operand)


def _is_number(text: str) -> bool:
    whole, _point, places = text.removeprefix("-").partition(".")
    digits = whole + places
    return bool(whole) and digits.isascii() and digits.isdigit() and len(digits) <= 16


def _unknown_rules(
    duties: tuple[Duty, ...], known: Known, branch: int | None, step: int | None
) -> Iterator[Problem]:
    for duty in duties:
        if duty.rule not in known.rules:
            yield Problem(
                Level.ERROR, _("There is no pair of duties “%s”.") % duty.rule, branch, step
            )


def _duties_meet(
    number: int, branch: Branch, applicant_duties: tuple[Duty, ...]
) -> Iterator[Problem]:
    """Warn where one post would have to play both parts, or a duty has no counterpart."""
    for index, step in enumerate(branch.steps):
        for duty in step.duties:
            others = [
                other for other in branch.steps if other is not step and duty.other in other.duties
            ]
            posts = set(step.assignees)
            if any(posts & set(other.assignees) for other in others):
                yield Problem(
                    Level.WARNING,
                    _(
                        "%(rule)s keeps this step apart from another one with the same assignee: "
                        "two people must hold it."
                    )
                    % {"rule": duty.rule},
                    number,
                    index,
                )
            if not others and duty.other not in applicant_duties and duty.other not in step.duties:
                yield Problem(
                    Level.WARNING,
                    _("Nothing in this branch is the other duty of %(rule)s.")
                    % {"rule": duty.rule},
                    number,
                    index,
                )
