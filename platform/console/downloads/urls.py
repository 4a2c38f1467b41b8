from django.urls import URLPattern, path

from console.downloads import batches, views

_BATCH = "c/downloads/papers/<int:print_id>/"

urlpatterns: list[URLPattern] = [
    path("c/downloads/", views.Downloads.as_view(), name="downloads"),
    path("c/downloads/<int:export_id>/", views.Fetch.as_view(), name="downloads-fetch"),
    path("c/downloads/<int:export_id>/delete/", views.ThrowAway.as_view(), name="downloads-delete"),
    path(_BATCH, batches.FetchBatch.as_view(), name="downloads-batch"),
    path(f"{_BATCH}go-on/", batches.GoOn.as_view(), name="downloads-batch-go-on"),
    path(f"{_BATCH}stop/", batches.Stop.as_view(), name="downloads-batch-stop"),
    path(f"{_BATCH}delete/", batches.ThrowAway.as_view(), name="downloads-batch-delete"),
]
