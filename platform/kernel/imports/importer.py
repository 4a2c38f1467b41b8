"""What a service says to have a table imported, and what it is given to work with."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar, NamedTuple, TypeVar

from django.db.models import Model
from django.utils.translation import pgettext

from kernel.access.actions import Action
from kernel.access.actors import Actor
from kernel.imports.models import ImportBatch, Severity
from kernel.tabular.cells import Cell, Row
from kernel.tabular.headers import Field
from kernel.tabular.problems import CellProblem

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class ImportField:
    """A column an importer knows.

    :param label: its name for people.
    :param names: header texts it is recognised by, best first.
    :param unlike: parts of a header that rule it out.
    :param is_personal: its cells are masked where they are quoted; the file has them in full.
    """

    key: str
    label: Any
    names: tuple[str, ...]
    is_required: bool = False
    unlike: tuple[str, ...] = ()
    is_personal: bool = False

    @property
    def header_field(self) -> Field:
        return Field(self.key, self.names, self.is_required, self.unlike)


class Problem(NamedTuple):
    row_number: int
    field: str
    code: str
    severity: str
    raw: str
    params: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Table:
    """The data rows of the chosen sheet: ``numbers[i]`` is where ``rows[i]`` stood in the file."""

    numbers: list[int]
    rows: list[Row]
    mapping: Mapping[str, int]

    def has(self, key: str) -> bool:
        return key in self.mapping

    def column(self, key: str) -> list[Cell]:
        """Return the cells of a field, row by row; None throughout if no column is matched."""
        index = self.mapping.get(key)
        if index is None:
            return [None] * len(self.rows)
        return [row[index] if index < len(row) else None for row in self.rows]


class Findings:
    """What is found in a table, and which of its rows are rejected for it."""

    def __init__(self, table: Table, personal: Collection[str] = ()) -> None:
        self.table = table
        self._personal = frozenset(personal)
        self.problems: list[Problem] = []
        self.rejected: set[int] = set()  # indexes into the table, not row numbers
        self._faulty: set[tuple[int, str]] = set()

    def has_problem(self, index: int, key: str) -> bool:
        """Tell whether something is said of a row's field already."""
        return (index, key) in self._faulty

    def reject(
        self, index: int, key: str, code: str, raw: object = "", **params: str | int
    ) -> None:
        """Reject a row."""
        self.rejected.add(index)
        self._add(index, key, code, Severity.ERROR, raw, params)

    def note(self, index: int, key: str, code: str, raw: object = "", **params: str | int) -> None:
        """Keep a row, and say what was left out of it or is worth a look."""
        self._add(index, key, code, Severity.WARNING, raw, params)

    def cleaned(
        self,
        key: str,
        clean: Callable[[Cell], T | None],
        *,
        is_required: bool = False,
        rejects: bool = True,
    ) -> list[T | None]:
        """Clean a field in all rows; a cell that cannot be cleaned counts as empty.

        :param is_required: an empty cell rejects its row.
        :param rejects: a wrong cell rejects its row; otherwise it is noted and left out.
        """
        # Columns repeat their values (a building's name, an area), so each is cleaned once.
        known: dict[tuple[type, Cell], T | None] = {}
        values: list[T | None] = []
        for index, cell in enumerate(self.table.column(key)):
            identity = (type(cell), cell)
            if identity in known:
                value = known[identity]
            else:
                try:
                    value = clean(cell)
                except CellProblem as problem:
                    (self.reject if rejects else self.note)(index, key, problem.code, problem.raw)
                    values.append(None)
                    continue
                known[identity] = value
            if value is None and is_required:
                self.reject(index, key, "missing")
            values.append(value)
        return values

    def _add(
        self,
        index: int,
        key: str,
        code: str,
        severity: Severity,
        raw: object,
        params: dict[str, str | int],
    ) -> None:
        text = str("" if raw is None else raw)[:80]
        if key in self._personal:
            text = _masked(text)
        number = self.table.numbers[index]
        self._faulty.add((index, key))
        self.problems.append(Problem(number, key, code, severity.value, text, params))


def _masked(text: str) -> str:
    """Leave enough of a value to find it in the file: its beginning and its end."""
    return text if len(text) < 6 else f"{text[:3]}***{text[-2:]}"


@dataclass(frozen=True, slots=True)
class Context:
    """On whose behalf and into what a table is imported."""

    actor: Actor
    project_id: int
    batch_id: int
    options: Mapping[str, Any]
    now: datetime
    is_commit: bool = False


@dataclass(slots=True)
class Plan:
    """What a table would do to the database as it is now.

    :param created: rows that bring something new; ``changed``: rows that change what there is;
        ``unchanged``: rows that say what is known already.
    :param objects: what would be made, by the importer's own keys, e.g. ``{"buildings": 14}``.
    :param work: what ``apply`` needs; nobody else looks at it.
    """

    created: int
    changed: int
    unchanged: int
    objects: dict[str, int]
    work: Any = field(repr=False, default=None)


class Importer(ABC):
    """One kind of table. Stateless: one instance serves every company."""

    kind: ClassVar[str]
    name: ClassVar[Any]
    action: ClassVar[Action]
    fields: ClassVar[tuple[ImportField, ...]]
    # The columns without which a row names no object: tell a footer from a faulty row.
    essential: ClassVar[tuple[str, ...]]
    # The tables it fills, parents first; each has a column ``import_batch_id``.
    creates: ClassVar[tuple[type[Model], ...]]
    # Sentences for its own problem codes, and names for its own counts.
    messages: ClassVar[Mapping[str, Any]] = {}
    objects: ClassVar[Mapping[str, Any]] = {}

    # Constraints that a concurrent change may violate between the plan and its writing.
    races: ClassVar[frozenset[str]] = frozenset()

    @abstractmethod
    def check_project(self, project_id: int) -> None:
        """Return if there is such a project.

        :raises NotFound: otherwise.
        """

    def hold(self, project_id: int) -> None:
        """Lock the project, so that nothing is worked out from its records meanwhile.

        Called first in the transactions of a commit and of an undo: two imports never make their
        plans at once, and what reads the records under the same lock sees all of them or none.
        """
        return

    def check_options(self, options: Mapping[str, Any]) -> dict[str, Any]:
        """Return the options in the form that is stored.

        :raises Invalid: if one is missing or wrong.
        """
        return {}

    def missing_fields(self, mapping: Mapping[str, int]) -> list[str]:
        """Return the keys of fields that must be matched before anything can be checked."""
        return [item.key for item in self.fields if item.is_required and item.key not in mapping]

    @abstractmethod
    def plan(self, table: Table, findings: Findings, context: Context) -> Plan:
        """Check every row and work out what would be written. Writes nothing.

        Called in the rehearsal, and again in the commit's transaction (``context.is_commit``)
        under the lock of :meth:`hold`.
        """

    @abstractmethod
    def apply(self, plan: Plan, context: Context) -> None:
        """Write what ``plan`` says, in the commit's transaction."""

    def after_undo(self, batch: ImportBatch, context: Context) -> None:
        """Put right what depends on the records that an undo has just taken away."""
        return

    def more_dependents(self, batch: ImportBatch) -> dict[str, int]:
        """Return what else stands in the way of an undo, beyond records that point here."""
        return {}

    def label_of(self, key: str) -> Any:
        """Return a field's name for people; the key itself for a field it does not have."""
        return next((item.label for item in self.fields if item.key == key), key)

    def words(self, params: Mapping[str, Any]) -> dict[str, Any]:
        """Return a problem's parameters as people read them; ``fields`` are columns' names."""
        shown = dict(params)
        if "fields" in shown:
            labels = [str(self.label_of(key)) for key in str(shown["fields"]).split(",")]
            shown["fields"] = pgettext("between items of a list", ", ").join(labels)
        return shown

    @property
    def personal_fields(self) -> list[str]:
        return [item.key for item in self.fields if item.is_personal]

    @property
    def header_fields(self) -> Sequence[Field]:
        return [item.header_field for item in self.fields]


_IMPORTERS: dict[str, Importer] = {}


def register(importer: Importer) -> None:
    """Add an importer; called in ``AppConfig.ready``. Repeatable."""
    _IMPORTERS[importer.kind] = importer


def importer_of(kind: str) -> Importer | None:
    """Return the importer of a kind."""
    return _IMPORTERS.get(kind)


def importers() -> list[Importer]:
    """Return every importer, by kind."""
    return [_IMPORTERS[kind] for kind in sorted(_IMPORTERS)]
