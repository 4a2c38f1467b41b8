from django.urls import URLPattern, path

from portal.site import views

urlpatterns: list[URLPattern] = [
    path("", views.Home.as_view(), name="home"),
]
