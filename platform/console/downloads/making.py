"""Make a sheet in the background: the list as its owner would see it now."""

import tempfile
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from django.http import HttpRequest, QueryDict
from django.urls import resolve
from django.utils import timezone, translation

from console.downloads import operations, queries
from console.lists import ListView, export
from console.models import Export, FileKind
from kernel import access
from kernel.access.queries import actor_for
from kernel.jobs.runner import Progress
from kernel.tenancy import company_time_zone
from kernel.text import _

_ROWS_BETWEEN_REPORTS = 2000


def make(progress: Progress) -> dict[str, Any]:
    """Write the sheet and keep it. Safe to run twice: a sheet that is ready is not made again.

    What the owner may see is asked anew: posts may have changed since he wished for it.

    :raises NotFound: if the export, or the owner's sight of the list, is gone.
    :raises access.ActionDenied: if he may not export the list any more.
    :raises operations.ExportTooLong: if the list has outgrown a sheet.
    """
    wish = queries.find_export(export_id=int(progress.params["export_id"]))
    if wish.ready_at is not None:
        return {"export_id": wish.pk}
    now = progress.clock()
    with translation.override(wish.language), timezone.override(company_time_zone()):
        view = list_of(wish, now)
        columns = [column for key in wish.columns for column in view.columns if column.key == key]
        rows = _Counted(view.found.iterator(chunk_size=2000), wish.row_count, progress)
        with tempfile.TemporaryFile(prefix="export-") as file:
            if wish.file_kind == FileKind.XLSX:
                export.write_xlsx(file, wish.title, columns, rows)
            else:
                export.write_csv(file, columns, rows)
            file.seek(0)
            operations.keep(export_id=wish.pk, file=file, row_count=rows.count, progress=progress)
    return {"export_id": wish.pk}


def list_of(wish: Export, now: datetime) -> ListView:
    """Return the list at the wish's address, as a request of its owner would find it."""
    path, _mark, query = wish.address.partition("?")
    match = resolve(path)
    request = HttpRequest()
    request.method, request.path, request.user = "GET", path, wish.owner
    request.GET = QueryDict(query)
    view: ListView = match.func.view_class()  # type: ignore[attr-defined]  # a list page's
    view.setup(request, *match.args, **match.kwargs)
    view.now, view.today = now, timezone.localdate(now, company_time_zone())
    view.actor = actor_for(user=wish.owner, today=view.today)
    view.check_access(match.kwargs.get("project_id"))
    access.require(view.actor, access.Action.EXPORT, wish.project_id)
    return view


class _Counted:
    """Rows that are counted as they pass; every two thousand the job is told."""

    def __init__(self, rows: Iterable[Any], expected: int, progress: Progress) -> None:
        self._rows, self._expected, self._progress = rows, expected, progress
        self.count = 0

    def __iter__(self) -> Iterator[Any]:
        for row in self._rows:
            if self.count % _ROWS_BETWEEN_REPORTS == 0:
                self._progress.report(self.count, max(self._expected, self.count))
            self.count += 1
            if self.count > operations.MOST_ROWS:
                raise operations.ExportTooLong(
                    _("One sheet holds up to %(most)s rows. Narrow the filters.")
                    % {"most": f"{operations.MOST_ROWS:,}"}
                )
            yield row
