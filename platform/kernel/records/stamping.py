"""The viewer's name and the time across every page of what he is shown."""

import json
import re
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import typst

from kernel.documents.printing.setting import font_folder
from kernel.errors import Conflict
from kernel.text import _

STAMPED_TYPES: Final = {
    "application/pdf": "pdf",
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/gif": "gif",
    "image/webp": "webp",
}
# Asked for one that is not there, typst tells how many pages a PDF has.
_PAGE_COUNT: Final = re.compile(r"only has (\d+) page")
_FAR: Final = 100_000
_MOST_PAGES: Final = 300

_SOURCE: Final = """
#let facts = json(bytes(sys.inputs.facts))
#set page(
  width: auto, height: auto, margin: 0pt,
  foreground: box(width: 100%, height: 100%, clip: true, {
    set text(size: 13pt, fill: rgb(110, 110, 110, 110), font: "Noto Sans SC", lang: "zh")
    let line = box(width: 290pt, rotate(-24deg, reflow: false, facts.mark))
    grid(columns: (290pt,) * 4, row-gutter: 90pt, ..range(80).map(_ => line))
  }),
)
#for number in range(facts.first, facts.first + facts.pages) {
  if number > facts.first { pagebreak() }
  if facts.kind == "pdf" { image("/file.pdf", page: number) }
  else { image("/file." + facts.kind, width: 480pt) }
}
"""


class NotStampable(Conflict):
    code = "records.not-stampable"


def mark_of(label: str, at: datetime, number: int) -> str:
    """Return the text of the stamp; ``at`` in the company's time zone."""
    return f"{label}  {at:%Y-%m-%d %H:%M}  #{number}"


def stamp(content: bytes, *, content_type: str, mark: str) -> bytes:
    """Return the file as a PDF with ``mark`` across each page.

    :raises NotStampable: if files of this type cannot be shown with a stamp, or it is damaged.
    """
    kind = STAMPED_TYPES.get(content_type)
    if kind is None:
        raise NotStampable(
            _("A file of this type cannot be shown with a watermark: ask for a copy.")
        )
    try:
        pages = _page_count(content) if kind == "pdf" else 1
        return _set(content, kind=kind, first=1, pages=pages, mark=mark)
    except typst.TypstError as error:
        raise NotStampable(_("This file is damaged or too long to be shown.")) from error


def _page_count(content: bytes) -> int:
    """Return how many pages a PDF has.

    :raises typst.TypstError: if it is none.
    :raises NotStampable: if it is longer than is shown.
    """
    try:
        _set(content, kind="pdf", first=_FAR, pages=1, mark="")
    except typst.TypstError as error:
        found = _PAGE_COUNT.search(str(error.diagnostic))
        if found is None:
            raise
        if int(found[1]) <= _MOST_PAGES:
            return int(found[1])
    raise NotStampable(_("This file is damaged or too long to be shown."))


def _set(content: bytes, **facts: Any) -> bytes:
    # A folder of its own for the moment, open to this process's user alone: typst takes what is
    # no text from files only.
    with TemporaryDirectory(prefix="guanjia-stamp-") as folder:
        Path(folder, f"file.{facts['kind']}").write_bytes(content)
        main = Path(folder, "main.typ")
        main.write_text(_SOURCE)
        made = typst.compile(
            str(main),
            root=folder,
            format="pdf",
            sys_inputs={"facts": json.dumps(facts)},
            font_paths=typst.Fonts(
                include_system_fonts=False,
                include_embedded_fonts=False,
                font_paths=[font_folder()],
            ),
        )
    assert isinstance(made, bytes)
    return made
