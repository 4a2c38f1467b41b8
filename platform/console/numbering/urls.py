from django.urls import URLPattern, path

from console.numbering import numbers, templates

_PAPER = "print-templates/<str:paper>/<str:language>/"
_TEMPLATE, _OF_PROJECT = f"c/{_PAPER}", f"p/<int:project_id>/{_PAPER}"

urlpatterns: list[URLPattern] = [
    path("c/numbers/", numbers.AllSeries.as_view(), name="numbers"),
    path("c/numbers/<str:series>/", numbers.EditPattern.as_view(), name="numbers-edit"),
    path("c/print-templates/", templates.Templates.as_view(), name="print-templates"),
    path(_TEMPLATE, templates.EditTemplate.as_view(), name="print-templates-edit"),
    path(f"{_TEMPLATE}preview/", templates.Preview.as_view(), name="print-templates-preview"),
    path(f"{_TEMPLATE}reset/", templates.Reset.as_view(), name="print-templates-reset"),
    path(
        "p/<int:project_id>/print-templates/",
        templates.Templates.as_view(),
        name="print-templates-project",
    ),
    path(_OF_PROJECT, templates.EditTemplate.as_view(), name="print-templates-project-edit"),
    path(
        f"{_OF_PROJECT}preview/",
        templates.Preview.as_view(),
        name="print-templates-project-preview",
    ),
    path(f"{_OF_PROJECT}reset/", templates.Reset.as_view(), name="print-templates-project-reset"),
]
