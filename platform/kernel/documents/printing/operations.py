"""Print a paper; change its template."""

from collections.abc import Mapping
from datetime import datetime

from django.conf import settings
from django.db import transaction

from kernel import access
from kernel.access import Action
from kernel.audit import operations as audit
from kernel.db import refusing
from kernel.documents.models import PrintTemplate
from kernel.documents.printing import markup, queries, setting
from kernel.documents.printing.kinds import PrintKind, kind_named
from kernel.errors import Conflict, NotFound
from kernel.text import _


class TemplateChanged(Conflict):
    code = "documents.template-changed"


class NothingToReset(Conflict):
    code = "documents.nothing-to-reset"


def render(
    *,
    kind: str,
    context: Mapping[str, markup.Value],
    language: str,
    project_id: int | None = None,
    watermark: str = "",
) -> bytes:
    """Return a paper as PDF, by the template in force. The caller has checked who may see it.

    :param kind: the key of a registered kind.
    :param context: values of its fields: text, or rows of texts for a list; what is left out is
        empty, what it does not declare is not printed.
    :param watermark: words across every page.
    :raises NotFound: if there is no such kind.
    :raises markup.TooMuch: if it is more than one print may hold.
    """
    template = queries.template_of(kind_named(kind), language, project_id)
    return _printed(template.kind, template.body, context, language, watermark)


def preview(
    *, actor: access.Actor, kind: str, language: str, body: str, project_id: int | None = None
) -> bytes:
    """Return a paper with sample values, by a template that is not kept yet.

    :raises access.ActionDenied: without ``company.configure`` in the company or the project.
    :raises NotFound: if there is no such kind or language, or the project is out of sight.
    :raises markup.TemplateInvalid: if the template cannot be read.
    """
    known = _require(actor, kind, language, project_id)
    return _printed(known, body, known.sample(), language, str(_("SAMPLE")))


@transaction.atomic
def save_template(
    *,
    actor: access.Actor,
    kind: str,
    language: str,
    body: str,
    seen_version: int,
    project_id: int | None = None,
    now: datetime,
) -> PrintTemplate:
    """Keep a template of a paper, in force from now on in the company, or in one project only.

    :param seen_version: the version that the actor began with, in this very place.
    :raises access.ActionDenied: without ``company.configure`` in the company or the project.
    :raises NotFound: if there is no such kind or language, or the project is out of sight.
    :raises markup.TemplateInvalid: if it cannot be read, or is empty.
    :raises TemplateChanged: if somebody else has changed it meanwhile.
    """
    known = _require(actor, kind, language, project_id)
    if not body.strip():
        raise markup.TemplateInvalid(_("The template is empty."), field="body")
    markup.parse(body, known.names)
    return _add(actor, known, language, project_id, body, seen_version, now)


@transaction.atomic
def reset_template(
    *,
    actor: access.Actor,
    kind: str,
    language: str,
    seen_version: int,
    project_id: int | None = None,
    now: datetime,
) -> PrintTemplate:
    """Let a project's template give way to the company's, or the company's to the standard.

    The versions stay readable.

    :raises access.ActionDenied: without ``company.configure`` in the company or the project.
    :raises NotFound: if there is no such kind or language, or the project is out of sight.
    :raises NothingToReset: if there is no template in this very place.
    :raises TemplateChanged: if somebody else has changed it meanwhile.
    """
    known = _require(actor, kind, language, project_id)
    if not queries.template_of(known, language, project_id).is_own:
        raise NothingToReset(_("There is no template of its own here that could give way."))
    return _add(actor, known, language, project_id, "", seen_version, now)


def _add(
    actor: access.Actor,
    kind: PrintKind,
    language: str,
    project_id: int | None,
    body: str,
    seen: int,
    now: datetime,
) -> PrintTemplate:
    changed = TemplateChanged(_("Somebody else has changed this template. Look at it again."))
    if queries.template_of(kind, language, project_id).version != seen:
        raise changed
    with refusing(printtemplate_version_once=changed):
        row = PrintTemplate.objects.create(
            kind=kind.key,
            language=language,
            project_id=project_id,
            version=seen + 1,
            body=body,
            made_at=now,
            made_by_label=actor.label[:140],
        )
    audit.record(
        actor=actor,
        event="documents.template.reset" if not body else "documents.template.changed",
        subject=row,
        project_id=project_id,
        now=now,
        data={"kind": kind.key, "language": language, "version": row.version},
    )
    return row


def _require(actor: access.Actor, kind: str, language: str, project_id: int | None) -> PrintKind:
    if project_id is None:
        access.require_everywhere(actor, Action.COMPANY_CONFIGURE)
    else:
        access.require_in_project(actor, Action.COMPANY_CONFIGURE, project_id)
    if language not in dict(settings.LANGUAGES):
        raise NotFound
    return kind_named(kind)


def _printed(
    kind: PrintKind,
    body: str,
    context: Mapping[str, markup.Value],
    language: str,
    watermark: str,
) -> bytes:
    template = markup.parse(body, kind.names)
    return setting.set_pdf(
        markup.fill(template, context),
        title=str(kind.name),
        language=language,
        paper=kind.paper,
        watermark=watermark,
    )
