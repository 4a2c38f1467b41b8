"""What waits in a project for the visitor himself, and where he does it."""

from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from console import formats
from kernel.access import Action, Actor
from kernel.duties import queries as duties
from kernel.duties.models import ExemptionState
from kernel.imports import queries as imports
from kernel.imports.models import BatchState
from services.billing.metering import queries as metering
from services.billing.metering import rules
from services.billing.metering.models import ReadingState
from services.billing.runs import queries as runs
from services.billing.runs.models import BillRun, RunState
from services.billing.standards import queries as standards

_IMPORTS_WAIT_IN = (BatchState.NEEDS_MAPPING, BatchState.REHEARSED)


@dataclass(frozen=True, slots=True)
class Todo:
    """Something that waits, and the page or filtered list on which it is done."""

    icon: str
    title: str
    note: str
    url: str


def todos(*, actor: Actor, project_id: int, today: date) -> list[Todo]:
    """Return what the actor can do next in the project, in the order of a month's work."""
    return [
        *_imports(actor, project_id),
        *_standards(actor, project_id),
        *_readings(actor, project_id, today),
        *_runs(actor, project_id),
        *_exemptions(actor, project_id),
    ]


def _imports(actor: Actor, project_id: int) -> list[Todo]:
    count = (
        imports.batches(actor=actor)
        .filter(project_id=project_id, state__in=_IMPORTS_WAIT_IN)
        .count()
    )
    if not count:
        return []
    return [
        Todo(
            icon="import",
            title=_("Uploaded files to be imported"),
            note=ngettext("%(count)d file", "%(count)d files", count) % {"count": count},
            url=_address("imports", project_id, state=_IMPORTS_WAIT_IN),
        )
    ]


def _standards(actor: Actor, project_id: int) -> list[Todo]:
    if not actor.may(Action.FEE_STANDARD_CONFIRM, project_id):
        return []
    waiting = standards.waiting_for(actor=actor, project_id=project_id)
    found = []
    if waiting.versions:
        found.append((_("Prices to be confirmed"), waiting.versions, "submitted"))
    if waiting.scopes:
        found.append((_("Who is charged: to be confirmed"), waiting.scopes, "scope"))
    return [
        Todo(
            icon="tag",
            title=title,
            note=ngettext("%(count)d fee standard", "%(count)d fee standards", count)
            % {"count": count},
            url=_address("fee-standards", project_id, **{flag: "1"}),
        )
        for title, count, flag in found
    ]


def _readings(actor: Actor, project_id: int, today: date) -> list[Todo]:
    return [*_unread(actor, project_id, today), *_exceptions(actor, project_id)]


def _unread(actor: Actor, project_id: int, today: date) -> list[Todo]:
    """Return the meters without a reading of the month whose window opened last."""
    if not actor.may(Action.READING_RECORD, project_id):
        return []
    month = today.replace(day=1)
    if today < rules.window_of(month, metering.limits_of(project_id))[0]:
        month = (month - timedelta(days=1)).replace(day=1)
    count = metering.missing_meters(actor=actor, project_id=project_id, usage_month=month).count()
    if not count:
        return []
    return [
        Todo(
            icon="gauge",
            title=_("Meters of %(month)s to be read") % {"month": formats.spell_month(month)},
            note=ngettext("%(count)d meter", "%(count)d meters", count) % {"count": count},
            url=_address("readings-missing", project_id, f"{month:%Y-%m}"),
        )
    ]


def _exceptions(actor: Actor, project_id: int) -> list[Todo]:
    if not actor.may(Action.READING_RESOLVE, project_id):
        return []
    return [
        Todo(
            icon="gauge",
            title=_("Meter readings of %(month)s to be resolved")
            % {"month": formats.spell_month(month)},
            note=ngettext("%(count)d exception", "%(count)d exceptions", count) % {"count": count},
            url=_address(
                "readings-month", project_id, f"{month:%Y-%m}", state=ReadingState.EXCEPTION
            ),
        )
        for month, count in metering.open_exceptions(actor=actor, project_id=project_id)
    ]


def _runs(actor: Actor, project_id: int) -> list[Todo]:
    return [
        Todo(
            icon="calc",
            title=_step(run) % {"month": formats.spell_month(run.period)},
            note=_("%(lines)s bills, %(amount)s")
            % {
                "lines": formats.spell_number(run.draft_lines),
                "amount": formats.spell_money(run.draft_amount),
            },
            url=_address("bill-runs-run", project_id, run.pk),
        )
        for run in runs.runs_waiting_for(actor=actor, project_id=project_id)
    ]


def _exemptions(actor: Actor, project_id: int) -> list[Todo]:
    if not actor.may(Action.DUTIES_EXEMPT, project_id):
        return []
    waiting = list(duties.exemptions_waiting_for(actor=actor, project_id=project_id)[:2])
    if not waiting:
        return []
    page = reverse("duties-exemptions-one", args=[waiting[0].pk])
    if len(waiting) > 1:
        page = f"{reverse('duties-exemptions')}?{urlencode({'state': ExemptionState.REQUESTED})}"
    return [
        Todo(
            icon="shield",
            title=_("Exemptions from the separation of duties to be decided"),
            note=f"{waiting[0].rule} · {waiting[0].user.name}",
            url=page,
        )
    ]


def _step(run: BillRun) -> str:
    if run.state == RunState.PREVIEW:
        return _("Bills of %(month)s to be checked")
    if run.state == RunState.CHECKED:
        return _("Bills of %(month)s to be posted")
    return _("Bill run of %(month)s broke off")


def _address(
    route: str, project_id: int, *arguments: int | str, **query: str | tuple[str, ...]
) -> str:
    page = reverse(route, args=[project_id, *arguments])
    return f"{page}?{urlencode(query, doseq=True)}" if query else page
