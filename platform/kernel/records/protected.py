"""Which records' secret files are opened by an approved request only. Filled in ``ready``."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from kernel.text import _


@dataclass(frozen=True, slots=True, kw_only=True)
class ProtectedFile:
    """Records of one model whose secret files make up a file such as the owner's.

    :ivar papers: what such a file should hold (SH-20), by the kind of the attachment.
    :ivar url: the address of the record's page, by its id and project.
    """

    model: str
    name: object
    papers: Sequence[tuple[str, object]]
    url: Callable[[int, int | None], str] | None = None


OWNER_PAPERS = (
    ("id-copy", _("ID copies")),
    ("agreement", _("Signed agreements")),
    ("information-form", _("Owner information form")),
    ("inspection", _("House-inspection papers")),
    ("renovation", _("Confirmed renovation papers")),
    ("other", _("Other papers")),
)

_FILES: dict[str, ProtectedFile] = {}


def register(file: ProtectedFile) -> None:
    """Protect the secret files on the records of a model."""
    _FILES[file.model] = file


def find(model: str) -> ProtectedFile | None:
    """Return what protects the files of a model, ``None`` if nothing does."""
    return _FILES.get(model)
