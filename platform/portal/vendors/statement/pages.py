"""对账: every entry with the balance after it, and the reconciliations that wait for an answer."""

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from console.inputs import MoneyField
from kernel.errors import Conflict, Invalid, NotFound
from portal.vendors.views import VendorView
from services.procurement.payments import operations, queries
from services.procurement.payments.models import StatementState

PER_PAGE = 100


class AnswerForm(forms.Form):
    balance = MoneyField(label=_("Balance in your books"), min_value=None)
    text = forms.CharField(
        label=_("What differs"), max_length=500, required=False, help_text=_("If it differs.")
    )


class Statement(VendorView):
    def get(self, request: HttpRequest) -> HttpResponseBase:
        return self.show()

    def show(self, refused: forms.Form | None = None, refused_id: int = 0) -> HttpResponse:
        statements = list(queries.own_statements(actor=self.actor)[:20])
        entries = queries.own_entries(actor=self.actor)
        return self.page(
            "statement/page",
            title=pgettext_lazy("of a vendor", "Account"),
            balance=queries.balance_of(self.vendor.pk),
            account=Paginator(entries.reverse(), PER_PAGE).get_page(self.request.GET.get("page")),
            statements=[
                (
                    one,
                    None
                    if one.state == StatementState.AGREED
                    else refused
                    if refused is not None and one.pk == refused_id
                    else AnswerForm(prefix=f"s{one.pk}"),
                )
                for one in statements
            ],
            status=422 if refused is not None else 200,
        )


class Answer(Statement):
    """Agree to a reconciliation, or say what differs."""

    http_method_names = ("post",)

    def post(self, request: HttpRequest, statement_id: int) -> HttpResponseBase:
        if not queries.own_statements(actor=self.actor).filter(pk=statement_id).exists():
            raise NotFound
        form = AnswerForm(request.POST, prefix=f"s{statement_id}")
        if form.is_valid():
            try:
                operations.answer_statement(
                    actor=self.actor, statement_id=statement_id, now=self.now, **form.cleaned_data
                )
            except (Invalid, Conflict) as error:
                self._note_refusal(error)
                form.add_error(error.field if error.field in form.fields else None, str(error))
            else:
                return HttpResponseRedirect(self.url("portal-statement"))
        return self.show(form, statement_id)
