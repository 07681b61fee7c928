"""Addresses of this app."""

from django.urls import URLPattern

app_name = "personas"
urlpatterns: list[URLPattern] = []
