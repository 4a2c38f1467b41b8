"""盘点: walked with a phone. The books are shown when all is counted, not before."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from console.histories import told_with_cases
from console.procurement.stock import forms
from console.procurement.stock.choices import kept_warehouses
from console.procurement.stock.papers import int_of
from console.procurement.stock.warehouses import may_keep
from console.sheets import EditSheet
from console.views import ConsoleView
from kernel.access import Action
from kernel.approvals.queries import case_of
from kernel.errors import Conflict, DomainError, Invalid
from services.procurement.stock import operations, queries
from services.procurement.stock.models import CountState, StockCount


class StartCount(EditSheet):
    action = Action.STOCK_KEEP
    form_class = forms.StartCount
    title, button = _("Begin a stock count"), _("Begin to count")
    lead = _("Goods may go on moving: each article is compared with the books when it is counted.")
    made: StockCount | None = None

    def form_options(self) -> dict[str, Any]:
        options: dict[str, Any] = {"warehouses": kept_warehouses(self)}
        if self.request.method == "GET":
            options["initial"] = {"warehouse_id": self.request.GET.get("warehouse", "")}
        return options

    def save(self, values: dict[str, Any]) -> None:
        self.made = operations.start_count(actor=self.actor, now=self.now, **values)

    def back(self) -> str:
        return reverse("stock-counts")

    def done(self) -> str:
        assert self.made is not None
        return reverse("stock-counts-count", args=[self.made.pk])


class CountView(ConsoleView):
    """What the pages of one count share."""

    action = Action.STOCK_KEEP

    def show(
        self, count_id: int, *, problem: str = "", at: int | None = None, status: int = 200
    ) -> HttpResponse:
        count = queries.get_count(actor=self.actor, count_id=count_id)
        lines = list(queries.count_lines(count))
        is_blind = count.state == CountState.COUNTING
        left = [line for line in lines if line.counted is None]
        case = case_of(kind="stock.count", subject=count)
        context: dict[str, Any] = {
            "title": count.number,
            "crumbs": [(_("Stock counts"), reverse("stock-counts"))],
            "count": count,
            "lines": lines,
            "left": left,
            "counted": len(lines) - len(left),
            "is_blind": is_blind,
            "differences": [] if is_blind else list(queries.differences_of(count)),
            "may_keep": may_keep(self, count.warehouse),
            "case": case,
            "problem": problem,
            "at": at,
            "history": told_with_cases({StockCount: [count.pk]}),
        }
        return render(self.request, "console/procurement/stock/count.html", context, status=status)

    def back(self, count_id: int, at: int | None = None) -> HttpResponseRedirect:
        anchor = f"#line-{at}" if at else ""
        return HttpResponseRedirect(f"{reverse('stock-counts-count', args=[count_id])}{anchor}")

    def refuse(self, count_id: int, error: DomainError, at: int | None = None) -> HttpResponse:
        self.note_refusal(error)
        return self.show(count_id, problem=str(error), at=at, status=error.status)


class CountPage(CountView):
    action = Action.STOCK_VIEW

    def get(self, request: HttpRequest, count_id: int) -> HttpResponseBase:
        return self.show(count_id)


class CountLine(CountView):
    """One article is counted."""

    def post(self, request: HttpRequest, count_id: int, count_line_id: int) -> HttpResponseBase:
        queries.get_count(actor=self.actor, count_id=count_id, action=Action.STOCK_KEEP)
        form = forms.Counted(request.POST)
        if not form.is_valid():
            words = gettext("Enter the counted quantity with at most three decimals.")
            return self.show(count_id, problem=words, at=count_line_id, status=422)
        try:
            operations.enter_counted(
                actor=self.actor,
                count_id=count_id,
                line_id=count_line_id,
                counted=form.cleaned_data["counted"],
                now=self.now,
            )
        except (Invalid, Conflict) as error:
            return self.refuse(count_id, error, at=count_line_id)
        return self.back(count_id, at=count_line_id)


class FindArticle(CountView):
    """A scan leads to the article's line; what the list does not have is added to it."""

    def post(self, request: HttpRequest, count_id: int) -> HttpResponseBase:
        count = queries.get_count(actor=self.actor, count_id=count_id, action=Action.STOCK_KEEP)
        item = queries.find_item(request.POST.get("code", "")[:100])
        if item is None:
            words = gettext("There is no such article, or several begin like this.")
            return self.show(count_id, problem=words, status=422)
        line = queries.count_lines(count).filter(item=item).first()
        if line is None:
            try:
                line = operations.add_article(
                    actor=self.actor, count_id=count_id, item_id=item.pk, now=self.now
                )
            except (Invalid, Conflict) as error:
                return self.refuse(count_id, error)
        return self.back(count_id, at=line.pk)


class FinishCount(CountView):
    def post(self, request: HttpRequest, count_id: int) -> HttpResponseBase:
        try:
            operations.finish_count(actor=self.actor, count_id=count_id, now=self.now)
        except (Invalid, Conflict) as error:
            return self.refuse(count_id, error)
        return self.back(count_id)


class SubmitCount(CountView):
    """The reasons of the differences, and off to approval, or to be counted again."""

    def post(self, request: HttpRequest, count_id: int) -> HttpResponseBase:
        again = [pk for text in request.POST.getlist("again") if (pk := int_of(text)) is not None]
        reasons = {
            pk: str(words)
            for name, words in request.POST.items()
            if name.startswith("reason-") and (pk := int_of(name.removeprefix("reason-")))
        }
        try:
            if request.POST.get("do") == "again":
                operations.count_again(
                    actor=self.actor, count_id=count_id, line_ids=again, now=self.now
                )
            else:
                operations.submit_count(
                    actor=self.actor, count_id=count_id, reasons=reasons, now=self.now
                )
        except (Invalid, Conflict) as error:
            return self.refuse(count_id, error)
        return self.back(count_id)


class CancelCount(EditSheet):
    action = Action.STOCK_KEEP
    form_class = forms.Reason
    title, button = _("Give the count up"), _("Give it up")

    def form_options(self) -> dict[str, Any]:
        queries.get_count(
            actor=self.actor, count_id=self.kwargs["count_id"], action=Action.STOCK_KEEP
        )
        return {}

    def save(self, values: dict[str, Any]) -> None:
        operations.cancel_count(
            actor=self.actor, count_id=self.kwargs["count_id"], now=self.now, **values
        )

    def back(self) -> str:
        return reverse("stock-counts-count", args=[self.kwargs["count_id"]])
