"""打印模板: what papers look like, in each language."""

from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from console.manuals.papers import pdf_response
from console.views import ConsoleView
from kernel.access import Action
from kernel.documents.printing import operations, queries
from kernel.errors import Conflict, Invalid
from services.properties import queries as properties


class Templates(ConsoleView):
    """The company's templates; in a project what it inherits and what it has of its own."""

    action = Action.COMPANY_CONFIGURE

    def get(self, request: HttpRequest, project_id: int | None = None) -> HttpResponseBase:
        found = queries.templates(actor=self.actor, project_id=project_id)
        context = {
            "title": _("Print templates"),
            "project_id": project_id,
            "templates": [
                (
                    template,
                    dict(settings.LANGUAGES)[template.language],
                    address_of("edit", template.kind.key, template.language, project_id),
                )
                for template in found
            ],
            "projects": properties.projects(actor=self.actor) if project_id is None else [],
        }
        return render(request, "console/numbering/templates.html", context)


def address_of(page: str, paper: str, language: str, project_id: int | None) -> str:
    """Return the address of a page of a template, in a project or in the company."""
    if project_id is None:
        return reverse(f"print-templates-{page}", args=[paper, language])
    return reverse(f"print-templates-project-{page}", args=[project_id, paper, language])


class TemplateForm(forms.Form):
    body = forms.CharField(
        label=_("Template"),
        strip=False,
        widget=forms.Textarea(attrs={"rows": 24, "spellcheck": "false"}),
    )
    seen_version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)


class EditTemplate(ConsoleView):
    """The template of one paper in one language, its fields and its versions."""

    action = Action.COMPANY_CONFIGURE

    def get(
        self, request: HttpRequest, paper: str, language: str, project_id: int | None = None
    ) -> HttpResponseBase:
        return self._show(paper, language, project_id)

    def post(
        self, request: HttpRequest, paper: str, language: str, project_id: int | None = None
    ) -> HttpResponseBase:
        queries.get_template(actor=self.actor, kind=paper, language=language, project_id=project_id)
        form = TemplateForm(request.POST)
        if not form.is_valid():
            return self._show(paper, language, project_id, form, status=422)
        try:
            operations.save_template(
                actor=self.actor,
                kind=paper,
                language=language,
                project_id=project_id,
                now=self.now,
                **form.cleaned_data,
            )
        except (Invalid, Conflict) as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
            return self._show(paper, language, project_id, form, status=error.status)
        return HttpResponseRedirect(request.path)

    def _show(
        self,
        paper: str,
        language: str,
        project_id: int | None,
        form: TemplateForm | None = None,
        *,
        status: int = 200,
    ) -> HttpResponse:
        place: dict[str, Any] = {"kind": paper, "language": language, "project_id": project_id}
        template = queries.get_template(actor=self.actor, **place)
        kind = template.kind
        listed = (
            reverse("print-templates")
            if project_id is None
            else reverse("print-templates-project", args=[project_id])
        )
        context: dict[str, Any] = {
            "title": kind.name,
            "crumbs": [(_("Print templates"), listed)],
            "project_id": project_id,
            "template": template,
            "language_name": dict(settings.LANGUAGES)[language],
            "form": form
            or TemplateForm(initial={"body": template.body, "seen_version": template.version}),
            "fields": [*kind.fields.items(), *kind.blocks.items()],
            "lists": [
                (name, label, columns.items())
                for name, (label, columns, _rows) in kind.lists.items()
            ],
            "versions": queries.versions(actor=self.actor, **place)[:20],
            "preview_url": address_of("preview", paper, language, project_id),
            "reset_url": address_of("reset", paper, language, project_id),
            "company_url": address_of("edit", paper, language, None)
            if project_id is not None and self.actor.may(Action.COMPANY_CONFIGURE, None)
            else "",
            "apart": self._projects_apart(paper, language) if project_id is None else [],
        }
        return render(self.request, "console/numbering/template.html", context, status=status)

    def _projects_apart(self, paper: str, language: str) -> list[tuple[str, str]]:
        """Return the projects that print by a template of their own, with its address."""
        ids = queries.projects_apart(actor=self.actor, kind=paper, language=language)
        return [
            (project.name, address_of("edit", paper, language, project.pk))
            for project in properties.projects(actor=self.actor).filter(pk__in=ids)
        ]


class Preview(ConsoleView):
    """The paper with sample values, by what the form holds now; nothing is kept."""

    action = Action.COMPANY_CONFIGURE

    def post(
        self, request: HttpRequest, paper: str, language: str, project_id: int | None = None
    ) -> HttpResponseBase:
        pdf = operations.preview(
            actor=self.actor,
            kind=paper,
            language=language,
            body=request.POST.get("body", ""),
            project_id=project_id,
        )
        return pdf_response(pdf, f"{paper}.pdf")


class Reset(ConsoleView):
    """Let a project's template give way to the company's, or this one to the standard."""

    action = Action.COMPANY_CONFIGURE

    def post(
        self, request: HttpRequest, paper: str, language: str, project_id: int | None = None
    ) -> HttpResponseBase:
        template = queries.get_template(
            actor=self.actor, kind=paper, language=language, project_id=project_id
        )
        operations.reset_template(
            actor=self.actor,
            kind=paper,
            language=language,
            seen_version=template.version,
            project_id=project_id,
            now=self.now,
        )
        return HttpResponseRedirect(address_of("edit", paper, language, project_id))
