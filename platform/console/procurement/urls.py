"""Procurement's addresses. All are the company's; the project is a filter."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("console.procurement.catalogue.urls")),
    path("", include("console.procurement.contracts.urls")),
    path("", include("console.procurement.requests.urls")),
    path("", include("console.procurement.vendors.urls")),
]
