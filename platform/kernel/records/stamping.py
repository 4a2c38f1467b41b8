"""The viewer's name and the time across every page of what he is shown."""

from datetime import datetime
from typing import Final

import typst

from kernel.documents.pixels import is_too_large
from kernel.documents.printing.embedding import compile_showing, page_count
from kernel.errors import Conflict
from kernel.text import _

STAMPED_TYPES: Final = {
    "application/pdf": "pdf",
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/gif": "gif",
    "image/webp": "webp",
}
_MOST_PAGES: Final = 300

_SOURCE: Final = """
#let facts = json(bytes(sys.inputs.facts))
#set page(
  width: auto, height: auto, margin: 0pt,
  // Scanners make pages of every size: the marks grow with them and reach every corner.
  foreground: layout(page => {
    let one = calc.max(calc.min(page.width, 1.5 * page.height), 60pt) / 595
    let across = calc.max(290 * one, page.width / 40)
    let down = calc.max(103 * one, page.height / 400)
    let (columns, rows) = (calc.ceil(page.width / across), calc.ceil(page.height / down))
    let line = box(width: 290 * one, rotate(-24deg, reflow: false, facts.mark))
    set text(size: 13 * one, fill: rgb(110, 110, 110, 110), font: "Noto Sans SC", lang: "zh")
    set align(top + left)
    box(width: 100%, height: 100%, clip: true, grid(
      columns: (across,) * columns, rows: down, ..range(columns * rows).map(_ => line),
    ))
  }),
)
#for number in range(1, facts.pages + 1) {
  if number > 1 { pagebreak() }
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
    if kind != "pdf" and is_too_large(content):
        raise NotStampable(_("This picture is too large to be shown."))
    try:
        pages = _pages_of(content) if kind == "pdf" else 1
        files = {f"file.{kind}": content}
        return compile_showing(_SOURCE, files, kind=kind, pages=pages, mark=mark)
    except typst.TypstError as error:
        raise NotStampable(_("This file is damaged or too long to be shown.")) from error


def _pages_of(content: bytes) -> int:
    """Return how many pages a PDF has.

    :raises typst.TypstError: if it is none.
    :raises NotStampable: if it is longer than is shown.
    """
    pages = page_count(content)
    if pages > _MOST_PAGES:
        raise NotStampable(_("This file is damaged or too long to be shown."))
    return pages
