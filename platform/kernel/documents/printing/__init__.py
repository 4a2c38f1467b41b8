"""Papers as PDF: kinds with declared fields, templates that a company may edit, one setter."""

from kernel.documents.printing.kinds import COMPANY, PROJECT, Field, PrintKind, register
from kernel.documents.printing.markup import Value
from kernel.documents.printing.operations import render
from kernel.documents.printing.setting import language_in_force

__all__ = [
    "COMPANY",
    "PROJECT",
    "Field",
    "PrintKind",
    "Value",
    "language_in_force",
    "register",
    "render",
]
