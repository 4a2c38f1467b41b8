from django.urls import URLPattern, path

from console.deadlines import views

urlpatterns: list[URLPattern] = [
    path("c/deadlines/", views.Deadlines.as_view(), name="deadlines"),
    path("c/deadlines/<int:deadline_id>/", views.Deadline.as_view(), name="deadlines-one"),
]
