"""What a company says about itself."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from console.company import forms
from console.views import ConsoleView
from kernel.access import Action
from kernel.audit.queries import history_of_all
from kernel.tenancy import current_company
from tenants.companies import operations
from tenants.companies.models import Company
from tenants.companies.queries import primary_domain

HISTORY_SHOWN = 10


class Settings(ConsoleView):
    action = Action.COMPANY_CONFIGURE

    def get(self, request: HttpRequest) -> HttpResponseBase:
        company = current_company()
        form = forms.Facts(
            initial={
                "name": company.name,
                "name_en": company.name_en,
                "time_zone": company.time_zone,
            }
        )
        return self._page(request, form)

    def post(self, request: HttpRequest) -> HttpResponseBase:
        form = forms.Facts(request.POST)
        if form.is_valid():
            try:
                operations.change_facts(actor=self.actor, now=self.now, **form.cleaned_data)
            except operations.FactInvalid as error:
                form.add_error(error.field, str(error))
            else:
                return HttpResponseRedirect(f"{reverse('company')}?done=saved")
        return self._page(request, form, status=422)

    def _page(self, request: HttpRequest, form: forms.Facts, status: int = 200) -> HttpResponse:
        company = current_company()
        context = {
            "title": _("Company"),
            "form": form,
            "currency": company.currency,
            "host": primary_domain(company_id=company.pk),
            "history": [
                entry
                for entry in history_of_all({Company: [company.pk]})[:HISTORY_SHOWN]
                if entry.event == "companies.company.changed"
            ],
            "is_saved": request.GET.get("done") == "saved",
        }
        return render(request, "console/company/settings.html", context, status=status)
