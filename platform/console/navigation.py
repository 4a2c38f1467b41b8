"""The menu, and the project that the visitor works in.

A page appears in the menu by a line in ``ENTRIES``. The post decides what is seen: an entry whose
action the visitor holds nowhere is left out, never greyed.
"""

from dataclasses import dataclass, field
from typing import Any, Final

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kernel.access import Action, Actor
from services.properties import queries as properties
from services.properties.models import Project

Text = str | Promise
_SESSION_KEY = "project_id"


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A line of the menu. ``route`` is a URL name; with ``in_project`` it takes ``project_id``.

    A page that everybody has, because it shows his own, names no action. ``live`` is the route of
    a fragment with a count that the browser asks for: pages do not wait for it.

    An entry is the current one on its own page, on pages whose route begins with its own
    (``units`` and ``units-edit``), with one of ``covers``, or with one of its children's.
    """

    route: str
    label: Text
    action: Action | None
    icon: str = ""
    in_project: bool = True
    covers: tuple[str, ...] = ()
    children: tuple["Entry", ...] = ()
    live: str = ""

    def covers_route(self, route: str) -> bool:
        """Tell whether ``route`` is this entry's page or one below it."""
        prefixes = (self.route, *self.covers)
        return any(route == prefix or route.startswith(f"{prefix}-") for prefix in prefixes)

    def is_open_to(self, actor: Actor, project: Project | None) -> bool:
        """Tell whether the actor may use the entry or one below it."""
        return self.leads_to(actor, project) or any(
            child.is_open_to(actor, project) for child in self.children
        )

    def leads_to(self, actor: Actor, project: Project | None) -> bool:
        """Tell whether the actor may open the entry's own page."""
        if self.action is None:
            return True
        if not self.in_project:
            return actor.may(self.action)
        return project is not None and actor.may(self.action, project.pk)


@dataclass
class Item:
    """A line of the menu as the sidebar draws it."""

    url: str
    label: str
    icon: str
    current: bool
    count: int | None = None
    hot: bool = False
    live: str = ""  # the address of a count
    children: list["Item"] = field(default_factory=list)


# At most seven for one post, two levels (design: the menu follows the job, not the module).
ENTRIES: Final[tuple[Entry, ...]] = (
    Entry(route="project-home", label=_("Project home"), action=Action.REGISTRY_VIEW, icon="home"),
    Entry(
        route="approvals",
        label=_("Approvals"),
        action=None,
        icon="inbox",
        in_project=False,
        live="approvals-count",
    ),
    Entry(route="desk", label=_("Cashier desk"), action=Action.PAYMENT_TAKE, icon="cash"),
    Entry(
        route="bill-runs",
        label=_("Charges"),
        action=Action.BILL_VIEW,
        icon="wallet",
        children=(
            Entry(route="bill-runs", label=_("Bill runs"), action=Action.BILL_VIEW),
            Entry(route="bills", label=_("Bills"), action=Action.BILL_VIEW),
            Entry(route="arrears", label=_("Arrears"), action=Action.ARREARS_VIEW),
            Entry(route="collection-rate", label=_("Collection rate"), action=Action.ARREARS_VIEW),
            Entry(route="receipts", label=_("Receipts"), action=Action.PAYMENT_VIEW),
            Entry(
                route="ledger",
                label=_("Reconciliation"),
                action=Action.LEDGER_VIEW,
                in_project=False,
            ),
        ),
    ),
    Entry(route="imports", label=_("Imports"), action=Action.REGISTRY_VIEW, icon="import"),
    Entry(
        route="units",
        label=_("Properties and residents"),
        action=Action.REGISTRY_VIEW,
        icon="building",
        covers=("household",),
        children=(
            Entry(
                route="units",
                label=_("Units and residents"),
                action=Action.REGISTRY_VIEW,
                covers=("household",),
            ),
            Entry(route="parties", label=_("Owners and residents"), action=Action.REGISTRY_VIEW),
            Entry(route="spaces", label=_("Parking spaces"), action=Action.REGISTRY_VIEW),
            Entry(route="vehicles", label=_("Vehicles"), action=Action.REGISTRY_VIEW),
            Entry(
                route="meters",
                label=pgettext_lazy("things in a unit", "Meters"),
                action=Action.REGISTRY_VIEW,
            ),
            Entry(
                route="archive",
                label=_("Access to files"),
                action=Action.ARCHIVE_REQUEST,
            ),
            Entry(
                route="retention",
                label=_("Records due for disposal"),
                action=Action.RETENTION_VIEW,
            ),
            Entry(
                route="overview",
                label=_("About the project"),
                action=Action.REGISTRY_VIEW,
                covers=("buildings",),
            ),
        ),
    ),
    Entry(
        route="readings",
        label=_("Meter readings"),
        action=Action.READING_VIEW,
        icon="gauge",
    ),
    Entry(
        route="fee-standards",
        label=_("Fee set-up"),
        action=Action.FEE_STANDARD_VIEW,
        icon="tag",
        children=(
            Entry(
                route="fee-standards",
                label=_("Fee standards"),
                action=Action.FEE_STANDARD_VIEW,
            ),
            Entry(
                route="fee-items",
                label=_("Fee items"),
                action=Action.FEE_STANDARD_VIEW,
                in_project=False,
            ),
        ),
    ),
    Entry(
        route="approval-chains",
        label=_("Processes and permissions"),
        action=Action.APPROVAL_CONFIGURE,
        icon="branch",
        in_project=False,
        covers=("approval-report", "approval-delegations"),
        children=(
            Entry(
                route="approval-chains",
                label=_("Approval chains"),
                action=Action.APPROVAL_CONFIGURE,
                in_project=False,
            ),
            Entry(
                route="approval-report",
                label=_("How long approvals take"),
                action=Action.APPROVAL_CONFIGURE,
                in_project=False,
            ),
            Entry(
                route="approval-delegations",
                label=_("Deputies"),
                action=Action.APPROVAL_CONFIGURE,
                in_project=False,
            ),
        ),
    ),
    Entry(
        route="deadlines",
        label=_("Time limits"),
        action=Action.DEADLINE_VIEW,
        icon="clock",
        in_project=False,
    ),
    Entry(
        route="company",
        label=_("Organisation and settings"),
        action=Action.COMPANY_CONFIGURE,
        icon="settings",
        in_project=False,
        children=(
            Entry(
                route="company",
                label=_("Company"),
                action=Action.COMPANY_CONFIGURE,
                in_project=False,
            ),
            Entry(
                route="projects",
                label=_("Projects"),
                action=Action.COMPANY_CONFIGURE,
                in_project=False,
            ),
            Entry(
                route="policies",
                label=_("System settings"),
                action=Action.POLICY_VIEW,
                in_project=False,
            ),
            Entry(
                route="calendar",
                label=_("Working calendar"),
                action=Action.COMPANY_CONFIGURE,
                in_project=False,
            ),
            Entry(
                route="numbers",
                label=_("Numbering"),
                action=Action.COMPANY_CONFIGURE,
                in_project=False,
            ),
            Entry(
                route="print-templates",
                label=_("Print templates"),
                action=Action.COMPANY_CONFIGURE,
                in_project=False,
            ),
            Entry(
                route="people",
                label=_("Users and posts"),
                action=Action.USER_MANAGE,
                in_project=False,
            ),
            Entry(
                route="posts",
                label=_("Posts and what they may do"),
                action=Action.USER_MANAGE,
                in_project=False,
            ),
            Entry(
                route="departments",
                label=_("Departments"),
                action=Action.USER_MANAGE,
                in_project=False,
            ),
            Entry(
                route="organisation",
                label=_("Organisation chart"),
                action=Action.STAFF_VIEW,
                in_project=False,
            ),
            Entry(route="staff", label=_("Staff of the project"), action=Action.STAFF_VIEW),
            Entry(
                route="duties",
                label=_("Separation of duties"),
                action=Action.DUTIES_VIEW,
                in_project=False,
            ),
            Entry(
                route="security",
                label=_("Security log"),
                action=Action.SECURITY_VIEW,
                in_project=False,
            ),
            Entry(
                route="audit",
                label=_("Audit record"),
                action=Action.AUDIT_VIEW,
                in_project=False,
            ),
            Entry(
                route="departures",
                label=_("Leavers"),
                action=Action.USER_MANAGE,
                in_project=False,
            ),
            Entry(
                route="items",
                label=_("Company items"),
                action=Action.ITEM_MANAGE,
                in_project=False,
            ),
            Entry(
                route="integrations",
                label=_("Integrations"),
                action=Action.TOKEN_MANAGE,
                in_project=False,
            ),
            Entry(
                route="factor-rules",
                label=_("Second factor"),
                action=Action.COMPANY_CONFIGURE,
                in_project=False,
            ),
            Entry(
                route="notice-words",
                label=_("Notice templates"),
                action=Action.COMPANY_CONFIGURE,
                in_project=False,
                covers=("notice-log",),
            ),
            Entry(
                route="channels",
                label=_("Notice channels"),
                action=Action.COMPANY_CONFIGURE,
                in_project=False,
            ),
            Entry(
                route="webhooks",
                label=_("Webhooks"),
                action=Action.COMPANY_CONFIGURE,
                in_project=False,
            ),
        ),
    ),
)


def menu(
    actor: Actor, project: Project | None, route: str, entries: tuple[Entry, ...] = ENTRIES
) -> list[Item]:
    """Return the entries the actor may use, in the project he works in."""
    items = []
    for entry in _open(entries, actor, project):
        children = _open(entry.children, actor, project)
        nearest = max(
            (child for child in children if child.covers_route(route)),
            key=lambda child: len(child.route),
            default=None,
        )
        items.append(
            Item(
                url=_address(entry if entry.leads_to(actor, project) else children[0], project),
                label=str(entry.label),
                icon=entry.icon,
                current=nearest is not None or entry.covers_route(route),
                live=reverse(entry.live) if entry.live else "",
                children=[
                    Item(
                        url=_address(child, project),
                        label=str(child.label),
                        icon=child.icon,
                        current=child is nearest,
                    )
                    for child in children
                ],
            )
        )
    return items


def _open(entries: tuple[Entry, ...], actor: Actor, project: Project | None) -> list[Entry]:
    return [entry for entry in entries if entry.is_open_to(actor, project)]


def _address(entry: Entry, project: Project | None) -> str:
    arguments = {"project_id": project.pk} if entry.in_project and project is not None else {}
    return reverse(entry.route, kwargs=arguments)


def projects_of(request: HttpRequest, actor: Actor) -> list[Project]:
    """Return the projects the actor sees, once in a request."""
    cached: list[Project] | None = getattr(request, "projects_seen", None)
    if cached is None:
        cached = list(properties.projects(actor=actor))
        request.projects_seen = cached  # type: ignore[attr-defined]
    return cached


def current_project(request: HttpRequest, actor: Actor) -> Project | None:
    """Return the project of the address, else the one visited last, else the first."""
    projects = {project.pk: project for project in projects_of(request, actor)}
    match = request.resolver_match
    asked: int | None = match.kwargs.get("project_id") if match else None
    if asked is not None and asked in projects:
        remember_project(request, asked)
        return projects[asked]
    remembered: int = request.session.get(_SESSION_KEY, 0)
    return projects.get(remembered) or next(iter(projects.values()), None)


def remember_project(request: HttpRequest, project_id: int) -> None:
    """Keep which project the visitor works in, for pages whose address names none."""
    if request.session.get(_SESSION_KEY) != project_id:
        request.session[_SESSION_KEY] = project_id


def switcher(request: HttpRequest, actor: Actor, current: Project | None) -> list[dict[str, Any]]:
    """Return the projects with the address of the present page in each of them."""
    match = request.resolver_match
    stays = match is not None and set(match.kwargs) == {"project_id"}
    return [
        {
            "name": project.name,
            # A record's page has no twin elsewhere: there the start page follows.
            "url": reverse(
                match.view_name if match is not None and stays else "switch-project",
                kwargs={"project_id": project.pk},
            ),
            "current": current is not None and project.pk == current.pk,
        }
        for project in projects_of(request, actor)
    ]
