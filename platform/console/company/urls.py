from django.urls import URLPattern, path

from console.company import views

urlpatterns: list[URLPattern] = [
    path("c/company/", views.Settings.as_view(), name="company"),
]
