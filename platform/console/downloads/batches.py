"""Batches of printed papers among one's own downloads: asked for, gone on with, fetched."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django_htmx.http import HttpResponseClientRedirect

from console.lists import ListView
from console.manuals.papers import pdf_response
from console.views import PersonalView
from kernel.documents.batches import operations
from kernel.documents.batches.registry import kind_named
from kernel.documents.printing import language_in_force


def print_batch(view: ListView, kind: str, rows: QuerySet[Any]) -> HttpResponse:
    """Have the papers of a list's rows made, in their order, and lead to the downloads."""
    operations.start_batch(
        actor=view.actor,
        kind=kind,
        project_id=view.project_id,
        object_ids=list(rows.values_list("pk", flat=True)[: operations.MOST_PAPERS + 1]),
        language=language_in_force(),
        now=view.now,
    )
    if view.request.headers.get("HX-Request") == "true":
        return HttpResponseClientRedirect(reverse("downloads"))
    return redirect("downloads")


class FetchBatch(PersonalView):
    """Hand the papers out. A POST: that he took them is written down."""

    def post(self, request: HttpRequest, print_id: int) -> HttpResponseBase:
        batch, content = operations.fetch(actor=self.actor, batch_id=print_id, now=self.now)
        name = f"{kind_named(batch.kind).name} {batch.asked_at:%Y-%m-%d}.pdf"
        return pdf_response(content, name)


class GoOn(PersonalView):
    def post(self, request: HttpRequest, print_id: int) -> HttpResponse:
        operations.go_on(actor=self.actor, batch_id=print_id, now=self.now)
        return redirect("downloads")


class Stop(PersonalView):
    def post(self, request: HttpRequest, print_id: int) -> HttpResponse:
        operations.stop(actor=self.actor, batch_id=print_id, now=self.now)
        return redirect("downloads")


class ThrowAway(PersonalView):
    def post(self, request: HttpRequest, print_id: int) -> HttpResponse:
        operations.throw_away(actor=self.actor, batch_id=print_id, now=self.now)
        return redirect("downloads")
