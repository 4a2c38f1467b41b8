"""A case put together for a page: its path, signatures, checks, and what the visitor may do."""

from collections.abc import Sequence
from datetime import datetime
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext, pgettext

from console.approvals import words
from console.approvals.catalogue import Lookup
from kernel.access import Action, Actor
from kernel.approvals import queries, registry
from kernel.approvals.models import (
    OPEN_STATES,
    Assignment,
    Case,
    CaseState,
    CaseStep,
    Signature,
    StepState,
)
from kernel.approvals.rules.definitions import Step, StepAct

_UNDER_WAY = (StepState.ACTIVE, StepState.STUCK)


def load(
    case: Case,
    *,
    actor: Actor,
    lookup: Lookup,
    now: datetime,
    place: Assignment | None = None,
) -> words.CaseView:
    """Return the view of a case that the actor may see.

    :param place: where his signature is awaited, if that is known already.
    """
    names = lookup.names
    signatures = list(queries.signatures_of(case))
    path = queries.path_of(case=case, now=now)
    facts = words.facts_of(case.kind, case.facts, names)
    views = [words.signature_view(one, names) for one in signatures]
    view = words.CaseView(
        pk=case.pk,
        number=case.number,
        title=case.title,
        kind=case.kind,
        kind_label=words.kind_label(case.kind),
        state=case.state,
        state_label=str(CaseState(case.state).label),
        url=reverse("approvals-case", args=[case.pk]),
        document_url=document_url(case),
        applicant=case.applicant.name if case.applicant else case.applicant_label,
        started_at=case.created_at,
        project=names.projects.get(case.project_id or 0, ""),
        round_number=sum(1 for one in signatures if one.act in words.OPENING),
        facts=[*facts, *words.summary_of(case, facts)],
        steps=words.steps_of(case, path, signatures, names, now),
        reason=words.reason_of(signatures),
        checks=checks_of(case, signatures, path.past),
        signatures=[one for one in views if one.step][::-1],
        all_signatures=views,
        rounds=words.rounds_of(case, signatures, names),
        chain_words=_chain_words(case),
        standing=_standing(case),
        consent=words.consent_of(case.consent, case, now) if hasattr(case, "consent") else None,
        has_files=actor.may(Action.FILE_VIEW),
    )
    _let_act(view, case, path.past, place, actor)
    return view


def act_url(case: Case, act: str, step_token: str) -> str:
    """Return the address of an act's sheet: it names the step that is on the screen."""
    return f"{reverse('approvals-act', args=[case.pk, act])}?{urlencode({'step': step_token})}"


def document_url(case: Case) -> str:
    """Return the address of the record that is to be approved, if its module has a page."""
    kind = registry.find_kind(case.kind)
    if kind is None or kind.url is None:
        return ""
    return kind.url(case.subject_id, case.project_id)


def checks_of(
    case: Case, signatures: Sequence[Signature], past: Sequence[CaseStep]
) -> list[words.CheckView]:
    """Return what the engine has seen to, and what the kind's module says of the record."""
    checks = []
    kind = registry.find_kind(case.kind)
    if kind is not None and kind.checks is not None:
        checks += [words.CheckView(str(text), is_ok=is_ok) for is_ok, text in kind.checks(case)]
    signed = [one for one in signatures if one.act in words.SIGNED]
    people = [one.user_id for one in signed if one.lap == case.lap]
    if not set(people) & set(case.author_ids):
        checks.append(words.CheckView(gettext("Nobody signs his own paper")))
    if len(people) > 1 and len(set(people)) == len(people):
        checks.append(words.CheckView(gettext("Those who signed are different people")))
    for rule in dict.fromkeys(duty.rule for step in past for duty in step.read().duties):
        checks.append(
            words.CheckView(gettext("Duties are kept apart by %(rule)s") % {"rule": rule})
        )
    late = [
        step for step in past if step.due_at and step.finished_at and step.finished_at > step.due_at
    ]
    if late:
        checks.append(words.CheckView(gettext("A step was signed after its deadline"), is_ok=False))
    return checks


def _chain_words(case: Case) -> str:
    return gettext("Chain: %(name)s, version V%(number)d.") % {
        "name": case.version.chain.label,
        "number": case.version.number,
    }


def _standing(case: Case) -> str:
    match case.state:
        case CaseState.APPROVED:
            return gettext("Approved; nothing is left to do.")
        case CaseState.WITHDRAWN:
            return gettext("Withdrawn by the applicant.")
        case CaseState.CONSENTED:
            return gettext("Consented verbally; the paper is to follow.")
        case CaseState.REJECTED:
            return gettext("Rejected; the applicant may submit it again.")
        case CaseState.STUCK:
            return gettext(
                "Stopped: nobody can sign the next step. An administrator names a signer."
            )
    return gettext("Waits for others.")


# ---- what the visitor may do --------------------------------------------------------------------


def _let_act(
    view: words.CaseView,
    case: Case,
    past: Sequence[CaseStep],
    place: Assignment | None,
    actor: Actor,
) -> None:
    current = next((step for step in past if step.state == StepState.ACTIVE), None)
    is_own = actor.user_id is not None and actor.user_id in case.author_ids
    acts: set[str] = set()
    more: list[str] = []
    if place is not None and current is not None:
        step: Step = current.read()
        acts = {"approve", "reject"} | ({"hand_over"} if step.may_hand_over else set())
        more = _signers_more(step, view)
        view.step_token = str(current.pk)
        view.is_opinion_required = step.opinion_required
        view.is_task = step.act == StepAct.TASK
        view.reasons = reasons()
    if is_own:
        acts |= _applicants(case, has_page=bool(view.document_url))
    elif actor.may_everywhere(Action.APPROVAL_CONFIGURE):
        more += _administrators(case, place)
    view.acts = frozenset(acts | set(more))
    under_way = next((str(step.pk) for step in past if step.state in _UNDER_WAY), "")
    labels = _more_labels()
    view.more_acts = [
        words.ActLink(key, *labels[key], act_url(case, key, under_way)) for key in more
    ]
    view.hand_over_url = act_url(case, "hand-over", under_way)


def _signers_more(step: Step, view: words.CaseView) -> list[str]:
    more = []
    if step.may_add_signer:
        more.append("add-signer")
    if step.may_return and _has_signed_steps(view):
        more.append("return")
    return more


def _applicants(case: Case, *, has_page: bool) -> set[str]:
    kind = registry.find_kind(case.kind)
    if case.state not in OPEN_STATES or kind is None:
        return set()
    acts = set() if hasattr(case, "consent") else {"withdraw"}
    if case.state == CaseState.CONSENTED and kind.renewed is not None:
        acts.add("complete")
    if case.state == CaseState.RUNNING:
        acts.add("urge")
    if case.state == CaseState.REJECTED and (has_page or kind.is_renewable):
        acts.add("resubmit")
    return acts


def _administrators(case: Case, place: Assignment | None) -> list[str]:
    if case.state == CaseState.STUCK:
        return ["name-signer"]
    return ["replace-signer"] if case.state == CaseState.RUNNING and place is None else []


def _has_signed_steps(view: words.CaseView) -> bool:
    return sum(1 for step in view.steps if step.state == "done") > 1


def _more_labels() -> dict[str, tuple[str, str]]:
    return {
        "add-signer": (gettext("Add a signer"), "user-plus"),
        "return": (gettext("Return to a step"), "undo"),
        "name-signer": (gettext("Name a signer"), "user-plus"),
        "replace-signer": (gettext("Replace a signer"), "exchange"),
    }


def reasons() -> list[str]:
    """Return reasons for a rejection that are often given."""
    return [
        pgettext("reason of a rejection", "Documents are missing"),
        pgettext("reason of a rejection", "The amount is not right"),
        pgettext("reason of a rejection", "Not in line with the rules"),
        pgettext("reason of a rejection", "No longer needed"),
    ]
