from django.urls import URLPattern, path

from console.procurement.rounds import drafts, keys, lists, pages

_ROUND = "c/quote-rounds/<int:round_id>/"

urlpatterns: list[URLPattern] = [
    path("c/quote-rounds/", lists.Rounds.as_view(), name="quote-rounds"),
    path("c/quote-rounds/new/", drafts.NewRound.as_view(), name="quote-rounds-new"),
    path("c/quote-rounds/key/", keys.OwnKey.as_view(), name="quote-rounds-key"),
    path(
        "c/quote-rounds/questions/<int:question_id>/",
        pages.AnswerQuestion.as_view(),
        name="quote-rounds-answer",
    ),
    path(_ROUND, pages.RoundPage.as_view(), name="quote-rounds-round"),
    path(f"{_ROUND}edit/", drafts.EditRound.as_view(), name="quote-rounds-edit"),
    path(f"{_ROUND}publish/", pages.Publish.as_view(), name="quote-rounds-publish"),
    path(f"{_ROUND}fewer/", pages.AskForFewer.as_view(), name="quote-rounds-fewer"),
    path(f"{_ROUND}amend/", pages.Amend.as_view(), name="quote-rounds-amend"),
    path(f"{_ROUND}remind/", pages.Remind.as_view(), name="quote-rounds-remind"),
    path(f"{_ROUND}cancel/", pages.Cancel.as_view(), name="quote-rounds-cancel"),
    path(f"{_ROUND}release/", pages.ReleaseKey.as_view(), name="quote-rounds-release"),
    path(f"{_ROUND}minutes/", pages.Minutes.as_view(), name="quote-rounds-minutes"),
]
