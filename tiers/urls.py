"""Addresses of this app."""

from django.urls import URLPattern, path

from tiers import views

app_name = "tiers"
urlpatterns: list[URLPattern] = [
    path("runs/", views.run_list, name="runs"),
    path("runs/<int:pk>/", views.run_detail, name="run"),
    path("runs/<int:pk>/apply/", views.apply, name="apply"),
    path("runs/<int:pk>/undo/", views.undo, name="undo"),
    path("run/", views.propose, name="propose"),
    path("policies/", views.policy_list, name="policies"),
    path("policies/<int:pk>/", views.policy_detail, name="policy"),
]
