"""Addresses of this app."""

from django.urls import URLPattern, path

from clients.views import listing

app_name = "clients"
urlpatterns: list[URLPattern] = [
    path("clients/", listing.client_list, name="list"),
]
