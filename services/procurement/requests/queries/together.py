"""Reads over many requests: what a month's round buys together, and what was split up."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import groupby

from kernel import access, policies
from kernel.access import Action, Actor
from kernel.calendar.queries import calendar
from kernel.tenancy import company_day
from services.procurement.requests import rules
from services.procurement.requests.models import PurchaseRequest, RequestLine, RequestState
from services.procurement.requests.queries.reads import lines_to_buy


@dataclass(frozen=True, slots=True, kw_only=True)
class Goods:
    """The same goods of all requests: an article, or what is described freely in one spelling."""

    item_id: int | None
    name: str
    spec: str
    unit: str
    category: str
    quantity: Decimal
    amount: Decimal
    lines: tuple[RequestLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SplitPurchase:
    """Requests of one place for the same goods in one month, below the threshold one by one."""

    split: rules.Split
    place: str
    goods: str
    requests: tuple[PurchaseRequest, ...]


def to_buy_together(*, actor: Actor, month: date, project_id: int | None = None) -> list[Goods]:
    """Return what is left to be bought by a month's round, the same goods together.

    :raises access.ActionDenied: without ``purchase.buy``.
    """
    found = sorted(
        lines_to_buy(actor=actor, month=month, project_id=project_id),
        key=lambda line: (line.category.name, *_goods(line), line.unit, line.pk),
    )
    return [
        _together(tuple(same))
        for _key, same in groupby(found, key=lambda line: (_goods(line), line.unit))
    ]


def splits(*, actor: Actor, month: date) -> list[SplitPurchase]:
    """Return where the same goods were asked for piecemeal in a month (PR-10).

    By the day on which they were submitted; nothing while ``purchase.split_check`` is off.

    :raises access.ActionDenied: without ``purchase.view`` anywhere.
    """
    access.require(actor, Action.PURCHASE_VIEW)
    if not policies.get("purchase.split_check", bool):
        return []
    company = calendar()
    after = rules.purchase_month(approved_on=month, cutoff_day=0)
    lines = list(
        access.scoped(
            RequestLine.objects.filter(
                request__submitted_at__gte=company.start_of(month),
                request__submitted_at__lt=company.start_of(after),
            ).exclude(request__state__in=[RequestState.DRAFT, RequestState.CANCELLED]),
            actor,
            Action.PURCHASE_VIEW,
            "request__project_id",
        ).select_related("request__project", "item")
    )
    found = rules.splits(_asked(lines), threshold=policies.get("purchase.class_threshold", Decimal))
    names = {_key(line): line.name for line in lines}
    requests = {line.request_id: line.request for line in lines}
    return [
        SplitPurchase(
            split=split,
            place=requests[split.request_ids[0]].place_name,
            goods=names[split.goods],
            requests=tuple(requests[pk] for pk in split.request_ids),
        )
        for split in found
    ]


def _asked(lines: Iterable[RequestLine]) -> Iterator[rules.Asked]:
    for line in lines:
        submitted = line.request.submitted_at
        assert submitted is not None
        yield rules.Asked(
            request_id=line.request_id,
            project_id=line.request.project_id,
            goods=_key(line),
            month=company_day(submitted).replace(day=1),
            amount=line.amount,
        )


def _goods(line: RequestLine) -> tuple[str, str, int]:
    """Return by what lines are the same goods, such that they sort by name."""
    return (_spelling(line.name), _spelling(line.spec), line.item_id or 0)


def _key(line: RequestLine) -> str:
    return f"#{line.item_id}" if line.item_id is not None else _spelling(line.name)


def _spelling(text: str) -> str:
    return " ".join(text.split()).casefold()


def _together(lines: tuple[RequestLine, ...]) -> Goods:
    first = lines[0]
    left: list[Decimal] = [line.left for line in lines]  # type: ignore[attr-defined]  # annotated
    return Goods(
        item_id=first.item_id,
        name=first.name,
        spec=first.spec,
        unit=first.unit,
        category=first.category.name,
        quantity=sum(left, Decimal(0)),
        amount=sum(
            (
                rules.line_amount(quantity=quantity, unit_price=line.unit_price)
                for line, quantity in zip(lines, left, strict=True)
            ),
            Decimal(0),
        ),
        lines=lines,
    )
