"""Every setting there is, in the groups in which people look for them."""

from kernel.policies.catalogue import (
    awaited,
    billing,
    cash,
    community,
    control,
    foundation,
    procurement,
    service,
    staffing,
)
from kernel.policies.settings import Group
from kernel.text import _p

GROUPS = (
    Group("org", _p("settings", "Organisation and calendar"), "foundation", foundation.ORG),
    Group("files", _p("settings", "Files and retention"), "foundation", foundation.FILES),
    Group("documents", _p("settings", "Documents and notices"), "foundation", foundation.DOCUMENTS),
    Group("keys", _p("settings", "Keys, cards and loans"), "foundation", foundation.KEYS),
    Group(
        "complaints",
        _p("settings", "Hotline and complaints"),
        "customer_service",
        service.COMPLAINTS,
    ),
    Group(
        "major", _p("settings", "Major matters and emergencies"), "customer_service", service.MAJOR
    ),
    Group("repairs", _p("settings", "Repairs and revisits"), "customer_service", service.REPAIRS),
    Group("violations", _p("settings", "Violations"), "customer_service", service.VIOLATIONS),
    Group("renovation", _p("settings", "Renovation"), "customer_service", community.RENOVATION),
    Group(
        "moves",
        _p("settings", "Move-in, moving and vacant units"),
        "customer_service",
        community.MOVES,
    ),
    Group(
        "patrols", _p("settings", "Patrols and environment"), "customer_service", community.PATROLS
    ),
    Group(
        "community",
        _p("settings", "Surveys, forums and show site"),
        "customer_service",
        community.COMMUNITY,
    ),
    Group(
        "meters", _p("settings", "Meter reading and billing calendar"), "billing", billing.METERS
    ),
    Group("fees", _p("settings", "Fees, custody, heating and late fee"), "billing", billing.FEES),
    Group("parking", _p("settings", "Parking"), "billing", billing.PARKING),
    Group("cash", _p("settings", "Cash and daily close"), "billing", cash.CASH),
    Group("arrears", _p("settings", "Arrears and dunning"), "billing", cash.ARREARS),
    Group("duty", _p("settings", "Rosters and duty hours"), "staffing", staffing.DUTY),
    Group("attendance", _p("settings", "Attendance and leave"), "staffing", staffing.ATTENDANCE),
    Group(
        "conduct", _p("settings", "Assessment, conduct and training"), "staffing", staffing.CONDUCT
    ),
    Group("purchase", _p("settings", "Purchasing"), "procurement", procurement.PURCHASE),
    Group(
        "vendors",
        _p("settings", "Vendors, stock and advances"),
        "procurement",
        procurement.SUPPLIES,
    ),
    Group("targets", _p("settings", "Targets"), "foundation", control.TARGETS),
    Group(
        "control",
        _p("settings", "Approvals, duties apart and modules"),
        "foundation",
        control.CONTROL,
    ),
)

REGISTRY = {setting.key: setting for group in GROUPS for setting in group.settings}
AWAITED = awaited.KEYS | {
    setting.key for group in GROUPS if group.module in awaited.MODULES for setting in group.settings
}
