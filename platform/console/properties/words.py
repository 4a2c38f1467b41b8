"""Small words that several pages of the registry share."""

from collections.abc import Iterable

from django.utils.translation import pgettext


def in_words(texts: Iterable[str]) -> str:
    """Return equal things side by side: 物业服务费、车位管理费."""
    return pgettext("between items of a list", ", ").join(texts)


def side_by_side(facts: Iterable[str]) -> str:
    """Return different facts about one thing: 业主，首选联系."""
    return pgettext("between two facts", ", ").join(facts)
