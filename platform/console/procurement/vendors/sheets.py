"""The side sheets of vendors: each is one form that one operation takes."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django_htmx.http import HttpResponseClientRedirect

from console.procurement.catalogue.forms import category_choices
from console.procurement.vendors import forms
from console.sheets import EditSheet, SheetView, values_of
from console.views import ConsoleView
from kernel.access import Action
from kernel.errors import Conflict, Invalid
from services.procurement.vendors import operations, queries
from services.procurement.vendors.models import PaperKind, Vendor, VendorPaper


class VendorSheet(EditSheet):
    """A sheet about the vendor of the address; saved, it leads to the tab it belongs to."""

    action = Action.VENDOR_MANAGE
    tab = ""

    @cached_property
    def vendor(self) -> Vendor:
        return queries.get_vendor(actor=self.actor, vendor_id=self.kwargs["vendor_id"])

    def back(self) -> str:
        return page_of(self.vendor.pk, self.tab)


def page_of(vendor_id: int, tab: str = "") -> str:
    page = reverse("vendors-vendor", args=[vendor_id])
    return f"{page}?tab={tab}" if tab else page


# ---- the register -------------------------------------------------------------------------------


class NewVendor(EditSheet):
    action = Action.VENDOR_MANAGE
    title, button = _("New vendor"), _("Enter the vendor")
    form_class = forms.VendorFacts
    made: int | None = None

    def back(self) -> str:
        return reverse("vendors")

    def done(self) -> str:
        return page_of(self.made) if self.made is not None else self.back()

    def save(self, values: dict[str, Any]) -> None:
        self.made = operations.create_vendor(
            actor=self.actor, facts=operations.VendorFacts(**values), now=self.now
        ).pk


class EditVendor(VendorSheet):
    title = _("Change the vendor")
    form_class = forms.VendorChanges

    def form_options(self) -> dict[str, Any]:
        return {"initial": values_of(self.vendor, forms.VendorChanges)}

    def save(self, values: dict[str, Any]) -> None:
        if not values["phone"]:
            del values["phone"]
        operations.change_vendor(
            actor=self.actor,
            vendor_id=self.vendor.pk,
            changes=values,  # type: ignore[arg-type]  # the form's fields are the operation's
            now=self.now,
        )


class Decide(VendorSheet):
    action = Action.VENDOR_CHECK
    title, button = _("Decide on the application"), _("Decide")
    form_class = forms.Decision

    def save(self, values: dict[str, Any]) -> None:
        operations.decide_application(
            actor=self.actor, vendor_id=self.vendor.pk, now=self.now, **values
        )


class Close(VendorSheet):
    title, button = _("Take off the register"), _("Take off the register")
    lead = _("No quotes and no orders any more; his people lose access. What is owed stays.")
    form_class = forms.Reason

    def save(self, values: dict[str, Any]) -> None:
        operations.close_vendor(actor=self.actor, vendor_id=self.vendor.pk, now=self.now, **values)


class Reopen(VendorSheet):
    action = Action.VENDOR_CHECK
    title, button = _("Take on the register again"), _("Take on the register again")
    form_class = forms.Reason

    def save(self, values: dict[str, Any]) -> None:
        operations.reopen_vendor(actor=self.actor, vendor_id=self.vendor.pk, now=self.now, **values)


# ---- papers -------------------------------------------------------------------------------------


class NewPaper(VendorSheet):
    title, button, tab = _("Put in a paper"), _("Put it in and add its file"), "papers"
    lead = _("It counts once somebody else has found it in order.")
    form_class = forms.PaperFacts
    made: int | None = None

    def form_options(self) -> dict[str, Any]:
        kinds = queries.paper_kinds(actor=self.actor).filter(is_active=True)
        return {
            "choices": {"kind_id": [("", _("Choose")), *((kind.pk, kind.label) for kind in kinds)]}
        }

    def done(self) -> str:
        return reverse("files", args=["procurement.vendorpaper", self.made])

    def save(self, values: dict[str, Any]) -> None:
        self.made = operations.add_paper(
            actor=self.actor, vendor_id=self.vendor.pk, now=self.now, **values
        ).pk


class DecidePaper(EditSheet):
    action = Action.VENDOR_CHECK
    title, button = _("Check the paper"), _("Decide")
    form_class = forms.PaperDecision

    @cached_property
    def paper(self) -> VendorPaper:
        return queries.get_paper(actor=self.actor, paper_id=self.kwargs["vendor_paper_id"])

    def words(self) -> dict[str, Any]:
        paper = self.paper
        until = paper.valid_to.isoformat() if paper.valid_to else _("without end")
        lead = _("%(kind)s %(number)s, %(first)s to %(last)s, put in by %(person)s") % {
            "kind": paper.kind.label,
            "number": paper.number,
            "first": paper.valid_from.isoformat(),
            "last": until,
            "person": paper.added_by_label,
        }
        return {"title": f"{paper.kind.label}: {paper.vendor.name}", "lead": lead}

    def back(self) -> str:
        return page_of(self.paper.vendor_id, "papers")

    def save(self, values: dict[str, Any]) -> None:
        operations.decide_paper(actor=self.actor, paper_id=self.paper.pk, now=self.now, **values)


class KindSheet(EditSheet):
    action = Action.VENDOR_CHECK

    def back(self) -> str:
        return reverse("vendors-kinds")


class NewKind(KindSheet):
    title, button = _("New kind of paper"), _("Enter the kind")
    form_class = forms.KindFacts

    def form_options(self) -> dict[str, Any]:
        return {"choices": {"category_ids": category_choices()}}

    def save(self, values: dict[str, Any]) -> None:
        operations.create_paper_kind(actor=self.actor, now=self.now, **values)


class EditKind(KindSheet):
    title = _("Change the kind of paper")
    form_class = forms.KindChanges

    @cached_property
    def kind(self) -> PaperKind:
        return queries.get_paper_kind(actor=self.actor, kind_id=self.kwargs["paper_kind_id"])

    def form_options(self) -> dict[str, Any]:
        chosen = [category.pk for category in self.kind.categories.all()]
        return {
            "initial": {**values_of(self.kind, forms.KindChanges), "category_ids": chosen},
            "choices": {"category_ids": category_choices()},
        }

    def records(self) -> dict[Any, list[int]]:
        return {PaperKind: [self.kind.pk]}

    def save(self, values: dict[str, Any]) -> None:
        operations.change_paper_kind(actor=self.actor, kind_id=self.kind.pk, now=self.now, **values)


# ---- supplies, contacts, accounts ---------------------------------------------------------------


class NewSupply(VendorSheet):
    title, button, tab = _("Add a category"), _("Add it"), "supplies"
    lead = _("With a category come the papers that it takes.")
    form_class = forms.SupplyFacts

    def form_options(self) -> dict[str, Any]:
        return {"choices": {"category_id": [("", _("Choose")), *category_choices()]}}

    def save(self, values: dict[str, Any]) -> None:
        operations.set_supply(actor=self.actor, vendor_id=self.vendor.pk, now=self.now, **values)


class NewContact(VendorSheet):
    title, button, tab = _("Invite a contact"), _("Send the invitation"), "contacts"
    lead = _("He gets a link by mail, and sees what concerns his company only.")
    form_class = forms.ContactFacts

    def save(self, values: dict[str, Any]) -> None:
        operations.invite_contact(
            actor=self.actor, vendor_id=self.vendor.pk, now=self.now, **values
        )


class NewAccount(VendorSheet):
    title, button, tab = _("Ask for another account"), _("Send it to be approved"), "accounts"
    lead = _("The account in force stays until the head of finance has signed.")
    form_class = forms.AccountFacts

    def save(self, values: dict[str, Any]) -> None:
        operations.ask_account(actor=self.actor, vendor_id=self.vendor.pk, now=self.now, **values)


# ---- holds --------------------------------------------------------------------------------------


class StopSheet(VendorSheet):
    """By who keeps the register or checks it: the operation asks for one of both."""

    action = Action.VENDOR_VIEW
    tab = "holds"


class NewHold(StopSheet):
    title, button = _("Put on hold"), _("Put on hold")
    form_class = forms.HoldFacts

    def form_options(self) -> dict[str, Any]:
        return {"initial": {"first_day": self.today}}

    def save(self, values: dict[str, Any]) -> None:
        operations.set_hold(actor=self.actor, vendor_id=self.vendor.pk, now=self.now, **values)


class Blacklist(StopSheet):
    title, button = _("Ask to blacklist"), _("Send it to be approved")
    form_class = forms.BlacklistFacts

    def save(self, values: dict[str, Any]) -> None:
        operations.ask_blacklisting(
            actor=self.actor, vendor_id=self.vendor.pk, now=self.now, **values
        )


class Delist(StopSheet):
    title, button = _("Ask to take off the blacklist"), _("Send it to be approved")
    form_class = forms.Reason

    def save(self, values: dict[str, Any]) -> None:
        operations.ask_delisting(actor=self.actor, vendor_id=self.vendor.pk, now=self.now, **values)


class LiftHold(EditSheet):
    action = Action.VENDOR_CHECK
    title, button = _("Lift the hold"), _("Lift the hold")
    form_class = forms.Reason

    @cached_property
    def vendor_id(self) -> int:
        return queries.get_hold(actor=self.actor, hold_id=self.kwargs["vendor_hold_id"]).vendor_id

    def back(self) -> str:
        return page_of(self.vendor_id, "holds")

    def save(self, values: dict[str, Any]) -> None:
        operations.lift_hold(
            actor=self.actor, hold_id=self.kwargs["vendor_hold_id"], now=self.now, **values
        )


# ---- visits and checks --------------------------------------------------------------------------


class NewVisit(VendorSheet):
    title, button, tab = _("Record a visit"), _("Record it"), "visits"
    form_class = forms.VisitFacts

    def form_options(self) -> dict[str, Any]:
        return {"initial": {"visited_on": self.today}}

    def save(self, values: dict[str, Any]) -> None:
        operations.record_visit(actor=self.actor, vendor_id=self.vendor.pk, now=self.now, **values)


class NewCheck(VendorSheet):
    action = Action.VENDOR_CHECK
    title, button, tab = _("Check the intermediary"), _("Record the check"), "visits"
    lead = _("All four must be in order before quotes are asked for.")
    form_class = forms.CheckFacts

    def save(self, values: dict[str, Any]) -> None:
        operations.check_intermediary(
            actor=self.actor, vendor_id=self.vendor.pk, now=self.now, **values
        )


# ---- what is done by a button -------------------------------------------------------------------


class _Act(ConsoleView):
    """One step without a form."""

    action = Action.VENDOR_MANAGE

    def post(self, request: HttpRequest, **kwargs: int) -> HttpResponseBase:
        address = self.act(**kwargs)
        if request.headers.get("HX-Request") == "true":
            return HttpResponseClientRedirect(address)
        return HttpResponseRedirect(address)

    def act(self, **kwargs: int) -> str:
        raise NotImplementedError


class EndSupply(_Act):
    def act(self, **kwargs: int) -> str:
        supply = queries.get_supply(actor=self.actor, supply_id=kwargs["supply_id"])
        operations.end_supply(actor=self.actor, supply_id=supply.pk, now=self.now)
        return page_of(supply.vendor_id, "supplies")


class InviteAgain(_Act):
    def act(self, **kwargs: int) -> str:
        contact = queries.get_contact(actor=self.actor, contact_id=kwargs["vendor_contact_id"])
        operations.invite_again(actor=self.actor, contact_id=contact.pk, now=self.now)
        return page_of(contact.vendor_id, "contacts")


class EndContact(_Act):
    def act(self, **kwargs: int) -> str:
        contact = queries.get_contact(actor=self.actor, contact_id=kwargs["vendor_contact_id"])
        operations.end_contact(actor=self.actor, contact_id=contact.pk, now=self.now)
        return page_of(contact.vendor_id, "contacts")


# ---- a figure in full ---------------------------------------------------------------------------


class _Reveal(SheetView):
    """A figure in full, for a reason, gone once the sheet is closed; the operation asks who may."""

    action = Action.VENDOR_VIEW

    def get(self, request: HttpRequest, **_kwargs: int) -> HttpResponse:
        return self._ask(forms.Reveal())

    def post(self, request: HttpRequest, **_kwargs: int) -> HttpResponse:
        form = forms.Reveal(request.POST)
        if not form.is_valid():
            return self._ask(form, status=422)
        try:
            value = self.reveal(form.cleaned_data["reason"])
        except (Invalid, Conflict) as error:
            self.take(form, error)
            return self._ask(form, status=422)
        context = {
            "title": self.vendor.name,
            "label": self.label,
            "value": value,
            "is_phone": self.is_phone,
            "reason": form.cleaned_data["reason"],
            "back": page_of(self.vendor.pk, self.tab),
            "sheet_template": "console/properties/_revealed.html",
        }
        is_partial = request.headers.get("HX-Request") == "true"
        name = context["sheet_template"] if is_partial else "console/sheet.html"
        response = render(request, str(name), context)
        response.headers["Cache-Control"] = "no-store"
        return response

    label: Any = ""
    tab = ""
    is_phone = False

    @property
    def vendor(self) -> Vendor:
        raise NotImplementedError

    def reveal(self, reason: str) -> str:
        raise NotImplementedError

    def _ask(self, form: forms.Reveal, status: int = 200) -> HttpResponse:
        return self.show(
            form,
            title=_("%(what)s of %(name)s") % {"what": self.label, "name": self.vendor.name},
            lead=_("Who looked, when and why is kept in the register of looks."),
            button=_("Show it"),
            back=page_of(self.vendor.pk, self.tab),
            status=status,
        )


class RevealPhone(_Reveal):
    label, is_phone = _("Phone"), True

    @cached_property
    def vendor(self) -> Vendor:
        return queries.get_vendor(actor=self.actor, vendor_id=self.kwargs["vendor_id"])

    def reveal(self, reason: str) -> str:
        return operations.reveal_phone(
            actor=self.actor, vendor_id=self.vendor.pk, reason=reason, now=self.now
        )


class RevealAccount(_Reveal):
    label, tab = _("Account number"), "accounts"

    @cached_property
    def vendor(self) -> Vendor:
        return queries.get_account(
            actor=self.actor, account_id=self.kwargs["bank_account_id"]
        ).vendor

    def reveal(self, reason: str) -> str:
        return operations.reveal_account(
            actor=self.actor, account_id=self.kwargs["bank_account_id"], reason=reason, now=self.now
        )
