"""The view behind every list page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar, NamedTuple

from django.db.models import Count, Model, Q, QuerySet, Sum
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from console import operations, queries
from console.downloads import asking
from console.lists import export
from console.lists.bulk import BulkAction
from console.lists.columns import Column
from console.lists.filters import ChoiceFilter, Filter
from console.lists.paging import CountedPaginator, KeysFirst, cursor_page
from console.lists.state import PAGE_SIZES, ListState, condition, ordering, read_state
from console.models import SavedView
from console.views import ConsoleView
from kernel import access
from kernel.errors import DomainError, Invalid, NotFound

Text = str | Promise


class SelectionEmpty(Invalid):
    code = "console.selection-empty"


@dataclass(frozen=True, kw_only=True)
class BuiltInView:
    """A tab that everybody has: a query string with a name."""

    key: str
    label: Text
    query: str = ""


class View(NamedTuple):
    """A built-in or saved view with the state it stands for."""

    key: str
    label: str
    state: ListState
    saved: SavedView | None


@dataclass(frozen=True)
class Tab:
    label: str
    url: str
    is_current: bool
    is_changed: bool  # current, but its filters have been changed since
    count: int | None
    saved: SavedView | None


class ListView(ConsoleView):
    """A list: subclasses declare columns and filters and return a scoped queryset.

    Everything else is here: the address, paging, views, columns, selection, export, fragments.
    """

    template_name: ClassVar[str] = "console/list.html"
    page_key: ClassVar[str]
    title: ClassVar[Text]
    columns: ClassVar[tuple[Column, ...]]
    filters: ClassVar[tuple[Filter, ...]] = ()
    search_fields: ClassVar[tuple[str, ...]] = ()
    search_label: ClassVar[Text] = _("Search")
    default_sort: ClassVar[str] = ""  # a column's key, "-" before it for descending
    built_in_views: ClassVar[tuple[BuiltInView, ...]] = ()
    bulk_actions: ClassVar[tuple[BulkAction, ...]] = ()
    page_size: ClassVar[int] = 50
    is_log: ClassVar[bool] = False  # newest first, paged by cursor, never counted nor sorted
    has_summed_rows: ClassVar[bool] = False  # a row sums up many others: see KeysFirst
    export_action: ClassVar[access.Action | None] = access.Action.EXPORT
    lead_template: ClassVar[str] = ""  # what stands above the list and follows its filters
    #: Parameters that change how the same rows are shown, with the values other than the usual.
    switches: ClassVar[Mapping[str, tuple[str, ...]]] = {}
    empty_icon: ClassVar[str] = "list"
    empty_title: ClassVar[Text] = _("Nothing here yet")
    empty_text: ClassVar[Text] = ""
    empty_template: ClassVar[str] = ""  # the actions to start with

    # ---- for subclasses ------------------------------------------------------------------------

    def get_queryset(self) -> QuerySet[Any]:
        """Return all rows that the actor may see, from a service's queries."""
        raise NotImplementedError

    def row_url(self, row: Any) -> str:
        """Return where a row leads, ``""`` if nowhere."""
        return ""

    def search(self, text: str) -> Q:
        """Return the condition for the search box. Every word must be found in some field."""
        total = Q()
        for word in text.split():
            one = Q()
            for path in self.search_fields:
                one |= Q(**{f"{path}__icontains": word})
            total &= one
        return total

    def page_context(self) -> dict[str, Any]:
        """Return what the page's own template needs beside the list: crumbs, urls, figures."""
        return {}

    def count_words(self, count: int) -> str:
        return ngettext("%(count)s entry", "%(count)s entries", count) % {"count": f"{count:,}"}

    def filter_value(self, key: str) -> Any:
        """Return the value of a filter without ``field``, ``None`` if it is not set."""
        setting = self.state.settings.get(key)
        return setting.value if setting else None

    @property
    def project_id(self) -> int:
        """The project of the address. A company's page has none: there it is a ``KeyError``."""
        project_id: int = self.kwargs["project_id"]
        return project_id

    # ---- requests ------------------------------------------------------------------------------

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        kind = request.GET.get("export")
        if kind in {"xlsx", "csv"}:
            return self.export(self.found, kind)
        return self.show()

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Do something with the list itself; the address stays that of the page."""
        do = request.POST.get("do", "")
        if do.startswith("bulk:"):
            return self.run_bulk(do.removeprefix("bulk:"))
        if do == "export":
            self._require(self.export_action)
            return self.export(self.selected(), "xlsx")
        if do == "export-later":
            self._require(self.export_action)
            return asking.ask(self, request.POST.get("kind", ""))
        try:
            target = self._change_arrangement(do)
        except DomainError as error:
            if isinstance(error, NotFound) or not self._is_partial:
                raise
            self.note_refusal(error)
            return self.show(status=error.status, refusal=str(error))
        return self._go(target)

    def _change_arrangement(self, do: str) -> str:
        """Carry out one of the list's own commands; return the address to go on with."""
        form = self.request.POST
        if do == "columns":
            known = {column.key for column in self.columns}
            chosen = [key for key in dict.fromkeys(form.getlist("column")) if key in known]
            operations.choose_columns(actor=self.actor, page=self.page_key, columns=chosen)
        elif do == "columns-reset":
            operations.choose_columns(actor=self.actor, page=self.page_key, columns=[])
        elif do == "view-save":
            view = operations.save_view(
                actor=self.actor,
                page=self.page_key,
                name=form.get("name", ""),
                query=self.state.query,
                shared_with_all=form.get("shared") == "1",
                now=self.now,
            )
            return self.state.address(view=view.pk)
        elif do == "view-replace":
            operations.change_view(
                actor=self.actor, view_id=self._view_id(), query=self.state.query, now=self.now
            )
        elif do == "view-rename":
            operations.change_view(
                actor=self.actor, view_id=self._view_id(), name=form.get("name", ""), now=self.now
            )
        elif do == "view-delete":
            operations.delete_view(actor=self.actor, view_id=self._view_id(), now=self.now)
            return self.state.address(view=None)
        else:
            raise NotFound
        return self.state.address()

    def _view_id(self) -> int:
        text = self.request.POST.get("view", "")
        if not (text.isascii() and text.isdigit() and len(text) < 19):
            raise NotFound
        return int(text)

    def _go(self, address: str) -> HttpResponse:
        url = f"{self.request.path}{address}"
        if not self._is_partial:
            return HttpResponseRedirect(url)
        response = HttpResponse(status=204)
        response.headers["HX-Redirect"] = url
        return response

    # ---- the rows ------------------------------------------------------------------------------

    @cached_property
    def state(self) -> ListState:
        return read_state(self.request.GET, self)

    @cached_property
    def everything(self) -> QuerySet[Any]:
        return self.get_queryset()

    @cached_property
    def found(self) -> QuerySet[Any]:
        """The rows that search and filters leave, in the order asked for."""
        narrowed = self._condition(self.state)
        rows = self.everything.filter(narrowed) if narrowed else self.everything
        return rows.order_by(*ordering(self.columns, self.state.sort or self.default_sort))

    def _condition(self, state: ListState) -> Q:
        narrowed = condition(self.filters, state)
        if state.search and self.search_fields:
            narrowed &= self.search(state.search)
        return narrowed

    def options_of(self, filter_: ChoiceFilter) -> list[tuple[str, str]]:
        """Return a filter's choices; they are worked out once in a request."""
        if filter_.key not in self._options:
            self._options[filter_.key] = filter_.options(self)
        return self._options[filter_.key]

    @cached_property
    def _options(self) -> dict[str, list[tuple[str, str]]]:
        return {}

    def selected(self) -> QuerySet[Any]:
        """Return the rows ticked in the form that was sent, or all found if that was asked for.

        Ids outside what the actor may see or has filtered are left out.

        :raises SelectionEmpty: if none is left to work on.
        """
        if self.request.POST.get("everything"):
            return self.found
        ids = {
            int(text)
            for text in self.request.POST.getlist("pick")
            if text.isascii() and text.isdigit() and len(text) < 19
        }
        if not ids:
            raise SelectionEmpty(_("Select at least one row."))
        return self.found.filter(pk__in=ids)

    def run_bulk(self, key: str) -> HttpResponseBase:
        for bulk in self.bulk_actions:
            if bulk.key == key:
                self._require(bulk.action)
                answer: HttpResponseBase = getattr(self, f"bulk_{key}")(self.selected())
                return answer
        raise NotFound

    def _require(self, action: access.Action | None) -> None:
        if action is None:
            raise NotFound
        access.require(self.actor, action, self.kwargs.get("project_id"))

    def _may(self, action: access.Action | None) -> bool:
        return action is not None and self.actor.may(action, self.kwargs.get("project_id"))

    # ---- export --------------------------------------------------------------------------------

    def export(self, rows: QuerySet[Any], kind: str) -> HttpResponseBase:
        """Return a sheet of ``rows`` with the visible columns, and note who took it.

        Over 50,000 rows, offer to make it in the background instead.

        :raises access.ActionDenied: without the page's export action.
        """
        self._require(self.export_action)
        count = rows[: export.MOST_ROWS + 1].count()
        if count > export.MOST_ROWS:
            return asking.offer(self, kind)
        operations.note_export(
            actor=self.actor,
            page=self.page_key,
            filters=self.filters_set,
            row_count=count,
            project_id=self.kwargs.get("project_id"),
            now=self.now,
        )
        name = f"{self.title} {self.today:%Y-%m-%d}"
        write = export.xlsx if kind == "xlsx" else export.as_csv
        return write(name, self.visible_columns, rows.iterator(chunk_size=2000))

    @property
    def filters_set(self) -> list[str]:
        """Return the keys of what narrows the list, for the audit; never what was searched."""
        return [*self.state.settings, *(["q"] if self.state.search else [])]

    # ---- the page ------------------------------------------------------------------------------

    @cached_property
    def visible_columns(self) -> list[Column]:
        """The columns in the order the user wants them; fixed ones are always among them."""
        by_key = {column.key: column for column in self.columns}
        chosen = [
            by_key[key]
            for key in queries.columns_of(actor=self.actor, page=self.page_key)
            if key in by_key
        ]
        if not chosen:
            return [column for column in self.columns if column.is_shown or column.is_fixed]
        missing = [column for column in self.columns if column.is_fixed and column not in chosen]
        return missing + chosen

    @property
    def _is_partial(self) -> bool:
        return self.request.headers.get("HX-Request") == "true"

    def show(self, *, status: int = 200, refusal: str = "") -> HttpResponse:
        state = self.state
        page: Any
        if self.is_log:
            figures: dict[str, Any] = {"count": None}
            page = cursor_page(self.found, self.request.GET.get("cursor", ""), state.size)
        else:
            figures = self._figures([view.state for view in self._views])
            rows = KeysFirst(self.found) if self.has_summed_rows else self.found
            page = CountedPaginator(rows, state.size, figures["count"]).get_page(state.page)
        tabs = self._tabs(figures)
        context = {
            **self.page_context(),
            "view": self,
            "title": self.title,
            "state": state,
            "query": state.address(),
            "rows": [self._row(row) for row in page.object_list],
            "page": page,
            "page_sizes": PAGE_SIZES,
            "count_words": "" if self.is_log else self.count_words(figures["count"]),
            "columns": self.visible_columns,
            "heads": [self._head(column) for column in self.visible_columns],
            "totals": self._totals(figures),
            "pills": [self._pill(filter_) for filter_ in self.filters],
            "tabs": tabs,
            "current_tab": next((tab for tab in tabs if tab.is_current), None),
            "may_share": self._may(access.Action.COMPANY_CONFIGURE),
            "may_export": self._may(self.export_action),
            "bulk_actions": [bulk for bulk in self.bulk_actions if self._may(bulk.action)],
            "all_columns": self._column_choices(),
            "refusal": refusal,
            "source_is_form": self.request.headers.get("HX-Source") == "form#list-form",
        }
        template = "console/components/list_update.html" if self._is_partial else self.template_name
        response = render(self.request, template, context, status=status)
        if self._is_partial and self.request.method == "GET":
            place = (
                {"cursor": self.request.GET.get("cursor")}
                if self.is_log
                else {"page": page.number if page.number > 1 else None}
            )
            response.headers["HX-Push-Url"] = f"{self.request.path}{state.address(**place)}"
        return response

    def _row(self, row: Any) -> dict[str, Any]:
        return {
            "pk": row.pk if isinstance(row, Model) else row.get("pk"),
            "url": self.row_url(row),
            "cells": [(column, column.html(row)) for column in self.visible_columns],
            "name": next((c.word(row) for c in self.visible_columns if c.is_link), ""),
        }

    def _head(self, column: Column) -> dict[str, Any]:
        sort = self.state.sort or self.default_sort
        is_current = not self.is_log and sort.removeprefix("-") == column.key
        descending = is_current and sort.startswith("-")
        # The first click shows figures from the largest, words from A.
        first = f"-{column.key}" if "amt" in column.cell_css else column.key
        flipped = column.key if descending else f"-{column.key}"
        return {
            "column": column,
            "url": self.state.address(sort=flipped if is_current else first)
            if column.orderings and not self.is_log
            else "",
            "direction": ("descending" if descending else "ascending") if is_current else "",
        }

    def _pill(self, filter_: Filter) -> dict[str, Any]:
        setting = self.state.settings.get(filter_.key)
        dropped = dict.fromkeys(filter_.params)
        return {
            "filter": filter_,
            "setting": setting,
            "without": self.state.address(**dropped) if setting else "",
            **filter_.control(setting, self),
        }

    def _figures(self, tab_states: Sequence[ListState]) -> dict[str, Any]:
        """Return the count and the sums over everything found, and the tabs' counts (``n0`` …).

        One query for all: with several tabs it reads all rows once and counts by ``FILTER``. Tabs
        stay uncounted where a filter is applied by the view itself. No filter may follow a
        relation to many rows, or sums would be of multiplied rows: annotate ``Exists`` instead.
        """
        sums = {
            f"total_{column.key.replace('.', '_')}": column.total.replace(".", "__")
            for column in self.visible_columns
            if column.total
        }
        own = {filter_.key for filter_ in self.filters if not filter_.field}
        countable = [
            index for index, state in enumerate(tab_states) if not own & state.settings.keys()
        ]
        figures: dict[str, Any]
        if len(tab_states) == 1 or own & self.state.settings.keys():
            aggregates = {name: Sum(path) for name, path in sums.items()}
            figures = self.found.order_by().aggregate(count=Count("pk"), **aggregates)
            return figures
        current = self._condition(self.state) or None
        figures = self.everything.order_by().aggregate(
            count=Count("pk", filter=current),
            **{name: Sum(path, filter=current) for name, path in sums.items()},
            **{
                f"n{index}": Count("pk", filter=self._condition(tab_states[index]) or None)
                for index in countable
            },
        )
        return figures

    def _totals(self, figures: dict[str, Any]) -> list[tuple[Column, str]] | None:
        if not figures["count"] or not any(column.total for column in self.visible_columns):
            return None
        return [
            (
                column,
                column.spell(None, figures[f"total_{column.key.replace('.', '_')}"] or 0)
                if column.total
                else "",
            )
            for column in self.visible_columns
        ]

    def _column_choices(self) -> list[tuple[Column, bool]]:
        shown = self.visible_columns
        hidden = [column for column in self.columns if column not in shown]
        return [(column, True) for column in shown] + [(column, False) for column in hidden]

    @cached_property
    def _views(self) -> list[View]:
        built_in = (BuiltInView(key="", label=_("All")), *self.built_in_views)
        saved = queries.saved_views(actor=self.actor, page=self.page_key)
        return [
            View(view.key, str(view.label), read_state(QueryDict(view.query), self), None)
            for view in built_in
        ] + [
            View(str(view.pk), view.name, read_state(QueryDict(view.query), self), view)
            for view in saved
        ]

    def _tabs(self, figures: dict[str, Any]) -> list[Tab]:
        current = self._current_view()
        return [
            Tab(
                label=view.label,
                url=view.state.address(view=view.key, size=self._size_param()),
                is_current=index == current,
                is_changed=index == current and view.state.query != self.state.query,
                count=figures.get(f"n{index}"),
                saved=view.saved,
            )
            for index, view in enumerate(self._views)
        ]

    def _size_param(self) -> int | None:
        return self.state.size if self.state.size != self.page_size else None

    def _current_view(self) -> int:
        """Return the place of the view in use: the one named, else the one that asks the same."""
        named = [index for index, view in enumerate(self._views) if view.key == self.state.view]
        same = [
            index for index, view in enumerate(self._views) if view.state.query == self.state.query
        ]
        return (named if self.state.view and named else same or [0])[0]
