"""Reads of print templates: the company's, and those that override them in a project."""

from dataclasses import dataclass
from enum import StrEnum

from django.conf import settings
from django.db.models import Q, QuerySet

from kernel import access
from kernel.access import Action
from kernel.documents.models import PrintTemplate
from kernel.documents.printing.kinds import PrintKind, all_kinds, kind_named
from kernel.errors import NotFound


class TemplateOrigin(StrEnum):
    """Whose template is in force."""

    STANDARD = "STANDARD"
    COMPANY = "COMPANY"
    PROJECT = "PROJECT"


@dataclass(frozen=True, slots=True)
class TemplateInForce:
    """The template that a paper has now in a project, or in the company.

    :param latest: the latest change in this very place, which may have been to give way again.
    """

    kind: PrintKind
    language: str
    project_id: int | None
    body: str
    origin: TemplateOrigin
    latest: PrintTemplate | None

    @property
    def version(self) -> int:
        """How often it was changed in this very place."""
        return self.latest.version if self.latest else 0

    @property
    def is_own(self) -> bool:
        """Whether this very place has a template; otherwise it is inherited."""
        return self.latest is not None and bool(self.latest.body)


_Rows = dict[tuple[str, str, int | None], PrintTemplate]


def template_of(kind: PrintKind, language: str, project_id: int | None) -> TemplateInForce:
    """Return the template in force: the project's own, else the company's, else the standard."""
    return _in_force(_latest(project_id, kind.key), kind, language, project_id)


def templates(*, actor: access.Actor, project_id: int | None = None) -> list[TemplateInForce]:
    """Return the template of every paper in every language, in the company or in a project.

    :raises NotFound: if the project is out of the actor's sight.
    :raises access.ActionDenied: without ``company.configure`` there.
    """
    require_place(actor, project_id)
    rows = _latest(project_id)
    return [
        _in_force(rows, kind, language, project_id)
        for kind in all_kinds()
        for language, _name in settings.LANGUAGES
    ]


def get_template(
    *, actor: access.Actor, kind: str, language: str, project_id: int | None = None
) -> TemplateInForce:
    """Return the template of one paper, in the company or in a project.

    :raises NotFound: if there is no such paper or language, or the project is out of sight.
    :raises access.ActionDenied: without ``company.configure`` there.
    """
    require_place(actor, project_id)
    if language not in dict(settings.LANGUAGES):
        raise NotFound
    return template_of(kind_named(kind), language, project_id)


def versions(
    *, actor: access.Actor, kind: str, language: str, project_id: int | None = None
) -> QuerySet[PrintTemplate]:
    """Return every version of the company's template, or of the project's, the newest first.

    :raises NotFound: if the project is out of the actor's sight.
    :raises access.ActionDenied: without ``company.configure`` there.
    """
    require_place(actor, project_id)
    return PrintTemplate.objects.filter(
        kind=kind, language=language, project_id=project_id
    ).order_by("-version")


def projects_apart(*, actor: access.Actor, kind: str, language: str) -> list[int]:
    """Return the ids of the projects that override the company's template of a paper.

    :raises access.ActionDenied: without ``company.configure`` in the whole company.
    """
    require_place(actor, None)
    latest = (
        PrintTemplate.objects.filter(kind=kind, language=language, project_id__isnull=False)
        .order_by("project_id", "-version")
        .distinct("project_id")
    )
    return [row.project_id for row in latest if row.body and row.project_id is not None]


def require_place(actor: access.Actor, project_id: int | None) -> None:
    """Return if the actor may look at templates of the company, or of one project.

    :raises NotFound: if the project is out of the actor's sight.
    :raises access.ActionDenied: without ``company.configure`` there.
    """
    if project_id is None:
        access.require_everywhere(actor, Action.COMPANY_CONFIGURE)
    else:
        access.require_in_sight(actor, Action.COMPANY_CONFIGURE, project_id)


def _latest(project_id: int | None, kind: str | None = None) -> _Rows:
    """Return the latest change of each template in the project and in the company. One query."""
    found = PrintTemplate.objects.filter(Q(project_id=project_id) | Q(project_id=None))
    if kind is not None:
        found = found.filter(kind=kind)
    latest = found.order_by("kind", "language", "project_id", "-version").distinct(
        "kind", "language", "project_id"
    )
    return {(row.kind, row.language, row.project_id): row for row in latest}


def _in_force(
    rows: _Rows, kind: PrintKind, language: str, project_id: int | None
) -> TemplateInForce:
    body, origin = kind.standard(language), TemplateOrigin.STANDARD
    for place in dict.fromkeys((None, project_id)):
        row = rows.get((kind.key, language, place))
        if row is not None and row.body:
            body = row.body
            origin = TemplateOrigin.COMPANY if place is None else TemplateOrigin.PROJECT
    latest = rows.get((kind.key, language, project_id))
    return TemplateInForce(kind, language, project_id, body, origin, latest)
