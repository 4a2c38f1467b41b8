"""Forms in the side sheet."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django_htmx.http import HttpResponseClientRedirect

from console.histories import told
from console.views import ConsoleView
from kernel.duties import KeptApart
from kernel.errors import Conflict, DomainError, Invalid


class SheetView(ConsoleView):
    """A form in the side sheet; a page of its own without a script.

    Links to it carry ``data-sheet hx-get="…" hx-target="#sheet-body"``.
    """

    sheet_template: ClassVar[str] = "console/components/sheet_form.html"

    def show(
        self,
        form: forms.Form | None,
        *,
        title: object,
        back: str,
        button: object = "",
        template: str = "",
        **extra: Any,
    ) -> HttpResponse:
        """Return the sheet: ``back`` is where Cancel leads on a page of its own.

        :param template: in place of the view's own.
        """
        status = extra.pop("status", 200)
        if form is not None:  # the page below may have fields of the same names
            form.auto_id = "sheet_%s"
        is_partial = self.request.headers.get("HX-Request") == "true"
        context = {
            "form": form,
            "title": title,
            "button": button,
            "back": back,
            "address": self.request.path,
            **extra,
        }
        context["sheet_template"] = template or self.sheet_template
        name = context["sheet_template"] if is_partial else "console/sheet.html"
        return render(self.request, name, context, status=status)

    def go(self, address: str) -> HttpResponse:
        """Leave the sheet for another page."""
        if self.request.headers.get("HX-Request") == "true":
            return HttpResponseClientRedirect(address)
        return redirect(address)

    def take(self, form: forms.Form, error: DomainError) -> None:
        """Put an operation's refusal where the form can show it."""
        self.note_refusal(error)
        form.add_error(error.field if error.field in form.fields else None, str(error))


class EditSheet(SheetView):
    """A sheet with one form that one operation takes."""

    title: ClassVar[Any] = ""
    button: ClassVar[Any] = _("Save the changes")
    lead: ClassVar[Any] = ""
    form_class: ClassVar[type[forms.Form]]

    # ---- for subclasses ------------------------------------------------------------------------

    def form_options(self) -> dict[str, Any]:
        """Return what the form takes beside its data: initial values and choices."""
        return {}

    def filled(self, request: HttpRequest) -> forms.Form:
        """Return the form with what was sent; one that takes files adds ``request.FILES``."""
        return self.form_class(request.POST, **self.form_options())

    def save(self, values: dict[str, Any]) -> None:
        """Call the operation."""
        raise NotImplementedError

    def back(self) -> str:
        """Return where the sheet was opened, and where it leads once saved."""
        raise NotImplementedError

    def done(self) -> str:
        """Return where it leads once saved."""
        return self.back()

    def words(self) -> dict[str, Any]:
        """Return ``title``, ``button`` and maybe ``lead``, where they depend on the record."""
        return {}

    def records(self) -> Mapping[type[Model], list[int]]:
        """Return whose history the sheet shows, by model and ids. Access to them is checked."""
        return {}

    # ---- requests ------------------------------------------------------------------------------

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return self._sheet(self.form_class(**self.form_options()))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        form = self.filled(request)
        if form.is_valid():
            try:
                self.save(form.cleaned_data)
            except (Conflict, Invalid, KeptApart) as error:
                self.take(form, error)
            else:
                return self.go(self.done())
        return self._sheet(form, status=422)

    def _sheet(self, form: forms.Form, **extra: Any) -> HttpResponse:
        words = {
            "title": self.title,
            "button": self.button,
            "lead": self.lead,
            **self.words(),
        }
        records = self.records()
        if records:
            words["history"] = told(records)
        return self.show(form, back=self.back(), **words, **extra)


def values_of(row: object, form: type[forms.Form]) -> dict[str, Any]:
    """Return the present values of a record for a form whose fields bear the same names."""
    return {name: getattr(row, name) for name in form.base_fields if hasattr(row, name)}
