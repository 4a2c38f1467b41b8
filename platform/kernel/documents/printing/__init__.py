"""Papers as PDF: kinds with declared fields, templates that a company may edit, one setter."""

from kernel.documents.printing.kinds import Field, PrintKind, register
from kernel.documents.printing.markup import Value
from kernel.documents.printing.operations import render

__all__ = ["Field", "PrintKind", "Value", "register", "render"]
