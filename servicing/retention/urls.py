"""Addresses of the life of data, under /operations/data/."""

from django.urls import path

from servicing.retention import access_views, views

urlpatterns = [
    path("", views.anonymising_lists, name="data_life"),
    path("lists/<int:pk>/", views.anonymising, name="anonymising"),
    path("lists/<int:pk>/reviewed/", views.reviewed, name="anonymising_reviewed"),
    path("lists/<int:pk>/again/", views.look_again, name="anonymising_again"),
    path("lists/<int:pk>/approve/", views.approve, name="anonymising_approve"),
    path("lists/<int:pk>/carry-on/", views.carry_on, name="anonymising_carry_on"),
    path("lists/<int:pk>/drop/", views.drop, name="anonymising_drop"),
    path("lists/<int:pk>/<int:row>/exclude/", views.exclude, name="anonymising_exclude"),
    path("lists/<int:pk>/<int:row>/include/", views.include, name="anonymising_include"),
    path("periods/", views.periods_page, name="retention_periods"),
    path("periods/change/", views.change_periods, name="change_periods"),
    path("holds/", views.holds, name="holds"),
    path("holds/new/", views.new_hold, name="new_hold"),
    path("holds/all/", views.hold_everybody, name="hold_everybody"),
    path("holds/<int:pk>/release/", views.release, name="release_hold"),
    path("left/<int:pk>/", views.departure, name="departure"),
    path("requests/", access_views.requests, name="access_requests"),
    path("requests/new/", access_views.new_request, name="new_access_request"),
    path("requests/<int:pk>/", access_views.request_page, name="access_request"),
    path("requests/<int:pk>/make/", access_views.make, name="make_access_answer"),
    path("requests/<int:pk>/download/", access_views.download, name="download_access_answer"),
    path("requests/<int:pk>/close/", access_views.close, name="close_access_request"),
    path("requests/<int:pk>/open/", access_views.reopen, name="reopen_access_request"),
]
