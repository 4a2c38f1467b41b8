"""Uploaded files that somebody has to match or to import."""

from datetime import datetime
from urllib.parse import urlencode

from django.db.models import Count, Min
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from console.waiting import Thing
from kernel.access import Actor
from kernel.imports import queries
from kernel.imports.models import BatchState

_WAIT_IN = (BatchState.NEEDS_MAPPING, BatchState.REHEARSED)


def find(*, actor: Actor, project_id: int | None, now: datetime) -> list[Thing]:
    """Return, for each project, how many files wait to be imported."""
    found = queries.batches(actor=actor).filter(state__in=_WAIT_IN)
    if project_id is not None:
        found = found.filter(project_id=project_id)
    query = urlencode({"state": _WAIT_IN}, doseq=True)
    rows = found.order_by("project_id").values_list("project_id")
    return [
        Thing(
            title=_("Uploaded files to be imported"),
            note=ngettext("%(count)d file", "%(count)d files", count) % {"count": count},
            url=f"{reverse('imports', args=[project])}?{query}",
            project_id=project,
            since=since,
        )
        for project, count, since in rows.annotate(count=Count("pk"), since=Min("uploaded_at"))
    ]
