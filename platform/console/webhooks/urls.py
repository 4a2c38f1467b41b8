from django.urls import URLPattern, path

from console.webhooks import views

_ONE = "c/webhooks/<int:endpoint_id>/"

urlpatterns: list[URLPattern] = [
    path("c/webhooks/", views.Endpoints.as_view(), name="webhooks"),
    path("c/webhooks/new/", views.Add.as_view(), name="webhooks-new"),
    path(_ONE, views.EndpointPage.as_view(), name="webhooks-endpoint"),
    path(f"{_ONE}edit/", views.Edit.as_view(), name="webhooks-edit"),
    path(f"{_ONE}secret/", views.RenewSecret.as_view(), name="webhooks-secret"),
    path(f"{_ONE}try/", views.Try.as_view(), name="webhooks-try"),
    path(
        "c/webhooks/deliveries/<int:delivery_id>/replay/",
        views.Replay.as_view(),
        name="webhooks-replay",
    ),
]
