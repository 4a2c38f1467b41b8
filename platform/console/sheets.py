"""Forms in the side sheet."""

from typing import Any, ClassVar

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django_htmx.http import HttpResponseClientRedirect

from console.views import ConsoleView
from kernel.errors import DomainError


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
        **extra: Any,
    ) -> HttpResponse:
        """Return the sheet: ``back`` is where Cancel leads on a page of its own."""
        status = extra.pop("status", 200)
        is_partial = self.request.headers.get("HX-Request") == "true"
        context = {
            "form": form,
            "title": title,
            "button": button,
            "back": back,
            "address": self.request.path,
            **extra,
        }
        context["sheet_template"] = self.sheet_template
        name = self.sheet_template if is_partial else "console/sheet.html"
        return render(self.request, name, context, status=status)

    def go(self, address: str) -> HttpResponse:
        """Leave the sheet for another page."""
        if self.request.headers.get("HX-Request") == "true":
            return HttpResponseClientRedirect(address)
        return redirect(address)

    def take(self, form: forms.Form, error: DomainError) -> None:
        """Put an operation's refusal where the form can show it."""
        form.add_error(error.field if error.field in form.fields else None, str(error))
