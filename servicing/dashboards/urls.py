"""Addresses of the operations dashboard, and of the lists behind its numbers."""

from django.urls import path

from servicing.dashboards import movement_views, operations

urlpatterns = [
    path("", operations.operations, name="operations"),
    path("file/", operations.dashboard_file, name="dashboard_file"),
    path("tasks/", operations.dashboard_tasks, name="dashboard_tasks"),
    path("clients/", operations.dashboard_clients, name="dashboard_clients"),
    path("revenue/", movement_views.pareto, name="pareto"),
    path("movement/", movement_views.movement, name="movement"),
    path("movement/clients/", movement_views.movement_clients, name="movement_clients"),
]
