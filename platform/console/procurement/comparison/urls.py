from django.urls import path

from console.procurement.comparison import views

urlpatterns = [
    path(
        "c/quote-rounds/<int:round_id>/comparison/",
        views.ComparisonPage.as_view(),
        name="quote-rounds-comparison",
    ),
    path(
        "c/quote-rounds/<int:round_id>/comparison.xlsx",
        views.ComparisonSheet.as_view(),
        name="quote-rounds-comparison-sheet",
    ),
    path(
        "c/quote-rounds/<int:round_id>/comparison.pdf",
        views.ComparisonPaper.as_view(),
        name="quote-rounds-comparison-paper",
    ),
    path(
        "c/quote-rounds/<int:round_id>/evaluators/",
        views.EvaluatorsSheet.as_view(),
        name="quote-rounds-evaluators",
    ),
    path(
        "c/quote-rounds/<int:round_id>/scores/",
        views.ScoresPage.as_view(),
        name="quote-rounds-scores",
    ),
    path(
        "c/quote-rounds/<int:round_id>/award/",
        views.AwardPage.as_view(),
        name="quote-rounds-award",
    ),
    path(
        "c/quote-rounds/<int:round_id>/second/",
        views.SecondRound.as_view(),
        name="quote-rounds-second",
    ),
]
