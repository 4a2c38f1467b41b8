"""One contract: what it says, where its review stands, its plan, its copies, its files."""

from datetime import date

from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from console.histories import told_with_cases
from console.procurement import links
from console.views import ConsoleView
from kernel.access import Action, Actor
from kernel.approvals import queries as approvals
from kernel.approvals.telling import case_path
from services.procurement.contracts import operations, queries
from services.procurement.contracts.models import Contract, ContractKind, ContractState
from services.procurement.orders.queries import prices_of


class ContractPage(ConsoleView):
    action = Action.CONTRACT_VIEW

    def get(self, request: HttpRequest, contract_id: int) -> HttpResponseBase:
        contract = queries.get_contract(actor=self.actor, contract_id=contract_id)
        case = approvals.case_of(kind=queries.KIND, subject=contract)
        context = {
            "title": contract.title,
            "crumbs": [(_("Contract register"), reverse("contracts"))],
            "contract": contract,
            "facts": [contract.number, contract.vendor.name],
            "plan": queries.plan_of(contract),
            "prices": prices_of(contract),
            "tables": links.of_contract(self.actor, contract),
            "copies": queries.copies_of(contract),
            "case_url": case_path(case.pk) if case is not None else "",
            "is_ending": contract.state in queries.IN_FORCE and contract.remind_on <= self.today,
            "history": told_with_cases({Contract: [contract.pk]}),
            "may": _may(self.actor, contract, self.today),
        }
        return render(request, "console/procurement/contracts/contract.html", context)


class Submit(ConsoleView):
    """Send a draft to its joint review."""

    action = Action.CONTRACT_DRAFT

    def post(self, request: HttpRequest, contract_id: int) -> HttpResponseBase:
        operations.submit_contract(actor=self.actor, contract_id=contract_id, now=self.now)
        return HttpResponseRedirect(reverse("contracts-contract", args=[contract_id]))


def _may(actor: Actor, contract: Contract, today: date) -> dict[str, bool]:
    """Return which buttons the page has: what the actor holds where it lies, and its state lets."""

    def holds(action: Action) -> bool:
        if contract.project_id is None:
            return actor.may_everywhere(action)
        return actor.may(action, contract.project_id)

    state = contract.state
    is_framework = contract.kind == ContractKind.FRAMEWORK
    is_signed = state in queries.IN_FORCE
    drafts, archives = holds(Action.CONTRACT_DRAFT), holds(Action.CONTRACT_ARCHIVE)
    return {
        "edit": drafts and state == ContractState.DRAFT,
        "prices": drafts and is_framework and state == ContractState.DRAFT,
        "call_off": holds(Action.PURCHASE_BUY)
        and is_framework
        and queries.is_in_force(contract, today=today),
        "cancel": drafts
        and state in {ContractState.DRAFT, ContractState.REVIEW, ContractState.PERMITTED},
        "sign": holds(Action.CONTRACT_SIGN) and state == ContractState.PERMITTED,
        "archive": archives and state == ContractState.SIGNED,
        "copy": archives and is_signed,
        "end": drafts and is_signed,
    }
