"""Who would sign? A sample document: its applicant, project and facts, and what comes of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext

from console import formats
from console.approvals import phrases
from console.approvals.catalogue import Lookup
from console.approvals.inspector import letter_of
from console.inputs import plain, read_number
from kernel.approvals import queries
from kernel.approvals.models import ChainVersion
from kernel.approvals.queries.simulation import Path, StepFate
from kernel.approvals.registry import DocumentKind
from kernel.approvals.rules.definitions import Definition
from kernel.approvals.rules.facts import Condition, Fact, FactType
from kernel.errors import DomainError

MOST_CONTROLS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Control:
    """One field of the sample."""

    name: str
    label: object
    value: str
    choices: Sequence[tuple[str, object]] | None = None
    is_money: bool = False
    is_number: bool = False

    @property
    def id(self) -> str:
        return f"sim-{self.name}"

    @property
    def is_short(self) -> bool:
        return self.choices is None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the line at the right says: the branch, the hours, the names."""

    lead: str
    names: str
    is_stuck: bool
    path: Path | None = None


@dataclass(frozen=True, slots=True)
class Simulator:
    controls: Sequence[Control]
    applicant_id: int | None
    project_id: int | None
    facts: Mapping[str, Any]
    address: str  # the sample as a query string, to go on with


def read_sample(
    data: QueryDict, kind: DocumentKind, definition: Definition, lookup: Lookup
) -> Simulator:
    """Return the sample that an address holds; what it leaves out has a likely value."""
    applicants = [(str(user.pk), user.name) for user in lookup.users]
    projects = [(str(pk), name) for pk, name in lookup.projects.items()]
    applicant = _chosen(data.get("applicant", ""), applicants, "")
    project = _chosen(data.get("project", ""), projects, projects[0][0] if projects else "")
    controls = [
        Control(
            name="applicant",
            label=gettext("Try: applicant"),
            value=applicant,
            choices=[("", gettext("Choose")), *applicants],
        ),
        Control(name="project", label=gettext("Project"), value=project, choices=projects),
    ]
    facts: dict[str, Any] = {}
    asked = _asked(definition)
    for fact in sorted(kind.facts, key=lambda one: one.key not in asked):
        text = data.get(f"f-{fact.key}", "") or _likely(fact, definition)
        facts[fact.key] = _value(fact, text)
        if fact.key in asked or (fact.is_required and len(controls) < MOST_CONTROLS):
            controls.append(_control(fact, text))
    kept = QueryDict(mutable=True)
    for control in controls:
        if control.value:
            kept[control.name] = control.value
    return Simulator(
        controls,
        int(applicant) if applicant else None,
        int(project) if project else None,
        facts,
        kept.urlencode(),
    )


def _asked(definition: Definition) -> set[str]:
    return {condition.fact for condition in _conditions(definition)}


def _conditions(definition: Definition) -> list[Condition]:
    return [
        condition
        for branch in definition.branches
        for condition in (*branch.when, *(one for step in branch.steps for one in step.when))
    ]


def _chosen(text: str, choices: Sequence[tuple[str, object]], otherwise: str) -> str:
    return text if text in {value for value, _label in choices} else otherwise


def _likely(fact: Fact, definition: Definition) -> str:
    """Return a value to begin with: a limit that the chain itself asks for, or the first choice."""
    match fact.type:
        case FactType.MONEY | FactType.NUMBER:
            limits = [
                condition.operand
                for condition in _conditions(definition)
                if condition.fact == fact.key and isinstance(condition.operand, str)
            ]
            return limits[0] if limits else ("1000" if fact.type == FactType.MONEY else "1")
        case FactType.CHOICE if fact.choices:
            return fact.choices[0][0]
        case FactType.YES_NO:
            return "no"
    return ""


def _control(fact: Fact, text: str) -> Control:
    choices: Sequence[tuple[str, object]] | None = None
    if fact.type == FactType.CHOICE:
        choices = fact.choices
    elif fact.type == FactType.YES_NO:
        choices = [("yes", gettext("Yes")), ("no", gettext("No"))]
    return Control(
        name=f"f-{fact.key}",
        label=fact.label,
        value=text,
        choices=choices,
        is_money=fact.type == FactType.MONEY,
        is_number=fact.type == FactType.NUMBER,
    )


def _value(fact: Fact, text: str) -> Any:
    match fact.type:
        case FactType.MONEY | FactType.NUMBER:
            number = read_number(text)
            return plain(number) if number is not None else None
        case FactType.YES_NO:
            return text == "yes"
        case FactType.PROJECT | FactType.PERSON:
            return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else None
        case FactType.POSTS:
            return [part for part in text.split(",") if part]
    return text or None


def try_out(
    simulator: Simulator,
    *,
    version: ChainVersion,
    definition: Definition,
    hours: Mapping[str, Decimal],
    today: date,
) -> Outcome | None:
    """Return what comes of the sample, nothing while no applicant is chosen.

    :param hours: how long each step took of late, by its key.
    """
    if simulator.applicant_id is None:
        return None
    try:
        path = queries.simulate(
            version=version,
            applicant_id=simulator.applicant_id,
            project_id=simulator.project_id,
            facts=simulator.facts,
            today=today,
            definition=definition,
        )
    except DomainError as error:
        return Outcome(gettext("This sample cannot be tried out."), str(error), is_stuck=True)
    return Outcome(_lead(path, hours), _names(path), path.is_stuck, path)


def _lead(path: Path, hours: Mapping[str, Decimal]) -> str:
    expected = Decimal(0)
    for step in path.steps:
        if step.fate == StepFate.OPEN:
            limit = step.step.limit
            expected += hours.get(step.step.key, Decimal(limit.hours if limit else 0))
    said = {"letter": letter_of(path.branch_number), "hours": formats.spell_number(expected, 0)}
    if path.is_stuck:
        return gettext("takes branch %(letter)s and stops there") % said
    if not expected:
        return gettext("takes branch %(letter)s") % said
    return gettext("takes branch %(letter)s, about %(hours)s hours") % said


def _names(path: Path) -> str:
    parts = []
    for step in path.steps:
        names = [user.name for user in step.people]
        if step.fate == StepFate.STUCK:
            parts.append(gettext("nobody"))
        elif step.fate == StepFate.OPEN:
            parts.append(_joined(names))
    return " → ".join(parts) or gettext("No signature is needed.")


def _joined(names: Sequence[str]) -> str:
    if len(names) <= 2:
        return " / ".join(names)
    return gettext("%(names)s and %(count)s others") % {
        "names": phrases.listed(names[:2]),
        "count": len(names) - 2,
    }
