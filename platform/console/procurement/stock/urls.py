from django.urls import URLPattern, path

from console.procurement.stock import cards, counts, lists, papers, warehouses

_WAREHOUSE = "c/stock/warehouses/<int:warehouse_id>/"
_ISSUE = "c/stock/issues/<int:issue_id>/"
_TRANSFER = "c/stock/transfers/<int:transfer_id>/"
_COUNT = "c/stock/counts/<int:count_id>/"

urlpatterns: list[URLPattern] = [
    path("c/stock/", lists.StockList.as_view(), name="stock"),
    path("c/stock/opening/", warehouses.EnterOpening.as_view(), name="stock-opening"),
    path("c/stock/lots/", lists.Lots.as_view(), name="stock-lots"),
    path("c/stock/articles/<int:balance_id>/", cards.Card.as_view(), name="stock-card"),
    path(
        "c/stock/articles/<int:balance_id>/minimum/",
        cards.SetMinimum.as_view(),
        name="stock-card-minimum",
    ),
    path("c/stock/warehouses/", lists.Warehouses.as_view(), name="stock-warehouses"),
    path("c/stock/warehouses/new/", warehouses.AddWarehouse.as_view(), name="stock-warehouses-new"),
    path(_WAREHOUSE, warehouses.WarehousePage.as_view(), name="stock-warehouses-warehouse"),
    path(f"{_WAREHOUSE}edit/", warehouses.EditWarehouse.as_view(), name="stock-warehouses-edit"),
    path("c/stock/issues/", lists.Issues.as_view(), name="stock-issues"),
    path("c/stock/issues/new/", papers.NewIssue.as_view(), name="stock-issues-new"),
    path(_ISSUE, papers.IssuePage.as_view(), name="stock-issues-issue"),
    path(f"{_ISSUE}print/", papers.PrintIssue.as_view(), name="stock-issues-print"),
    path(
        f"{_ISSUE}lines/<int:issue_line_id>/give-back/",
        papers.GiveBack.as_view(),
        name="stock-issues-give-back",
    ),
    path("c/stock/transfers/", lists.Transfers.as_view(), name="stock-transfers"),
    path("c/stock/transfers/new/", papers.NewTransfer.as_view(), name="stock-transfers-new"),
    path(_TRANSFER, papers.TransferPage.as_view(), name="stock-transfers-transfer"),
    path(f"{_TRANSFER}print/", papers.PrintTransfer.as_view(), name="stock-transfers-print"),
    path("c/stock/counts/", lists.Counts.as_view(), name="stock-counts"),
    path("c/stock/counts/new/", counts.StartCount.as_view(), name="stock-counts-new"),
    path(_COUNT, counts.CountPage.as_view(), name="stock-counts-count"),
    path(
        f"{_COUNT}lines/<int:count_line_id>/", counts.CountLine.as_view(), name="stock-counts-line"
    ),
    path(f"{_COUNT}find/", counts.FindArticle.as_view(), name="stock-counts-find"),
    path(f"{_COUNT}finish/", counts.FinishCount.as_view(), name="stock-counts-finish"),
    path(f"{_COUNT}submit/", counts.SubmitCount.as_view(), name="stock-counts-submit"),
    path(f"{_COUNT}cancel/", counts.CancelCount.as_view(), name="stock-counts-cancel"),
]
