"""收银台: find a household, choose what is paid, take the money, hand over the receipt."""

import re
from collections.abc import Collection
from datetime import date
from typing import Any
from uuid import uuid4

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from console.cashier import forms, sums
from console.views import ConsoleView
from kernel.access import Action
from kernel.errors import Conflict, DomainError, Invalid, NotFound
from services.billing.cashier import operations, queries
from services.billing.cashier.models import PaymentMethod, Receipt
from services.billing.papers import bills
from services.billing.papers.bills import Bill
from services.properties import queries as registry
from services.properties import rules as rooms
from services.properties.models import Household, Unit
from services.properties.queries import Found, FoundBy

MOST_FOUND = 12
MOST_TODAY = 8
# How often the page asks what became of a payment whose answer was lost, two seconds apart: as
# long as a web process may take for one request.
MOST_ASKED = 15
_ID = re.compile(r"\d{1,18}")


class DeskView(ConsoleView):
    action = Action.PAYMENT_TAKE

    def household(self, project_id: int, text: str) -> Household:
        """Return the household of an id in the address or a form.

        :raises NotFound: if there is none in this project.
        """
        if not _ID.fullmatch(text):
            raise NotFound
        household = registry.get_household(
            actor=self.actor, household_id=int(text), action=self.action
        )
        if household.project_id != project_id:
            raise NotFound
        return household


class Desk(DeskView):
    """The page. ``?q=`` searches, ``?household=`` shows what is open, ``?receipt=`` what was taken.

    To htmx it answers the part that changes.
    """

    def get(self, request: HttpRequest, project_id: int) -> HttpResponseBase:
        text = request.GET.get("q", "").strip()
        context: dict[str, Any] = {"text": text}
        if "receipt" in request.GET:
            receipt = self._receipt(project_id, request.GET["receipt"])
            context |= {"receipt": receipt, "text": receipt.payment.household.code}
        elif "household" in request.GET:
            household = self.household(project_id, request.GET["household"])
            context |= {"text": text or household.code, **self.bills_of(household)}
        elif text:
            found = find(self, project_id, text)
            household_found = certain(text, found)
            if household_found is not None:
                address = f"{reverse('desk', args=[project_id])}?household={household_found.pk}"
                return self.show(project_id, self.bills_of(household_found) | context, address)
            context["found"] = found
        return self.show(project_id, context, request.get_full_path())

    def post(self, request: HttpRequest, project_id: int) -> HttpResponseBase:
        """Take the payment. Refusals come back with the bills as they are now."""
        household = self.household(project_id, request.POST.get("household", ""))
        form = forms.TakePayment(request.POST)
        refusal: DomainError | None = None
        if form.is_valid():
            try:
                receipt = operations.take_payment(
                    actor=self.actor,
                    household_id=household.pk,
                    now=self.now,
                    today=self.today,
                    **form.cleaned_data,
                )
            except (Conflict, Invalid) as error:
                refusal = error
                visible = {field.name for field in form.visible_fields()}
                form.add_error(error.field if error.field in visible else None, str(error))
            else:
                return self._done(project_id, receipt)
        context = self.bills_of(household, form=form, refusal=refusal)
        return self.show(project_id, context, status=refusal.status if refusal else 422)

    def bills_of(
        self,
        household: Household,
        *,
        form: forms.TakePayment | None = None,
        refusal: DomainError | None = None,
    ) -> dict[str, Any]:
        """Return what the page shows of a household: who it is, what it owes, the payment."""
        open_now = bills.open_bills(household, self.today)
        chosen = {each.line.pk for each in open_now}
        if form is None:
            form = new_payment(household)
        elif form.is_bound and not isinstance(refusal, Conflict):
            chosen &= set(form.cleaned_data.get("line_ids", []))
        figures = sums.sums_of(filled(form, open_now, chosen))
        return {
            "household": household,
            "units": units_of(self, household),
            "groups": groups(open_now, chosen),
            "form": form,
            "sums": figures,
            "refusal": refusal,
            "text": household.code,
        }

    def show(
        self, project_id: int, context: dict[str, Any], address: str = "", *, status: int = 200
    ) -> HttpResponse:
        is_partial = self.request.headers.get("HX-Request") == "true"
        context = {
            "title": _("Cashier desk"),
            "project_id": project_id,
            "methods": METHODS,
            "takings": queries.takings(
                actor=self.actor, project_id=project_id, day=self.today, by=self.actor.user_id
            ),
            "today_receipts": todays_receipts(self, project_id),
            **context,
        }
        template = "console/cashier/_desk.html" if is_partial else "console/cashier/desk.html"
        response = render(self.request, template, context, status=status)
        if is_partial and address:
            response.headers["HX-Push-Url"] = address
        return response

    def _receipt(self, project_id: int, text: str) -> Receipt:
        if not _ID.fullmatch(text):
            raise NotFound
        receipt = queries.get_receipt(actor=self.actor, receipt_id=int(text))
        if receipt.payment.project_id != project_id:
            raise NotFound
        return receipt

    def _done(self, project_id: int, receipt: Receipt) -> HttpResponse:
        address = f"{reverse('desk', args=[project_id])}?receipt={receipt.pk}"
        if self.request.headers.get("HX-Request") != "true":
            return HttpResponseRedirect(address)
        context = {"receipt": receipt, "text": receipt.payment.household.code, "is_new": True}
        return self.show(project_id, context, address)


class DeskFind(DeskView):
    """The households that fit what has been typed so far."""

    def get(self, request: HttpRequest, project_id: int) -> HttpResponseBase:
        text = request.GET.get("q", "").strip()
        context = {"project_id": project_id, "text": text, "found": find(self, project_id, text)}
        return render(request, "console/cashier/_found.html", context)


class DeskSums(DeskView):
    """The sums of the payment that is being put together. Books nothing."""

    def post(self, request: HttpRequest, project_id: int) -> HttpResponseBase:
        context = {"sums": sums.sums_of(forms.TakePayment(request.POST)), "is_update": True}
        return render(request, "console/cashier/_sums.html", context)


class DeskOutcome(Desk):
    """What became of a payment whose answer was lost: asked by its idempotency key."""

    def get(self, request: HttpRequest, project_id: int) -> HttpResponseBase:
        key = request.GET.get("key", "")[:80].replace("\x00", "")
        payment = queries.payment_of_key(actor=self.actor, idempotency_key=key)
        if payment is not None and payment.project_id == project_id:
            response = self._done(project_id, payment.receipt)
            response.headers["HX-Retarget"] = "#desk"
            response.headers["HX-Reswap"] = "innerHTML"
            return response
        asked = request.GET.get("asked", "0")
        times = min(int(asked), MOST_ASKED) + 1 if asked.isascii() and asked.isdigit() else 1
        context = {
            "project_id": project_id,
            "key": key,
            "asked": times,
            "is_settled": times >= MOST_ASKED,
        }
        return render(request, "console/cashier/_outcome.html", context)


class DeskToday(DeskView):
    """Today's receipts, after one of them has changed."""

    def get(self, request: HttpRequest, project_id: int) -> HttpResponseBase:
        context = {
            "project_id": project_id,
            "today_receipts": todays_receipts(self, project_id),
            "takings": queries.takings(
                actor=self.actor, project_id=project_id, day=self.today, by=self.actor.user_id
            ),
            "is_update": True,
        }
        return render(request, "console/cashier/_today.html", context)


# method, icon, keys, label at the desk
METHODS = (
    (PaymentMethod.QR, "scan", "F1 Alt+1", PaymentMethod.QR.label),
    (PaymentMethod.CASH, "cash", "F2 Alt+2", PaymentMethod.CASH.label),
    (PaymentMethod.CARD, "card", "F3 Alt+3", PaymentMethod.CARD.label),
    (PaymentMethod.TRANSFER, "bank", "F4 Alt+4", PaymentMethod.TRANSFER.label),
)


def find(view: ConsoleView, project_id: int, text: str) -> list[Found]:
    """Return the households that fit ``text``, the surest first."""
    return registry.search_households(
        actor=view.actor,
        text=text,
        project_id=project_id,
        limit=MOST_FOUND,
        action=Action.PAYMENT_TAKE,
        today=view.today,
    )


def certain(text: str, found: list[Found]) -> Household | None:
    """Return the one household that is meant beyond doubt: the only one, or the room typed whole.

    Enter opens it at once; otherwise the cashier chooses.
    """
    if len(found) == 1:
        return found[0].household
    keys = set(rooms.room_search(text).keys)
    whole = [
        each.household
        for each in found
        if each.by == FoundBy.ROOM and keys & set(rooms.room_search(each.text).keys)
    ]
    return whole[0] if len(whole) == 1 else None


def units_of(view: ConsoleView, household: Household) -> list[Unit]:
    """Return the household's units, the main one first."""
    units = registry.units(actor=view.actor, project_id=household.project_id)
    return sorted(units.filter(household=household), key=lambda unit: unit.code != household.code)


def groups(open_now: list[Bill], chosen: Collection[int]) -> list[dict[str, Any]]:
    """Return the bills overdue and those not due, each group with its sum and what is chosen."""
    found = []
    for is_overdue in (True, False):
        of_group = [each for each in open_now if bool(each.overdue_days) == is_overdue]
        if of_group:
            found.append(
                {
                    "is_overdue": is_overdue,
                    "bills": [(each, each.line.pk in chosen) for each in of_group],
                    "total": sum(each.left for each in of_group),
                }
            )
    return found


def new_payment(household: Household) -> forms.TakePayment:
    """Return the form for a household that has just been opened: all bills, cash, its payer."""
    return forms.TakePayment(
        initial={
            "idempotency_key": f"desk-{uuid4().hex}",
            "method": PaymentMethod.CASH,
            "payer_name": household.payer.name if household.payer else "",
        }
    )


def filled(
    form: forms.TakePayment, open_now: list[Bill], chosen: Collection[int]
) -> forms.TakePayment:
    """Return the form as it would be sent with the bills as they are now, for their sums."""
    data = QueryDict(mutable=True)
    data.update(form.data if form.is_bound else form.initial)
    data.setlist("line", [str(each.line.pk) for each in open_now if each.line.pk in chosen])
    for each in open_now:
        data[f"shown-{each.line.pk}"] = str(each.left)
    return forms.TakePayment(data)


def todays_receipts(view: ConsoleView, project_id: int) -> list[dict[str, Any]]:
    """Return the newest receipts of today, and whether the visitor may void each."""
    newest = queries.receipts(actor=view.actor).filter(
        payment__project_id=project_id, payment__received_on=view.today
    )[:MOST_TODAY]
    return [
        {"receipt": receipt, "may_void": may_void(view, receipt, view.today)} for receipt in newest
    ]


def may_void(view: ConsoleView, receipt: Receipt, today: date) -> bool:
    """Tell whether the page offers to void a receipt; the operation decides."""
    payment = receipt.payment
    if receipt.is_void or not view.actor.may(Action.RECEIPT_VOID, payment.project_id):
        return False
    if payment.received_by == view.actor.user_id:
        return payment.received_on == today
    return view.actor.may(Action.RECEIPT_VOID_ANY, payment.project_id)
