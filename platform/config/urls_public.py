"""The platform's own site: home page, operators."""

from django.urls import URLPattern, URLResolver, include, path

from console.accounts.views import Language

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("portal.site.urls")),
    path("language/", Language.as_view(), name="language"),
    path("operators/", include("console.operators.urls")),
]

handler400 = "config.errors.bad_request"
handler403 = "config.errors.denied"
handler404 = "config.errors.not_found"
handler500 = "config.errors.server_error"
