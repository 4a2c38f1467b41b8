"""What the address of a list page says, checked: search, filters, order, page, view."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.db.models import F, Q
from django.db.models.expressions import OrderBy
from django.http import QueryDict

from console.inputs import plain_text
from console.lists.columns import Column
from console.lists.filters import BadFilter, Filter, Setting

if TYPE_CHECKING:
    from console.lists.views import ListView

PAGE_SIZES = (20, 50, 100, 200)
LONGEST_SEARCH = 100


@dataclass(frozen=True)
class Problem:
    """A part of the address that was not applied, and why."""

    label: str
    message: str


@dataclass(frozen=True)
class ListState:
    search: str
    sort: str  # a column's key, with "-" before it for descending
    page: int
    size: int
    default_size: int
    view: str  # key of a built-in view or the number of a saved one
    settings: dict[str, Setting]
    problems: list[Problem] = field(default_factory=list)
    switches: dict[str, str] = field(default_factory=dict)

    @property
    def params(self) -> list[tuple[str, str]]:
        """What makes up the view: search, filters, order, in a fixed sequence without defaults."""
        pairs = [("q", self.search)] if self.search else []
        for setting in self.settings.values():
            pairs += setting.params
        if self.sort:
            pairs.append(("sort", self.sort))
        return pairs

    @property
    def query(self) -> str:
        """The same as a query string: what a saved view keeps."""
        return urlencode(self.params)

    @property
    def is_narrowed(self) -> bool:
        return bool(self.search or self.settings)

    def address(self, **changes: str | int | None) -> str:
        """Return ``?…`` for this state with some parameters replaced (``None``: left out).

        The page is always left out unless given: a changed list starts at its beginning.
        """
        kept: list[tuple[str, str]] = list(self.params)
        if self.view:
            kept.append(("view", self.view))
        if self.size != self.default_size:
            kept.append(("size", str(self.size)))
        kept += self.switches.items()
        pairs = [(key, value) for key, value in kept if key not in changes]
        pairs += [(key, str(value)) for key, value in changes.items() if value not in {None, ""}]
        return f"?{urlencode(pairs)}"


def read_state(query: QueryDict, view: "ListView") -> ListState:
    """Return the state that an address asks for. What makes no sense is left out and told."""
    settings: dict[str, Setting] = {}
    problems: list[Problem] = []
    for filter_ in view.filters:
        try:
            setting = filter_.read(query, view)
        except BadFilter as error:
            problems.append(Problem(str(filter_.label), str(error)))
            continue
        if setting is not None:
            settings[filter_.key] = setting
    sort = query.get("sort", "")
    if sort.removeprefix("-") not in {column.key for column in view.columns if column.orderings}:
        sort = ""
    size = _whole(query.get("size"), view.page_size)
    search = plain_text(query.get("q", ""))[:LONGEST_SEARCH].replace("\x00", "")
    return ListState(
        search=search,
        sort="" if sort == view.default_sort else sort,
        page=max(_whole(query.get("page"), 1), 1),
        size=size if size in PAGE_SIZES else view.page_size,
        default_size=view.page_size,
        view=query.get("view", "")[:20],
        settings=settings,
        problems=problems,
        switches={
            key: value
            for key, values in view.switches.items()
            if (value := query.get(key, "")) in values
        },
    )


def condition(filters: tuple[Filter, ...], state: ListState) -> Q:
    """Return what the set filters ask for together; those without a field are the view's."""
    total = Q()
    for filter_ in filters:
        setting = state.settings.get(filter_.key)
        if setting is not None and filter_.field:
            total &= filter_.q(setting.value)
    return total


def ordering(columns: tuple[Column, ...], sort: str) -> list[OrderBy]:
    """Return the ``order_by`` of a sort key: empty values last, ``pk`` decides between equals."""
    descending = sort.startswith("-")
    key = sort.removeprefix("-")
    order: list[OrderBy] = []
    for column in columns:
        if column.key != key:
            continue
        for path in column.orderings:
            backwards = descending != path.startswith("-")
            name = F(path.removeprefix("-").replace(".", "__"))
            order.append(name.desc(nulls_last=True) if backwards else name.asc(nulls_last=True))
    order.append(F("pk").desc() if descending else F("pk").asc())
    return order


def _whole(text: str | None, default: int) -> int:
    """Return a page number or size; anything else, and what no list can reach, is the default."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 8 else default
