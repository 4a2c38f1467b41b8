"""A definition as the designer draws it: branches side by side, steps as cards, a lit path."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext

from console.approvals import phrases
from console.approvals.edits import At
from console.approvals.inspector import letter_of
from console.approvals.phrases import Names
from kernel.approvals.queries.simulation import Path, PathStep, StepFate
from kernel.approvals.rules.definitions import Definition, Step
from kernel.approvals.rules.facts import Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One step."""

    at: At
    url: str
    number: int
    title: str
    line: str
    conditions: Sequence[str]
    chip: str
    chip_tone: str
    css: str
    people: Sequence[str]
    names: str
    is_current: bool

    @property
    def id(self) -> str:
        return str(self.at).replace(".", "-")


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One branch with its steps from above."""

    at: At
    end: At
    url: str
    letter: str
    words: Sequence[str]
    steps: Sequence[Card]
    is_current: bool
    is_lit: bool


@dataclass(frozen=True, slots=True)
class Drawing:
    at: At
    branches: Sequence[Column]


def draw(
    definition: Definition,
    *,
    facts: Mapping[str, Fact],
    names: Names,
    at: At,
    path: Path | None,
    url_of: Callable[[At], str],
) -> Drawing:
    """Return the picture of a definition, with the way that a sample document takes."""
    branches = []
    count = len(definition.branches)
    for number, branch in enumerate(definition.branches):
        place = At(number)
        is_lit = path is not None and path.branch_number == number
        fates = {one.step.key: one for one in path.steps} if path is not None and is_lit else {}
        branches.append(
            Column(
                at=place,
                end=At(number, len(branch.steps)),
                url=url_of(place),
                letter=letter_of(number),
                words=phrases.branch_lines(branch, facts, names, is_only=count == 1),
                steps=[
                    _card(step, At(number, index), facts, names, fates.get(step.key), at, url_of)
                    for index, step in enumerate(branch.steps)
                ],
                is_current=at == place,
                is_lit=is_lit,
            )
        )
    return Drawing(at, branches)


def _card(
    step: Step,
    place: At,
    facts: Mapping[str, Fact],
    names: Names,
    fate: PathStep | None,
    at: At,
    url_of: Callable[[At], str],
) -> Card:
    chip, tone = phrases.mode_chip(step)
    if step.when and fate is None:
        chip, tone = gettext("Conditional"), ""
    css = ""
    people: list[str] = []
    words = ""
    if fate is not None:
        people = [user.name for user in fate.people]
        words = phrases.listed(people[:3]) + (gettext(" and others") if len(people) > 3 else "")
        match fate.fate:
            case StepFate.LEFT_OUT:
                css, chip, tone = "is-off", gettext("Does not apply"), ""
            case StepFate.COUNTED:
                css, chip, tone = "is-skipped", gettext("Signed before"), "warn"
            case StepFate.STUCK:
                css, chip, tone = "is-empty", gettext("Nobody"), "bad"
                words = stuck_words(fate)
    return Card(
        at=place,
        url=url_of(place),
        number=(place.step or 0) + 1,
        title=phrases.step_title(step, names),
        line=phrases.step_line(step, names),
        conditions=phrases.condition_lines(step.when, facts, names),
        chip=chip,
        chip_tone=tone,
        css=css,
        people=people,
        names=words,
        is_current=at == place,
    )


def stuck_words(step: PathStep) -> str:
    """Return why nobody may sign at a step."""
    own = [user.name for user, rule in step.excluded if not rule]
    apart = [(user.name, rule) for user, rule in step.excluded if rule]
    if apart:
        return gettext("%(name)s is kept apart by %(rule)s") % {
            "name": apart[0][0],
            "rule": apart[0][1],
        }
    if own:
        return gettext("only %(name)s, whose own paper it is") % {"name": phrases.listed(own)}
    return gettext("Nobody holds this post here")
