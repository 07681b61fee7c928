"""Addresses of sending, under /conversations/sending/."""

from django.urls import path

from servicing.sending import views

urlpatterns = [
    path("", views.sending, name="sending"),
    path("<int:task>/<int:day>/", views.preview, name="sending_preview"),
    path("trouble/", views.trouble, name="sending_trouble"),
    path("trouble/<int:pk>/", views.decide, name="sending_decide"),
]
