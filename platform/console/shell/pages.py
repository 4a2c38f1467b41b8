"""What Ctrl K finds of the console itself: pages by their name in the menu."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _

from console.navigation import ENTRIES, Entry
from console.search import Hit
from kernel.access import Actor
from services.properties import queries as properties
from services.properties.models import Project


def find(*, actor: Actor, text: str, project_id: int | None) -> list[Hit]:
    """Return the pages of the visitor's menu, and his own, whose name holds the text."""
    wanted = text.casefold()
    hits = [*_menu(actor, project_id), *_own()]
    found = {hit.url: hit for hit in reversed(hits) if wanted in hit.title.casefold()}
    return list(reversed(found.values()))


def _menu(actor: Actor, project_id: int | None) -> Iterator[Hit]:
    project = properties.projects(actor=actor).filter(pk=project_id).first() if project_id else None
    for entry in ENTRIES:
        if entry.is_open_to(actor, project):
            # A child first: of a page that stands twice in the menu its own name is told.
            for child in entry.children:
                if child.leads_to(actor, project):
                    yield _hit(child, entry.icon, project, note=str(entry.label))
            if entry.leads_to(actor, project):  # else only pages below it are open
                yield _hit(entry, entry.icon, project)


def _own() -> Iterator[Hit]:
    yield Hit(title=_("My account"), url=reverse("account"), icon="user")
    yield Hit(title=_("My downloads"), url=reverse("downloads"), icon="download")


def _hit(entry: Entry, icon: str, project: Project | None, *, note: str = "") -> Hit:
    arguments = [project.pk] if entry.in_project and project is not None else []
    return Hit(
        title=str(entry.label), url=reverse(entry.route, args=arguments), icon=icon, note=note
    )
