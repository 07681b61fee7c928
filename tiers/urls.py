"""Addresses of this app."""

from django.urls import URLPattern, path

from tiers.views import policies, runs

app_name = "tiers"
urlpatterns: list[URLPattern] = [
    path("runs/", runs.run_list, name="runs"),
    path("runs/<int:pk>/", runs.run_detail, name="run"),
    path("runs/<int:pk>/apply/", runs.apply, name="apply"),
    path("runs/<int:pk>/undo/", runs.undo, name="undo"),
    path("run/", runs.propose, name="propose"),
    path("policies/", policies.policy_list, name="policies"),
    path("policies/<int:pk>/", policies.policy_detail, name="policy"),
]
