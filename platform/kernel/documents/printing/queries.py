"""Reads of print templates."""

from dataclasses import dataclass

from django.conf import settings
from django.db.models import QuerySet

from kernel import access
from kernel.access import Action
from kernel.documents.models import PrintTemplate
from kernel.documents.printing.kinds import PrintKind, all_kinds, kind_named
from kernel.errors import NotFound


@dataclass(frozen=True, slots=True)
class TemplateInForce:
    """The template that a paper has now. ``version`` is 0 while it was never changed."""

    kind: PrintKind
    language: str
    body: str
    version: int
    row: PrintTemplate | None

    @property
    def is_standard(self) -> bool:
        return self.row is None or not self.row.body


def template_of(kind: PrintKind, language: str, project_id: int | None) -> TemplateInForce:
    """Return the template in force: the project's own, else the company's, else the standard."""
    for scope in dict.fromkeys((project_id, None)):
        row = _versions(kind.key, language, scope).first()
        if row is not None and row.body:
            return TemplateInForce(kind, language, row.body, row.version, row)
    row = _versions(kind.key, language, None).first()
    return TemplateInForce(kind, language, kind.standard(language), row.version if row else 0, row)


def templates(*, actor: access.Actor) -> list[TemplateInForce]:
    """Return the company's template of every paper in every language.

    :raises access.ActionDenied: without ``company.configure``.
    """
    access.require_everywhere(actor, Action.COMPANY_CONFIGURE)
    return [
        template_of(kind, language, None)
        for kind in all_kinds()
        for language, _name in settings.LANGUAGES
    ]


def get_template(*, actor: access.Actor, kind: str, language: str) -> TemplateInForce:
    """Return the company's template of one paper.

    :raises NotFound: if there is no such paper or language.
    :raises access.ActionDenied: without ``company.configure``.
    """
    access.require_everywhere(actor, Action.COMPANY_CONFIGURE)
    if language not in dict(settings.LANGUAGES):
        raise NotFound
    return template_of(kind_named(kind), language, None)


def versions(*, actor: access.Actor, kind: str, language: str) -> QuerySet[PrintTemplate]:
    """Return every version of the company's template, the newest first.

    :raises access.ActionDenied: without ``company.configure``.
    """
    access.require_everywhere(actor, Action.COMPANY_CONFIGURE)
    return _versions(kind, language, None)


def _versions(kind: str, language: str, project_id: int | None) -> QuerySet[PrintTemplate]:
    return PrintTemplate.objects.filter(
        kind=kind, language=language, project_id=project_id
    ).order_by("-version")
