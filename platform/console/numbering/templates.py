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


class Templates(ConsoleView):
    action = Action.COMPANY_CONFIGURE

    def get(self, request: HttpRequest) -> HttpResponseBase:
        context = {
            "title": _("Print templates"),
            "templates": [
                (template, dict(settings.LANGUAGES)[template.language])
                for template in queries.templates(actor=self.actor)
            ],
        }
        return render(request, "console/numbering/templates.html", context)


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

    def get(self, request: HttpRequest, paper: str, language: str) -> HttpResponseBase:
        return self._show(paper, language)

    def post(self, request: HttpRequest, paper: str, language: str) -> HttpResponseBase:
        queries.get_template(actor=self.actor, kind=paper, language=language)
        form = TemplateForm(request.POST)
        if not form.is_valid():
            return self._show(paper, language, form, status=422)
        try:
            operations.save_template(
                actor=self.actor, kind=paper, language=language, now=self.now, **form.cleaned_data
            )
        except (Invalid, Conflict) as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
            return self._show(paper, language, form, status=error.status)
        return HttpResponseRedirect(request.path)

    def _show(
        self, paper: str, language: str, form: TemplateForm | None = None, *, status: int = 200
    ) -> HttpResponse:
        template = queries.get_template(actor=self.actor, kind=paper, language=language)
        kind = template.kind
        context: dict[str, Any] = {
            "title": kind.name,
            "crumbs": [(_("Print templates"), reverse("print-templates"))],
            "template": template,
            "language_name": dict(settings.LANGUAGES)[language],
            "form": form
            or TemplateForm(initial={"body": template.body, "seen_version": template.version}),
            "fields": [*kind.fields.items(), *kind.blocks.items()],
            "lists": [
                (name, label, columns.items())
                for name, (label, columns, _rows) in kind.lists.items()
            ],
            "versions": queries.versions(actor=self.actor, kind=paper, language=language)[:20],
        }
        return render(self.request, "console/numbering/template.html", context, status=status)


class Preview(ConsoleView):
    """The paper with sample values, by what the form holds now; nothing is kept."""

    action = Action.COMPANY_CONFIGURE

    def post(self, request: HttpRequest, paper: str, language: str) -> HttpResponseBase:
        pdf = operations.preview(
            actor=self.actor, kind=paper, language=language, body=request.POST.get("body", "")
        )
        return pdf_response(pdf, f"{paper}.pdf")


class Reset(ConsoleView):
    """Put the standard template back."""

    action = Action.COMPANY_CONFIGURE

    def post(self, request: HttpRequest, paper: str, language: str) -> HttpResponseBase:
        template = queries.get_template(actor=self.actor, kind=paper, language=language)
        operations.reset_template(
            actor=self.actor,
            kind=paper,
            language=language,
            seen_version=template.version,
            now=self.now,
        )
        return HttpResponseRedirect(reverse("print-templates-edit", args=[paper, language]))
