"""The vendors' API. ``PERSON`` stands at the host, ``COMPANY`` under each company's address."""

from typing import Final

from django.urls import URLPattern, URLResolver, path

from api.vendors import deliveries, messages, money, orders, papers, person, rounds, vendor

PERSON: Final[list[URLPattern | URLResolver]] = [
    path("schema/", person.Document.as_view(), name="vendor-api-schema"),
    path("me/", person.Me.as_view()),
    path("companies/", person.Companies.as_view()),
]
COMPANY: Final[list[URLPattern | URLResolver]] = [
    path("vendor/", vendor.OwnVendor.as_view()),
    path("papers/", papers.Papers.as_view()),
    path("paper-kinds/", papers.PaperKinds.as_view()),
    path("rounds/", rounds.Rounds.as_view()),
    path("quotes/", rounds.OwnQuotes.as_view()),
    path("rounds/<int:round_id>/", rounds.Round.as_view()),
    path("rounds/<int:round_id>/quotes/", rounds.Quotes.as_view()),
    path("rounds/<int:round_id>/withdrawal/", rounds.Withdrawal.as_view()),
    path("rounds/<int:round_id>/decline/", rounds.Decline.as_view()),
    path("rounds/<int:round_id>/questions/", rounds.Questions.as_view()),
    path("orders/", orders.Orders.as_view()),
    path("orders/<int:order_id>/", orders.Order.as_view()),
    path("orders/<int:order_id>/acknowledgement/", orders.Acknowledgement.as_view()),
    path("orders/<int:order_id>/answer/", orders.Answer.as_view()),
    path("orders/<int:order_id>/changes/", orders.Changes.as_view()),
    path("orders/<int:order_id>/deliveries/", orders.OrderDeliveries.as_view()),
    path("orders/<int:order_id>/invoices/", money.InvoicesOfOrder.as_view()),
    path("deliveries/", orders.Deliveries.as_view()),
    path("deliveries/<int:delivery_id>/cancellation/", orders.DeliveryCancellation.as_view()),
    path("receipts/", deliveries.Receipts.as_view()),
    path("objections/", deliveries.Objections.as_view()),
    path("invoices/", money.Invoices.as_view()),
    path("invoices/<int:invoice_id>/", money.Invoice.as_view()),
    path("invoices/<int:invoice_id>/scan/", money.InvoiceScan.as_view()),
    path("months/", money.MonthsToBill.as_view()),
    path("months/<int:assessment_id>/invoice/", money.InvoiceOfMonth.as_view()),
    path("entries/", money.Entries.as_view()),
    path("statements/", money.Statements.as_view()),
    path("statements/<int:statement_id>/answer/", money.StatementAnswer.as_view()),
    path("messages/", messages.Messages.as_view()),
    path("files/<int:attachment_id>/content/", papers.FileContent.as_view()),
]
