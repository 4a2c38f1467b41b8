"""Small forms around a standard: make, rename, delete; end and withdraw versions."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from console.sheets import SheetView
from console.standards.forms import EndForm, ItemForm, NameForm, StandardForm, WithdrawForm
from console.views import ConsoleView
from kernel.access import Action
from kernel.errors import Conflict, Denied, Invalid, NotFound
from services.billing.ledger import queries as ledger
from services.billing.ledger.models import AccountKind
from services.billing.standards import operations, queries
from services.billing.standards.models import FeeItem, FeeStandard


def page_of(standard: FeeStandard) -> str:
    return reverse("fee-standards-standard", args=[standard.project_id, standard.pk])


def find_standard(view: ConsoleView, project_id: int, standard_id: int) -> FeeStandard:
    """Return the standard of the address. :raises NotFound: if it is not the project's."""
    standard = queries.get_standard(actor=view.actor, standard_id=standard_id)
    if standard.project_id != project_id:
        raise NotFound
    return standard


class NewStandard(SheetView):
    action = Action.FEE_STANDARD_DRAFT

    def get(self, request: HttpRequest, project_id: int) -> HttpResponseBase:
        return self._show(self._form(None), project_id)

    def post(self, request: HttpRequest, project_id: int) -> HttpResponseBase:
        form = self._form(request.POST)
        if form.is_valid():
            try:
                standard = operations.create_standard(
                    actor=self.actor,
                    project_id=project_id,
                    item_id=form.cleaned_data["item"].pk,
                    name=form.cleaned_data["name"],
                    now=self.now,
                )
            except (Conflict, Invalid) as error:
                self.take(form, error)
            else:
                return self.go(page_of(standard))
        return self._show(form, project_id, status=422)

    def _form(self, data: Any) -> StandardForm:
        return StandardForm(data, items=queries.items(actor=self.actor))

    def _show(self, form: forms.Form, project_id: int, **extra: Any) -> HttpResponse:
        return self.show(
            form,
            title=_("New fee standard"),
            button=_("Create and set the price"),
            back=reverse("fee-standards", args=[project_id]),
            **extra,
        )


class RenameStandard(SheetView):
    action = Action.FEE_STANDARD_DRAFT

    def get(self, request: HttpRequest, project_id: int, standard_id: int) -> HttpResponseBase:
        standard = find_standard(self, project_id, standard_id)
        return self._show(NameForm(initial={"name": standard.name}), standard)

    def post(self, request: HttpRequest, project_id: int, standard_id: int) -> HttpResponseBase:
        standard = find_standard(self, project_id, standard_id)
        form = NameForm(request.POST)
        if form.is_valid():
            try:
                operations.rename_standard(
                    actor=self.actor, standard_id=standard.pk, now=self.now, **form.cleaned_data
                )
            except (Conflict, Invalid) as error:
                self.take(form, error)
            else:
                return self.go(page_of(standard))
        return self._show(form, standard, status=422)

    def _show(self, form: forms.Form, standard: FeeStandard, **extra: Any) -> HttpResponse:
        return self.show(
            form,
            title=_("Rename the standard"),
            button=_("Save the name"),
            back=page_of(standard),
            **extra,
        )


class DeleteStandard(ConsoleView):
    action = Action.FEE_STANDARD_DRAFT

    def post(self, request: HttpRequest, project_id: int, standard_id: int) -> HttpResponseBase:
        standard = find_standard(self, project_id, standard_id)
        operations.delete_standard(actor=self.actor, standard_id=standard.pk, now=self.now)
        return redirect("fee-standards", project_id)


class EndVersion(SheetView):
    action = Action.FEE_STANDARD_CONFIRM

    def get(
        self, request: HttpRequest, project_id: int, standard_id: int, version_id: int
    ) -> HttpResponseBase:
        standard = find_standard(self, project_id, standard_id)
        return self._show(EndForm(), standard)

    def post(
        self, request: HttpRequest, project_id: int, standard_id: int, version_id: int
    ) -> HttpResponseBase:
        standard = find_standard(self, project_id, standard_id)
        version = standard.versions.filter(pk=version_id).first()
        if version is None:
            raise NotFound
        form = EndForm(request.POST)
        if form.is_valid():
            try:
                operations.end_version(
                    actor=self.actor, version_id=version.pk, now=self.now, **form.cleaned_data
                )
            except (Conflict, Invalid) as error:
                self.take(form, error)
            else:
                return self.go(f"{page_of(standard)}?version={version.pk}")
        return self._show(form, standard, status=422)

    def _show(self, form: forms.Form, standard: FeeStandard, **extra: Any) -> HttpResponse:
        return self.show(
            form,
            title=_("End this version"),
            button=_("End it"),
            back=page_of(standard),
            lead=_("After its last month nothing is charged unless another version begins."),
            **extra,
        )


class WithdrawVersion(SheetView):
    """Drafts are taken back at once; a confirmed version needs a reason."""

    action = Action.FEE_STANDARD_VIEW

    def get(
        self, request: HttpRequest, project_id: int, standard_id: int, version_id: int
    ) -> HttpResponseBase:
        standard = find_standard(self, project_id, standard_id)
        return self._show(WithdrawForm(), standard)

    def post(
        self, request: HttpRequest, project_id: int, standard_id: int, version_id: int
    ) -> HttpResponseBase:
        standard = find_standard(self, project_id, standard_id)
        version = standard.versions.filter(pk=version_id).first()
        if version is None:
            raise NotFound
        form = WithdrawForm(request.POST)
        if form.is_valid():
            try:
                operations.withdraw_version(
                    actor=self.actor, version_id=version.pk, now=self.now, **form.cleaned_data
                )
            except (Conflict, Invalid) as error:
                self.take(form, error)
            else:
                return self.go(page_of(standard))
        return self._show(form, standard, status=422)

    def _show(self, form: forms.Form, standard: FeeStandard, **extra: Any) -> HttpResponse:
        return self.show(
            form,
            title=_("Withdraw this version"),
            button=_("Withdraw it"),
            back=page_of(standard),
            lead=_("Only a version by which nothing has been billed can be withdrawn."),
            **extra,
        )


class ItemSheet(SheetView):
    """A fee item: a new one, or the names and the account of one there is."""

    action = Action.FEE_STANDARD_DRAFT

    def check_access(self, project_id: int | None) -> None:
        super().check_access(project_id)
        if not self.actor.may_everywhere(self.action):
            raise Denied(_("Fee items are set for the whole company."))

    def get(self, request: HttpRequest, item_id: int | None = None) -> HttpResponseBase:
        item = self._item(item_id)
        initial = (
            {"name": item.name, "name_en": item.name_en, "account_code": item.account.code}
            if item
            else None
        )
        return self._show(self._form(None, item, initial=initial), item)

    def post(self, request: HttpRequest, item_id: int | None = None) -> HttpResponseBase:
        item = self._item(item_id)
        form = self._form(request.POST, item)
        if form.is_valid():
            try:
                if item is None:
                    operations.create_item(actor=self.actor, now=self.now, **form.cleaned_data)
                else:
                    operations.change_item(
                        actor=self.actor, item_id=item.pk, now=self.now, **form.cleaned_data
                    )
            except (Conflict, Invalid) as error:
                self.take(form, error)
            else:
                return self.go(reverse("fee-items"))
        return self._show(form, item, status=422)

    def _item(self, item_id: int | None) -> FeeItem | None:
        if item_id is None:
            return None
        item = queries.items(actor=self.actor).filter(pk=item_id).first()
        if item is None:
            raise NotFound
        return item

    def _form(self, data: Any, item: FeeItem | None, **extra: Any) -> ItemForm:
        kinds = [AccountKind.INCOME, AccountKind.LIABILITY]
        accounts = ledger.accounts(actor=self.actor).filter(kind__in=kinds)
        return ItemForm(data, accounts=list(accounts), item=item, **extra)

    def _show(self, form: forms.Form, item: FeeItem | None, **extra: Any) -> HttpResponse:
        return self.show(
            form,
            title=item.name if item else _("New fee item"),
            button=_("Save the item"),
            back=reverse("fee-items"),
            **extra,
        )
