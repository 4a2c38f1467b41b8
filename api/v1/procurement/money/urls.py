from django.urls import URLPattern, path

from api.v1.procurement.money import accounts, assessments, claims, invoices, payments

_INVOICE = "vendor-invoices/<int:vendor_invoice_id>/"
_PAYMENT = "vendor-payments/<int:vendor_payment_id>/"
_ADVANCE = "advances/<int:advance_id>/"
_CLAIM = "claims/<int:claim_id>/"
_VENDOR = "vendors/<int:vendor_id>/"
_STATEMENT = "vendor-statements/<int:statement_id>/"
_ASSESSMENT = "service-assessments/<int:assessment_id>/"

urlpatterns: list[URLPattern] = [
    path("vendor-invoices/", invoices.Invoices.as_view()),
    path("purchase-orders/<int:order_id>/invoices/", invoices.OrderInvoices.as_view()),
    path(_INVOICE, invoices.InvoiceDetail.as_view()),
    path(f"{_INVOICE}history/", invoices.InvoiceHistory.as_view()),
    path(f"{_INVOICE}match/", invoices.InvoiceMatch.as_view()),
    path(f"{_INVOICE}book/", invoices.InvoiceBooking.as_view()),
    path(f"{_INVOICE}refuse/", invoices.InvoiceRefusal.as_view()),
    path(f"{_INVOICE}reverse/", invoices.InvoiceReversal.as_view()),
    path(f"{_INVOICE}credit-notes/", invoices.InvoiceCredits.as_view()),
    path(f"{_INVOICE}refunds/", invoices.InvoiceRefunds.as_view()),
    path("vendor-credit-notes/", invoices.CreditNotes.as_view()),
    path("vendor-payments/", payments.Payments.as_view()),
    path(f"{_VENDOR}payments/", payments.PaymentsOfVendor.as_view()),
    path(_PAYMENT, payments.PaymentDetail.as_view()),
    path(f"{_PAYMENT}history/", payments.PaymentHistory.as_view()),
    path(f"{_PAYMENT}pay/", payments.PaymentBooking.as_view()),
    path(f"{_PAYMENT}undo/", payments.PaymentUndoing.as_view()),
    path("advances/", claims.Advances.as_view()),
    path(_ADVANCE, claims.AdvanceDetail.as_view()),
    path(f"{_ADVANCE}history/", claims.AdvanceHistory.as_view()),
    path(f"{_ADVANCE}pay/", claims.AdvancePayment.as_view()),
    path(f"{_ADVANCE}drop/", claims.AdvanceDropping.as_view()),
    path(f"{_ADVANCE}give-back/", claims.AdvanceReturn.as_view()),
    path("claims/", claims.Claims.as_view()),
    path("goods-receipts/<int:goods_receipt_id>/claims/", claims.ReceiptClaims.as_view()),
    path(_CLAIM, claims.ClaimDetail.as_view()),
    path(f"{_CLAIM}history/", claims.ClaimHistory.as_view()),
    path(f"{_CLAIM}submit/", claims.ClaimSubmission.as_view()),
    path(f"{_CLAIM}discard/", claims.ClaimDiscarding.as_view()),
    path(f"{_CLAIM}settle/", claims.ClaimSettlement.as_view()),
    path("vendor-accounts/", accounts.Ageing.as_view()),
    path(f"{_VENDOR}account/", accounts.Entries.as_view()),
    path(f"{_VENDOR}balance/", accounts.Balance.as_view()),
    path("vendor-statements/", accounts.Statements.as_view()),
    path("vendor-statements/due/", accounts.StatementsDue.as_view()),
    path(_STATEMENT, accounts.StatementDetail.as_view()),
    path(f"{_STATEMENT}history/", accounts.StatementHistory.as_view()),
    path(f"{_STATEMENT}answer/", accounts.StatementAnswer.as_view()),
    path("service-assessments/", assessments.Assessments.as_view()),
    path(_ASSESSMENT, assessments.AssessmentDetail.as_view()),
    path(f"{_ASSESSMENT}history/", assessments.AssessmentHistory.as_view()),
    path(f"{_ASSESSMENT}invoice/", invoices.AssessmentInvoice.as_view()),
]
