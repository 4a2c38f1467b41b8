from django.urls import URLPattern, path

from console.calendar import views

urlpatterns: list[URLPattern] = [
    path("c/calendar/", views.Calendar.as_view(), name="calendar"),
    path("c/calendar/<int:year>/", views.Calendar.as_view(), name="calendar-year"),
    path("c/calendar/days/", views.SetDays.as_view(), name="calendar-days"),
    path(
        "c/calendar/exceptions/<int:exception_id>/remove/",
        views.RemoveException.as_view(),
        name="calendar-remove",
    ),
]
