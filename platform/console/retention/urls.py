from django.urls import URLPattern, path

from console.retention import views

_RETENTION = "p/<int:project_id>/retention/"

urlpatterns: list[URLPattern] = [
    path(_RETENTION, views.DueList.as_view(), name="retention"),
    path(f"{_RETENTION}hold/", views.Hold.as_view(), name="retention-hold"),
    path(f"{_RETENTION}holds/<int:hold_id>/lift/", views.Lift.as_view(), name="retention-lift"),
    path(f"{_RETENTION}disposals/", views.Disposals.as_view(), name="retention-disposals"),
    path(
        f"{_RETENTION}disposals/<int:disposal_id>/",
        views.DisposalPage.as_view(),
        name="retention-disposal",
    ),
]
