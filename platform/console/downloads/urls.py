from django.urls import URLPattern, path

from console.downloads import views

urlpatterns: list[URLPattern] = [
    path("c/downloads/", views.Downloads.as_view(), name="downloads"),
    path("c/downloads/<int:export_id>/", views.Fetch.as_view(), name="downloads-fetch"),
    path("c/downloads/<int:export_id>/delete/", views.ThrowAway.as_view(), name="downloads-delete"),
]
