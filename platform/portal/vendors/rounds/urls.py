from django.urls import URLPattern, path

from portal.vendors.rounds import views

_ROUND = "rounds/<int:round_id>/"

urlpatterns: list[URLPattern] = [
    path("rounds/", views.Rounds.as_view(), name="portal-rounds"),
    path("rounds/quotes/", views.Quotes.as_view(), name="portal-rounds-quotes"),
    path(_ROUND, views.QuotePage.as_view(), name="portal-rounds-round"),
    path(f"{_ROUND}template/", views.Template.as_view(), name="portal-rounds-template"),
    path(f"{_ROUND}receipts/", views.Receipts.as_view(), name="portal-rounds-receipts"),
    path(f"{_ROUND}withdraw/", views.Withdraw.as_view(), name="portal-rounds-withdraw"),
    path(f"{_ROUND}decline/", views.Decline.as_view(), name="portal-rounds-decline"),
    path(f"{_ROUND}ask/", views.Ask.as_view(), name="portal-rounds-ask"),
    path(f"{_ROUND}seen/", views.Seen.as_view(), name="portal-rounds-seen"),
    path(
        f"{_ROUND}files/<int:round_file_id>/", views.RoundFile.as_view(), name="portal-rounds-file"
    ),
]
