"""What the company has of a vendor: names, people, where he is paid; asking for another account."""

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.utils.translation import gettext_lazy as _

from kernel.errors import Conflict, Invalid
from portal.vendors.views import VendorView
from services.procurement.vendors import operations
from services.procurement.vendors.models import AccountState
from services.procurement.vendors.queries import own


class AccountForm(forms.Form):
    holder = forms.CharField(label=_("Account holder"), max_length=100)
    bank = forms.CharField(label=_("Bank and branch"), max_length=100)
    number = forms.CharField(label=_("Account number"), max_length=40)
    reason = forms.CharField(label=_("Reason of the change"), max_length=200, required=False)


class Company(VendorView):
    """What the company has written down of this vendor. It is changed there, on request."""

    def get(self, request: HttpRequest) -> HttpResponseBase:
        accounts = list(own.own_accounts(actor=self.actor))
        return self.page(
            "company",
            title=_("Company data"),
            contacts=own.own_contacts(actor=self.actor),
            accounts=accounts,
            is_pending=any(each.state == AccountState.PENDING for each in accounts),
        )


class NewAccount(VendorView):
    """Ask to be paid to another account; until the company approves, the old one stays."""

    def get(self, request: HttpRequest) -> HttpResponseBase:
        return self._show(AccountForm(initial={"holder": self.vendor.name}))

    def post(self, request: HttpRequest) -> HttpResponseBase:
        form = AccountForm(request.POST)
        if form.is_valid():
            try:
                operations.ask_account(
                    actor=self.actor, vendor_id=self.vendor.pk, now=self.now, **form.cleaned_data
                )
            except (Invalid, Conflict) as error:
                form.add_error(error.field if error.field in form.fields else None, str(error))
            else:
                return HttpResponseRedirect(self.url("portal-company"))
        return self._show(form, status=422)

    def _show(self, form: AccountForm, status: int = 200) -> HttpResponse:
        title = _("Ask to be paid to another account")
        return self.page("account_new", status=status, title=title, form=form)
