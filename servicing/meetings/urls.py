"""Addresses of meetings, briefs and confidence."""

from django.urls import path

from servicing.meetings import brief_views, spread_views, views

urlpatterns = [
    path("tasks/<int:pk>/meeting/", views.meeting, name="meeting"),
    path("tasks/<int:pk>/meeting/choose/", views.choose, name="choose_decision"),
    path("tasks/<int:pk>/meeting/change/", views.change, name="change_decision"),
    path("tasks/<int:pk>/meeting/note/", views.note, name="note_decision"),
    path("tasks/<int:pk>/meeting/noted/<int:noted>/drop/", views.drop, name="drop_noted"),
    path("tasks/<int:pk>/meeting/hold/", views.hold, name="hold_meeting"),
    path("tasks/<int:pk>/brief/", brief_views.brief, name="brief"),
    path("service/briefs/", brief_views.week, name="briefs"),
    path("clients/<int:pk>/confidence/", views.confidence, name="confidence"),
    path("clients/<int:pk>/confidence/<int:answer>/", views.correct, name="correct_confidence"),
    path("operations/confidence/", spread_views.confidence, name="confidence_spread"),
    path("operations/confidence/clients/", spread_views.confidence_clients, name="confidence_clients"),
    path("operations/confidence/file/", spread_views.confidence_file, name="confidence_file"),
]
