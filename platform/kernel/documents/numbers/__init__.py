"""Numbers of papers: series with patterns that a company may change, gapless where it matters."""

from kernel.documents.numbers.operations import change_pattern, next_number
from kernel.documents.numbers.registry import Series, know_codes, register

__all__ = ["Series", "change_pattern", "know_codes", "next_number", "register"]
