"""Compile a paper that shows other files: in a folder of its own for the moment.

Typst takes what is no text from files only; the folder is open to this process's user alone.
"""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import typst

from kernel.documents.printing.setting import font_folder

# Asked for one that is not there, typst tells how many pages a PDF has.
_PAGE_COUNT: Final = re.compile(r"only has (\d+) page")
_FAR: Final = 100_000
_ONE_PAGE: Final = '#image("/file.pdf", page: json(bytes(sys.inputs.facts)).page)'


def compile_showing(source: str, files: Mapping[str, bytes], **facts: Any) -> bytes:
    """Return the PDF of a fixed source that shows ``files``, by their names.

    :param facts: plain values; they are data to the source, never a part of it.
    :raises typst.TypstError: if a file cannot be shown.
    """
    with TemporaryDirectory(prefix="guanjia-paper-") as folder:
        for name, content in files.items():
            Path(folder, name).write_bytes(content)
        main = Path(folder, "main.typ")
        main.write_text(source)
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


def page_count(content: bytes) -> int:
    """Return how many pages a PDF has.

    :raises typst.TypstError: if it is none.
    """
    try:
        compile_showing(_ONE_PAGE, {"file.pdf": content}, page=_FAR)
    except typst.TypstError as error:
        found = _PAGE_COUNT.search(str(error.diagnostic))
        if found is None:
            raise
        return int(found[1])
    return _FAR
