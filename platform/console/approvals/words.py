"""Cases as the pages show them: rows of the inbox, the path, the signatures, in words."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext, ngettext, pgettext

from console import formats
from console.approvals import phrases
from console.approvals.drawing import stuck_words
from console.approvals.phrases import Names
from kernel.approvals import registry
from kernel.approvals.models import (
    Act,
    AssignmentState,
    Case,
    CaseState,
    CaseStep,
    Signature,
    StepState,
    VerbalConsent,
)
from kernel.approvals.queries.running import Path
from kernel.approvals.queries.simulation import PathStep, StepFate
from kernel.approvals.rules.facts import Fact, FactType

_ACT_TONES: Mapping[str, str] = {
    Act.APPROVED: "ok",
    Act.DONE: "ok",
    Act.REJECTED: "bad",
    Act.RETURNED: "warn",
    Act.STUCK: "bad",
    Act.ESCALATED: "warn",
    Act.WITHDRAWN: "warn",
}
_DONE = (StepState.DONE, StepState.COUNTED)
SIGNED = (Act.APPROVED, Act.DONE, Act.COUNTED)
OPENING = (Act.CONSENTED, Act.SUBMITTED, Act.RESUBMITTED)


@dataclass(frozen=True, slots=True)
class FactView:
    label: str
    text: str
    is_money: bool = False
    before: str = ""


@dataclass(frozen=True, slots=True)
class StepView:
    number: int
    title: str
    state: str  # the class: done, now, bad, next, skipped
    state_label: str
    names: str = ""
    note: str = ""
    tone: str = ""


@dataclass(frozen=True, slots=True)
class SignatureView:
    who: str
    for_whom: str
    act: str
    tone: str
    step: str
    at: datetime
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentView:
    """A consent by word of mouth, until when its paper must be approved, and how that stands."""

    who: str
    at: datetime
    means: str
    text: str
    last_day: str
    words: str
    tone: str


@dataclass(frozen=True, slots=True)
class CheckView:
    text: str
    is_ok: bool = True

    @property
    def icon(self) -> str:
        return "ok" if self.is_ok else "alert"

    @property
    def css(self) -> str:
        return "c-ok" if self.is_ok else "c-warn"


@dataclass(frozen=True, slots=True)
class Round:
    """One submission: its facts, and what was done until the next."""

    title: str
    when: str
    facts: Sequence[FactView]
    signatures: Sequence[SignatureView]


@dataclass(frozen=True, slots=True)
class ActLink:
    """An act that asks for more than one click."""

    key: str
    label: str
    icon: str
    url: str


@dataclass(slots=True, kw_only=True)
class CaseView:
    """All that the pages of a case take."""

    pk: int
    number: str
    title: str
    kind: str
    kind_label: str
    state: str
    state_label: str
    url: str
    document_url: str
    applicant: str
    started_at: datetime
    project: str
    round_number: int
    facts: Sequence[FactView]
    steps: Sequence[StepView]
    reason: str
    checks: Sequence[CheckView]
    signatures: Sequence[SignatureView]
    all_signatures: Sequence[SignatureView]
    rounds: Sequence[Round]
    chain_words: str
    standing: str
    consent: ConsentView | None = None
    has_files: bool = False  # the visitor may open files at all
    acts: frozenset[str] = frozenset()
    more_acts: Sequence[ActLink] = ()
    step_token: str = ""
    hand_over_url: str = ""
    is_opinion_required: bool = False
    is_task: bool = False
    reasons: Sequence[str] = field(default_factory=list)


# ---- kinds and facts ----------------------------------------------------------------------------


def kind_label(key: str) -> str:
    kind = registry.find_kind(key)
    return str(kind.name) if kind else key


def facts_of(
    kind: str, stored: Mapping[str, Any], names: Names, *, before: Mapping[str, Any] | None = None
) -> list[FactView]:
    """Return the kind's facts that have a value, amounts first; ``before`` marks what changed."""
    known = registry.find_kind(kind)
    if known is None:
        return []
    shown = []
    for fact in sorted(known.facts, key=lambda one: one.type != FactType.MONEY):
        value = stored.get(fact.key)
        if value in (None, "", []):
            continue
        text = fact_words(fact, value, names)
        was = "" if before is None else fact_words(fact, before.get(fact.key), names)
        is_money = fact.type == FactType.MONEY
        shown.append(FactView(str(fact.label), text, is_money, was if was != text else ""))
    return shown


def fact_words(fact: Fact, value: Any, names: Names) -> str:
    """Return a stored value of a fact in words."""
    if value in (None, "", []):
        return ""
    match fact.type:
        case FactType.MONEY:
            return formats.spell_money(Decimal(str(value)))
        case FactType.NUMBER:
            number = Decimal(str(value))
            words = formats.spell_number(number, _places(fact, number))
            return f"{words} {fact.unit}" if fact.unit else words
        case FactType.YES_NO:
            return gettext("Yes") if value else gettext("No")
        case FactType.POSTS:
            return phrases.listed([phrases.value_label(fact, str(one), names) for one in value])
    return phrases.value_label(fact, str(value), names)


def _places(fact: Fact, number: Decimal) -> int:
    """Return how many decimals are shown: those that say something, within the fact's limits."""
    exponent = number.normalize().as_tuple().exponent
    least, most = fact.places
    return min(max(least, -exponent if isinstance(exponent, int) else 0), most)


def amount_of(kind: str, stored: Mapping[str, Any]) -> Decimal | None:
    """Return the first amount of a case, for its row."""
    known = registry.find_kind(kind)
    for fact in known.facts if known else ():
        if fact.type == FactType.MONEY and stored.get(fact.key) not in (None, ""):
            return Decimal(str(stored[fact.key]))
    return None


def summary_of(case: Case, shown: Iterable[FactView]) -> list[FactView]:
    """Return what the submitter added, without what the facts say already."""
    labels = {fact.label for fact in shown}
    return [
        FactView(str(label), str(text))
        for label, text in case.summary
        if str(label) not in labels and text not in (None, "")
    ]


# ---- deadlines ----------------------------------------------------------------------------------


def deadline(
    due_at: datetime | None, arrived_at: datetime | None, now: datetime
) -> tuple[str, str]:
    """Return how long there is still, and the tone: amber near the end, red past it."""
    if due_at is None:
        return "", ""
    left = due_at - now
    if left < timedelta(0):
        return gettext("over by %(span)s") % {"span": span_words(-left)}, "bad"
    whole = due_at - (arrived_at or now)
    near = left < timedelta(hours=1) or left < whole * 0.2
    return gettext("%(span)s left") % {"span": span_words(left)}, "warn" if near else ""


def paper_deadline(due_at: datetime, consented_at: datetime, now: datetime) -> tuple[str, str]:
    """Return how long there still is for the paper of a verbal consent, and the tone."""
    words, tone = deadline(due_at, consented_at, now)
    return gettext("Paper: %(words)s") % {"words": words}, tone


def consent_of(consent: VerbalConsent, case: Case, now: datetime) -> ConsentView:
    """Return the verbal consent that a case began with, and how its paper stands."""
    if case.is_open:
        words, tone = paper_deadline(consent.due_at, consent.consented_at, now)
    elif case.finished_at is not None and case.finished_at > consent.due_at:
        words, tone = gettext("The paper came too late"), "warn"
    else:
        words, tone = gettext("The paper came in time"), "ok"
    return ConsentView(
        who=consent.consenter.name,
        at=consent.consented_at,
        means=consent.means,
        text=consent.text,
        # It is due at midnight: the day that ends there is the last.
        last_day=formats.spell_day(
            timezone.localtime(consent.due_at - timedelta(seconds=1)).date()
        ),
        words=words,
        tone=tone,
    )


def span_words(span: timedelta) -> str:
    """Return a span in its largest unit: days, hours or minutes."""
    minutes = int(span.total_seconds() // 60)
    if minutes >= 60 * 24:
        return ngettext("%(n)d day", "%(n)d days", minutes // 1440) % {"n": minutes // 1440}
    if minutes >= 60:
        return ngettext("%(n)d hour", "%(n)d hours", minutes // 60) % {"n": minutes // 60}
    return ngettext("%(n)d minute", "%(n)d minutes", minutes) % {"n": minutes}


def short_moment(moment: datetime, now: datetime) -> str:
    """Return the clock for today, else the day: what fits at the end of a row."""
    local, today = timezone.localtime(moment), timezone.localtime(now).date()
    if local.date() == today:
        return f"{local:%H:%M}"
    if local.date() == today - timedelta(days=1):
        return gettext("Yesterday")
    return f"{local:%m-%d}"


# ---- the path -----------------------------------------------------------------------------------


def steps_of(
    case: Case, path: Path, signatures: Sequence[Signature], names: Names, now: datetime
) -> list[StepView]:
    """Return the path: who submitted, who signed, who signs now, who would come, the end."""
    submitted = case.submitted_at or case.created_at
    first = StepView(
        1,
        (
            gettext("%(name)s logged a verbal consent")
            if case.state == CaseState.CONSENTED
            else gettext("%(name)s submitted")
        )
        % {"name": case.applicant.name if case.applicant else case.applicant_label},
        "done",
        gettext("done"),
        note=formats.spell_moment(submitted, now),
    )
    shown = [first]
    for step in path.past:
        shown.append(_past(step, len(shown) + 1, names, now))
    if case.state in {CaseState.REJECTED, CaseState.WITHDRAWN}:
        return [first, *_given_back(case, signatures, names, now)]
    shown.extend(
        _to_come(step, number, names)
        for number, step in enumerate(path.to_come, start=len(shown) + 1)
    )
    is_done = case.state == CaseState.APPROVED
    shown.append(
        StepView(
            len(shown) + 1,
            gettext("Takes effect"),
            "done" if is_done else "next",
            gettext("done") if is_done else gettext("to come"),
            note=formats.spell_moment(case.finished_at, now) if is_done else "",
        )
    )
    return shown


def _past(step: CaseStep, number: int, names: Names, now: datetime) -> StepView:
    read = step.read()
    title = phrases.step_title(read, names)
    if step.state in _DONE:
        signatures = [one for one in step.signatures.all() if one.act in SIGNED]
        who = phrases.listed(list(dict.fromkeys(_signer(one) for one in signatures)))
        text = next((one.text for one in signatures if one.text), "")
        when = formats.spell_moment(step.finished_at, now)
        if step.state == StepState.COUNTED:
            when = gettext("has signed before")
        note = pgettext("between two facts of a step", ", ").join(
            part for part in (when, text[:24]) if part
        )
        return StepView(number, title, "done", gettext("done"), who, note)
    waiting = [one.user.name for one in step.assignments.all() if one.state == AssignmentState.OPEN]
    signed = [
        one.user.name for one in step.assignments.all() if one.state == AssignmentState.SIGNED
    ]
    if step.state == StepState.STUCK:
        return StepView(
            number, title, "bad", gettext("stopped"), note=gettext("Nobody can sign"), tone="bad"
        )
    words, tone = deadline(step.due_at, step.arrived_at, now)
    if signed:
        words = pgettext("between two facts of a step", ", ").join(
            part
            for part in (
                gettext("signed: %(names)s") % {"names": phrases.listed(signed)},
                words,
            )
            if part
        )
    return StepView(number, title, "now", gettext("now"), phrases.listed(waiting), words, tone)


def _signer(signature: Signature) -> str:
    return signature.user.name if signature.user else formats.spell_who(signature.label)


def _given_back(
    case: Case, signatures: Sequence[Signature], names: Names, now: datetime
) -> list[StepView]:
    """Return what was signed until the paper was rejected or withdrawn, and that."""
    shown: list[StepView] = []
    for one in signatures:
        if one.lap != case.lap or one.act not in {*SIGNED, Act.REJECTED, Act.WITHDRAWN}:
            continue
        is_end = one.act in {Act.REJECTED, Act.WITHDRAWN}
        title = phrases.step_title(one.step.read(), names) if one.step else ""
        shown.append(
            StepView(
                len(shown) + 2,
                title or str(Act(one.act).label),
                "bad" if is_end else "done",
                str(Act(one.act).label),
                _signer(one),
                one.text[:60] if is_end else formats.spell_moment(one.at, now),
                "bad" if is_end else "",
            )
        )
    return shown


def _to_come(step: PathStep, number: int, names: Names) -> StepView:
    title = phrases.step_title(step.step, names)
    who = phrases.listed([user.name for user in step.people[:3]])
    match step.fate:
        case StepFate.LEFT_OUT:
            return StepView(number, title, "skipped", gettext("does not apply"))
        case StepFate.COUNTED:
            return StepView(
                number, title, "skipped", gettext("signed before"), who, gettext("signed before")
            )
        case StepFate.STUCK:
            return StepView(
                number, title, "next", gettext("to come"), note=stuck_words(step), tone="bad"
            )
    limit = phrases.limit_words(step.step.limit) if step.step.limit else ""
    return StepView(number, title, "next", gettext("to come"), who, limit)


# ---- signatures ---------------------------------------------------------------------------------


def signature_view(signature: Signature, names: Names) -> SignatureView:
    step = signature.step
    act = str(Act(signature.act).label)
    to = signature.data.get("to")
    if isinstance(to, str) and to:
        act = gettext("%(act)s: %(name)s") % {"act": act, "name": to}
    return SignatureView(
        _signer(signature),
        signature.for_user.name if signature.for_user else signature.for_label,
        act,
        _ACT_TONES.get(signature.act, ""),
        phrases.step_title(step.read(), names) if step is not None else "",
        signature.at,
        signature.text,
    )


def rounds_of(case: Case, signatures: Sequence[Signature], names: Names) -> list[Round]:
    """Return each submission, the newest first, with what it changed against the one before."""
    rounds: list[Round] = []
    laps: list[list[Signature]] = []
    for signature in signatures:
        if signature.act in OPENING or not laps:
            laps.append([])
        laps[-1].append(signature)
    before: Mapping[str, Any] | None = None
    for number, lap in enumerate(laps, start=1):
        facts = lap[0].facts
        rounds.append(
            Round(
                gettext("Submission %(number)d") % {"number": number},
                formats.spell_time(lap[0].at),
                facts_of(case.kind, facts, names, before=before),
                [signature_view(one, names) for one in lap],
            )
        )
        before = facts
    return rounds[::-1]


def reason_of(signatures: Iterable[Signature]) -> str:
    """Return what the applicant wrote when he last submitted."""
    texts = [one.text for one in signatures if one.act in {Act.SUBMITTED, Act.RESUBMITTED}]
    return texts[-1] if texts else ""
