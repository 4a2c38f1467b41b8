from django.urls import URLPattern, path

from api.v1.procurement.receiving import objections, receipts

_RECEIPT = "goods-receipts/<int:goods_receipt_id>/"
_OBJECTION = "goods-objections/<int:objection_id>/"
_SAMPLE = "sealed-samples/<int:sample_id>/"

urlpatterns: list[URLPattern] = [
    path("purchase-orders/coming/", receipts.Coming.as_view()),
    path("purchase-orders/<int:order_id>/to-come/", receipts.ToCome.as_view()),
    path("purchase-orders/<int:order_id>/goods-receipts/", receipts.OrderReceipts.as_view()),
    path("goods-receipts/", receipts.Receipts.as_view()),
    path(_RECEIPT, receipts.ReceiptDetail.as_view()),
    path(f"{_RECEIPT}history/", receipts.ReceiptHistory.as_view()),
    path(
        "goods-receipts/lines/<int:receipt_line_id>/objections/",
        objections.LineObjections.as_view(),
    ),
    path("goods-objections/", objections.Objections.as_view()),
    path(_OBJECTION, objections.ObjectionDetail.as_view()),
    path(f"{_OBJECTION}history/", objections.ObjectionHistory.as_view()),
    path(f"{_OBJECTION}take-up/", objections.ObjectionTakeUp.as_view()),
    path(f"{_OBJECTION}settlement/", objections.ObjectionSettlement.as_view()),
    path(f"{_OBJECTION}put-back/", objections.ObjectionPutBack.as_view()),
    path(f"{_OBJECTION}returns/", objections.ObjectionReturns.as_view()),
    path("goods-returns/", objections.Returns.as_view()),
    path("sealed-samples/", objections.Samples.as_view()),
    path(_SAMPLE, objections.SampleDetail.as_view()),
    path(f"{_SAMPLE}history/", objections.SampleHistory.as_view()),
    path(f"{_SAMPLE}end/", objections.SampleEnd.as_view()),
]
