"""Text as people type it in China, brought to one form without touching names."""

import re

# Full-width signs and the ideographic space. Not NFKC: it would replace rare characters in names
# (U+F900 and following) and spell ㎡ as m2, which a cell's own cleaner decides.
_FORMS = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_FORMS |= dict.fromkeys((0x00A0, 0x2002, 0x2003, 0x2009, 0x202F, 0x3000), 0x20)
# Zero-width signs, byte order marks and marks that turn the direction of writing.
_INVISIBLE = (*range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2065), 0xFEFF, 0xAD)
_FORMS |= dict.fromkeys(_INVISIBLE)
_FORMS |= {0x2013: 0x2D, 0x2014: 0x2D, 0x2212: 0x2D, 0x2010: 0x2D, 0x2011: 0x2D}
# A line break or a tab is a space; other control signs are nothing.
_FORMS |= {code: 0x20 if chr(code).isspace() else None for code in (*range(32), 0x7F, 0x85)}

# Of a sentence: letters, figures and spaces; Chinese punctuation is full-width and stays so.
_IN_SENTENCES = {
    code: form
    for code, form in _FORMS.items()
    if not form or form == 0x20 or chr(form).isalnum() or code < 0x2000
}
_SPACES = re.compile(r"\s+")


def tidy(text: str) -> str:
    """Return ``text`` with half-width signs, single spaces and nothing invisible.

    >>> tidy(" １８０１　室 ")
    '1801 室'
    """
    if not (text.isascii() and text.isprintable()):
        text = text.translate(_FORMS)
    return text if text.isalnum() else _SPACES.sub(" ", text).strip()


def tidy_sentence(text: str) -> str:
    """Return ``text`` as :func:`tidy` does, with the punctuation that was typed.

    >>> tidy_sentence(" 多开 ２ 箱，请按　28 箱重开！")
    '多开 2 箱，请按 28 箱重开！'
    """
    return _SPACES.sub(" ", text.translate(_IN_SENTENCES)).strip()


def squeeze(text: str) -> str:
    """Return ``text`` tidied and without any space.

    >>> squeeze(" 198 4017 0011")
    '19840170011'
    """
    return tidy(text).replace(" ", "")
