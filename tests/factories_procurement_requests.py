"""Purchase requests and budgets for tests."""

from decimal import Decimal
from typing import Any

from services.procurement.catalogue.models import Category
from services.procurement.requests.models import (
    BudgetUse,
    PurchaseRequest,
    RequestLine,
    RequestState,
)
from services.procurement.requests.rules import line_amount
from services.properties.models import Project
from tests.factories import NOW, TODAY


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
