from django.urls import URLPattern, path

from portal.vendors.statement import pages

urlpatterns: list[URLPattern] = [
    path("statement/", pages.Statement.as_view(), name="portal-statement"),
    path(
        "statement/<int:statement_id>/answer/",
        pages.Answer.as_view(),
        name="portal-statement-answer",
    ),
]
