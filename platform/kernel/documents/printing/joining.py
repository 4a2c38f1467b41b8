"""Join papers into one file, each with its own pages."""

from collections.abc import Sequence
from typing import Final

from kernel.documents.printing.embedding import compile_showing, page_count

_SOURCE: Final = """
#let facts = json(bytes(sys.inputs.facts))
#set page(width: auto, height: auto, margin: 0pt)
#for (index, pages) in facts.counts.enumerate() {
  for number in range(1, pages + 1) {
    if index > 0 or number > 1 { pagebreak() }
    image("/" + str(index) + ".pdf", page: number)
  }
}
"""


def join(papers: Sequence[bytes]) -> bytes:
    """Return one PDF of several that we set ourselves, in their order.

    :raises typst.TypstError: if one of them is no PDF.
    """
    counts = [page_count(paper) for paper in papers]
    files = {f"{index}.pdf": paper for index, paper in enumerate(papers)}
    return compile_showing(_SOURCE, files, counts=counts)
