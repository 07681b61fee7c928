"""Addresses of exports, under /exports/."""

from django.urls import path

from servicing.exports import views

urlpatterns = [
    path("", views.exports, name="exports"),
    path("make/", views.make, name="make_export"),
    path("<int:pk>/download/", views.download, name="download_export"),
    path("<int:pk>/remove/", views.remove, name="remove_export"),
]
