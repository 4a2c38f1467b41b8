from django.urls import URLPattern, path

from console.files import views

urlpatterns: list[URLPattern] = [
    path("c/files/<int:attachment_id>/", views.OpenFile.as_view(), name="files-open"),
    path(
        "c/files/<int:attachment_id>/withdraw/", views.WithdrawFile.as_view(), name="files-withdraw"
    ),
    path("c/files/<str:carrier>/<int:subject_id>/", views.Files.as_view(), name="files"),
]
