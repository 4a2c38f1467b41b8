"""The vendor's page: everything about one vendor, in tabs."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from console.histories import in_words
from console.procurement import links
from console.views import ConsoleView
from kernel.access import Action
from kernel.audit.registry import event_words
from kernel.documents.models import Attachment
from kernel.errors import NotFound
from kernel.policies import get as policy
from services.procurement.scorecards import queries as scorecards
from services.procurement.vendors import queries
from services.procurement.vendors.models import (
    PaperState,
    Vendor,
    VendorKind,
    VendorState,
)
from services.procurement.vendors.queries import standing_of
from services.procurement.vendors.rules import Standing

TABS = {
    "": _("Overview"),
    "papers": _("Vendors' papers"),
    "accounts": _("Bank accounts"),
    "supplies": _("Supplies"),
    "contacts": _("Contacts"),
    "holds": _("Holds of vendors"),
    "visits": _("Visits"),
    "files": _("Files"),
    "history": pgettext_lazy("of a record", "History"),
    "scorecard": _("Scorecard"),
}
MOST_SHOWN = 100


class VendorPage(ConsoleView):
    action = Action.VENDOR_VIEW

    def get(self, request: HttpRequest, vendor_id: int) -> HttpResponse:
        tab = request.GET.get("tab", "")
        fill: dict[str, Callable[[], dict[str, Any]]] = {
            "": self.overview,
            "papers": self.papers,
            "accounts": self.accounts,
            "supplies": self.supplies,
            "contacts": self.contacts,
            "holds": self.holds,
            "visits": self.visits,
            "files": dict,
            "history": self.history,
            "scorecard": self.scorecard,
        }
        if tab not in fill or (tab == "files" and not self.actor.may(Action.FILE_VIEW)):
            raise NotFound
        context = {
            **self.frame(tab),
            **fill[tab](),
            "tab_template": f"console/procurement/vendors/_{tab or 'overview'}.html",
        }
        return render(request, "console/procurement/vendors/vendor.html", context)

    @cached_property
    def vendor(self) -> Vendor:
        return queries.get_vendor(actor=self.actor, vendor_id=self.kwargs["vendor_id"])

    @cached_property
    def standing(self) -> Standing:
        return standing_of([self.vendor.pk], today=self.today)[self.vendor.pk]

    def frame(self, tab: str) -> dict[str, Any]:
        vendor, actor = self.vendor, self.actor
        page = reverse("vendors-vendor", args=[vendor.pk])
        may_keep = actor.may_everywhere(Action.VENDOR_MANAGE)
        may_check = actor.may_everywhere(Action.VENDOR_CHECK)
        is_on_register = vendor.state in {VendorState.ACTIVE, VendorState.APPLIED}
        return {
            "title": vendor.name,
            "crumbs": [(_("Vendors"), reverse("vendors"))],
            "vendor": vendor,
            "standing": self.standing,
            "page": page,
            "tab": tab,
            "tabs": [
                {
                    "url": f"{page}?tab={key}" if key else page,
                    "label": label,
                    "current": key == tab,
                }
                for key, label in TABS.items()
                if key != "files" or actor.may(Action.FILE_VIEW)
            ],
            "may_change": may_keep and is_on_register,
            "may_close": may_keep and vendor.state == VendorState.ACTIVE,
            "may_decide": may_check and not may_keep and vendor.state == VendorState.APPLIED,
            "may_reopen": may_check
            and not may_keep
            and vendor.state in {VendorState.CLOSED, VendorState.REFUSED},
            "may_check": may_check and not may_keep,
            "may_lift": may_check,
            "may_hold": (may_keep or may_check) and is_on_register,
            "may_reveal": bool(vendor.phone_encrypted) and (may_keep or may_check),
            "may_see_account": actor.may_everywhere(Action.VENDOR_VIEW),
            "may_reveal_account": may_check or actor.may_everywhere(Action.VENDOR_PAYMENT_PAY),
        }

    def overview(self) -> dict[str, Any]:
        vendor = self.vendor
        return {
            "account": queries.account_in_force(vendor.pk),
            "supplies": vendor.supplies.select_related("category").order_by("category__code"),
            "tables": links.of_vendor(self.actor, vendor),
        }

    def papers(self) -> dict[str, Any]:
        papers = list(self.vendor.papers.select_related("kind").order_by("kind__name", "-pk"))
        files: dict[int, list[Attachment]] = {}
        for file in Attachment.objects.filter(
            subject_type="procurement.vendorpaper",
            subject_id__in=[paper.pk for paper in papers],
            withdrawn_at=None,
        ).order_by("pk"):
            files.setdefault(file.subject_id, []).append(file)
        return {
            "papers": [
                {
                    "paper": paper,
                    "files": len(files.get(paper.pk, [])),
                    "is_over": paper.valid_to is not None and paper.valid_to < self.today,
                    "waits": paper.state == PaperState.SUBMITTED,
                }
                for paper in papers
            ],
        }

    def accounts(self) -> dict[str, Any]:
        accounts = queries.accounts(actor=self.actor, vendor_id=self.vendor.pk)
        return {
            "accounts": [
                {"account": account, "others": queries.vendors_with_number(account)}
                for account in accounts[:MOST_SHOWN]
            ]
        }

    def supplies(self) -> dict[str, Any]:
        return {
            "supplies": self.vendor.supplies.select_related("category").order_by("category__code"),
            "backups": policy("vendor.min_backup", int),
        }

    def contacts(self) -> dict[str, Any]:
        return {"contacts": self.vendor.contacts.order_by("state", "name", "pk")}

    def holds(self) -> dict[str, Any]:
        return {
            "holds": [
                {
                    "hold": hold,
                    "is_over": hold.lifted_at is not None
                    or (hold.last_day is not None and hold.last_day < self.today),
                }
                for hold in self.vendor.holds.order_by("-pk")[:MOST_SHOWN]
            ],
        }

    def visits(self) -> dict[str, Any]:
        due = queries.vendors(actor=self.actor).filter(
            queries.review_due(self.today), pk=self.vendor.pk
        )
        return {
            "visits": self.vendor.visits.order_by("-visited_on", "-pk")[:MOST_SHOWN],
            "is_due": due.exists(),
            "is_intermediary": self.vendor.kind == VendorKind.INTERMEDIARY,
            "checks": self.vendor.checks.order_by("-pk")[:MOST_SHOWN],
        }

    def history(self) -> dict[str, Any]:
        entries = queries.history_of_vendor(actor=self.actor, vendor=self.vendor)
        return {
            "history": in_words(entries[:MOST_SHOWN], lambda entry: event_words(entry.event)),
            "most": MOST_SHOWN,
        }

    def scorecard(self) -> dict[str, Any]:
        return {
            "card": scorecards.scorecard_of(
                actor=self.actor, vendor_id=self.vendor.pk, today=self.today
            )
        }
