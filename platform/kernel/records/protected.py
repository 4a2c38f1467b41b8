"""Which records' secret files are opened by an approved request only. Filled in ``ready``."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from django.conf import settings
from django.utils import translation

from kernel import policies


@dataclass(frozen=True, slots=True, kw_only=True)
class ProtectedFile:
    """Records of one model whose secret files make up a file such as the owner's.

    :ivar url: the address of the record's page, by its id and project.
    """

    model: str
    name: object
    url: Callable[[int, int | None], str] | None = None


# What the papers of the handbook's list are kept as, in its order (SH-20).
OTHER: Final = "other"
_KEYS: Final = ("id-copy", "agreement", "information-form", "inspection", "renovation", OTHER)
CHECKLIST: Final = "archive.owner_file_checklist"
_LONGEST_KEY: Final = 40


def papers_of(project_id: int) -> list[tuple[str, str]]:
    """Return what an owner's file in a project should hold: what each paper is kept as, its name.

    The list is a setting of the company, and the project's. A paper of the handbook's own list is
    kept under the same key in every language; others under their words.
    """
    known = _known()
    names = policies.get(CHECKLIST, tuple, project_id=project_id)
    return [(known.get(name) or _key_of(name), name) for name in names]


def _known() -> dict[str, str]:
    """Return the keys of the handbook's papers by their names in every language."""
    given = policies.REGISTRY[CHECKLIST].given
    assert isinstance(given, tuple)
    found: dict[str, str] = {}
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            found |= {str(name): key for name, key in zip(given, _KEYS, strict=True)}
    return found


def _key_of(name: str) -> str:
    if len(name) <= _LONGEST_KEY:
        return name
    digest = hashlib.sha256(name.encode()).hexdigest()[:8]
    return f"{name[: _LONGEST_KEY - 9]}-{digest}"


_FILES: dict[str, ProtectedFile] = {}


def register(file: ProtectedFile) -> None:
    """Protect the secret files on the records of a model."""
    _FILES[file.model] = file


def find(model: str) -> ProtectedFile | None:
    """Return what protects the files of a model, ``None`` if nothing does."""
    return _FILES.get(model)
