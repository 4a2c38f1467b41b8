"""The vendors' host: their sign-in, and their pages at each company that let them in."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("portal.vendors.urls")),
]

handler400 = "config.errors.bad_request"
handler403 = "config.errors.denied"
handler404 = "config.errors.not_found"
handler500 = "config.errors.server_error"
