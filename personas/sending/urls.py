"""Addresses of sent messages, under /personas/messages/."""

from django.urls import path, re_path

from personas.sending import many_views, views

urlpatterns = [
    path("", views.messages, name="messages"),
    path("many/", many_views.write, name="write_many"),
    path("<int:pk>/try-address/", views.try_address, name="try_address"),
    path("many/<int:pk>/", many_views.bulk, name="bulk"),
    path("many/<int:pk>/stop/", many_views.stop, name="stop_bulk"),
    path("<int:pk>/", views.message, name="message"),
    re_path(
        r"^unsubscribe/(?P<token>[0-9a-f]{32}:[\w-]{20,60})/$", views.unsubscribe_page, name="unsubscribe"
    ),
]
