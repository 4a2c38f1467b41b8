"""合同台账: the register of contracts, and what of it runs out (PR-54)."""

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.utils.translation import pgettext_lazy as _p

from console.lists import BuiltInView, ChoiceFilter, Column, DayFilter, FlagFilter, ListView
from console.lists import title_column as titled
from console.procurement.choices import projects_of
from kernel.access import Action
from services.procurement.contracts import queries
from services.procurement.contracts.models import Contract, ContractKind, ContractState


class Contracts(ListView):
    action = Action.CONTRACT_VIEW
    template_name = "console/procurement/contracts/list.html"
    page_key = "procurement.contracts"
    title = _("Contract register")
    columns = (
        Column(key="number", label=_("Number"), kind="code", sort="number", is_fixed=True),
        titled("title", _("Title"), sort="title"),
        Column(key="get_kind_display", label=_("Kind")),
        Column(key="vendor.name", label=_("Vendor"), sort="vendor__name", phone="sub"),
        Column(
            key="project",
            label=_("Project"),
            value=lambda row: row.project.name if row.project is not None else _("The company"),
        ),
        Column(
            key="amount",
            label=_("Amount"),
            kind="money",
            sort="amount",
            total="amount",
            phone="end",
        ),
        Column(key="valid_from", label=_("From"), kind="day", sort="valid_from", is_shown=False),
        Column(
            key="valid_to", label=_p("of a contract", "Valid until"), kind="day", sort="valid_to"
        ),
        Column(key="state", label=_("State"), kind="state", phone="end2"),
        Column(key="signed_on", label=_p("of a contract", "Signed"), kind="day", sort="signed_on"),
        Column(key="signed_by_label", label=_p("of a contract", "Signed by"), is_shown=False),
        Column(key="archive_place", label=_("Kept at"), is_shown=False),
    )
    filters = (
        ChoiceFilter(key="state", label=_("State"), field="state", choices=ContractState.choices),
        ChoiceFilter(key="kind", label=_("Kind"), field="kind", choices=ContractKind.choices),
        ChoiceFilter(key="project", label=_("Project"), field="project_id", choices=projects_of),
        DayFilter(key="valid_to", label=_p("of a contract", "Valid until"), field="valid_to"),
        FlagFilter(key="ending", label=_("Ends soon")),
    )
    built_in_views = (
        BuiltInView(key="ending", label=_("Ends soon"), query="ending=1"),
        BuiltInView(key="to-sign", label=_("To be signed"), query="state=PERMITTED"),
        BuiltInView(key="review", label=_("In review"), query="state=REVIEW"),
    )
    search_fields = ("number", "title", "vendor__name")
    search_label = _("Number, title or vendor")
    default_sort = "-number"
    empty_icon = "file-text"
    empty_title = _("No contracts yet")
    empty_text = _("A bulk purchase takes a contract that four parties have reviewed.")

    def get_queryset(self) -> QuerySet[Contract]:
        found = queries.contracts(actor=self.actor)
        wanted = self.filter_value("ending")
        if wanted is None:
            return found
        ending = queries.ending(today=self.today)
        return found.filter(ending) if wanted else found.exclude(ending)

    def row_url(self, row: Contract) -> str:
        return reverse("contracts-contract", args=[row.pk])

    def page_context(self) -> dict[str, Any]:
        return {"may_draft": self.actor.may(Action.CONTRACT_DRAFT)}

    def count_words(self, count: int) -> str:
        return ngettext("%(count)s contract", "%(count)s contracts", count) % {"count": count}
