"""Version 1, and its document. Each module of this package adds its own ``urlpatterns``."""

from django.urls import URLPattern, URLResolver, include, path

from api.v1.document import Document, DocumentPage

urlpatterns: list[URLPattern | URLResolver] = [
    path("schema/", Document.as_view(), name="api-schema"),
    path("", include("api.v1.archive")),
    path("", include("api.v1.approvals.urls")),
    path("", include("api.v1.audit")),
    path("", include("api.v1.calendar")),
    path("", include("api.v1.deadlines")),
    path("", include("api.v1.duties")),
    path("", include("api.v1.policies")),
    path("", include("api.v1.files")),
    path("", include("api.v1.channels")),
    path("", include("api.v1.identity")),
    path("", include("api.v1.imports")),
    path("", include("api.v1.manuals")),
    path("", include("api.v1.papers")),
    path("", include("api.v1.printing")),
    path("", include("api.v1.notices")),
    path("", include("api.v1.webhooks")),
    path("", include("api.v1.organisation")),
    path("", include("api.v1.staff_posts")),
    path("", include("api.v1.ladders")),
    path("", include("api.v1.procurement.requests")),
    path("", include("api.v1.procurement.rounds")),
    path("", include("api.v1.procurement.catalogue")),
    path("", include("api.v1.procurement.vendors.urls")),
    path("", include("api.v1.procurement.contracts")),
    path("", include("api.v1.procurement.orders")),
    path("", include("api.v1.procurement.receiving.urls")),
    path("", include("api.v1.properties.urls")),
    path("", include("api.v1.standards.urls")),
    path("", include("api.v1.metering.urls")),
    path("", include("api.v1.bills.urls")),
    path("", include("api.v1.cashier.urls")),
    path("", include("api.v1.arrears.urls")),
    path("", include("api.v1.procurement.comparison")),
    path("", include("api.v1.procurement.stock.urls")),
    path("docs/", DocumentPage.as_view(), name="api-docs"),
]
