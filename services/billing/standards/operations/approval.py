"""A version's way through the company's chain: ``fee_standard.change`` (000/7 Art. 8, S-48).

Case before record: whoever locks both locks the case first, as a signature does.
"""

from datetime import datetime
from decimal import Decimal

from django.db.models import Q
from django.urls import reverse

from kernel import access, policies
from kernel.access import Action, Actor
from kernel.access import queries as people
from kernel.approvals import operations as approvals
from kernel.approvals import queries as approval_queries
from kernel.approvals.models import SIGNING, Case, CaseStep, StepState
from kernel.approvals.registry import DocumentKind, Paper
from kernel.approvals.rules.facts import Fact, FactType
from kernel.duties import operations as duties
from kernel.notifications.operations import notify
from kernel.notifications.registry import Notice
from kernel.tenancy import company_day
from kernel.text import _, _p, in_company_language
from services.billing.standards import queries, rules
from services.billing.standards.models import FeeVersion, VersionState
from services.billing.standards.operations.assignments import confirm_drafts
from services.billing.standards.operations.billed import refuse_billed
from services.billing.standards.operations.confirmed import (
    figures_as_json,
    predecessor,
    record_version,
    require_draft,
    save_confirmed,
)
from services.billing.standards.operations.errors import UnusualPrice

PERCENT_PLACES = 4  # of a price over another: a quotient may have no end
KIND = "fee_standard.change"
# Who works with prices at the counter and in the books (2.2).
TOLD_POSTS = ("charging_director", "collector", "front_desk", "cs_supervisor", "finance_head")

PRICE_CHANGED = Notice(
    key="billing.price-changed",
    name=_("A fee standard changes"),
    subject=_("New price from %(month)s: %(standard)s"),
    text=_("%(standard)s of %(project)s: V%(number)s is in force from %(month)s on."),
    fields={
        "standard": _("Fee standard"),
        "project": _("Project"),
        "number": _("Version"),
        "month": _("First month"),
    },
)


def fee_standard_change() -> DocumentKind:
    """Return the kind of document that a version is to the approvals."""
    return DocumentKind(
        key=KIND,
        name=_("Change of a fee standard"),
        module=_("Billing"),
        facts=(
            Fact(
                "price",
                _("New price"),
                FactType.NUMBER,
                _("CNY"),
                is_required=False,
                places=(2, 4),
            ),
            Fact(
                "change_percent",
                _p("of a price", "Change"),
                FactType.NUMBER,
                _("%"),
                is_required=False,
                may_be_negative=True,
                places=(1, 1),
            ),
            Fact("is_new", _("First version"), FactType.YES_NO),
            Fact("item", _("Fee item"), FactType.TEXT, words=queries.item_name),
        ),
        url=_page_of,
        on_approved=_put_in_force,
        on_rejected=_back_to_draft,
        renewed=submit_again,
        on_withdrawn=_back_to_draft,
        is_ready=True,
    )


def lock_open_case(version_id: int) -> Case | None:
    """Return the version's open case, locked, before the version itself is."""
    case = approval_queries.open_case_of(kind=KIND, subject=FeeVersion(pk=version_id))
    return approval_queries.lock_case(case.pk) if case is not None else None


def submit(*, actor: Actor, version: FeeVersion, now: datetime) -> Case:
    """Send a locked, complete draft on its way, in its drafter's name."""
    paper = _mark_submitted(version, now)
    return approvals.submit(
        actor=actor,
        kind=KIND,
        subject=version,
        project_id=version.standard.project_id,
        title=paper.title,
        facts=paper.facts,
        summary=paper.summary,
        is_own=False,
        applicant_id=version.drafted_by,
        now=now,
    )


def sign(*, actor: Actor, case: Case, step_id: int | None, text: str, now: datetime) -> None:
    """Sign a step of a version's case, or the one under way; with the last one it is in force.

    :param step_id: the step that the actor was shown.
    :raises approvals.StepMoved: if the case has gone on from it.
    :raises approvals.NotYourTurn: if the case was rejected, or asks for another's signature.
    """
    approvals.approve(
        actor=actor,
        case_id=case.pk,
        step_id=step_id or _step_under_way(case).pk,
        text=text,
        now=now,
    )


def take_back(*, actor: Actor, case: Case | None, text: str, now: datetime) -> None:
    """End an open case because its draft is changed or withdrawn."""
    if case is not None and case.is_open:
        # Whoever may change the draft may take it back; the record names him, not the system.
        approvals.withdraw_for(actor=actor, case_id=case.pk, text=text, now=now)


def largest_change(before: FeeVersion | None, version: FeeVersion) -> Decimal | None:
    """Return by which share the price changes the most, ``None`` if that cannot be said."""
    if before is None:
        return None
    return rules.largest_change(queries.pricing_of(before), queries.pricing_of(version))


def is_unusual(before: FeeVersion | None, version: FeeVersion) -> bool:
    """Tell whether the price changes by more than ``fee.price_jump_pct``."""
    change = largest_change(before, version)
    limit = policies.get("fee.price_jump_pct", int, project_id=version.standard.project_id)
    return change is not None and abs(change) * 100 > limit


def refuse_unusual(before: FeeVersion | None, version: FeeVersion) -> None:
    """Return if the price stays near the one in force. :raises UnusualPrice: otherwise."""
    change = largest_change(before, version)
    if before is None or change is None or not is_unusual(before, version):
        return
    details = {"change": f"{change:.4f}", "number": before.number}
    if change >= rules.TENFOLD:
        raise UnusualPrice(
            _("This is ten times the price of V%(number)d or more. Is the decimal point right?")
            % {"number": before.number},
            field="price",
            details=details,
        )
    raise UnusualPrice(
        _("The price changes by %(percent)s %% against V%(number)d. Confirm that this is meant.")
        % {"percent": f"{change * 100:+.1f}", "number": before.number},
        field="price",
        details=details,
    )


def put_in_force(version: FeeVersion, *, actor: Actor, now: datetime) -> None:
    """Confirm a locked draft, and with it the assignments of the standard that wait.

    :raises NotDraft: and the others of ``confirm_version``.
    """
    standard = version.standard
    require_draft(version)
    rules.check_complete(queries.figures_of(version))
    before = predecessor(version)
    refuse_billed(standard, version.valid_from, field="valid_from")
    if before is not None and before.valid_to is None:
        before.valid_to = version.valid_from
        before.save(update_fields=["valid_to"])
        version.replaces = before
    version.state = VersionState.CONFIRMED
    version.confirmed_by, version.confirmed_by_label = actor.user_id, actor.label[:140]
    version.confirmed_at = now
    save_confirmed(version)
    assignments = confirm_drafts(actor=actor, standard=standard, now=now)
    record_version(
        actor,
        "confirmed",
        version,
        now,
        {
            "figures": figures_as_json(version),
            "replaces": before.number if before and version.replaces_id else None,
            "assignments": [assignment.pk for assignment in assignments],
        },
    )
    _tell(version, actor=actor, now=now)


def price_words(version: FeeVersion) -> str:
    """Return the price as the facts of a case show it: ``2.80 元``, ``2.90 / 3.85 / 6.70 元``."""
    prices: list[Decimal | None] = [tier.price for tier in rules.read_tiers(version.tiers)]
    figures = " / ".join(
        f"{price:.{rules.price_places(price)}f}"
        for price in prices or [version.price]
        if price is not None
    )
    return f"{figures} {_('CNY')}"


def _put_in_force(case: Case, actor: Actor, now: datetime) -> None:
    version = _lock(case)
    is_meant = case.signatures.filter(~Q(text=""), act__in=SIGNING).exists()
    if not is_meant:
        refuse_unusual(predecessor(version), version)
    put_in_force(version, actor=actor, now=now)


def submit_again(case: Case, actor: Actor, now: datetime) -> Paper:
    """Submit the draft of a rejected case with the figures that it has now."""
    version = queries.lock_version(actor=actor, version_id=case.subject_id)
    duties.require_action(actor, Action.FEE_STANDARD_DRAFT, version.standard.project_id)
    require_draft(version)
    rules.check_complete(queries.figures_of(version))
    paper = _mark_submitted(version, now)
    record_version(actor, "submitted", version, now, {})
    return paper


def _mark_submitted(version: FeeVersion, now: datetime) -> Paper:
    """Write down that a locked draft is in approval, and return it as its signers see it.

    :raises MonthBilledAlready: if units of the standard are billed for its first month or later.
    """
    refuse_billed(version.standard, version.valid_from, field="valid_from")
    version.submitted_at = now
    version.save(update_fields=["submitted_at"])
    before = predecessor(version)
    change = largest_change(before, version)
    standard = version.standard
    with in_company_language():
        summary = _summary(version, before)
    return Paper(
        title=f"{standard.name} V{version.number}",
        facts={
            "price": version.price,
            "change_percent": None if change is None else round(change * 100, PERCENT_PLACES),
            "is_new": before is None,
            "item": standard.item.code,
        },
        summary=summary,
    )


def _summary(version: FeeVersion, before: FeeVersion | None) -> dict[str, str]:
    """Return what the facts do not say."""
    summary = {
        str(_("Fee standard")): f"{version.standard.name} V{version.number}",
        str(_("First month")): f"{version.valid_from:%Y-%m}",
    }
    if version.price is None:
        summary[str(_("New price"))] = price_words(version)
    if before is not None:
        summary[str(_("Price so far"))] = price_words(before)
    if version.basis_note:
        summary[str(_("Grounds"))] = version.basis_note
    return summary


def _back_to_draft(case: Case, _actor: Actor, _now: datetime) -> None:
    FeeVersion.objects.filter(pk=case.subject_id).update(submitted_at=None)


def _lock(case: Case) -> FeeVersion:
    return queries.lock_version(actor=access.SYSTEM, version_id=case.subject_id, pricing=True)


def _step_under_way(case: Case) -> CaseStep:
    step = case.steps.filter(state__in=[StepState.ACTIVE, StepState.STUCK]).first()
    if step is None:
        raise approvals.NotYourTurn(_("This was rejected: its drafter submits it again first."))
    return step


def _page_of(version_id: int, project_id: int | None) -> str:
    version = FeeVersion.objects.only("standard_id").get(pk=version_id)
    page = reverse("fee-standards-standard", args=[project_id, version.standard_id])
    return f"{page}?version={version_id}"


def _tell(version: FeeVersion, *, actor: Actor, now: datetime) -> None:
    standard = version.standard
    told = {
        user.pk
        for user in people.people_of_posts(
            posts=TOLD_POSTS, project_id=standard.project_id, today=company_day(now)
        )
    }
    notify(
        kind=PRICE_CHANGED.key,
        to=told,
        url=_page_of(version.pk, standard.project_id),
        context={
            "standard": standard.name,
            "project": standard.project.name,
            "number": str(version.number),
            "month": f"{version.valid_from:%Y-%m}",
        },
        project_id=standard.project_id,
        now=now,
        actor=actor,
    )
