"""Addresses of transitions."""

from django.urls import path

from servicing.transitions import bulk_views, many_views, views

urlpatterns = [
    path("operations/transitions/", views.board, name="transitions"),
    path("operations/transitions/new/", views.new, name="new_transition"),
    path("operations/transitions/owner/", many_views.give_many, name="give_transitions"),
    path("operations/transitions/close/", many_views.close_many, name="close_transitions"),
    path("operations/transitions/start/", bulk_views.start_many, name="start_transitions"),
    path("operations/transitions/start/undo/", bulk_views.undo_start, name="undo_start_transitions"),
    path("operations/transitions/<int:pk>/", views.case_page, name="transition"),
    path("operations/transitions/<int:pk>/reopen/", views.reopen, name="reopen_transition"),
    path("operations/transitions/<int:pk>/<slug:what>/", views.step, name="transition_step"),
    path("clients/<int:pk>/transition/", views.start, name="start_transition"),
]
