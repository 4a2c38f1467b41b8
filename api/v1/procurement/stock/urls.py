from django.urls import URLPattern, path

from api.v1.procurement.stock import assets, counts, goods, papers

_ISSUE = "stock/issues/<int:issue_id>/"
_COUNT = "stock/counts/<int:count_id>/"
_ASSET = "assets/<int:asset_id>/"

urlpatterns: list[URLPattern] = [
    path("stock/warehouses/", goods.Warehouses.as_view()),
    path("stock/warehouses/<int:warehouse_id>/", goods.WarehouseDetail.as_view()),
    path("stock/balances/", goods.Balances.as_view()),
    path("stock/balances/<int:balance_id>/", goods.BalanceDetail.as_view()),
    path("stock/balances/<int:balance_id>/moves/", goods.Moves.as_view()),
    path("stock/lots/", goods.Lots.as_view()),
    path("stock/opening/", goods.Opening.as_view()),
    path("stock/issues/", papers.Issues.as_view()),
    path(_ISSUE, papers.IssueDetail.as_view()),
    path(f"{_ISSUE}lines/<int:issue_line_id>/give-back/", papers.GiveBack.as_view()),
    path("stock/transfers/", papers.Transfers.as_view()),
    path("stock/transfers/<int:transfer_id>/", papers.TransferDetail.as_view()),
    path("stock/counts/", counts.Counts.as_view()),
    path("stock/counts/due/", counts.CountsDue.as_view()),
    path(_COUNT, counts.CountDetail.as_view()),
    path(f"{_COUNT}lines/", counts.CountLines.as_view()),
    path(f"{_COUNT}lines/<int:count_line_id>/", counts.CountLineDetail.as_view()),
    path(f"{_COUNT}finish/", counts.CountFinish.as_view()),
    path(f"{_COUNT}count-again/", counts.CountAgain.as_view()),
    path(f"{_COUNT}submission/", counts.CountSubmission.as_view()),
    path(f"{_COUNT}cancellation/", counts.CountCancellation.as_view()),
    path("assets/", assets.Assets.as_view()),
    path(_ASSET, assets.AssetDetail.as_view()),
    path(f"{_ASSET}hand-over/", assets.HandOver.as_view()),
    path(f"{_ASSET}take-back/", assets.TakeBack.as_view()),
    path(f"{_ASSET}move/", assets.Move.as_view()),
    path(f"{_ASSET}repair/", assets.Repair.as_view()),
    path(f"{_ASSET}repaired/", assets.Repaired.as_view()),
    path(f"{_ASSET}scrap/", assets.Scrap.as_view()),
]
