"""The console's addresses. ``/p/<project>/…`` are a project's pages, ``/c/…`` the company's."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("console.accounts.urls")),
    path("", include("console.approvals.urls")),
    path("", include("console.archive.urls")),
    path("", include("console.arrears.urls")),
    path("", include("console.audit.urls")),
    path("", include("console.calendar.urls")),
    path("", include("console.cashier.urls")),
    path("", include("console.channels.urls")),
    path("", include("console.company.urls")),
    path("", include("console.dashboard.urls")),
    path("", include("console.deadlines.urls")),
    path("", include("console.downloads.urls")),
    path("", include("console.duties.urls")),
    path("", include("console.files.urls")),
    path("", include("console.identity.urls")),
    path("", include("console.imports.urls")),
    path("", include("console.ledger.urls")),
    path("", include("console.notices.urls")),
    path("", include("console.organisation.urls")),
    path("", include("console.people.urls")),
    path("", include("console.policies.urls")),
    path("", include("console.properties.urls")),
    path("", include("console.runs.urls")),
    path("", include("console.security.urls")),
    path("", include("console.shell.urls")),
    path("", include("console.standards.urls")),
    path("", include("console.metering.urls")),
    path("", include("console.webhooks.urls")),
]
