"""How a list page offers, and takes the wish for, a sheet that is made in the background."""

from typing import TYPE_CHECKING

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from console.downloads import operations
from console.models import FileKind
from kernel.errors import Conflict, Invalid

if TYPE_CHECKING:
    from console.lists.views import ListView


def offer(view: "ListView", kind: str, *, status: int = 200, refusal: str = "") -> HttpResponse:
    """Return the page on which a long list is wished for as a sheet."""
    address = f"{view.request.path}{view.state.address()}"
    context = {
        "title": _("Export a long list"),
        "crumbs": [(view.title, address)],
        "list_title": view.title,
        "count_words": view.count_words(_count(view)),
        "address": address,
        "file_kind": kind,
        "kinds": FileKind.choices,
        "refusal": refusal,
    }
    return render(view.request, "console/downloads/ask.html", context, status=status)


def ask(view: "ListView", kind: str) -> HttpResponse:
    """Have everything found made into a sheet, and lead to the downloads.

    :raises access.ActionDenied: without ``export`` in the list's project.
    """
    wish = operations.Wish(
        page=view.page_key,
        title=str(view.title),
        project_id=view.kwargs.get("project_id"),
        address=f"{view.request.path}?{view.state.query}",
        columns=[column.key for column in view.visible_columns],
        file_kind=kind if kind in FileKind.values else FileKind.XLSX,
        language=get_language() or "",
        row_count=_count(view),
        filters=view.filters_set,
    )
    try:
        operations.ask(actor=view.actor, wish=wish, now=view.now)
    except (Conflict, Invalid) as error:
        return offer(view, kind, status=error.status, refusal=str(error))
    return HttpResponseRedirect(reverse("downloads"))


def _count(view: "ListView") -> int:
    """Count what is found, no further than a sheet reaches."""
    return view.found[: operations.MOST_ROWS + 1].count()
