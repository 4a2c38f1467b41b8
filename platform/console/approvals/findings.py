"""What stands below the inspector: what blocks publishing, what wants a reason, what is well."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext

from console.approvals import phrases
from console.approvals.edits import At
from console.approvals.inspector import letter_of
from console.approvals.phrases import Names
from kernel import duties
from kernel.approvals.queries.staffing import Finding, Gap
from kernel.approvals.rules.checks import Level, Problem
from kernel.approvals.rules.definitions import Definition


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the list."""

    level: str  # bad, warn, ok
    title: str
    detail: str = ""
    url: str = ""
    fix: str = ""
    is_here: bool = False

    @property
    def icon(self) -> str:
        return {"bad": "warn", "warn": "alert", "ok": "ok"}[self.level]

    @property
    def css(self) -> str:
        return f"c-{self.level}"

    @property
    def is_ok(self) -> bool:
        return self.level == "ok"


def lines_of(
    definition: Definition,
    problems: Sequence[Problem],
    gaps: Sequence[Finding],
    *,
    names: Names,
    url_of: Callable[[At], str],
) -> list[Line]:
    """Return every finding, those that block first, and what is well where nothing is found."""
    found = [_problem(problem, url_of) for problem in problems]
    found += [_gap(gap, definition, names, url_of) for gap in gaps]
    found.sort(key=lambda line: line.level != "bad")
    return found + _well(definition, gaps)


def blocking_count(lines: Sequence[Line]) -> int:
    return sum(1 for line in lines if line.level == "bad")


def warning_count(lines: Sequence[Line]) -> int:
    return sum(1 for line in lines if line.level == "warn")


def place_words(branch: int | None, step: int | None) -> str:
    """Return where it is: branch C, step 2."""
    if branch is None:
        return ""
    if step is None:
        return gettext("Branch %(letter)s") % {"letter": letter_of(branch)}
    return gettext("Branch %(letter)s, step %(number)d") % {
        "letter": letter_of(branch),
        "number": step + 1,
    }


def _problem(problem: Problem, url_of: Callable[[At], str]) -> Line:
    level = "bad" if problem.level == Level.ERROR else "warn"
    place = place_words(problem.branch, problem.step)
    if problem.branch is None:
        return Line(level, str(problem.message))
    url = url_of(At(problem.branch, problem.step))
    return Line(level, str(problem.message), place, url, gettext("Show it"), is_here=True)


def _gap(gap: Finding, definition: Definition, names: Names, url_of: Callable[[At], str]) -> Line:
    level = "bad" if gap.is_blocking else "warn"
    place = place_words(gap.branch, gap.step)
    here = phrases.listed([names.projects.get(pk, str(pk)) for pk in gap.project_ids])
    said = {"post": names.post(gap.post), "projects": here, "place": place}
    url = url_of(At(gap.branch, gap.step))
    match gap.gap:
        case Gap.UNREACHABLE:
            title = gettext("No document comes to branch %(letter)s") % {
                "letter": letter_of(gap.branch)
            }
            detail = gettext("Branch %(letter)s before it takes them all.") % {
                "letter": letter_of(gap.other or 0)
            }
        case Gap.NOBODY:
            title = gettext("Nobody holds the post %(post)s") % said
            detail = gettext("%(place)s would stop every case.") % said
            return Line(level, title, detail, _people_url(), gettext("Give the post to somebody"))
        case Gap.NOBODY_HERE:
            title = gettext("%(projects)s: nobody holds the post %(post)s") % said
            detail = gettext("%(place)s would stop cases there.") % said
            return Line(level, title, detail, _people_url(), gettext("Give the post to somebody"))
        case _:
            pair = duties.PAIRS.get(gap.rule)
            title = str(pair.message) if pair else gap.rule
            other = definition.branches[gap.branch].steps[gap.other or 0]
            detail = gettext(
                "%(rule)s: %(place)s and “%(other)s” have one and the same signer."
            ) % {
                **said,
                "rule": gap.rule,
                "other": phrases.step_title(other, names),
            }
            if here:
                detail = f"{detail} {here}"
    return Line(level, title, detail, url, gettext("Show it"), is_here=True)


def _people_url() -> str:
    try:
        return reverse("people")
    except NoReverseMatch:
        return ""


def _well(definition: Definition, gaps: Sequence[Finding]) -> list[Line]:
    lines = [Line("ok", gettext("Applicants never sign their own papers"))]
    rules = {
        duty.rule for branch in definition.branches for step in branch.steps for duty in step.duties
    }
    for rule in sorted(rules - {gap.rule for gap in gaps}):
        pair = duties.PAIRS.get(rule)
        if pair is not None:
            lines.append(
                Line(
                    "ok",
                    gettext("%(first)s and %(second)s: different people")
                    % {"first": pair.duty_a, "second": pair.duty_b},
                    rule,
                )
            )
    return lines
