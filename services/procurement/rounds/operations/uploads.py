"""Files that come with a quote: how many, how large."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from kernel.text import _
from services.procurement.rounds.operations.errors import FilesInvalid

MAX_FILES: Final = 5
# Of a quote's files together: up to twenty quotes are opened in one request.
MAX_FILE_BYTES: Final = 30 << 20


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that comes with a quote."""

    name: str
    content: bytes


def require_few(sizes: Collection[int]) -> None:
    """Return if so many files of these sizes may go with a quote. :raises FilesInvalid: if not."""
    if len(sizes) > MAX_FILES or sum(sizes) > MAX_FILE_BYTES:
        raise too_large()


def too_large() -> FilesInvalid:
    return FilesInvalid(
        _("At most %(count)d files of together %(limit_mb)d MB.")
        % {"count": MAX_FILES, "limit_mb": MAX_FILE_BYTES >> 20},
        field="files",
    )


def choose_anew() -> FilesInvalid:
    return FilesInvalid(_("Choose the files anew."), field="files")
