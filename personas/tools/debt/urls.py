"""Addresses of the debt timeline, under /personas/tools/debt/."""

from django.urls import path

from personas.tools.debt import views

urlpatterns = [
    path("<int:pk>/", views.page, name="debt"),
    path("<int:pk>/loans/new/", views.edit_loan, name="new_loan"),
    path("<int:pk>/loans/<int:loan>/", views.edit_loan, name="edit_loan"),
    path("<int:pk>/loans/<int:loan>/payments/", views.schedule, name="loan_payments"),
    path("<int:pk>/loans/<int:loan>/remove/", views.remove_loan, name="remove_loan"),
]
