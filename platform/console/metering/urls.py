from django.urls import path, register_converter

from console.metering.entry import Entry
from console.metering.lists import LatestMonth, Missing, Readings
from console.metering.resolve import ReadingSheet, ReopenReading


class MonthConverter:
    """``2026-10`` in an address, handed on as it stands."""

    regex = r"\d{4}-(?:0[1-9]|1[0-2])"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(MonthConverter, "month")

_MONTH = "p/<int:project_id>/readings/<month:month>/"

urlpatterns = [
    path("p/<int:project_id>/readings/", LatestMonth.as_view(), name="readings"),
    path(_MONTH, Readings.as_view(), name="readings-month"),
    path(f"{_MONTH}missing/", Missing.as_view(), name="readings-missing"),
    path(f"{_MONTH}entry/", Entry.as_view(), name="readings-entry"),
    path(
        "p/<int:project_id>/readings/<int:reading_id>/",
        ReadingSheet.as_view(),
        name="readings-reading",
    ),
    path(
        "p/<int:project_id>/readings/<int:reading_id>/reopen/",
        ReopenReading.as_view(),
        name="readings-reopen",
    ),
]
