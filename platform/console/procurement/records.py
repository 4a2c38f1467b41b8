"""The page of one paper of procurement: state, tables, facts, files, history."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any, ClassVar

from django.db.models import Model
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from console.histories import told_with_cases
from console.views import ConsoleView
from kernel.access import Action, Actor
from kernel.approvals import queries as approvals
from kernel.approvals.telling import case_path


@dataclass(frozen=True, slots=True, kw_only=True)
class Button:
    """Something that may be done with a paper, in the side sheet or on a page of its own."""

    label: Any
    url: str
    icon: str = ""
    is_sheet: bool = True
    is_primary: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """What stands in a table: text, an amount, a link, a chip."""

    value: Any
    kind: str = "text"  # text, money, number, day, time, code
    url: str = ""
    tone: str = ""
    note: Any = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Rows under headings; numbers stand on the right."""

    title: Any
    headings: tuple[Any, ...]
    rows: list[tuple[Cell, ...]]
    empty: Any = ""

    @property
    def heads(self) -> list[tuple[Any, bool]]:
        """Return each heading, and whether amounts or numbers stand below it."""
        first = self.rows[0] if self.rows else ()
        are_numbers = [cell.kind in ("money", "number") for cell in first]
        return list(zip_longest(self.headings, are_numbers, fillvalue=False))


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """A line beside the paper."""

    label: Any
    cell: Cell


def text(value: Any, **more: Any) -> Cell:
    return Cell(value=value, **more)


def money(value: Any, **more: Any) -> Cell:
    return Cell(value=value, kind="money", **more)


def number(value: Any, **more: Any) -> Cell:
    return Cell(value=value, kind="number", **more)


def day(value: Any) -> Cell:
    return Cell(value=value, kind="day")


def person(value: str) -> Cell:
    return Cell(value=value, kind="who")


def place(project: Any) -> Any:
    """Return whose a paper is, in words."""
    return project.name if project is not None else _("The company")


def holds(actor: Actor, action: Action, project_id: int | None) -> bool:
    """Tell whether the visitor may do something where a paper lies."""
    if project_id is None:
        return actor.may_everywhere(action)
    return actor.may(action, project_id)


def named(view: ConsoleView) -> int:
    """Return the id in the address of a page of one paper."""
    (pk,) = view.kwargs.values()
    return int(pk)


class RecordPage(ConsoleView):
    """A paper, told by its class."""

    action = Action.PURCHASE_VIEW
    crumb: ClassVar[Any]
    route: ClassVar[str]  # of the list that it is in
    kind: ClassVar[str] = ""  # of the approvals, if it goes through one
    carrier: ClassVar[str] = ""  # of its files

    # ---- for subclasses ------------------------------------------------------------------------

    def find(self, pk: int) -> Model:
        raise NotImplementedError

    def title(self, record: Any) -> Any:
        return record.number

    def meta(self, record: Any) -> list[Any]:
        return []

    def tables(self, record: Any) -> Iterable[Table]:
        return ()

    def facts(self, record: Any) -> Iterable[tuple[Any, Cell]]:
        return ()

    def buttons(self, record: Any) -> Iterable[Button]:
        return ()

    def note(self, record: Any) -> tuple[str, Any] | None:
        """Return a note above the paper, with its tone."""
        return None

    def records(self, record: Any) -> Mapping[type[Model], list[int]]:
        """Return whose history is told."""
        return {type(record): [record.pk]}

    # ---- requests ------------------------------------------------------------------------------

    def get(self, request: HttpRequest, **_kwargs: int) -> HttpResponseBase:
        record = self.find(named(self))
        case = approvals.case_of(kind=self.kind, subject=record) if self.kind else None
        context = {
            "title": self.title(record),
            "crumbs": [(self.crumb, reverse(self.route))],
            "record": record,
            "meta": [word for word in self.meta(record) if word],
            "tables": list(self.tables(record)),
            "facts": [
                Fact(label=label, cell=cell)
                for label, cell in self.facts(record)
                if cell.value not in ("", None)
            ],
            "buttons": list(self.buttons(record)),
            "note": self.note(record),
            "case_url": case_path(case.pk) if case is not None else "",
            "case": case,
            "carrier": self.carrier,
            "history": told_with_cases(self.records(record)),
        }
        return render(request, "console/procurement/record.html", context)
