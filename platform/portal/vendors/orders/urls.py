from django.urls import URLPattern, path

from portal.vendors.orders import pages

_ONE = "orders/<int:order_id>/"
urlpatterns: list[URLPattern] = [
    path("orders/", pages.Orders.as_view(), name="portal-orders"),
    path(_ONE, pages.OrderPage.as_view(), name="portal-orders-order"),
    path(f"{_ONE}acknowledge/", pages.Acknowledge.as_view(), name="portal-orders-acknowledge"),
    path(f"{_ONE}deliveries/", pages.Announce.as_view(), name="portal-orders-announce"),
    path(
        f"{_ONE}deliveries/<int:delivery_id>/cancel/",
        pages.CancelDelivery.as_view(),
        name="portal-orders-cancel-delivery",
    ),
    path(f"{_ONE}answer/", pages.Answer.as_view(), name="portal-orders-answer"),
    path(f"{_ONE}changes/", pages.Propose.as_view(), name="portal-orders-propose"),
]
