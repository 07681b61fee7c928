"""Addresses of capacity."""

from django.urls import path, register_converter
from django.urls.converters import StringConverter

from servicing.views import capacity


class DayConverter(StringConverter):
    """A date as 2026-03-02; whether there is such a day the view says."""

    regex = r"\d{4}-\d{2}-\d{2}"


register_converter(DayConverter, "day")

urlpatterns = [
    path("operations/capacity/", capacity.capacity, name="capacity"),
    path("operations/capacity/export/", capacity.export, name="capacity_export"),
    path("operations/capacity/weeks/<day:monday>/", capacity.week, name="capacity_week"),
    path("operations/capacity/people/<int:pk>/", capacity.person, name="person_capacity"),
    path("operations/capacity/people/<int:pk>/hours/", capacity.hours, name="hours"),
    path("service/load/", capacity.own_load, name="own_load"),
]
