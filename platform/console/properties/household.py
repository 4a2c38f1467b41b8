"""The household page (房屋 360°): everything about one household, in tabs."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar

from django.db.models import Q, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.functional import cached_property
from django.utils.translation import gettext, ngettext, pgettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from console.formats import spell_money
from console.properties.events import Event, event_of
from console.properties.matrix import matrix
from console.properties.words import in_words, side_by_side
from console.views import ConsoleView
from kernel.access import Action
from kernel.errors import NotFound
from services.billing.cashier import queries as cashier
from services.billing.cashier.models import Payment, PaymentState
from services.billing.metering import queries as metering
from services.billing.runs import queries as runs
from services.billing.runs.models import LineState
from services.billing.standards import queries as standards
from services.billing.standards.models import Method
from services.billing.standards.queries import UnitFee
from services.properties import queries

TABS = {
    "": _("Overview"),
    "bills": _("Bills"),
    "payments": _("Payments"),
    "people": _("People and vehicles"),
    "meters": pgettext_lazy("things in a unit", "Meters"),
    "files": _("Files"),
    "history": _("Changes"),
}
OPEN_STATES = (LineState.OVERDUE, LineState.PARTLY_PAID, LineState.OPEN)
LOG_SHOWN = 12  # of the overview; the tabs show all
MOST_SHOWN = 200


@dataclass(frozen=True)
class Debts:
    """What the household owes today."""

    overdue: Decimal
    overdue_count: int
    oldest_due_on: date | None
    upcoming: Decimal
    next_due_on: date | None


class HouseholdPage(ConsoleView):
    """One page staff live in. Its queries do not grow with what it shows."""

    action = Action.REGISTRY_VIEW
    template_name: ClassVar[str] = "console/properties/household.html"

    def get(self, request: HttpRequest, project_id: int, household_id: int) -> HttpResponse:
        if self.file.household.project_id != project_id:
            raise NotFound
        tab = request.GET.get("tab", "")
        fill: dict[str, Callable[[], dict[str, Any]]] = {
            "": self.overview,
            "bills": self.bills,
            "payments": self.payments,
            "people": self.people,
            "meters": self.meters,
            "files": dict,
            "history": self.history,
        }
        if tab not in fill:
            raise NotFound
        context = {
            **self.frame(tab),
            **fill[tab](),
            "tab_template": f"console/properties/_{tab or 'overview'}.html",
        }
        return render(request, self.template_name, context)

    # ---- what every tab shows ------------------------------------------------------------------

    @cached_property
    def file(self) -> queries.HouseholdFile:
        return queries.household_file(
            actor=self.actor, household_id=self.kwargs["household_id"], today=self.today
        )

    @property
    def project_id(self) -> int:
        return self.file.household.project_id

    def may(self, action: Action) -> bool:
        return self.actor.may(action, self.project_id)

    @cached_property
    def year(self) -> int:
        text = self.request.GET.get("year", "")
        return (
            int(text) if text.isascii() and text.isdigit() and len(text) == 4 else self.today.year
        )

    @cached_property
    def lines(self) -> list[Any]:
        """Lines of the year shown, and those of any year that are open; none reversed."""
        if not self.may(Action.BILL_VIEW):
            return []
        found = runs.lines(actor=self.actor, today=self.today, project_id=self.project_id)
        shown = Q(period__year=self.year) | Q(state__in=OPEN_STATES)
        lines = list(
            found.filter(shown, household=self.file.household, is_reversed=False).order_by(
                "-period", "item__sort_order", "unit__sort_key", "pk"
            )
        )
        for line in lines:
            line.state_label = LineState(line.state).label  # type: ignore[attr-defined]
        return lines

    @cached_property
    def debts(self) -> Debts:
        overdue = [line for line in self.lines if line.open_amount and line.due_on < self.today]
        upcoming = [line for line in self.lines if line.open_amount and line.due_on >= self.today]
        return Debts(
            overdue=sum((line.open_amount for line in overdue), Decimal("0.00")),
            overdue_count=len(overdue),
            oldest_due_on=min((line.due_on for line in overdue), default=None),
            upcoming=sum((line.open_amount for line in upcoming), Decimal("0.00")),
            next_due_on=min((line.due_on for line in upcoming), default=None),
        )

    def frame(self, tab: str) -> dict[str, Any]:
        file, household = self.file, self.file.household
        page = reverse("household", args=[self.project_id, household.pk])
        counts = {"bills": sum(1 for line in self.lines if line.open_amount)}
        hidden = {
            name
            for name, action in (
                ("bills", Action.BILL_VIEW),
                ("payments", Action.PAYMENT_VIEW),
                ("files", Action.FILE_VIEW),
            )
            if not self.may(action)
        }
        return {
            "title": household.label,
            "crumbs": self.crumbs(),
            "file": file,
            "household": household,
            "project_id": self.project_id,
            "page": page,
            "tab": tab,
            "tabs": [
                {
                    "url": f"{page}?tab={key}" if key else page,
                    "label": label,
                    "current": key == tab,
                    "count": counts.get(key) or "",
                }
                for key, label in TABS.items()
                if key not in hidden
            ],
            "facts": self.facts(),
            "debts": self.debts,
            "figures": self.figures(),
            "may_change": self.may(Action.REGISTRY_CHANGE),
            "may_ask_for_file": self.may(Action.ARCHIVE_REQUEST),
            "may_keep_file": self.may(Action.ARCHIVE_KEEP),
            "may_reveal": self.may(Action.PERSONAL_DATA_REVEAL),
            "may_see_bills": self.may(Action.BILL_VIEW),
            "may_notice": self.may(Action.NOTICE_PRINT),
            "desk_url": f"{reverse('desk', args=[self.project_id])}?household={household.pk}"
            if self.may(Action.PAYMENT_TAKE)
            else "",
        }

    def crumbs(self) -> list[tuple[object, str]]:
        units = reverse("units", args=[self.project_id])
        crumbs: list[tuple[object, str]] = [(_("Units and residents"), units)]
        main = self.file.main_unit
        if main is not None and main.building is not None:
            crumbs.append((main.building.name, f"{units}?building={main.building_id}"))
        return crumbs

    def facts(self) -> list[str]:
        """Return the line under the title: owner, area, handover, and what else belongs to it."""
        file, main = self.file, self.file.main_unit
        facts = []
        if file.household.payer is not None:
            facts.append(gettext("Payer %(name)s") % {"name": file.household.payer.name})
        if main is None:
            facts.append(gettext("All units have moved to other accounts"))
            return facts
        facts.append(str(main.get_kind_display()))
        if main.built_area is not None:
            facts.append(gettext("Built area %(area)s m²") % {"area": main.built_area})
        if main.handed_over_on is not None:
            facts.append(
                gettext("Handed over on %(day)s") % {"day": main.handed_over_on.isoformat()}
            )
        others = len(file.units) - 1
        if others:
            words = ngettext(
                "%(count)s more unit in the account", "%(count)s more units in the account", others
            )
            facts.append(words % {"count": others})
        return facts

    # ---- tabs ----------------------------------------------------------------------------------

    def overview(self) -> dict[str, Any]:
        log = self.request.GET.get("log", "")
        if log not in {"", "payments", "changes"}:
            raise NotFound
        page = reverse("household", args=[self.project_id, self.file.household.pk])
        words = {
            "": pgettext("kinds of events", "All"),
            "payments": pgettext("kinds of events", "Payments"),
            "changes": pgettext("kinds of events", "Changes"),
        }
        return {
            "year": self.year,
            "months": range(1, 13),
            "matrix": matrix(line for line in self.lines if line.period.year == self.year),
            "is_this_year": self.year == self.today.year,
            "log": self.timeline(log)[:LOG_SHOWN],
            "log_choices": [
                {"url": f"{page}?log={key}" if key else page, "label": word, "current": key == log}
                for key, word in words.items()
                if key != "payments" or self.may(Action.PAYMENT_VIEW)
            ],
            "fees": self.fees(),
        }

    def figures(self) -> dict[str, Any]:
        """Return the tiles: only what is known, nothing that is not kept yet."""
        figures: dict[str, Any] = {"paid": None, "latest_reading": None}
        household = self.file.household
        if self.may(Action.PAYMENT_VIEW):
            received = cashier.payments(actor=self.actor).filter(
                household=household,
                state=PaymentState.RECEIVED,
                received_on__year=self.today.year,
            )
            figures["paid"] = received.order_by().aggregate(
                amount=Sum("amount", default=Decimal("0.00"))
            )["amount"]
        if self.file.meters and self.may(Action.READING_VIEW):
            figures["latest_reading"] = (
                self._readings().filter(consumption__isnull=False).order_by("-usage_month").first()
            )
        return figures

    def fees(self) -> list[dict[str, Any]]:
        """Return what the units are charged at present, a line per item and unit."""
        found = standards.fees_of_units(
            actor=self.actor,
            project_id=self.project_id,
            unit_ids=[unit.pk for unit in self.file.units],
            period=self.today.replace(day=1),
        )
        labels = {unit.pk: unit.label for unit in self.file.units}
        several = len({fee.unit_id for fee in found}) > 1
        return [
            {
                "item": fee.item.name,
                "unit": labels[fee.unit_id] if several else "",
                "price": price_in_words(fee),
                "standard": fee.version.standard.name if fee.version else "",
                "version": fee.version,
            }
            for fee in found
        ]

    def bills(self) -> dict[str, Any]:
        if not self.may(Action.BILL_VIEW):
            raise NotFound
        shown = [line for line in self.lines if line.period.year == self.year]
        older = [line for line in self.lines if line.period.year < self.year and line.open_amount]
        return {
            "year": self.year,
            "years": range(self.today.year, self.today.year - 5, -1),
            "lines": shown,
            "older": older,
            "several_units": len({line.unit_id for line in shown + older}) > 1,
            "total": sum((line.amount for line in shown), Decimal("0.00")),
            "total_open": sum((line.open_amount for line in shown), Decimal("0.00")),
        }

    def payments(self) -> dict[str, Any]:
        if not self.may(Action.PAYMENT_VIEW):
            raise NotFound
        return {"payments": self._payments(MOST_SHOWN), "most": MOST_SHOWN}

    def people(self) -> dict[str, Any]:
        return {"payer_id": self.file.household.payer_id}

    def meters(self) -> dict[str, Any]:
        if not self.may(Action.READING_VIEW):
            return {"readings": []}
        return {"readings": list(self._readings().order_by("-usage_month", "meter__code")[:36])}

    def history(self) -> dict[str, Any]:
        return {"log": self._changes(MOST_SHOWN), "most": MOST_SHOWN}

    # ---- the timeline --------------------------------------------------------------------------

    def timeline(self, log: str) -> list[Event]:
        """Return payments and changes together, newest first."""
        events: list[Event] = []
        if log != "changes" and self.may(Action.PAYMENT_VIEW):
            events += self._payments(LOG_SHOWN)
        if log != "payments":
            events += self._changes(LOG_SHOWN)
        return sorted(events, key=lambda event: event.at, reverse=True)

    def _payments(self, most: int) -> list[Event]:
        found = list(
            cashier.payments(actor=self.actor).filter(household=self.file.household)[:most]
        )
        paid: dict[int, dict[date, list[str]]] = {}
        for allocation in cashier.allocations_of([payment.pk for payment in found]):
            months = paid.setdefault(allocation.payment_id, {})
            items = months.setdefault(allocation.line.period, [])
            if allocation.line.item.name not in items:
                items.append(allocation.line.item.name)
        return [self._payment_event(payment, paid.get(payment.pk, {})) for payment in found]

    def _payment_event(self, payment: Payment, paid: Mapping[date, Sequence[str]]) -> Event:
        is_void = payment.state == PaymentState.VOIDED
        receipt = getattr(payment, "receipt", None)
        shown = side_by_side(
            f"{month_in_words(month)} {in_words(items)}" for month, items in list(paid.items())[:3]
        )
        if len(paid) > 3:
            shown = gettext("%(items)s and %(count)s more months") % {
                "items": shown,
                "count": len(paid) - 3,
            }
        return Event(
            title=gettext("Payment voided") if is_void else gettext("Payment"),
            at=payment.received_at,
            icon="receipt",
            tone="bad" if is_void else "ok",
            by=payment.received_by_label.partition(" (")[0],
            text=shown,
            amount=payment.amount,
            label=str(payment.get_method_display()),
            note=payment.void_reason if is_void else "",
            code=receipt.code if receipt else "",
            url=reverse("receipts-receipt", args=[self.project_id, receipt.pk]) if receipt else "",
        )

    def _changes(self, most: int) -> list[Event]:
        units = {unit.pk: unit.label for unit in self.file.units}
        entries = queries.history_of_household(actor=self.actor, file=self.file)[:most]
        return [event_of(entry, units) for entry in entries]

    def _readings(self) -> Any:
        return metering.all_readings(actor=self.actor).filter(
            meter__in=[meter.pk for meter in self.file.meters]
        )


def month_in_words(month: date) -> str:
    """Return 2026年11月."""
    return date_format(month, "YEAR_MONTH_FORMAT")


def price_in_words(fee: UnitFee) -> str:
    """Return what a unit pays per month, e.g. ``2.80 per m²``."""
    version = fee.version
    if version is None:
        return gettext("No price applies")
    if version.tiers:
        first = version.tiers[0]["price"]
        return gettext("in tiers, from %(price)s") % {"price": first}
    price = f"{version.price.normalize():f}" if version.price is not None else ""
    if version.price is not None and version.price == version.price.quantize(Decimal("0.01")):
        price = spell_money(version.price)
    texts = {
        Method.PER_AREA: gettext("%(price)s per m² and month"),
        Method.FIXED: gettext("%(price)s per month"),
        Method.TIERED_METER: gettext("%(price)s per unit used"),
    }
    return texts[Method(version.method)] % {"price": price}
