from django.urls import URLPattern, path

from console.policies import report, views

urlpatterns: list[URLPattern] = [
    path("c/policies/", views.Policies.as_view(), name="policies"),
    path("c/policies-differing/", report.Differing.as_view(), name="policies-differing"),
    path(
        "c/policy-values/<int:value_id>/withdraw/",
        views.Withdraw.as_view(),
        name="policies-withdraw",
    ),
    path("c/policies/<str:policy_key>/", views.Policy.as_view(), name="policies-setting"),
    path("c/policies/<str:policy_key>/reset/", views.Reset.as_view(), name="policies-reset"),
    path("p/<int:project_id>/policies/", views.Policies.as_view(), name="policies-project"),
    path(
        "p/<int:project_id>/policies/<str:policy_key>/",
        views.Policy.as_view(),
        name="policies-project-setting",
    ),
    path(
        "p/<int:project_id>/policies/<str:policy_key>/reset/",
        views.Reset.as_view(),
        name="policies-project-reset",
    ),
]
