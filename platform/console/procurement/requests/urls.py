from django.urls import path

from console.procurement.requests.budgets import Budgets, BudgetSheet
from console.procurement.requests.edit import CatalogueSearch, EditRequest, NewRequest, Sums
from console.procurement.requests.figures import Emergencies, Figures, Savings
from console.procurement.requests.lists import Requests
from console.procurement.requests.page import RequestPage
from console.procurement.requests.sheets import (
    CancelRequest,
    CopyRequest,
    GiveUpRest,
    LogConsent,
    NoteReallocation,
    ReportObstacle,
    SubmitRequest,
    TakeBack,
)
from console.procurement.requests.together import SplitReport, ToBuy

_ONE = "c/purchase-requests/<int:request_id>/"

urlpatterns = [
    path("c/purchase-requests/", Requests.as_view(), name="purchase-requests"),
    path("c/purchase-requests/new/", NewRequest.as_view(), name="purchase-requests-new"),
    path("c/purchase-requests/sums/", Sums.as_view(), name="purchase-requests-sums"),
    path("c/purchase-requests/items/", CatalogueSearch.as_view(), name="purchase-requests-items"),
    path("c/purchase-requests/to-buy/", ToBuy.as_view(), name="purchase-requests-to-buy"),
    path("c/purchase-requests/splits/", SplitReport.as_view(), name="purchase-requests-splits"),
    path("c/purchase-requests/figures/", Figures.as_view(), name="purchase-requests-figures"),
    path(
        "c/purchase-requests/emergencies/",
        Emergencies.as_view(),
        name="purchase-requests-emergencies",
    ),
    path("c/purchase-requests/savings/", Savings.as_view(), name="purchase-requests-savings"),
    path("c/purchase-requests/budgets/", Budgets.as_view(), name="purchase-requests-budgets"),
    path(
        "c/purchase-requests/budgets/new/",
        BudgetSheet.as_view(),
        name="purchase-requests-budget-new",
    ),
    path(
        "c/purchase-requests/budgets/<int:budget_id>/",
        BudgetSheet.as_view(),
        name="purchase-requests-budget",
    ),
    path(_ONE, RequestPage.as_view(), name="purchase-requests-request"),
    path(f"{_ONE}edit/", EditRequest.as_view(), name="purchase-requests-edit"),
    path(f"{_ONE}submit/", SubmitRequest.as_view(), name="purchase-requests-submit"),
    path(f"{_ONE}consent/", LogConsent.as_view(), name="purchase-requests-consent"),
    path(f"{_ONE}reallocation/", NoteReallocation.as_view(), name="purchase-requests-reallocation"),
    path(f"{_ONE}take-back/", TakeBack.as_view(), name="purchase-requests-take-back"),
    path(f"{_ONE}copy/", CopyRequest.as_view(), name="purchase-requests-copy"),
    path(
        "c/purchase-requests/lines/<int:request_line_id>/obstacle/",
        ReportObstacle.as_view(),
        name="purchase-requests-obstacle",
    ),
    path(f"{_ONE}give-up/", GiveUpRest.as_view(), name="purchase-requests-give-up"),
    path(f"{_ONE}cancel/", CancelRequest.as_view(), name="purchase-requests-cancel"),
]
