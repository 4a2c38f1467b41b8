from django.urls import URLPattern, path

from console.procurement.receiving import lists, pages, sheets

_OBJECTION = "c/goods-objections/<int:objection_id>/"

urlpatterns: list[URLPattern] = [
    path("c/goods-receipts/", lists.Receipts.as_view(), name="goods-receipts"),
    path("c/goods-receipts/coming/", lists.Coming.as_view(), name="goods-receipts-coming"),
    path(
        "c/goods-receipts/coming/<int:incoming_order_id>/",
        sheets.Receive.as_view(),
        name="goods-receipts-receive",
    ),
    path(
        "c/goods-receipts/<int:goods_receipt_id>/",
        pages.ReceiptPage.as_view(),
        name="goods-receipts-receipt",
    ),
    path(
        "c/goods-receipts/<int:goods_receipt_id>/print/",
        pages.PrintReceipt.as_view(),
        name="goods-receipts-print",
    ),
    path("c/goods-objections/", lists.Objections.as_view(), name="goods-objections"),
    path(
        "c/goods-objections/new/<int:receipt_line_id>/",
        sheets.ObjectInUse.as_view(),
        name="goods-objections-new",
    ),
    path(_OBJECTION, pages.ObjectionPage.as_view(), name="goods-objections-objection"),
    path(f"{_OBJECTION}take-up/", sheets.TakeUp.as_view(), name="goods-objections-take-up"),
    path(f"{_OBJECTION}settle/", sheets.Settle.as_view(), name="goods-objections-settle"),
    path(f"{_OBJECTION}put-back/", sheets.PutBack.as_view(), name="goods-objections-put-back"),
    path(f"{_OBJECTION}return/", sheets.Return.as_view(), name="goods-objections-return"),
    path("c/goods-returns/", lists.Returns.as_view(), name="goods-returns"),
    path("c/sealed-samples/", lists.Samples.as_view(), name="sealed-samples"),
    path("c/sealed-samples/new/", sheets.Seal.as_view(), name="sealed-samples-new"),
    path(
        "c/sealed-samples/<int:sample_id>/",
        pages.SamplePage.as_view(),
        name="sealed-samples-sample",
    ),
    path(
        "c/sealed-samples/<int:sample_id>/end/",
        sheets.EndSample.as_view(),
        name="sealed-samples-end",
    ),
]
