"""Which papers are printed, and what their templates may name. Filled in ``AppConfig.ready``."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from kernel.documents.printing.markup import Fields, Value
from kernel.errors import NotFound
from kernel.text import _


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a paper: its name for people, and what it holds in a preview."""

    label: Any
    sample: str


# What most papers bear, alike on all of them.
COMPANY: Final = Field(_("Company"), "青禾物业服务有限公司")
PROJECT: Final = Field(_("Project"), "云麓花园")


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintKind:
    """A kind of paper.

    :param folder: where its standard templates lie, ``<key>.<language>.txt``.
    :param fields: by the name that templates use.
    :param lists: rows of fields, each list with its rows in a preview.
    :param blocks: fields whose value is a text with headings and tables of its own.
    """

    key: str
    name: Any
    folder: Path
    fields: Mapping[str, Field]
    lists: Mapping[str, tuple[Any, Mapping[str, Any], list[dict[str, str]]]] = field(
        default_factory=dict
    )
    blocks: Mapping[str, Field] = field(default_factory=dict)
    paper: str = "a4"

    @property
    def names(self) -> Fields:
        return Fields(
            frozenset(self.fields),
            {name: frozenset(columns) for name, (_label, columns, _rows) in self.lists.items()},
            frozenset(self.blocks),
        )

    def standard(self, language: str) -> str:
        """Return the template that the paper has until a company changes it."""
        return (self.folder / f"{self.key}.{language}.txt").read_text(encoding="utf-8")

    def sample(self) -> dict[str, Value]:
        """Return what a preview is filled with."""
        return {
            **{name: each.sample for name, each in self.fields.items()},
            **{name: each.sample for name, each in self.blocks.items()},
            **{name: rows for name, (_label, _columns, rows) in self.lists.items()},
        }


_KINDS: dict[str, PrintKind] = {}


def register(kind: PrintKind) -> None:
    """Add a kind of paper."""
    _KINDS[kind.key] = kind


def kind_named(key: str) -> PrintKind:
    """Return a kind. :raises NotFound: if there is none."""
    kind = _KINDS.get(key)
    if kind is None:
        raise NotFound
    return kind


def all_kinds() -> list[PrintKind]:
    """Return every kind by key."""
    return [_KINDS[key] for key in sorted(_KINDS)]
