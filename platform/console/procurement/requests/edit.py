"""Write and change a request: its head, and its lines from the catalogue or in free words."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from console import navigation
from console.procurement.choices import projects_of
from console.procurement.requests import forms
from console.views import ConsoleView
from kernel import policies
from kernel.access import Action
from kernel.errors import Conflict, Invalid, NotFound
from kernel.money import round_money
from services.procurement.catalogue import queries as catalogue
from services.procurement.requests import operations, queries, rules
from services.procurement.requests.models import ClassChoice, PurchaseRequest
from services.procurement.requests.operations.drafting import MOST_LINES

BLANK = dict.fromkeys(forms.LineForm.base_fields, "")
MOST_FOUND = 12


class RequestFormView(ConsoleView):
    """GET shows the form; POST adds or drops a line, or saves: ``do`` says what."""

    action = Action.PURCHASE_REQUEST
    record: PurchaseRequest | None = None

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        rows = self.first_rows()
        return self.show(self.head(None), forms.fresh_lines(rows), rows)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        do = request.POST.get("do", "save")
        rows = forms.posted_lines(request.POST)
        if do == "line-add":
            return self._lines([*rows, dict(BLANK)])
        if do.startswith("line-drop-"):
            number = do.removeprefix("line-drop-")
            kept = [row for index, row in enumerate(rows) if str(index) != number]
            return self._lines(kept or [dict(BLANK)])
        if do.startswith("item-"):
            return self._lines([*_filled(rows), self._row_of(do.removeprefix("item-"))])
        return self._save(rows)

    # ---- for subclasses ------------------------------------------------------------------------

    def head(self, data: Any) -> forms.RequestForm:
        raise NotImplementedError

    def first_rows(self) -> Sequence[dict[str, Any]]:
        return [dict(BLANK)]

    def write(
        self, head: forms.RequestForm, lines: Sequence[operations.LineValues]
    ) -> PurchaseRequest:
        raise NotImplementedError

    def crumbs(self) -> list[tuple[Any, str]]:
        return [(_("Purchase requests"), reverse("purchase-requests"))]

    # ---- commands ------------------------------------------------------------------------------

    def _save(self, rows: list[dict[str, str]]) -> HttpResponseBase:
        rows = _filled(rows) or rows
        head, lines = self.head(self.request.POST), forms.bound_lines(rows)
        if not all([head.is_valid(), *[line.is_valid() for line in lines]]):
            return self.show(head, lines, rows, status=422)
        try:
            made = self.write(head, [line.values() for line in lines])
        except (Conflict, Invalid) as error:
            self.note_refusal(error)
            head.add_error(error.field if error.field in head.fields else None, str(error))
            return self.show(head, lines, rows, status=error.status)
        return redirect("purchase-requests-request", made.pk)

    def _row_of(self, item_id: str) -> dict[str, str]:
        if not item_id.isdecimal():
            raise NotFound
        item = catalogue.get_item(actor=self.actor, item_id=int(item_id))
        return forms.row_of_item(item)

    def _lines(self, rows: list[dict[str, str]]) -> HttpResponse:
        """Return the lines anew, as they were typed, without complaints."""
        is_emergency = self.request.POST.get("purchase_class") == ClassChoice.C
        context = _with_amounts(forms.fresh_lines(rows), rows, is_emergency=is_emergency)
        return render(self.request, "console/procurement/requests/_lines.html", context)

    def show(
        self,
        head: forms.RequestForm,
        lines: list[forms.LineForm],
        rows: Sequence[dict[str, Any]],
        *,
        status: int = 200,
    ) -> HttpResponse:
        context = {
            "title": _("New purchase request") if self.record is None else self.record.number,
            "crumbs": self.crumbs(),
            "form": head,
            "record": self.record,
            "has_line_errors": any(line.is_bound and line.errors for line in lines),
            **_with_amounts(
                lines, rows, is_emergency=head["purchase_class"].value() == ClassChoice.C
            ),
        }
        return render(
            self.request, "console/procurement/requests/edit.html", context, status=status
        )


class NewRequest(RequestFormView):
    def head(self, data: Any) -> forms.RequestForm:
        current = navigation.current_project(self.request, self.actor)
        return forms.RequestForm(
            data,
            projects=projects_of(self),
            is_company_wide=self.actor.may_everywhere(Action.PURCHASE_REQUEST),
            initial={"project": str(current.pk) if current else ""},
        )

    def write(
        self, head: forms.RequestForm, lines: Sequence[operations.LineValues]
    ) -> PurchaseRequest:
        return operations.create_request(
            actor=self.actor,
            project_id=head.project_id,
            values=head.values(),
            lines=lines,
            now=self.now,
            today=self.today,
        )


class EditRequest(RequestFormView):
    record: PurchaseRequest

    def check_access(self, project_id: int | None) -> None:
        super().check_access(project_id)
        self.record = queries.get_request(actor=self.actor, request_id=self.kwargs["request_id"])
        operations.require_changeable(self.record)

    def head(self, data: Any) -> forms.RequestForm:
        return forms.RequestForm(data, is_new=False, initial=forms.initial_of(self.record))

    def first_rows(self) -> Sequence[dict[str, Any]]:
        return [forms.row_of_line(one) for one in queries.lines_of(self.record)]

    def write(
        self, head: forms.RequestForm, lines: Sequence[operations.LineValues]
    ) -> PurchaseRequest:
        return operations.change_request(
            actor=self.actor,
            request_id=self.record.pk,
            values=head.values(),
            lines=lines,
            now=self.now,
        )

    def crumbs(self) -> list[tuple[Any, str]]:
        page = reverse("purchase-requests-request", args=[self.record.pk])
        return [*super().crumbs(), (self.record.number, page)]


class Sums(ConsoleView):
    """What the lines on the screen come to, and of which class they are; nothing is saved."""

    action = Action.PURCHASE_REQUEST

    def post(self, request: HttpRequest) -> HttpResponseBase:
        is_emergency = request.POST.get("purchase_class") == ClassChoice.C
        sums = _sums(forms.posted_lines(request.POST), is_emergency=is_emergency)
        context = {"is_update": True, **sums}
        return render(request, "console/procurement/requests/_sums.html", context)


class CatalogueSearch(ConsoleView):
    """Articles of the catalogue, to be put on a request."""

    action = Action.PURCHASE_VIEW

    def get(self, request: HttpRequest) -> HttpResponseBase:
        text = request.GET.get("q", "").strip()[:60]
        found = queries.find_items(actor=self.actor, text=text, limit=MOST_FOUND)
        context = {"items": found, "text": text}
        return render(request, "console/procurement/requests/_items.html", context)


def _filled(rows: Sequence[dict[str, str]]) -> list[dict[str, str]]:
    """Leave out the lines of which nothing was typed."""
    telling = ("item", "name", "quantity", "unit_price")
    return [row for row in rows if any(row[name].strip() for name in telling)]


def _with_amounts(
    lines: Sequence[forms.LineForm], rows: Sequence[dict[str, Any]], *, is_emergency: bool
) -> dict[str, Any]:
    """Return the lines beside what each comes to, and the sums."""
    sums = _sums(rows, is_emergency=is_emergency)
    amounts = [amount for _number, amount in sums["amounts"]]
    return {"lines": list(zip(lines, amounts, strict=True)), **sums}


def _sums(rows: Sequence[dict[str, Any]], *, is_emergency: bool) -> dict[str, Any]:
    """Return what each line comes to, all of them, and their class; as far as they are complete."""
    threshold = policies.get("purchase.class_threshold", Decimal)
    amounts: list[tuple[int, Decimal | None]] = []
    classes = []
    for number, line in enumerate(forms.bound_lines(rows)):
        line.full_clean()
        quantity, price = (line.cleaned_data.get(name) for name in ("quantity", "unit_price"))
        if not quantity or not price:
            amounts.append((number, None))
            continue
        amounts.append((number, round_money(quantity * price)))
        classes.append(
            rules.class_of(
                unit_price=price,
                is_fixed_asset=line.cleaned_data.get("is_fixed_asset", False),
                is_emergency=is_emergency,
                threshold=threshold,
            )
        )
    found = rules.class_of_request(classes).value if classes else ""
    return {
        "amounts": amounts,
        "total": sum((amount for _number, amount in amounts if amount is not None), Decimal(0)),
        "class_word": ClassChoice(found).label if found else "",
        "most_lines": MOST_LINES,
    }
