"""The vendors' host: their sign-in, and pages and API at each company that let them in."""

from django.urls import URLPattern, URLResolver, include, path, register_converter

from api.vendors import urls as api
from portal.vendors.converters import PlaceConverter

register_converter(PlaceConverter, "place")

urlpatterns: list[URLPattern | URLResolver] = [
    path("api/v1/", include(api.PERSON)),
    path("v/<place:place>/api/v1/", include(api.COMPANY)),
    path("", include("portal.vendors.urls")),
]

handler400 = "config.errors.bad_request"
handler403 = "config.errors.denied"
handler404 = "config.errors.not_found"
handler500 = "config.errors.server_error"
