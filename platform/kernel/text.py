"""Translatable sentences for code that must not know Django (``rules``)."""

from contextlib import AbstractContextManager

from django.conf import settings
from django.utils.translation import (
    get_language,
    gettext_lazy,
    ngettext_lazy,
    override,
    pgettext_lazy,
)

_ = gettext_lazy
_n = ngettext_lazy
_p = pgettext_lazy


def in_language(name: str, name_en: str) -> str:
    """Return which of a thing's two names is shown in the language in force."""
    is_english = (get_language() or "").startswith("en")
    return name_en if is_english and name_en else name


def in_company_language() -> AbstractContextManager[None]:
    """Put the language in force in which papers are written, whoever submits them.

    What is stored as words is read by others, whose language is not the writer's.
    """
    return override(settings.LANGUAGE_CODE)
