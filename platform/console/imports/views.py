"""The steps of an import. What may be done is the importer's action, asked for in the project."""

from datetime import timedelta
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext_lazy
from django_htmx.http import HttpResponseClientRedirect

from console.imports import forms
from console.lists import ChoiceFilter, Column, ListView, title_column
from console.lists.export import XLSX
from console.views import ConsoleView
from kernel import access
from kernel.access import Action
from kernel.audit.queries import history_of
from kernel.errors import Conflict, DomainError, NotFound
from kernel.imports import messages, operations, queries
from kernel.imports.annotated import annotate
from kernel.imports.importer import Importer, importer_of, importers
from kernel.imports.models import BatchState, ImportBatch, Severity

_PROBLEMS_ON_A_PAGE = 100
EVENTS = {
    "imports.batch.uploaded": (_("Uploaded"), "import", ""),
    "imports.batch.committed": (pgettext_lazy("event", "Import"), "check", "ok"),
    "imports.batch.undone": (pgettext_lazy("import", "Undone"), "undo", "warn"),
}
_AT_WORK = {BatchState.UPLOADED, BatchState.COMMITTING}


def kind_name(batch: ImportBatch) -> Any:
    """Return what kind of table it is, for people."""
    importer = importer_of(batch.kind)
    return importer.name if importer else batch.kind


class Imports(ListView):
    action = Action.REGISTRY_VIEW
    page_key = "imports"
    title = _("Imports")
    template_name = "console/imports/list.html"
    export_action = None
    columns = (
        title_column("file_name", _("File"), sort="file_name"),
        Column(key="kind", label=_("Kind of table"), value=kind_name, phone="sub"),
        Column(key="state", label=_("State"), kind="state", sort="state", phone="end2"),
        Column(key="counts.accepted", label=_("Rows accepted"), kind="number", phone="end"),
        Column(key="counts.rejected", label=_("Rows rejected"), kind="number"),
        Column(key="uploaded_by_label", label=_("Uploaded by"), sort="uploaded_by_label"),
        Column(key="uploaded_at", label=_("Uploaded"), kind="time", sort="pk"),
        Column(key="committed_at", label=_("Imported at"), kind="time", sort="committed_at"),
    )
    filters = (
        ChoiceFilter(
            key="kind",
            label=_("Kind of table"),
            field="kind",
            choices=lambda _view: [(item.kind, item.name) for item in importers()],
        ),
        ChoiceFilter(key="state", label=_("State"), field="state", choices=BatchState.choices),
    )
    search_fields = ("file_name",)
    search_label = _("File name")
    default_sort = "-uploaded_at"
    empty_icon = "import"
    empty_title = _("Nothing imported yet")
    empty_text = _(
        "Bring the ledger as it is: the file is checked first, and nothing is written until you "
        "have seen the result."
    )
    empty_template = "console/imports/_start.html"

    def get_queryset(self) -> QuerySet[ImportBatch]:
        return queries.batches(actor=self.actor).filter(project_id=self.project_id)

    def row_url(self, row: ImportBatch) -> str:
        return reverse("imports-batch", args=[self.project_id, row.pk])

    def count_words(self, count: int) -> str:
        return ngettext("%(count)s file", "%(count)s files", count) % {"count": f"{count:,}"}

    def page_context(self) -> dict[str, Any]:
        allowed = [item for item in importers() if self.actor.may(item.action, self.project_id)]
        return {"importers": allowed, "project_id": self.project_id}


class NewImport(ConsoleView):
    action = Action.REGISTRY_VIEW

    def get(self, request: HttpRequest, project_id: int, kind: str) -> HttpResponseBase:
        importer = self._importer(project_id, kind)
        last_month = self.today.replace(day=1) - timedelta(days=1)
        form = forms.UPLOADS.get(kind, forms.Upload)(initial={"usage_month": last_month})
        return self._page(request, project_id, importer, form)

    def post(self, request: HttpRequest, project_id: int, kind: str) -> HttpResponseBase:
        importer = self._importer(project_id, kind)
        form = forms.UPLOADS.get(kind, forms.Upload)(request.POST, request.FILES)
        if form.is_valid():
            file = form.cleaned_data["file"]
            try:
                batch = operations.upload(
                    actor=self.actor,
                    kind=kind,
                    project_id=project_id,
                    file_name=file.name,
                    content=file.read(),
                    options=form.options(),
                    now=self.now,
                )
            except DomainError as error:
                self.note_refusal(error)
                form.add_error(error.field if error.field in form.fields else None, str(error))
            else:
                return HttpResponseRedirect(address_of(batch))
        return self._page(request, project_id, importer, form, status=422)

    def _importer(self, project_id: int, kind: str) -> Importer:
        importer = importer_of(kind)
        if importer is None:
            raise NotFound
        access.require(self.actor, importer.action, project_id)
        return importer

    def _page(
        self,
        request: HttpRequest,
        project_id: int,
        importer: Importer,
        form: forms.Upload,
        status: int = 200,
    ) -> HttpResponse:
        context = {
            "title": importer.name,
            "crumbs": _crumbs(project_id),
            "step": 1,
            "importer": importer,
            "form": form,
            "project_id": project_id,
        }
        return render(request, "console/imports/upload.html", context, status=status)


class BatchView(ConsoleView):
    """A page of one batch. Whoever may not import its kind in its project does not find it."""

    action = Action.REGISTRY_VIEW
    batch: ImportBatch
    importer: Importer

    def check_access(self, project_id: int | None) -> None:
        super().check_access(project_id)
        batch = queries.get_batch(actor=self.actor, batch_id=self.kwargs["batch_id"])
        importer = importer_of(batch.kind)
        if batch.project_id != project_id or importer is None:
            raise NotFound
        self.batch, self.importer = batch, importer

    def context(self) -> dict[str, Any]:
        return {
            "title": self.batch.file_name,
            "crumbs": _crumbs(self.batch.project_id),
            "batch": self.batch,
            "importer": self.importer,
            "project_id": self.batch.project_id,
        }


class Batch(BatchView):
    def get(self, request: HttpRequest, project_id: int, batch_id: int) -> HttpResponseBase:
        return self.page(request)

    def page(
        self, request: HttpRequest, *, refusal: DomainError | None = None, status: int = 200
    ) -> HttpResponse:
        if self.batch.state == BatchState.NEEDS_MAPPING:
            return HttpResponseRedirect(reverse("imports-columns", args=self._place))
        if self.batch.state in _AT_WORK:
            context = {**self.context(), **_progress(self.batch), "step": 3}
            return render(request, "console/imports/waiting.html", context, status=status)
        context = {
            **self.context(),
            **self._problems(request),
            "step": 4 if self.batch.state in {BatchState.COMMITTED, BatchState.UNDONE} else 3,
            "objects": [
                (self.importer.objects[key], count)
                for key in self.importer.objects
                if (count := self.batch.counts.get("objects", {}).get(key)) is not None
            ],
            "failure": self._failure(),
            "sheets_alike": [sheet["name"] for sheet in self.batch.sheets if sheet.get("is_alike")],
            "history": [
                (*EVENTS[entry.event], entry)
                for entry in history_of(self.batch)[:20]
                if entry.event in EVENTS
            ],
            "refusal": refusal,
            "dependents": refusal.details.get("dependents", {}) if refusal else {},
        }
        return render(request, "console/imports/batch.html", context, status=status)

    @property
    def _place(self) -> list[int]:
        return [self.batch.project_id, self.batch.pk]

    def _problems(self, request: HttpRequest) -> dict[str, Any]:
        """Return the page of problems asked for, and the tabs to narrow them."""
        wanted = request.GET.get("severity", "")
        by_severity = dict(
            queries.problems(batch=self.batch)
            .order_by()
            .values_list("severity")
            .annotate(count=Count("pk"))
        )
        found = queries.problems(
            batch=self.batch, severity=wanted if wanted in Severity.values else None
        )
        page = Paginator(found, _PROBLEMS_ON_A_PAGE).get_page(request.GET.get("page"))
        own = reverse("imports-batch", args=self._place)
        tabs = [
            {
                "url": f"{own}?severity={severity}" if severity else own,
                "label": label,
                "current": wanted == severity,
                "count": by_severity.get(severity, 0) if severity else sum(by_severity.values()),
            }
            for severity, label in [("", _("All")), *Severity.choices]
        ]
        rows = [
            {
                "problem": problem,
                "field": self.importer.label_of(problem.field) if problem.field else "",
                "reason": messages.reason(self.batch.kind, problem),
            }
            for problem in page.object_list
        ]
        return {"problem_page": page, "problem_rows": rows, "problem_tabs": tabs}

    def _failure(self) -> str:
        if self.batch.state != BatchState.FAILED:
            return ""
        return messages.failure(self.batch)


class BatchStep(Batch):
    """Something done to the batch; a refusal is shown on its page."""

    def get(self, request: HttpRequest, project_id: int, batch_id: int) -> HttpResponseBase:
        return HttpResponseRedirect(address_of(self.batch))

    def post(self, request: HttpRequest, project_id: int, batch_id: int) -> HttpResponseBase:
        try:
            self.carry_out()
        except Conflict as error:
            self.batch = queries.get_batch(actor=self.actor, batch_id=batch_id)
            return self.page(request, refusal=error, status=error.status)
        return HttpResponseRedirect(address_of(self.batch))

    def carry_out(self) -> None:
        raise NotImplementedError


class CheckAgain(BatchStep):
    def carry_out(self) -> None:
        operations.rehearse(
            actor=self.actor,
            batch_id=self.batch.pk,
            sheet=self.batch.sheet,
            mapping=self.batch.mapping or None,
            header_row=self.batch.header_rows[-1] if len(self.batch.header_rows) == 1 else None,
            now=self.now,
        )


class Commit(BatchStep):
    def carry_out(self) -> None:
        operations.commit(actor=self.actor, batch_id=self.batch.pk, now=self.now)


class Undo(BatchStep):
    def carry_out(self) -> None:
        operations.undo(actor=self.actor, batch_id=self.batch.pk, now=self.now)


class Columns(BatchView):
    """Match the columns, choose sheet and header row."""

    def get(self, request: HttpRequest, project_id: int, batch_id: int) -> HttpResponseBase:
        if not self.batch.is_open:
            return HttpResponseRedirect(address_of(self.batch))
        return self._page(request, self._form())

    def post(self, request: HttpRequest, project_id: int, batch_id: int) -> HttpResponseBase:
        form = self._form(request.POST)
        reloads = request.POST.get("do") == "reload"
        if not form.is_valid() and not (reloads and not form.has_error("header_row")):
            return self._page(request, form, status=422)
        try:
            batch = operations.rehearse(
                actor=self.actor,
                batch_id=batch_id,
                sheet=form.cleaned_data.get("sheet"),
                header_row=form.cleaned_data["header_row"],
                mapping=None if reloads else form.mapping,
                now=self.now,
            )
        except DomainError as error:
            self.note_refusal(error)
            form.add_error(None, str(error))
            return self._page(request, form, status=error.status)
        if reloads:
            return HttpResponseRedirect(request.path)
        if form.cleaned_data["remembers"] and batch.columns:
            operations.save_mapping(actor=self.actor, batch_id=batch_id, now=self.now)
        return HttpResponseRedirect(address_of(batch))

    def _form(self, data: Any = None) -> forms.Columns:
        sample = queries.sample_of(batch=self.batch)
        return forms.Columns(self.batch, self.importer, sample, data)

    def _page(self, request: HttpRequest, form: forms.Columns, status: int = 200) -> HttpResponse:
        missing = set(self.importer.missing_fields(self.batch.mapping))
        context = {
            **self.context(),
            "step": 2,
            "form": form,
            "needs_mapping": self.batch.state == BatchState.NEEDS_MAPPING,
            "lines": [
                {
                    "field": form[f"field-{item.key}"],
                    "is_required": item.is_required,
                    "is_missing": item.key in missing,
                    "is_unsure": self.batch.confidence.get(item.key, 1) < 0.9,
                }
                for item in self.importer.fields
            ],
        }
        return render(request, "console/imports/columns.html", context, status=status)


class Progress(BatchView):
    """What the waiting page asks for every two seconds."""

    def get(self, request: HttpRequest, project_id: int, batch_id: int) -> HttpResponseBase:
        if self.batch.state not in _AT_WORK:
            return HttpResponseClientRedirect(address_of(self.batch))
        context = {**self.context(), **_progress(self.batch)}
        return render(request, "console/imports/_progress.html", context)


class Annotated(BatchView):
    def get(self, request: HttpRequest, project_id: int, batch_id: int) -> HttpResponseBase:
        """Give the table with its problems beside its rows."""
        stem = self.batch.file_name.rpartition(".")[0] or self.batch.file_name
        response = HttpResponse(annotate(self.batch), content_type=XLSX)
        response.headers["Content-Disposition"] = content_disposition_header(
            as_attachment=True, filename=f"{stem}-{_('problems')}.xlsx"
        )
        return response


def address_of(batch: ImportBatch) -> str:
    """Return the page of a batch."""
    return reverse("imports-batch", args=[batch.project_id, batch.pk])


def _crumbs(project_id: int) -> list[tuple[Any, str]]:
    return [(_("Imports"), reverse("imports", args=[project_id]))]


def _progress(batch: ImportBatch) -> dict[str, Any]:
    return {"job": queries.job_of(batch=batch)}
