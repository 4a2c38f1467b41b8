"""Texts as they are typed: without stray spaces, filled in where they must be, never too long."""

import unicodedata

from kernel.errors import Invalid
from kernel.tabular.text import tidy, tidy_sentence
from kernel.text import _

# What people write sentences in keeps its punctuation; names, codes and numbers are compared.
SENTENCES = frozenset(
    {"cause", "description", "note", "purpose", "reason", "summary", "terms", "text", "title"}
)


class TextInvalid(Invalid):
    code = "procurement.text-invalid"


def line(text: str, *, field: str, longest: int, is_required: bool = False) -> str:
    """Return one line of text as it is kept.

    :raises TextInvalid: if it is missing or longer than ``longest``.
    """
    return _fit(_tidied(text, field), field, longest, is_required=is_required)


def lines(text: str, *, field: str, longest: int, is_required: bool = False) -> str:
    """Return a text of several lines as it is kept. :raises TextInvalid: as :func:`line`."""
    kept = "\n".join(_tidied(part, field) for part in text.splitlines()).strip()
    return _fit(kept, field, longest, is_required=is_required)


def _tidied(text: str, field: str) -> str:
    return tidy_sentence(text) if field in SENTENCES else tidy(text)


def without_controls(text: str) -> str:
    """Return a text as it was written, without signs that no column or letter holds."""
    return "".join(
        sign for sign in text if sign in "\n\t" or unicodedata.category(sign) not in {"Cc", "Cs"}
    )


def _fit(text: str, field: str, longest: int, *, is_required: bool) -> str:
    if is_required and not text:
        raise TextInvalid(_("This is needed."), field=field)
    if len(text) > longest:
        raise TextInvalid(_("Enter up to %(count)d characters.") % {"count": longest}, field=field)
    return text
