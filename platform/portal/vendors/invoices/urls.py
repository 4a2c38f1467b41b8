from django.urls import URLPattern, path

from portal.vendors.invoices import pages

urlpatterns: list[URLPattern] = [
    path("invoices/", pages.Invoices.as_view(), name="portal-invoices"),
    path("invoices/<int:invoice_id>/", pages.InvoicePage.as_view(), name="portal-invoices-invoice"),
    path(
        "invoices/orders/<int:order_id>/",
        pages.EnterForOrder.as_view(),
        name="portal-invoices-order",
    ),
    path(
        "invoices/months/<int:assessment_id>/",
        pages.EnterForMonth.as_view(),
        name="portal-invoices-month",
    ),
]
