from django.urls import URLPattern, path

from console.procurement.orders import lists, making, pages, sheets

_ONE = "c/purchase-orders/<int:order_id>/"
urlpatterns: list[URLPattern] = [
    path("c/purchase-orders/", lists.Orders.as_view(), name="purchase-orders"),
    path("c/purchase-orders/new/", making.New.as_view(), name="purchase-orders-new"),
    path(
        "c/purchase-orders/of-award/<int:award_id>/",
        making.OrderAward.as_view(),
        name="purchase-orders-of-award",
    ),
    path(
        "c/purchase-orders/of-request/<int:emergency_id>/",
        making.Emergency.as_view(),
        name="purchase-orders-of-request",
    ),
    path(
        "c/contracts/<int:contract_id>/call-off/",
        making.CallOff.as_view(),
        name="contracts-call-off",
    ),
    path("c/contracts/<int:contract_id>/prices/", making.Prices.as_view(), name="contracts-prices"),
    path("c/purchase-orders/losses/", lists.Losses.as_view(), name="purchase-orders-losses"),
    path(
        "c/purchase-orders/losses/<int:loss_id>/withdraw/",
        sheets.WithdrawLoss.as_view(),
        name="purchase-orders-withdraw-loss",
    ),
    path(f"{_ONE}loss/", sheets.RecordLoss.as_view(), name="purchase-orders-loss"),
    path(_ONE, pages.OrderPage.as_view(), name="purchase-orders-order"),
    path(f"{_ONE}print/", pages.OrderPrint.as_view(), name="purchase-orders-print"),
    path(f"{_ONE}draft/", sheets.Draft.as_view(), name="purchase-orders-draft"),
    path(f"{_ONE}send/", sheets.Send.as_view(), name="purchase-orders-send"),
    path(f"{_ONE}change/", sheets.ProposeChange.as_view(), name="purchase-orders-change"),
    path(f"{_ONE}close/", sheets.Close.as_view(), name="purchase-orders-close"),
    path(f"{_ONE}cancel/", sheets.Cancel.as_view(), name="purchase-orders-cancel"),
    path(
        f"{_ONE}changes/<int:change_id>/take-up/",
        pages.TakeUp.as_view(),
        name="purchase-orders-take-up",
    ),
    path(f"{_ONE}changes/<int:change_id>/drop/", pages.Drop.as_view(), name="purchase-orders-drop"),
]
