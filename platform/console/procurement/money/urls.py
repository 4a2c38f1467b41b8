from django.urls import URLPattern, path

from console.procurement.money import accounts, lists, pages, papers, paying, prints, sheets

_INVOICE, _PAYMENT = (
    "c/vendor-invoices/<int:vendor_invoice_id>/",
    "c/vendor-payments/<int:vendor_payment_id>/",
)
_ADVANCE = "c/advances/<int:advance_id>/"
_CLAIM, _STATEMENT = "c/claims/<int:claim_id>/", "c/vendor-statements/<int:statement_id>/"

urlpatterns: list[URLPattern] = [
    path("c/vendor-invoices/", lists.Invoices.as_view(), name="vendor-invoices"),
    path(
        "c/vendor-invoices/of-order/<int:incoming_order_id>/",
        sheets.EnterInvoice.as_view(),
        name="vendor-invoices-new",
    ),
    path(
        "c/vendor-invoices/of-assessment/<int:assessment_id>/",
        sheets.EnterServiceInvoice.as_view(),
        name="vendor-invoices-service",
    ),
    path(_INVOICE, pages.InvoicePage.as_view(), name="vendor-invoices-invoice"),
    path(f"{_INVOICE}match/", sheets.MatchInvoice.as_view(), name="vendor-invoices-match"),
    path(f"{_INVOICE}book/", sheets.BookInvoice.as_view(), name="vendor-invoices-book"),
    path(f"{_INVOICE}refuse/", sheets.RefuseInvoice.as_view(), name="vendor-invoices-refuse"),
    path(f"{_INVOICE}reverse/", sheets.ReverseInvoice.as_view(), name="vendor-invoices-reverse"),
    path(f"{_INVOICE}credit/", sheets.EnterCredit.as_view(), name="vendor-invoices-credit"),
    path(f"{_INVOICE}refund/", sheets.EnterRefund.as_view(), name="vendor-invoices-refund"),
    path("c/vendor-payments/", lists.Payments.as_view(), name="vendor-payments"),
    path(_PAYMENT, pages.PaymentPage.as_view(), name="vendor-payments-payment"),
    path(f"{_PAYMENT}print/", pages.PrintPayment.as_view(), name="vendor-payments-print"),
    path(f"{_PAYMENT}pay/", paying.PayVendor.as_view(), name="vendor-payments-pay"),
    path(f"{_PAYMENT}undo/", paying.UndoPayment.as_view(), name="vendor-payments-undo"),
    path("c/vendor-accounts/", accounts.Ageing.as_view(), name="vendor-accounts"),
    path(
        "c/vendor-accounts/<int:vendor_id>/",
        accounts.AccountPage.as_view(),
        name="vendor-accounts-vendor",
    ),
    path(
        "c/vendor-accounts/<int:vendor_id>/pay/",
        paying.AskPayment.as_view(),
        name="vendor-accounts-pay",
    ),
    path("c/advances/", lists.Advances.as_view(), name="advances"),
    path("c/advances/new/", paying.AskAdvance.as_view(), name="advances-new"),
    path(_ADVANCE, papers.AdvancePage.as_view(), name="advances-advance"),
    path(f"{_ADVANCE}pay/", paying.PayAdvance.as_view(), name="advances-pay"),
    path(f"{_ADVANCE}drop/", paying.DropAdvance.as_view(), name="advances-drop"),
    path(f"{_ADVANCE}take-back/", paying.TakeBackAdvance.as_view(), name="advances-take-back"),
    path(f"{_ADVANCE}print/", prints.PrintAdvance.as_view(), name="advances-print"),
    path("c/claims/", lists.Claims.as_view(), name="claims"),
    path(
        "c/claims/of-receipt/<int:goods_receipt_id>/", paying.NewClaim.as_view(), name="claims-new"
    ),
    path(_CLAIM, papers.ClaimPage.as_view(), name="claims-claim"),
    path(f"{_CLAIM}print/", prints.PrintClaim.as_view(), name="claims-print"),
    path(f"{_CLAIM}attach/", paying.AttachPaper.as_view(), name="claims-attach"),
    path(f"{_CLAIM}submit/", paying.SubmitClaim.as_view(), name="claims-submit"),
    path(f"{_CLAIM}discard/", paying.DiscardClaim.as_view(), name="claims-discard"),
    path(f"{_CLAIM}settle/", paying.SettleClaim.as_view(), name="claims-settle"),
    path("c/vendor-statements/", lists.Statements.as_view(), name="vendor-statements"),
    path("c/vendor-statements/new/", paying.SendStatement.as_view(), name="vendor-statements-new"),
    path(_STATEMENT, accounts.StatementPage.as_view(), name="vendor-statements-statement"),
    path(f"{_STATEMENT}answer/", paying.AnswerStatement.as_view(), name="vendor-statements-answer"),
    path("c/service-assessments/", lists.Assessments.as_view(), name="service-assessments"),
    path(
        "c/service-assessments/new/", paying.AssessService.as_view(), name="service-assessments-new"
    ),
    path(
        "c/service-assessments/<int:assessment_id>/",
        papers.AssessmentPage.as_view(),
        name="service-assessments-assessment",
    ),
]
