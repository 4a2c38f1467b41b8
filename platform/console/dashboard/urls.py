from django.urls import URLPattern, path

from console.dashboard import views

urlpatterns: list[URLPattern] = [
    path("p/<int:project_id>/", views.Dashboard.as_view(), name="project-home"),
]
