"""Addresses of the written policy, under /review/policy/."""

from django.urls import path

from servicing.written import views

urlpatterns = [
    path("", views.today, name="written_policy"),
    path("keep/", views.keep, name="keep_policy"),
    path("purpose/", views.purpose, name="policy_purpose"),
    path("<int:number>/", views.version, name="policy_version"),
]
