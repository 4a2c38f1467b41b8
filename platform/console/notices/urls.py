from django.urls import URLPattern, path

from console.notices import own, wording

urlpatterns: list[URLPattern] = [
    path("c/notices/", own.Notices.as_view(), name="notices"),
    path("c/notices/read/", own.MarkRead.as_view(), name="notices-read"),
    path("c/notices/<int:notification_id>/", own.Open.as_view(), name="notices-open"),
    path("c/notices/choices/", own.Choices.as_view(), name="notices-choices"),
    path("c/notice-words/", wording.Words.as_view(), name="notice-words"),
    path(
        "c/notice-words/<str:language>/<str:notice>/",
        wording.EditWords.as_view(),
        name="notice-words-edit",
    ),
    path(
        "c/notice-words/<str:language>/<str:notice>/restore/",
        wording.RestoreWords.as_view(),
        name="notice-words-restore",
    ),
    path("c/notice-log/", wording.Log.as_view(), name="notice-log"),
]
