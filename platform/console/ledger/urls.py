from django.urls import path

from console.ledger import views

urlpatterns = [
    path("c/ledger/", views.Ledger.as_view(), name="ledger"),
    path("c/ledger/check/", views.LedgerCheck.as_view(), name="ledger-check"),
    path(
        "p/<int:project_id>/accounts/<int:household_id>/",
        views.HouseholdAccount.as_view(),
        name="bills-account",
    ),
]
