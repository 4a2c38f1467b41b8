from django.conf import settings
from django.urls import URLPattern, path

from console.shell import components, views

urlpatterns: list[URLPattern] = [
    path("c/preferences/", views.Preferences.as_view(), name="preferences"),
    path("c/projects/<int:project_id>/", views.SwitchProject.as_view(), name="switch-project"),
    path("c/search/", views.Search.as_view(), name="search"),
]
# The style page shows every component in every state to those who build pages.
if settings.ENVIRONMENT in {"dev", "test"}:
    urlpatterns.append(path("c/components/", components.Components.as_view(), name="components"))
