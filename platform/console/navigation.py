"""The menu, and the project that the visitor works in.

A page appears in the menu by a line in ``ENTRIES``. The post decides what is seen: an entry whose
action the visitor holds nowhere is left out, never greyed.
"""

from dataclasses import dataclass, field, replace
from typing import Any, Final

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django.utils.translation import pgettext_lazy as _p

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

    ``pages`` are lists of one kind of work. The menu has one line for them, which leads to the
    first that is open to the visitor; each of them shows the others at its head.
    """

    route: str
    label: Text
    action: Action | None
    icon: str = ""
    in_project: bool = True
    covers: tuple[str, ...] = ()
    children: tuple["Entry", ...] = ()
    pages: tuple["Entry", ...] = ()
    live: str = ""

    def covers_route(self, route: str) -> bool:
        """Tell whether ``route`` is this entry's page or one below it."""
        prefixes = (self.route, *self.covers, *(page.route for page in self.pages))
        return any(route == prefix or route.startswith(f"{prefix}-") for prefix in prefixes)

    def is_open_to(self, actor: Actor, project: Project | None) -> bool:
        """Tell whether the actor may use the entry or one below it."""
        return self.leads_to(actor, project) or any(
            entry.is_open_to(actor, project) for entry in (*self.children, *self.pages)
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


def _company(route: str, label: Text, action: Action | None, **more: Any) -> Entry:
    """Return a line whose page is the company's, not a project's."""
    return Entry(route=route, label=label, action=action, in_project=False, **more)


_CHARGES = (
    Entry(route="bill-runs", label=_("Bill runs"), action=Action.BILL_VIEW),
    Entry(route="bills", label=_("Bills"), action=Action.BILL_VIEW),
    Entry(route="readings", label=_("Meter readings"), action=Action.READING_VIEW),
    Entry(route="arrears", label=_("Arrears"), action=Action.ARREARS_VIEW),
    Entry(route="collection-rate", label=_("Collection rate"), action=Action.ARREARS_VIEW),
    Entry(route="receipts", label=_("Receipts"), action=Action.PAYMENT_VIEW),
    _company("ledger", _("Reconciliation"), Action.LEDGER_VIEW),
    Entry(route="fee-standards", label=_("Fee standards"), action=Action.FEE_STANDARD_VIEW),
    _company("fee-items", _("Fee items"), Action.FEE_STANDARD_VIEW),
)
_PROPERTIES = (
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
    Entry(route="imports", label=_("Imports"), action=Action.REGISTRY_VIEW),
    Entry(route="archive", label=_("Access to files"), action=Action.ARCHIVE_REQUEST),
    Entry(route="retention", label=_("Records due for disposal"), action=Action.RETENTION_VIEW),
    Entry(
        route="overview",
        label=_("About the project"),
        action=Action.REGISTRY_VIEW,
        covers=("buildings",),
    ),
)
_GOODS_IN = (
    _company("goods-receipts-coming", _("Goods to take in"), Action.GOODS_RECEIVE),
    _company("goods-receipts", _("Goods receipts"), Action.PURCHASE_VIEW),
    _company("goods-objections", _("Objections to goods"), Action.PURCHASE_VIEW),
    _company("goods-returns", _("Returns to vendors"), Action.PURCHASE_VIEW),
    _company("sealed-samples", _("Sealed samples"), Action.PURCHASE_VIEW),
)
_STORE = (
    _company("stock", _("Stock"), Action.STOCK_VIEW),
    _company("stock-issues", _("Issues of goods"), Action.STOCK_VIEW),
    _company("stock-transfers", _("Transfers of goods"), Action.STOCK_VIEW),
    _company("stock-counts", _("Stock counts"), Action.STOCK_VIEW),
    _company("stock-lots", _("Lots and days of expiry"), Action.STOCK_VIEW),
    _company("stock-warehouses", _("Warehouses"), Action.STOCK_VIEW),
)
_PAYABLES = (
    _company("vendor-invoices", _("Vendors' invoices"), Action.PURCHASE_VIEW),
    _company("vendor-payments", _("Payments to vendors"), Action.PURCHASE_VIEW),
    _company("vendor-accounts", _("Payables by age"), Action.VENDOR_VIEW),
    _company("vendor-statements", _("Reconciliations with vendors"), Action.VENDOR_VIEW),
    _company("advances", _p("purchase", "Advances"), Action.PURCHASE_VIEW),
    _company("claims", _("Claims"), Action.PURCHASE_VIEW),
    _company("service-assessments", _("Assessments of services"), Action.PURCHASE_VIEW),
)
_PURCHASES = (
    _company("purchase-requests", _("Purchase requests"), Action.PURCHASE_VIEW),
    _company("quote-rounds", _("Rounds of quotes"), Action.PURCHASE_VIEW),
    _company("purchase-orders", _("Purchase orders"), Action.PURCHASE_VIEW),
    _company("contracts", _("Contract register"), Action.CONTRACT_VIEW),
    _company(
        "goods-receipts",
        pgettext_lazy("menu", "Goods in"),
        Action.PURCHASE_VIEW,
        pages=_GOODS_IN,
    ),
    _company("stock", pgettext_lazy("menu", "Store"), Action.STOCK_VIEW, pages=_STORE),
    _company("assets", _("Fixed assets"), Action.STOCK_VIEW),
    _company(
        "vendor-invoices",
        pgettext_lazy("menu", "Payables"),
        Action.PURCHASE_VIEW,
        pages=_PAYABLES,
    ),
    _company("vendors", _("Vendors"), Action.VENDOR_VIEW),
    _company("catalogue", _("Catalogue of goods"), Action.PURCHASE_VIEW),
)
_CONTROL = (
    _company("approval-chains", _("Approval chains"), Action.APPROVAL_CONFIGURE),
    _company("approval-report", _("How long approvals take"), Action.APPROVAL_CONFIGURE),
    _company("approval-delegations", _("Deputies"), Action.APPROVAL_CONFIGURE),
    _company("posts", _("Posts and what they may do"), Action.USER_MANAGE),
    _company("policies", _("System settings"), Action.POLICY_VIEW),
    _company("duties", _("Separation of duties"), Action.DUTIES_VIEW),
    _company("deadlines", _("Time limits"), Action.DEADLINE_VIEW),
    _company("audit", _("Audit record"), Action.AUDIT_VIEW),
    _company("security", _("Security log"), Action.SECURITY_VIEW),
)
_PEOPLE = (
    _company("people", _("Users and posts"), Action.USER_MANAGE),
    _company("departments", _("Departments"), Action.USER_MANAGE),
    _company("organisation", _("Organisation chart"), Action.STAFF_VIEW),
    Entry(route="staff", label=_("Staff of the project"), action=Action.STAFF_VIEW),
    _company("departures", _("Leavers"), Action.USER_MANAGE),
    _company("items", _("Company items"), Action.ITEM_MANAGE),
)
_SETTINGS = (
    _company("company", _("Company"), Action.COMPANY_CONFIGURE),
    _company("projects", _("Projects"), Action.COMPANY_CONFIGURE),
    _company("calendar", _("Working calendar"), Action.COMPANY_CONFIGURE),
    _company("numbers", _("Numbering"), Action.COMPANY_CONFIGURE),
    _company("print-templates", _("Print templates"), Action.COMPANY_CONFIGURE),
    _company(
        "notice-words", _("Notice templates"), Action.COMPANY_CONFIGURE, covers=("notice-log",)
    ),
    _company("channels", _("Notice channels"), Action.COMPANY_CONFIGURE),
    _company("webhooks", _("Webhooks"), Action.COMPANY_CONFIGURE),
    _company("integrations", _("Integrations"), Action.TOKEN_MANAGE),
    _company("factor-rules", _("Second factor"), Action.COMPANY_CONFIGURE),
)
# At most seven for one post, two levels (design: the menu follows the job, not the module).
ENTRIES: Final[tuple[Entry, ...]] = (
    Entry(route="project-home", label=_("Project home"), action=Action.REGISTRY_VIEW, icon="home"),
    _company("approvals", _("Approvals"), None, icon="inbox", live="approvals-count"),
    Entry(route="desk", label=_("Cashier desk"), action=Action.PAYMENT_TAKE, icon="cash"),
    Entry(
        route="bill-runs",
        label=_("Charges"),
        action=Action.BILL_VIEW,
        icon="wallet",
        children=_CHARGES,
    ),
    Entry(
        route="units",
        label=_("Properties and residents"),
        action=Action.REGISTRY_VIEW,
        icon="building",
        children=_PROPERTIES,
    ),
    _company(
        "purchase-orders",
        _("Procurement"),
        Action.PURCHASE_VIEW,
        icon="cart",
        children=_PURCHASES,
    ),
    _company(
        "approval-chains",
        _("Processes and permissions"),
        Action.APPROVAL_CONFIGURE,
        icon="branch",
        children=_CONTROL,
    ),
    _company(
        "people",
        _("Organisation and people"),
        Action.USER_MANAGE,
        icon="users",
        children=_PEOPLE,
    ),
    _company(
        "company", _("Settings"), Action.COMPANY_CONFIGURE, icon="settings", children=_SETTINGS
    ),
)


def menu(
    actor: Actor, project: Project | None, route: str, entries: tuple[Entry, ...] = ENTRIES
) -> list[Item]:
    """Return the entries the actor may use, in the project he works in."""
    items = []
    for group in _open(entries, actor, project):
        entry = group
        children = _open(entry.children, actor, project)
        if len(children) == 1 and not entry.leads_to(actor, project):
            # Of a group he may use one page only: for him that page is the line.
            entry, children = replace(children[0], icon=entry.icon), []
        nearest = max(
            (child for child in children if child.covers_route(route)),
            key=lambda child: len(child.route),
            default=None,
        )
        items.append(
            Item(
                url=_way_in(entry, actor, project),
                label=str(entry.label),
                icon=entry.icon,
                current=nearest is not None or entry.covers_route(route),
                live=reverse(entry.live) if entry.live else "",
                children=[
                    Item(
                        url=_way_in(child, actor, project),
                        label=str(child.label),
                        icon=child.icon,
                        current=child is nearest,
                    )
                    for child in children
                ],
            )
        )
    return items


def neighbours(
    actor: Actor, project: Project | None, route: str, entries: tuple[Entry, ...] = ENTRIES
) -> list[Item]:
    """Return the lists that share a line of the menu with this one; none where it stands alone."""
    for entry in (child for group in entries for child in group.children if child.pages):
        if route in {page.route for page in entry.pages}:
            pages = _open(entry.pages, actor, project)
            return [
                Item(
                    url=_address(page, project),
                    label=str(page.label),
                    icon=page.icon,
                    current=page.route == route,
                )
                for page in pages
                if len(pages) > 1
            ]
    return []


def _way_in(entry: Entry, actor: Actor, project: Project | None) -> str:
    """Return the address of the entry's own page, or of the first below it that is open."""
    below = _open((*entry.pages, *entry.children), actor, project)
    is_own = entry.leads_to(actor, project) and not entry.pages
    return _address(entry if is_own else below[0], project)


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
