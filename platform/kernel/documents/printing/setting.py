"""Set a paper as PDF: typst with one fixed source and the data beside it, Noto Sans SC embedded.

What is compiled never holds a user's text: that comes as JSON, of bounded length, and stays data.
"""

import json
import threading
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

import typst
from django.utils.translation import get_language

from kernel.documents.printing.markup import Block

PAPERS: Final = ("a4", "a5", "receipt")
_SOURCE: Final = Path(__file__).parent / "source" / "page.typ"
_LANGUAGES: Final = {"zh-hans": ("zh", "cn"), "en": ("en", "gb")}


def language_in_force() -> str:
    """Return the language in force, as templates are kept by it."""
    return "en" if (get_language() or "").startswith("en") else "zh-hans"


class FontMissing(RuntimeError):
    """The package with the Chinese font is not installed: a bug of the installation."""


class _Setter(threading.local):
    """One compiler for each thread: it keeps the font open, which takes 80 ms to read."""

    compiler: typst.Compiler | None = None


_setter = _Setter()


def set_pdf(
    blocks: Sequence[Block], *, title: str, language: str, paper: str, watermark: str = ""
) -> bytes:
    """Return the PDF of a paper's blocks.

    :param paper: one of ``PAPERS``. :param watermark: across every page, over the text.
    """
    lang, region = _LANGUAGES[language]
    data: dict[str, Any] = {
        "blocks": list(blocks),
        "title": title,
        "lang": lang,
        "region": region,
        "paper": paper,
        "watermark": watermark,
    }
    made = _compiler().compile(format="pdf", sys_inputs={"doc": json.dumps(data)})
    assert isinstance(made, bytes)
    return made


def _compiler() -> typst.Compiler:
    if _setter.compiler is None:
        # The folder holds nothing but the source: that is all that typst may read.
        _setter.compiler = typst.Compiler(
            input=_SOURCE,
            root=_SOURCE.parent,
            font_paths=typst.Fonts(
                include_system_fonts=False,
                include_embedded_fonts=False,
                font_paths=[font_folder()],
            ),
        )
    return _setter.compiler


def font_folder() -> str:
    """Return where the Chinese font lies. :raises FontMissing: if it is not installed."""
    spec = find_spec("justmytype_intl_cjk")
    if spec is None or spec.origin is None:
        raise FontMissing("justmytype-intl-cjk: install the packages of requirements.lock")
    return str(Path(spec.origin).parent / "fonts" / "ofl" / "notosanssc")
