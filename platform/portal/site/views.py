"""The platform's own page: what Guanjia is, and the way to one's company."""

from csp.decorators import csp_update
from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from django.views.generic import View

from kernel.tenancy import port_suffix
from tenants.companies.rules import SlugInvalid, SlugReserved, check_slug


class FindCompany(forms.Form):
    slug = forms.CharField(
        label=_("Short name of your company"),
        max_length=40,
        help_text=_("It stands in the invitation that you got by e-mail."),
    )

    def clean_slug(self) -> str:
        slug: str = self.cleaned_data["slug"].strip().lower()
        try:
            check_slug(slug)
        except (SlugInvalid, SlugReserved) as error:
            raise forms.ValidationError(str(error)) from error
        return slug


def company_hosts() -> str:
    """Return every host of a company as a source of the content security policy."""
    return f"{settings.PUBLIC_SCHEME}://*.{settings.BASE_DOMAIN}{port_suffix()}"


# Browsers hold the redirect that answers a form to the same rule as the form.
@method_decorator(csp_update({"form-action": [company_hosts()]}), name="dispatch")
class Home(View):
    """Whoever names a company is sent to its host, whether there is one or not.

    Nothing is looked up, so nothing is told: an unknown company's host answers like any unknown
    host.
    """

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._page(request, FindCompany())

    def post(self, request: HttpRequest) -> HttpResponse:
        form = FindCompany(request.POST)
        if not form.is_valid():
            return self._page(request, form, status=422)
        host = f"{form.cleaned_data['slug']}.{settings.BASE_DOMAIN}{port_suffix()}"
        return HttpResponseRedirect(f"{settings.PUBLIC_SCHEME}://{host}/")

    def _page(self, request: HttpRequest, form: FindCompany, status: int = 200) -> HttpResponse:
        context = {"title": _("Property management, from the first bill on"), "form": form}
        return render(request, "portal/site/home.html", context, status=status)
