from django.urls import URLPattern, path

from console.arrears import views

urlpatterns: list[URLPattern] = [
    path("p/<int:project_id>/arrears/", views.Arrears.as_view(), name="arrears"),
    path("p/<int:project_id>/arrears/print/", views.ArrearsPrint.as_view(), name="arrears-print"),
    path(
        "p/<int:project_id>/arrears/<int:household_id>/",
        views.ArrearsHousehold.as_view(),
        name="arrears-household",
    ),
    path("p/<int:project_id>/collection-rate/", views.Rates.as_view(), name="collection-rate"),
]
