from django.urls import URLPattern, path

from console.audit import views

urlpatterns: list[URLPattern] = [
    path("c/audit/", views.Audit.as_view(), name="audit"),
    path("c/audit/<int:entry_id>/", views.Entry.as_view(), name="audit-entry"),
]
