"""Addresses of promise and delivery."""

from django.urls import path

from servicing.views import delivery

urlpatterns = [
    path("operations/delivery/", delivery.delivery, name="delivery"),
    path("service/delivery/", delivery.own_delivery, name="own_delivery"),
    path("service/delivery/tasks/", delivery.delivery_tasks, name="delivery_tasks"),
    path("service/delivery/beyond/", delivery.delivery_beyond, name="delivery_beyond"),
    path("service/delivery/clients/", delivery.delivery_clients, name="delivery_clients"),
    path("service/delivery/file/", delivery.delivery_file, name="delivery_file"),
]
