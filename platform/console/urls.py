"""The console's addresses. ``/p/<project>/…`` are a project's pages, ``/c/…`` the company's."""

from django.urls import URLPattern, URLResolver

urlpatterns: list[URLPattern | URLResolver] = []
