"""Addresses of this app."""

from django.urls import URLPattern

app_name = "servicing"
urlpatterns: list[URLPattern] = []
