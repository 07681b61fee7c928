"""Addresses of sent messages, under /conversations/messages/."""

from django.urls import path, re_path

from personas.sending import views

urlpatterns = [
    path("", views.messages, name="messages"),
    path("<int:pk>/", views.message, name="message"),
    re_path(
        r"^unsubscribe/(?P<token>[0-9a-f]{32}:[\w-]{20,60})/$", views.unsubscribe_page, name="unsubscribe"
    ),
]
