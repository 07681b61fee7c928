"""Addresses of the firm's goals."""

from django.urls import path

from servicing.goals import views

urlpatterns = [path("", views.goals, name="goals")]
