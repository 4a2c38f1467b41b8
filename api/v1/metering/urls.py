from django.urls import path

from api.v1.metering import readings

_READING = "meter-readings/<int:reading_id>/"

urlpatterns = [
    path("meter-readings/", readings.Readings.as_view()),
    path("meter-readings/assess/", readings.ReadingsAssessment.as_view()),
    path("meter-readings/missing/", readings.Missing.as_view()),
    path("meter-readings/progress/", readings.Progress.as_view()),
    path(_READING, readings.ReadingDetail.as_view()),
    path(f"{_READING}history/", readings.ReadingHistory.as_view()),
    path(f"{_READING}past/", readings.ReadingPast.as_view()),
    path(f"{_READING}resolve/", readings.ReadingResolution.as_view()),
    path(f"{_READING}reopen/", readings.ReadingReopening.as_view()),
]
