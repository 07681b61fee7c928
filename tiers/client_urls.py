"""Addresses of this app below a client's own, /clients/<id>/tier/."""

from django.urls import URLPattern, path

from tiers.views import client

app_name = "client_tier"
urlpatterns: list[URLPattern] = [
    path("route/", client.route, name="route"),
    path("pin/", client.pin, name="pin"),
    path("pin/<int:override>/end/", client.end_pin, name="end_pin"),
    path("pin/<int:override>/reopen/", client.reopen_pin, name="reopen_pin"),
]
