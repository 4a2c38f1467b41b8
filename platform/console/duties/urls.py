from django.urls import URLPattern, path

from console.duties import views

_ONE = "c/duties/exemptions/<int:exemption_id>/"

urlpatterns: list[URLPattern] = [
    path("c/duties/", views.Conflicts.as_view(), name="duties"),
    path("c/duties/pairs/", views.Pairs.as_view(), name="duties-pairs"),
    path("c/duties/exemptions/", views.Exemptions.as_view(), name="duties-exemptions"),
    path("c/duties/exemptions/new/", views.Ask.as_view(), name="duties-exemptions-new"),
    path(_ONE, views.ExemptionPage.as_view(), name="duties-exemptions-one"),
    path(f"{_ONE}approve/", views.Approve.as_view(), name="duties-exemptions-approve"),
    path(f"{_ONE}reject/", views.Reject.as_view(), name="duties-exemptions-reject"),
    path(f"{_ONE}end/", views.End.as_view(), name="duties-exemptions-end"),
]
