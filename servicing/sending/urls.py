"""Addresses of sending, under /personas/sending/."""

from django.urls import path, re_path

from servicing.sending import views

urlpatterns = [
    path("", views.sending, name="sending"),
    re_path(r"^(?P<task>\d{1,18})/(?P<day>\d{1,4})/$", views.preview, name="sending_preview"),
    path("trouble/", views.trouble, name="sending_trouble"),
    path("trouble/<int:pk>/", views.decide, name="sending_decide"),
]
