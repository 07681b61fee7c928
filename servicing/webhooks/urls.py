"""Addresses of connections, under /operations/connections/."""

from django.urls import path

from servicing.webhooks import views

urlpatterns = [
    path("", views.connections, name="connections"),
    path("tokens/new/", views.new_token, name="new_token"),
    path("tokens/<int:pk>/end/", views.end_token, name="end_token"),
    path("webhooks/new/", views.new_webhook, name="new_webhook"),
    path("webhooks/<int:pk>/", views.webhook, name="webhook"),
    path("webhooks/<int:pk>/edit/", views.edit_webhook, name="edit_webhook"),
    path("webhooks/<int:pk>/<slug:step>/", views.webhook_step, name="webhook_step"),
    path("webhooks/<int:pk>/messages/<int:message>/again/", views.send_again, name="send_again"),
]
