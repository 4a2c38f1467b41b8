"""What a version of a chain says, as plain values, and its form as JSON."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from kernel.approvals.rules.facts import Condition, Operand, Operator, Setting
from kernel.errors import Invalid
from kernel.text import _


class DefinitionInvalid(Invalid):
    """``details["problems"]`` lists them: level, branch, step, message."""

    code = "approvals.definition-invalid"


class AssigneeKind(StrEnum):
    POST = "post"
    LEADER = "leader"
    DEPARTMENT_HEAD = "department_head"
    PERSON = "person"


class Scope(StrEnum):
    """Where the post is held: for the document's project, or company-wide only."""

    PROJECT = "project"
    COMPANY = "company"


class Mode(StrEnum):
    """How many must sign: one, everybody, one for each assignee named, or so many."""

    ANY = "any"
    ALL = "all"
    EACH = "each"
    QUORUM = "quorum"


class StepAct(StrEnum):
    """Saying yes or no, or a task that is done by executing it (the cashier pays)."""

    APPROVE = "approve"
    TASK = "task"


class TimeOut(StrEnum):
    """What follows when the limit has passed: the leader may sign too, or reminders only."""

    ESCALATE = "escalate"
    REMIND = "remind"


class Side(StrEnum):
    A = "A"
    B = "B"


@dataclass(frozen=True, slots=True)
class Duty:
    """Which part of a pair of duties that are kept apart a step plays: ``SoD-20:A``."""

    rule: str
    side: Side

    def __str__(self) -> str:
        return f"{self.rule}:{self.side}"

    @property
    def other(self) -> "Duty":
        return Duty(self.rule, Side.B if self.side == Side.A else Side.A)


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignee:
    kind: AssigneeKind
    post: str = ""
    scope: Scope = Scope.PROJECT
    level: int = 1  # n-th leader of the applicant
    user_id: int | None = None


@dataclass(frozen=True, slots=True)
class Limit:
    """So many hours, of working time or around the clock."""

    hours: int
    is_working: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    key: str
    name: str = ""
    name_en: str = ""
    act: StepAct = StepAct.APPROVE
    assignees: tuple[Assignee, ...] = ()
    mode: Mode = Mode.ANY
    quorum: int = 0
    when: tuple[Condition, ...] = ()
    limit: Limit | None = None
    on_time_out: TimeOut = TimeOut.ESCALATE
    opinion_required: bool = False
    attachment_required: bool = False
    may_add_signer: bool = True
    may_hand_over: bool = True
    may_return: bool = True
    duties: tuple[Duty, ...] = ()

    @property
    def may_be_counted(self) -> bool:
        """Whether a signature given earlier may stand for this one.

        Not for what more is asked: a task, an opinion, a file, or somebody's signature by name,
        which a step without a key is for.
        """
        return (
            bool(self.key)
            and self.act == StepAct.APPROVE
            and not (self.opinion_required or self.attachment_required)
        )

    @property
    def needs_different_people(self) -> bool:
        """Whether the parties of the step are kept apart from each other (SoD-23)."""
        return any(duty.other in self.duties for duty in self.duties)


@dataclass(frozen=True, slots=True, kw_only=True)
class Branch:
    steps: tuple[Step, ...]
    name: str = ""
    name_en: str = ""
    when: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """Branches in order; the first whose conditions hold is taken, the last has none.

    ``verbal_days_setting`` names the setting with the working days in which the paper of a verbal
    consent must follow; without it the chain knows no verbal consent.
    """

    branches: tuple[Branch, ...]
    applicant_duties: tuple[Duty, ...] = ()
    verbal_days_setting: str = ""


def read_definition(stored: Mapping[str, Any]) -> Definition:
    """Return a definition from its JSON form.

    :raises DefinitionInvalid: if it is not of that form.
    """
    try:
        return Definition(
            branches=tuple(_branch(branch) for branch in stored.get("branches", ())),
            applicant_duties=_duties(stored.get("applicant_duties", ())),
            verbal_days_setting=_text(stored.get("verbal_days_setting", "")),
        )
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise DefinitionInvalid(_("This is not the definition of a chain.")) from error


def read_step(stored: Mapping[str, Any]) -> Step:
    """Return one step from its JSON form.

    :raises ValueError: if it is not of that form, or a ``KeyError`` or ``TypeError``.
    """
    limit = stored.get("limit")
    return Step(
        key=_text(stored["key"]),
        name=_text(stored.get("name", "")),
        name_en=_text(stored.get("name_en", "")),
        act=StepAct(stored.get("act", StepAct.APPROVE)),
        assignees=tuple(_assignee(assignee) for assignee in stored.get("assignees", ())),
        mode=Mode(stored.get("mode", Mode.ANY)),
        quorum=_whole(stored.get("quorum", 0)),
        when=_conditions(stored.get("when", ())),
        limit=Limit(_whole(limit["hours"]), bool(limit.get("is_working", True))) if limit else None,
        on_time_out=TimeOut(stored.get("on_time_out", TimeOut.ESCALATE)),
        opinion_required=bool(stored.get("opinion_required", False)),
        attachment_required=bool(stored.get("attachment_required", False)),
        may_add_signer=bool(stored.get("may_add_signer", True)),
        may_hand_over=bool(stored.get("may_hand_over", True)),
        may_return=bool(stored.get("may_return", True)),
        duties=_duties(stored.get("duties", ())),
    )


def definition_as_json(definition: Definition) -> dict[str, Any]:
    """Return the JSON form; what is not said is left out."""
    return _said(
        branches=[
            _said(
                name=branch.name,
                name_en=branch.name_en,
                when=[_condition_as_json(condition) for condition in branch.when],
                steps=[step_as_json(step) for step in branch.steps],
            )
            for branch in definition.branches
        ],
        applicant_duties=[str(duty) for duty in definition.applicant_duties],
        verbal_days_setting=definition.verbal_days_setting,
    )


def step_as_json(step: Step) -> dict[str, Any]:
    """Return the JSON form of one step."""
    return (
        {"key": step.key}
        | _said(
            name=step.name,
            name_en=step.name_en,
            act=step.act.value,
            assignees=[_assignee_as_json(assignee) for assignee in step.assignees],
            mode=step.mode.value,
            quorum=step.quorum,
            when=[_condition_as_json(condition) for condition in step.when],
            limit={"hours": step.limit.hours, "is_working": step.limit.is_working}
            if step.limit
            else None,
            on_time_out=step.on_time_out.value,
            opinion_required=step.opinion_required,
            attachment_required=step.attachment_required,
            duties=[str(duty) for duty in step.duties],
        )
        | {
            "may_add_signer": step.may_add_signer,
            "may_hand_over": step.may_hand_over,
            "may_return": step.may_return,
        }
    )


def read_duty(text: str) -> Duty:
    """Return ``SoD-20:A`` as a duty.

    :raises ValueError: if it is none.
    """
    rule, colon, side = text.partition(":")
    if not colon or not rule:
        raise ValueError(text)
    return Duty(rule, Side(side))


def _said(**values: Any) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value not in (None, "", [], 0, False)}


def _branch(stored: Mapping[str, Any]) -> Branch:
    return Branch(
        name=_text(stored.get("name", "")),
        name_en=_text(stored.get("name_en", "")),
        when=_conditions(stored.get("when", ())),
        steps=tuple(read_step(step) for step in stored.get("steps", ())),
    )


def _assignee(stored: Mapping[str, Any]) -> Assignee:
    user_id = stored.get("user_id")
    return Assignee(
        kind=AssigneeKind(stored["kind"]),
        post=_text(stored.get("post", "")),
        scope=Scope(stored.get("scope", Scope.PROJECT)),
        level=_whole(stored.get("level", 1)),
        user_id=None if user_id is None else _whole(user_id),
    )


def _assignee_as_json(assignee: Assignee) -> dict[str, Any]:
    match assignee.kind:
        case AssigneeKind.POST:
            said = {"post": assignee.post, "scope": assignee.scope.value}
        case AssigneeKind.LEADER:
            return {"kind": assignee.kind.value, "level": assignee.level}
        case AssigneeKind.PERSON:
            return {"kind": assignee.kind.value, "user_id": assignee.user_id}
        case _:
            said = {}
    return {"kind": assignee.kind.value, **said}


def _conditions(stored: Any) -> tuple[Condition, ...]:
    return tuple(
        Condition(_text(one["fact"]), Operator(one["op"]), _operand(one["value"])) for one in stored
    )


def _condition_as_json(condition: Condition) -> dict[str, Any]:
    operand = condition.operand
    return {
        "fact": condition.fact,
        "op": condition.operator.value,
        "value": {"setting": operand.key}
        if isinstance(operand, Setting)
        else list(operand)
        if isinstance(operand, tuple)
        else operand,
    }


def _operand(stored: Any) -> Operand:
    if isinstance(stored, bool | str):
        return stored
    if isinstance(stored, dict):
        return Setting(_text(stored["setting"]))
    return tuple(_text(item) for item in stored)


def _duties(stored: Any) -> tuple[Duty, ...]:
    return tuple(read_duty(text) for text in stored)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(value)
    return value


def _whole(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError(value)
    return value
