from django.urls import URLPattern, path

from console.imports import views

urlpatterns: list[URLPattern] = [
    path("p/<int:project_id>/imports/", views.Imports.as_view(), name="imports"),
    path(
        "p/<int:project_id>/imports/new/<slug:kind>/", views.NewImport.as_view(), name="imports-new"
    ),
    path("p/<int:project_id>/imports/<int:batch_id>/", views.Batch.as_view(), name="imports-batch"),
    path(
        "p/<int:project_id>/imports/<int:batch_id>/columns/",
        views.Columns.as_view(),
        name="imports-columns",
    ),
    path(
        "p/<int:project_id>/imports/<int:batch_id>/progress/",
        views.Progress.as_view(),
        name="imports-progress",
    ),
    path(
        "p/<int:project_id>/imports/<int:batch_id>/annotated/",
        views.Annotated.as_view(),
        name="imports-annotated",
    ),
    path(
        "p/<int:project_id>/imports/<int:batch_id>/check/",
        views.CheckAgain.as_view(),
        name="imports-check",
    ),
    path(
        "p/<int:project_id>/imports/<int:batch_id>/commit/",
        views.Commit.as_view(),
        name="imports-commit",
    ),
    path(
        "p/<int:project_id>/imports/<int:batch_id>/undo/", views.Undo.as_view(), name="imports-undo"
    ),
]
