from django.urls import path

from api.v1.cashier import payments, receipts

urlpatterns = [
    path("households/<int:household_id>/open-bills/", payments.OpenBills.as_view()),
    path("households/<int:household_id>/payment-notice/", receipts.PaymentNotice.as_view()),
    path("payments/", payments.Payments.as_view()),
    path("payments/quote/", payments.PaymentQuote.as_view()),
    path("payments/<int:payment_id>/", payments.PaymentDetail.as_view()),
    path("payments/<int:payment_id>/history/", payments.PaymentHistory.as_view()),
    path("payments/<int:payment_id>/void/", payments.PaymentVoid.as_view()),
    path("receipts/", receipts.Receipts.as_view()),
    path("receipts/<int:receipt_id>/", receipts.ReceiptDetail.as_view()),
    path("receipts/<int:receipt_id>/print/", receipts.ReceiptPrint.as_view()),
    path("receipts/<int:receipt_id>/pdf/", receipts.ReceiptPdf.as_view()),
    path("takings/", payments.Takings.as_view()),
]
