from django.urls import URLPattern, path

from console.identity import departures, items, programs

_ITEM = "c/items/<int:thing_id>/"
_DEPARTURE = "c/departures/<int:departure_id>/"
_INTEGRATION = "c/integrations/<int:integration_id>/"

urlpatterns: list[URLPattern] = [
    path("c/items/", items.Items.as_view(), name="items"),
    path("c/items/new/", items.IssueItem.as_view(), name="items-new"),
    path(_ITEM, items.Item.as_view(), name="items-item"),
    path(f"{_ITEM}hand-over/", items.HandOverItem.as_view(), name="items-hand-over"),
    path(f"{_ITEM}take-back/", items.TakeItemBack.as_view(), name="items-take-back"),
    path(f"{_ITEM}lost/", items.LoseItem.as_view(), name="items-lost"),
    path("c/departures/", departures.Departures.as_view(), name="departures"),
    path("c/departures/new/", departures.BeginDeparture.as_view(), name="departures-new"),
    path(_DEPARTURE, departures.DeparturePage.as_view(), name="departures-departure"),
    path(f"{_DEPARTURE}settle/", departures.SettleThing.as_view(), name="departures-settle"),
    path(f"{_DEPARTURE}close/", departures.CloseAccount.as_view(), name="departures-close"),
    path(
        f"{_DEPARTURE}take-back/",
        departures.TakeDepartureBack.as_view(),
        name="departures-take-back",
    ),
    path(f"{_DEPARTURE}sheet/", departures.Sheet.as_view(), name="departures-sheet"),
    path("c/integrations/", programs.Integrations.as_view(), name="integrations"),
    path("c/integrations/new/", programs.NewIntegration.as_view(), name="integrations-new"),
    path(_INTEGRATION, programs.Integration.as_view(), name="integrations-integration"),
    path(f"{_INTEGRATION}tokens/", programs.NewToken.as_view(), name="integrations-token"),
    path(
        f"{_INTEGRATION}tokens/<int:token_id>/revoke/",
        programs.RevokeToken.as_view(),
        name="integrations-token-revoke",
    ),
    path(f"{_INTEGRATION}end/", programs.EndIntegration.as_view(), name="integrations-end"),
    path("c/second-factor/", programs.FactorRules.as_view(), name="factor-rules"),
]
