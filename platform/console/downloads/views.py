"""我的下载: one's own sheets, while they are made and until they expire."""

from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from console.downloads import making, operations, queries
from console.lists.export import CSV, XLSX
from console.models import FileKind
from console.views import PersonalView
from kernel.documents.batches import queries as batches
from kernel.documents.batches.registry import kind_named

_TYPES = {FileKind.XLSX: XLSX, FileKind.CSV: CSV}


class Downloads(PersonalView):
    """The list; to htmx only its rows, which ask again while something is being made."""

    def get(self, request: HttpRequest) -> HttpResponseBase:
        found = queries.downloads(actor=self.actor, now=self.now)
        prints = [
            (each, kind_named(each.batch.kind).name)
            for each in batches.standings(actor=self.actor, now=self.now)
        ]
        context = {
            "title": _("My downloads"),
            "downloads": found,
            "prints": prints,
            "is_active": any(each.is_active for each in found)
            or any(each.is_active for each, _name in prints),
            "kept_days": operations.KEPT_FOR.days,
        }
        is_partial = request.headers.get("HX-Request") == "true"
        name = "_downloads.html" if is_partial else "downloads.html"
        return render(request, f"console/downloads/{name}", context)


class Fetch(PersonalView):
    """Hand the file out. A POST: that he took it is written down."""

    def post(self, request: HttpRequest, export_id: int) -> HttpResponseBase:
        wish = queries.get_export(actor=self.actor, export_id=export_id, now=self.now)
        making.list_of(wish, self.now)  # he must be let see the list itself today
        export, file = queries.get_file(actor=self.actor, export_id=export_id, now=self.now)
        operations.note_fetched(actor=self.actor, export=export, now=self.now)
        return FileResponse(
            file,
            as_attachment=True,
            filename=f"{export.title} {export.asked_at:%Y-%m-%d}.{export.file_kind}",
            content_type=_TYPES[FileKind(export.file_kind)],
        )


class ThrowAway(PersonalView):
    def post(self, request: HttpRequest, export_id: int) -> HttpResponse:
        operations.throw_away(actor=self.actor, export_id=export_id, now=self.now)
        return HttpResponseRedirect(reverse("downloads"))
