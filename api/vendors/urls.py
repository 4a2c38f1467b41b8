"""The vendors' API. ``PERSON`` stands at the host, ``COMPANY`` under each company's address."""

from typing import Final

from django.urls import URLPattern, URLResolver, path

from api.vendors import papers, person, rounds, vendor

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
    path("rounds/<int:round_id>/", rounds.Round.as_view()),
    path("rounds/<int:round_id>/quotes/", rounds.Quotes.as_view()),
    path("rounds/<int:round_id>/withdrawal/", rounds.Withdrawal.as_view()),
    path("rounds/<int:round_id>/decline/", rounds.Decline.as_view()),
    path("rounds/<int:round_id>/questions/", rounds.Questions.as_view()),
    path("files/<int:attachment_id>/content/", papers.FileContent.as_view()),
]
