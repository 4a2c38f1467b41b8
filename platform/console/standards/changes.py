"""Small forms around a standard: make, rename, delete; end and withdraw versions."""

from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from console.sheets import EditSheet
from console.standards.forms import EndForm, ItemForm, NameForm, StandardForm, WithdrawForm
from console.views import ConsoleView
from kernel.access import Action
from kernel.audit.queries import history_of
from kernel.errors import Denied, NotFound
from services.billing.ledger import queries as ledger
from services.billing.ledger.models import AccountKind
from services.billing.standards import operations, queries
from services.billing.standards.models import FeeItem, FeeStandard, FeeVersion

HISTORY_SHOWN = 10
ITEM_EVENTS = {
    "billing.fee-item.created": _("Fee item added"),
    "billing.fee-item.changed": _("Fee item changed"),
}


def page_of(standard: FeeStandard) -> str:
    return reverse("fee-standards-standard", args=[standard.project_id, standard.pk])


def find_standard(view: ConsoleView, project_id: int, standard_id: int) -> FeeStandard:
    """Return the standard of the address. :raises NotFound: if it is not the project's."""
    standard = queries.get_standard(actor=view.actor, standard_id=standard_id)
    if standard.project_id != project_id:
        raise NotFound
    return standard


class StandardSheet(EditSheet):
    """A sheet about the standard of the address, which it leads back to."""

    standard: FeeStandard

    def check_access(self, project_id: int | None) -> None:
        super().check_access(project_id)
        self.standard = find_standard(self, self.kwargs["project_id"], self.kwargs["standard_id"])

    def back(self) -> str:
        return page_of(self.standard)


class NewStandard(EditSheet):
    action = Action.FEE_STANDARD_DRAFT
    title, button = _("New fee standard"), _("Create and set the price")
    form_class = StandardForm
    made: FeeStandard

    def form_options(self) -> dict[str, Any]:
        return {"items": queries.items(actor=self.actor)}

    def back(self) -> str:
        return reverse("fee-standards", args=[self.kwargs["project_id"]])

    def done(self) -> str:
        return page_of(self.made)

    def save(self, values: dict[str, Any]) -> None:
        self.made = operations.create_standard(
            actor=self.actor,
            project_id=self.kwargs["project_id"],
            item_id=values["item"].pk,
            name=values["name"],
            now=self.now,
        )


class RenameStandard(StandardSheet):
    action = Action.FEE_STANDARD_DRAFT
    title, button = _("Rename the standard"), _("Save the name")
    form_class = NameForm

    def form_options(self) -> dict[str, Any]:
        return {"initial": {"name": self.standard.name}}

    def save(self, values: dict[str, Any]) -> None:
        operations.rename_standard(
            actor=self.actor, standard_id=self.standard.pk, now=self.now, **values
        )


class DeleteStandard(ConsoleView):
    action = Action.FEE_STANDARD_DRAFT

    def post(self, request: HttpRequest, project_id: int, standard_id: int) -> HttpResponseBase:
        standard = find_standard(self, project_id, standard_id)
        operations.delete_standard(actor=self.actor, standard_id=standard.pk, now=self.now)
        return redirect("fee-standards", project_id)


class VersionSheet(StandardSheet):
    """A sheet about one version of the standard."""

    version: FeeVersion

    def check_access(self, project_id: int | None) -> None:
        super().check_access(project_id)
        version = self.standard.versions.filter(pk=self.kwargs["version_id"]).first()
        if version is None:
            raise NotFound
        self.version = version

    def done(self) -> str:
        return f"{page_of(self.standard)}?version={self.version.pk}"


class EndVersion(VersionSheet):
    action = Action.FEE_STANDARD_CONFIRM
    title, button = _("End this version"), _("End it")
    lead = _("After its last month nothing is charged unless another version begins.")
    form_class = EndForm

    def save(self, values: dict[str, Any]) -> None:
        operations.end_version(actor=self.actor, version_id=self.version.pk, now=self.now, **values)


class WithdrawVersion(VersionSheet):
    """Drafts are taken back at once; a confirmed version needs a reason."""

    action = Action.FEE_STANDARD_VIEW
    title, button = _("Withdraw this version"), _("Withdraw it")
    lead = _("Only a version by which nothing has been billed can be withdrawn.")
    form_class = WithdrawForm

    def done(self) -> str:
        return self.back()

    def save(self, values: dict[str, Any]) -> None:
        operations.withdraw_version(
            actor=self.actor, version_id=self.version.pk, now=self.now, **values
        )


class ItemSheet(EditSheet):
    """A fee item: a new one, or the names and the account of one there is."""

    action = Action.FEE_STANDARD_DRAFT
    button = _("Save the item")
    form_class = ItemForm
    item: FeeItem | None = None

    def check_access(self, project_id: int | None) -> None:
        super().check_access(project_id)
        if not self.actor.may_everywhere(self.action):
            raise Denied(_("Fee items are set for the whole company."))
        if "item_id" in self.kwargs:
            self.item = queries.items(actor=self.actor).filter(pk=self.kwargs["item_id"]).first()
            if self.item is None:
                raise NotFound

    def words(self) -> dict[str, Any]:
        if self.item is None:
            return {"title": _("New fee item")}
        entries = history_of(self.item)[:HISTORY_SHOWN]
        return {
            "title": self.item.name,
            "history": [(ITEM_EVENTS[e.event], e) for e in entries if e.event in ITEM_EVENTS],
        }

    def form_options(self) -> dict[str, Any]:
        kinds = [AccountKind.INCOME, AccountKind.LIABILITY]
        accounts = ledger.accounts(actor=self.actor).filter(kind__in=kinds)
        options: dict[str, Any] = {"accounts": list(accounts), "item": self.item}
        if self.item:
            options["initial"] = {
                "name": self.item.name,
                "name_en": self.item.name_en,
                "account_code": self.item.account.code,
            }
        return options

    def back(self) -> str:
        return reverse("fee-items")

    def save(self, values: dict[str, Any]) -> None:
        if self.item is None:
            operations.create_item(actor=self.actor, now=self.now, **values)
        else:
            operations.change_item(actor=self.actor, item_id=self.item.pk, now=self.now, **values)
