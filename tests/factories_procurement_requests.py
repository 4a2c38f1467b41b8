"""Purchase requests and budgets for tests."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from kernel.access import Actor
from kernel.approvals import operations as approvals
from kernel.approvals import queries as approval_queries
from kernel.approvals.models import Case
from kernel.tenancy import company_day
from services.procurement.catalogue.models import Category
from services.procurement.requests import operations, queries
from services.procurement.requests.models import (
    Budget,
    BudgetUse,
    PurchaseRequest,
    RequestLine,
    RequestState,
)
from services.procurement.requests.operations import LineValues, RequestValues
from services.procurement.requests.rules import line_amount
from services.properties.models import Project
from tests import factories_properties as registry
from tests.factories import NOW, TODAY, add_actor
from tests.factories_approvals import approve

NEEDED = date(2026, 12, 31)  # of class B, late enough for NOW


def category(code: str = "BG", name: str = "办公用品") -> Category:
    return Category.objects.get_or_create(code=code, defaults={"name": name})[0]


def add_request(
    project: Project | None, *lines: tuple[str, str, str], number: str = "CG-1", **values: Any
) -> PurchaseRequest:
    """Return an approved request with lines of name, quantity and price, each bound in no budget.

    For parts that buy; how a request comes to be approved its own tests show.
    """
    amounts = [
        line_amount(quantity=Decimal(quantity), unit_price=Decimal(price))
        for _name, quantity, price in lines
    ]
    request = PurchaseRequest.objects.create(
        **{
            "number": number,
            "project": project,
            "unit": "客服部",
            "title": "办公用品",
            "purchase_class": "A",
            "reason": "日常",
            "amount": sum(amounts, Decimal(0)),
            "state": RequestState.APPROVED,
            "asked_by": 1,
            "asked_by_label": "asker",
            "created_at": NOW,
            "submitted_at": NOW,
            "approved_on": TODAY,
            "purchase_month": TODAY.replace(day=1),
            **values,
        }
    )
    for position, ((name, quantity, price), amount) in enumerate(
        zip(lines, amounts, strict=True), start=1
    ):
        line = RequestLine.objects.create(
            request=request,
            position=position,
            category=category(),
            name=name,
            unit="箱",
            quantity=Decimal(quantity),
            unit_price=Decimal(price),
            amount=amount,
        )
        BudgetUse.objects.create(line=line, budget=None, committed=amount)
    return request


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """A project, and who asks, approves and buys there."""

    project: Project
    asker: Actor
    manager: Actor
    gm: Actor
    buyer: Actor


def open_office(code: str = "YL", name: str = "云麓花园", prefix: str = "") -> Office:
    """Return a project with its people; the company's chains are there."""
    approvals.seed_chains(NOW)
    project = registry.add_project(code, name)
    return Office(
        project=project,
        asker=add_actor(f"{prefix}asker", "mo_manager", project_id=project.pk),
        manager=add_actor(f"{prefix}manager", "property_manager"),
        gm=add_actor(f"{prefix}gm", "company_gm"),
        buyer=add_actor(f"{prefix}buyer", "buyer"),
    )


def line(
    name: str = "复印纸", quantity: str = "30", price: str = "120.00", **values: Any
) -> LineValues:
    """Return a line of free words."""
    return LineValues(
        **{
            "category_id": category().pk,
            "name": name,
            "unit": "箱",
            "quantity": Decimal(quantity),
            "unit_price": Decimal(price),
            **values,
        }
    )


def values(**changed: Any) -> RequestValues:
    return RequestValues(**{"unit": "客服部", "title": "办公用品", "reason": "日常使用", **changed})


def draft(
    office: Office,
    *lines: LineValues,
    now: datetime = NOW,
    actor: Actor | None = None,
    **changed: Any,
) -> PurchaseRequest:
    """Write a request as the office's asker, and look for existing goods."""
    request = operations.create_request(
        actor=actor or office.asker,
        project_id=office.project.pk,
        values=values(**changed),
        lines=lines or (line(),),
        now=now,
        today=company_day(now),
    )
    return operations.note_reallocation(
        actor=actor or office.asker, request_id=request.pk, note="库房无存货", now=now
    )


def submitted(
    office: Office, *lines: LineValues, now: datetime = NOW, reason: str = "", **changed: Any
) -> PurchaseRequest:
    request = draft(office, *lines, now=now, **changed)
    return submit(office, request, now=now, reason=reason)


def submit(
    office: Office, request: PurchaseRequest, *, now: datetime = NOW, reason: str = ""
) -> PurchaseRequest:
    return operations.submit_request(
        actor=office.asker, request_id=request.pk, budget_reason=reason, now=now
    )


def consented(
    office: Office,
    *lines: LineValues,
    at: datetime = NOW,
    now: datetime | None = None,
    budget_reason: str = "",
    **changed: Any,
) -> PurchaseRequest:
    """Write an emergency, to which the property manager consents by telephone."""
    request = draft(office, *lines, now=now or at, purchase_class="C", **changed)
    return operations.log_consent(
        actor=office.asker,
        request_id=request.pk,
        consenter_id=office.manager.require_person(),
        consented_at=at,
        means="电话",
        text="水泵损坏，同意立即采购",
        budget_reason=budget_reason,
        now=now or at,
    )


def case_of(request: PurchaseRequest) -> Case:
    case = approval_queries.case_of(kind=queries.KIND, subject=request)
    assert case is not None
    return case


def sign(
    request: PurchaseRequest, *signers: Actor, now: datetime = NOW, text: str = ""
) -> PurchaseRequest:
    """Sign the steps under way one after the other; return the request as it is then."""
    for signer in signers:
        approve(signer, case_of(request), now=now, text=text)
    request.refresh_from_db()
    return request


def approved(
    office: Office, *lines: LineValues, now: datetime = NOW, **changed: Any
) -> PurchaseRequest:
    request = submitted(office, *lines, now=now, **changed)
    return sign(request, office.manager, office.gm, now=now)


def set_budget(
    actor: Actor, amount: str, project: Project | None, *, year: int = 2026, **changed: Any
) -> Budget:
    return operations.set_budget(
        **{
            "actor": actor,
            "project_id": project.pk if project else None,
            "category_id": category().pk,
            "year": year,
            "amount": Decimal(amount),
            "now": NOW,
            **changed,
        }
    )
