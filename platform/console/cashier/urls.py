from django.urls import URLPattern, path

from console.cashier import desk, papers, receipts

urlpatterns: list[URLPattern] = [
    path("p/<int:project_id>/desk/", desk.Desk.as_view(), name="desk"),
    path("p/<int:project_id>/desk/find/", desk.DeskFind.as_view(), name="desk-find"),
    path("p/<int:project_id>/desk/sums/", desk.DeskSums.as_view(), name="desk-sums"),
    path("p/<int:project_id>/desk/outcome/", desk.DeskOutcome.as_view(), name="desk-outcome"),
    path("p/<int:project_id>/desk/today/", desk.DeskToday.as_view(), name="desk-today"),
    path("p/<int:project_id>/receipts/", receipts.Receipts.as_view(), name="receipts"),
    path(
        "p/<int:project_id>/receipts/<int:receipt_id>/",
        receipts.ReceiptPage.as_view(),
        name="receipts-receipt",
    ),
    path(
        "p/<int:project_id>/receipts/<int:receipt_id>/print/",
        receipts.PrintReceipt.as_view(),
        name="receipts-print",
    ),
    path(
        "p/<int:project_id>/receipts/<int:receipt_id>/pdf/",
        papers.ReceiptPdf.as_view(),
        name="receipts-pdf",
    ),
    path(
        "p/<int:project_id>/households/<int:household_id>/notice/",
        papers.PaymentNotice.as_view(),
        name="household-notice",
    ),
    path(
        "p/<int:project_id>/receipts/<int:receipt_id>/void/",
        receipts.VoidReceipt.as_view(),
        name="receipts-void",
    ),
]
