"""Addresses of the runway, under /personas/tools/runway/."""

from django.urls import path, re_path

from personas.tools.runway import views

KIND = r"^(?P<pk>\d+)/(?P<kind>reserve|income|duty)/"

urlpatterns = [
    path("<int:pk>/", views.page, name="runway"),
    path("<int:pk>/costs/", views.costs, name="runway_costs"),
    path("<int:pk>/checklist/", views.checklist, name="runway_checklist"),
    re_path(KIND + "new/$", views.line, name="new_runway_line"),
    re_path(KIND + r"(?P<number>\d+)/$", views.line, name="runway_line"),
    re_path(KIND + r"(?P<number>\d+)/remove/$", views.remove_line, name="remove_runway_line"),
]
