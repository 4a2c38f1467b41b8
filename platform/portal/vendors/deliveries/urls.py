from django.urls import URLPattern, path

from portal.vendors.deliveries import pages

urlpatterns: list[URLPattern] = [
    path("deliveries/", pages.Deliveries.as_view(), name="portal-deliveries"),
    path(
        "deliveries/<int:receipt_id>/",
        pages.ReceiptPage.as_view(),
        name="portal-deliveries-receipt",
    ),
]
