from django.urls import URLPattern, path

from console.security import views

urlpatterns: list[URLPattern] = [
    path("c/security/", views.SecurityLog.as_view(), name="security"),
]
