from django.urls import URLPattern, path

from console.archive import views

_ARCHIVE = "p/<int:project_id>/archive/"

urlpatterns: list[URLPattern] = [
    path(_ARCHIVE, views.Requests.as_view(), name="archive"),
    path(f"{_ARCHIVE}looks/", views.Looks.as_view(), name="archive-looks"),
    path(
        f"{_ARCHIVE}households/<int:household_id>/", views.OwnerFile.as_view(), name="archive-owner"
    ),
    path(
        f"{_ARCHIVE}households/<int:household_id>/request/",
        views.NewRequest.as_view(),
        name="archive-new",
    ),
    path(f"{_ARCHIVE}<int:access_id>/", views.Request.as_view(), name="archive-request"),
    path(f"{_ARCHIVE}<int:access_id>/sign/", views.Sign.as_view(), name="archive-sign"),
    path(f"{_ARCHIVE}<int:access_id>/end/", views.End.as_view(), name="archive-end"),
    path(
        f"{_ARCHIVE}<int:access_id>/files/<int:attachment_id>/",
        views.Paper.as_view(),
        name="archive-paper",
    ),
]
