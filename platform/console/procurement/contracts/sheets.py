"""The forms on a contract: draft, sign, archive, hand out copies, end, give up."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from console.procurement.contracts import forms
from console.sheets import EditSheet
from kernel.access import Action
from services.procurement import scope
from services.procurement.contracts import operations, queries
from services.procurement.contracts.models import Contract
from services.procurement.contracts.operations import Terms
from services.procurement.contracts.operations.drafting import planned


class NewContract(EditSheet):
    action = Action.CONTRACT_DRAFT
    form_class = forms.NewContract
    title = _("New contract")
    button = _("Save the draft")
    made: Contract | None = None

    def form_options(self) -> dict[str, Any]:
        is_company_wide = self.actor.may_everywhere(Action.CONTRACT_DRAFT)
        projects = [
            (project.pk, project.name)
            for project in scope.projects_with(self.actor, Action.CONTRACT_DRAFT)
        ]
        awards = queries.awards_for_contracts(actor=self.actor)[:200]
        return {
            "people": _people(self),
            "vendors": [
                (vendor.pk, vendor.name)
                for vendor in queries.vendors_for_contracts(actor=self.actor)
            ],
            "projects": [*([("", _("The company"))] if is_company_wide else []), *projects],
            "awards": [(award.pk, f"{award.round.number} {award.round.title}") for award in awards],
            "initial": {"valid_from": self.today},
        }

    def save(self, values: dict[str, Any]) -> None:
        named = {name: values.pop(name) for name in ("kind", "vendor_id", "project_id", "award_id")}
        self.made = operations.draft_contract(
            actor=self.actor, terms=Terms(**values), now=self.now, today=self.today, **named
        )

    def back(self) -> str:
        return reverse("contracts")

    def done(self) -> str:
        assert self.made is not None
        return reverse("contracts-contract", args=[self.made.pk])


class _OfContract(EditSheet):
    """A form of one contract."""

    def back(self) -> str:
        return reverse("contracts-contract", args=[self.kwargs["contract_id"]])

    def words(self) -> dict[str, Any]:
        return {"lead": self.contract().number}

    def contract(self) -> Contract:
        return queries.get_contract(actor=self.actor, contract_id=self.kwargs["contract_id"])


class EditContract(_OfContract):
    action = Action.CONTRACT_DRAFT
    form_class = forms.ContractTerms
    title = _("Change the draft")

    def form_options(self) -> dict[str, Any]:
        contract = self.contract()
        plan = planned(list(queries.plan_of(contract)))
        return {"people": _people(self), "initial": forms.initial_of(contract, plan)}

    def save(self, values: dict[str, Any]) -> None:
        operations.change_contract(
            actor=self.actor,
            contract_id=self.kwargs["contract_id"],
            terms=Terms(**values),
            now=self.now,
        )


class Sign(_OfContract):
    action = Action.CONTRACT_SIGN
    form_class = forms.Sign
    title = _("Sign on behalf of the legal person")
    button = _("It is signed and sealed")

    def form_options(self) -> dict[str, Any]:
        return {"initial": {"signed_on": self.today}}

    def save(self, values: dict[str, Any]) -> None:
        operations.sign_contract(
            actor=self.actor,
            contract_id=self.kwargs["contract_id"],
            signed_on=values["signed_on"],
            seal="CONTRACT" if values["is_sealed"] else "",
            now=self.now,
            today=self.today,
        )


class Archive(_OfContract):
    action = Action.CONTRACT_ARCHIVE
    form_class = forms.Archive
    title = _("Archive the contract")
    button = _("Archive")

    def save(self, values: dict[str, Any]) -> None:
        operations.archive_contract(
            actor=self.actor,
            contract_id=self.kwargs["contract_id"],
            place=values["place"],
            now=self.now,
        )


class GiveCopy(_OfContract):
    action = Action.CONTRACT_ARCHIVE
    form_class = forms.GiveCopy
    title = _("Give a copy to a department")
    button = _("Register the copy")

    def form_options(self) -> dict[str, Any]:
        return {"initial": {"given_on": self.today, "copies": 1}}

    def save(self, values: dict[str, Any]) -> None:
        operations.give_copy(
            actor=self.actor,
            contract_id=self.kwargs["contract_id"],
            now=self.now,
            today=self.today,
            **values,
        )


class End(_OfContract):
    action = Action.CONTRACT_DRAFT
    form_class = forms.End
    title = _("End the contract")
    button = _("End it")

    def form_options(self) -> dict[str, Any]:
        return {"initial": {"ended_on": self.today}}

    def save(self, values: dict[str, Any]) -> None:
        operations.end_contract(
            actor=self.actor,
            contract_id=self.kwargs["contract_id"],
            now=self.now,
            today=self.today,
            **values,
        )


class Cancel(_OfContract):
    action = Action.CONTRACT_DRAFT
    form_class = forms.Cancel
    title = _("Give up the contract")
    button = _("Give it up")

    def save(self, values: dict[str, Any]) -> None:
        operations.cancel_contract(
            actor=self.actor,
            contract_id=self.kwargs["contract_id"],
            reason=values["reason"],
            now=self.now,
        )


def _people(view: EditSheet) -> list[tuple[object, object]]:
    """Return the people who may ask for a contract."""
    return [
        (person.pk, person.label)
        for person in queries.people_of_using_units(actor=view.actor, today=view.today)
    ]
