"""Addresses of fees, under /tiers/fees/."""

from django.urls import path

from tiers.fees import views

urlpatterns = [
    path("", views.schedules, name="fees"),
    path("new/", views.add, name="new_fees"),
    path("<int:pk>/withdraw/", views.withdraw, name="withdraw_fees"),
    path("differences/", views.differences, name="fee_differences"),
    path("differences/export/", views.differences_file, name="fee_differences_file"),
    path("compare/", views.compare, name="compare_fees"),
]
